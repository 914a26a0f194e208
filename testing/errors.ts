import { ERROR_SYMBOL, type ErrorCode } from '../contract/error-codes';

/** The testing kit was asked for what it cannot do. What a test finds wrong is an AssertionError instead. */
export class TestingError extends Error {
  override readonly name = 'TestingError';
  readonly [ERROR_SYMBOL]: ErrorCode;

  constructor(
    readonly code: ErrorCode,
    message: string,
    options?: ErrorOptions,
  ) {
    super(`${message} (${code})`, options);
    this[ERROR_SYMBOL] = code;
  }
}
