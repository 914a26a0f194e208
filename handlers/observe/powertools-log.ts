import type { Log } from './log';

/** What is used of a `Logger` of `@aws-lambda-powertools/logger`; most loggers with fields after the message fit. */
export interface UserLogger {
  info(message: string, fields: Readonly<Record<string, unknown>>): void;
  error(message: string, fields: Readonly<Record<string, unknown>>): void;
}

/**
 * Through the user's own logger: its level, its persistent and temporary keys, its formatter hold. Timestamp, level and
 * service are its own.
 */
export function userLog(logger: UserLogger): Log {
  return {
    info: (message, fields) => logger.info(message, { ...fields }),
    error: (message, fields) => logger.error(message, { ...fields }),
  };
}
