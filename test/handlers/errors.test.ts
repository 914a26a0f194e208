import { ERROR_CODES, ERROR_SYMBOL } from '../../contract/error-codes';
import * as errors from '../../handlers/errors';

const { isOnceError, OnceError } = errors;

describe('errors', () => {
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

    const error = errors.storeUnavailable({ operation: 'claim', reason: 'x' }, { cause });

    expect(error.message).toContain('(MSK_ONCE_STORE_UNAVAILABLE)');
    expect(error.code).toBe('MSK_ONCE_STORE_UNAVAILABLE');
    expect(error.name).toBe('OnceError');
    expect(error.cause).toBe(cause);
  });

  test.each<[unknown, string]>([
    [undefined, 'undefined'],
    [null, 'null'],
    [0, '0'],
    [7n, '7n'],
    ['a"b', '"a\\"b"'],
    ['x'.repeat(100), `"${'x'.repeat(80)}…"`],
    [[1, 2], 'an array of 2'],
    [{ card: 4111 }, 'an object'],
    [Promise.resolve(1), 'a Promise'],
    [() => 1, 'a function'],
    [Symbol('s'), 'an object'],
  ])('describe(%p) is %s', (value, expected) => {
    expect(errors.describe(value)).toBe(expected);
  });
});
