import { ERROR_SYMBOL, type ErrorCode, EXIT } from '../contract/error-codes';

/** An error of the local event source: a message for a person, a code, and the exit code of the command it ends. */
export class LocalError extends Error {
  override readonly name = 'LocalError';
  readonly [ERROR_SYMBOL]: ErrorCode;

  constructor(
    readonly code: ErrorCode,
    message: string,
    readonly exitCode: number = EXIT.failed,
    options?: ErrorOptions,
  ) {
    super(`${message} (${code})`, options);
    this[ERROR_SYMBOL] = code;
  }
}
