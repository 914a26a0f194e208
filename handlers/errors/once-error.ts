import { ERROR_CLASS_SYMBOL, ERROR_SYMBOL, type ErrorCode } from '../../contract/error-codes';
import type { ErrorClass } from './error-class';

/** Every error that the runtime itself raises. Recognise it by `isOnceError`, not by `instanceof`. */
export class OnceError extends Error {
  override readonly name = 'OnceError';
  readonly [ERROR_SYMBOL]: ErrorCode;
  readonly [ERROR_CLASS_SYMBOL]: ErrorClass;

  constructor(
    readonly code: ErrorCode,
    readonly errorClass: ErrorClass,
    message: string,
    options?: ErrorOptions,
  ) {
    super(`${message} (${code})`, options);
    this[ERROR_SYMBOL] = code;
    this[ERROR_CLASS_SYMBOL] = errorClass;
  }
}

/** True for an error of msk-once, also one that another copy of the package raised. */
export function isOnceError(error: unknown): error is OnceError {
  return typeof error === 'object' && error !== null && ERROR_SYMBOL in error;
}
