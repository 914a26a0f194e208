/** One line a call, without payload. */
export interface Log {
  info(message: string, fields: Readonly<Record<string, unknown>>): void;
  error(message: string, fields: Readonly<Record<string, unknown>>): void;
}

/**
 * Lines of JSON, as Lambda's JSON log format has them.
 * @param write takes one line, without its end, to standard output itself: `console` would put a text before it, or
 * wrap it in another object, so that its fields could not be asked for
 */
export function jsonLog(now: () => number, write: (line: string) => void): Log {
  const line = (level: string, message: string, fields: Readonly<Record<string, unknown>>) =>
    write(JSON.stringify({ timestamp: new Date(now()).toISOString(), level, message, ...fields }));
  return {
    info: (message, fields) => line('INFO', message, fields),
    error: (message, fields) => line('ERROR', message, fields),
  };
}
