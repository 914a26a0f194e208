/** One line a call, without payload. */
export interface Log {
  info(message: string, fields: Readonly<Record<string, unknown>>): void;
  error(message: string, fields: Readonly<Record<string, unknown>>): void;
}

/** JSON lines on the console, as Lambda's JSON log format has them. */
export function consoleLog(now: () => number): Log {
  const line = (level: string, message: string, fields: Readonly<Record<string, unknown>>) =>
    JSON.stringify({ timestamp: new Date(now()).toISOString(), level, message, ...fields });
  return {
    info: (message, fields) => console.info(line('INFO', message, fields)),
    error: (message, fields) => console.error(line('ERROR', message, fields)),
  };
}
