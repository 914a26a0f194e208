import { ERROR_CODES, ERROR_SYMBOL } from '../../../contract/error-codes';
import { errorClassOf, isOnceError, OnceError, storeUnavailable } from '../../../handlers/errors';

describe('errors of msk-once', () => {
  test('are recognised by the registered symbol, also those of another copy of the package', () => {
    const foreign = Object.assign(new Error('x'), { [Symbol.for('msk-once.error')]: 'MSK_ONCE_DEADLINE' });

    expect(isOnceError(foreign)).toBe(true);
    expect(isOnceError(new OnceError(ERROR_CODES.deadline, 'transient', 'x'))).toBe(true);
    expect(ERROR_SYMBOL).toBe(Symbol.for('msk-once.error'));
  });

  test.each([
    undefined,
    null,
    'MSK_ONCE_DEADLINE',
    0,
    {},
    new Error('MSK_ONCE_DEADLINE'),
    { code: 'MSK_ONCE_DEADLINE' },
  ])('%p is none of them', (value) => {
    expect(isOnceError(value)).toBe(false);
  });

  test('carry their code in the message and in a field, and keep their cause', () => {
    const cause = new Error('socket closed');

    const error = storeUnavailable({ operation: 'claim', reason: 'x' }, { cause });

    expect(error.message).toMatch(/\(MSK_ONCE_STORE_UNAVAILABLE\)$/);
    expect(error.code).toBe('MSK_ONCE_STORE_UNAVAILABLE');
    expect(error.name).toBe('OnceError');
    expect(error.cause).toBe(cause);
  });

  test('P1: say their class as every error does that says it', () => {
    expect(errorClassOf(storeUnavailable({ operation: 'claim', reason: 'x' }))).toBe('outage');
    expect(errorClassOf(new OnceError(ERROR_CODES.deadline, 'transient', 'x'))).toBe('transient');
  });
});
