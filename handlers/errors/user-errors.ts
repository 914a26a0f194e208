import { ERROR_CLASS_SYMBOL } from '../../contract/error-codes';

/**
 * Throw it from `process` for a record that will never work: a fact that contradicts another, an order of an unknown
 * customer. It is not tried again: it becomes a dead letter now, and its lane goes on.
 */
export class PermanentError extends Error {
  override readonly name: string = 'PermanentError';
  readonly [ERROR_CLASS_SYMBOL] = 'permanent';
}

export interface TransientErrorOptions extends ErrorOptions {
  /** How long to wait before the record is tried again, in ms. @default a random pause that grows with each try */
  readonly retryAfterMs?: number;
}

/**
 * Throw it from `process` for what may pass: it is what every other error counts as too, and this one can say when to
 * try again. Where the invocation does not last that long, the record stays open and is delivered again.
 */
export class TransientError extends Error {
  override readonly name: string = 'TransientError';
  readonly [ERROR_CLASS_SYMBOL] = 'transient';
  readonly retryAfterMs: number | undefined;

  constructor(message?: string, { retryAfterMs, ...options }: TransientErrorOptions = {}) {
    super(message, options);
    this.retryAfterMs = retryAfterMs;
  }
}

/**
 * Throw it from `process` for what would hit every record: a service that is down, a credential that has run out.
 * Nothing more starts in this invocation, no attempt counts, nothing is given up; what is open is delivered again.
 */
export class OutageError extends Error {
  override readonly name: string = 'OutageError';
  readonly [ERROR_CLASS_SYMBOL] = 'outage';
}
