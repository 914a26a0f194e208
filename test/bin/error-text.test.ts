import { errorText } from '../../bin/error-text';
import { UsageError } from '../../bin/usage';
import { ERROR_CODES } from '../../contract/error-codes';
import { LocalError } from '../../local/errors';

describe('what a command says of the error that ended it', () => {
  test('of one of its own: the message, which ends with the code, and no stack', () => {
    const text = errorText(new LocalError(ERROR_CODES.serverFailed, 'The server failed.'));

    expect(text).toBe('The server failed. (MSK_ONCE_SERVER_FAILED)');
  });

  test('of a wrong command line: how to write it, too', () => {
    expect(errorText(new UsageError('--x is 1.', 'Usage: x'))).toBe('--x is 1. (MSK_ONCE_USAGE)\n\nUsage: x');
  });

  test.each<[unknown, string]>([
    [new TypeError('x is not a function'), 'TypeError: x is not a function\n    at '],
    [Object.assign(new Error('bare'), { stack: undefined }), 'bare\n'],
    ['a text', 'a text\n'],
    [undefined, 'undefined\n'],
  ])('of one that nobody had foreseen (%p): all that is known, what to do, and a code', (error, start) => {
    const text = errorText(error);

    expect(text.startsWith(start)).toBe(true);
    expect(text).toMatch(/report it as a bug of msk-once, .* \(MSK_ONCE_UNEXPECTED\)$/);
  });
});
