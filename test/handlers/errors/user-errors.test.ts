import * as handlers from '../../../handlers';
import { errorClassOf, isOnceError } from '../../../handlers/errors';

const { OutageError, PermanentError, TransientError } = handlers;

describe('errors that a user throws to say what they mean (P1)', () => {
  test.each([
    ['permanent', new PermanentError('unknown customer')],
    ['transient', new TransientError('busy')],
    ['outage', new OutageError('the payment service is down')],
  ])('%s: by its class', (errorClass, error) => {
    expect(errorClassOf(error)).toBe(errorClass);
  });

  test('are recognised by the registered symbol, so another copy of the package, or none at all, will do', () => {
    const foreign = Object.assign(new Error('x'), { [Symbol.for('msk-once.error-class')]: 'permanent' });

    expect(errorClassOf(foreign)).toBe('permanent');
    expect(errorClassOf({ [Symbol.for('msk-once.error-class')]: 'outage' })).toBe('outage');
  });

  test.each([
    undefined,
    null,
    'permanent',
    new Error('permanent'),
    { errorClass: 'permanent' },
    { [Symbol.for('msk-once.error-class')]: 'fatal' },
    { [Symbol.for('msk-once.error-class')]: undefined },
  ])('%p says nothing of itself', (error) => {
    expect(errorClassOf(error)).toBeUndefined();
  });

  test('stay the user’s own: no code, and no error of msk-once', () => {
    const error = new PermanentError('unknown customer');

    expect(isOnceError(error)).toBe(false);
    expect(error.message).toBe('unknown customer');
    expect(error.name).toBe('PermanentError');
    expect(error).toBeInstanceOf(Error);
  });

  test.each([PermanentError, TransientError, OutageError])('%p keeps its cause, and may have none', (Kind) => {
    const cause = new Error('socket closed');

    expect(new Kind('x', { cause }).cause).toBe(cause);
    expect('cause' in new Kind('x')).toBe(false);
    expect(new Kind().message).toBe('');
  });

  test('a class of the user’s own on top of one means the same, under its own name', () => {
    class UnknownCustomer extends PermanentError {
      override readonly name = 'UnknownCustomer';
    }

    const error = new UnknownCustomer('42');

    expect(errorClassOf(error)).toBe('permanent');
    expect(String(error)).toBe('UnknownCustomer: 42');
  });

  test('TransientError says how long to wait, or nothing', () => {
    expect(new TransientError('busy', { retryAfterMs: 1_500 }).retryAfterMs).toBe(1_500);
    expect(new TransientError('busy').retryAfterMs).toBeUndefined();
    expect(new TransientError('busy', { cause: 1 })).toMatchObject({ cause: 1, retryAfterMs: undefined });
  });
});
