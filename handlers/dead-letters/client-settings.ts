import type { PutOptions } from './dead-letters';

/** Below the reserve of an invocation (protocol D2); a call that takes longer counts as one without an answer. */
const CONNECTION_TIMEOUT_MS = 500;
const REQUEST_TIMEOUT_MS = 900;

/** What the clients of both stores are made with. Asking again is the engine's (protocol D2). */
export const CLIENT_SETTINGS = {
  maxAttempts: 1,
  cacheMiddleware: true,
  // A logger with `info` or `error` would be given letters, which hold payload.
  logger: { trace: ignore, debug: ignore, info: ignore, warn: ignore, error: ignore },
  requestHandler: {
    connectionTimeout: CONNECTION_TIMEOUT_MS,
    requestTimeout: REQUEST_TIMEOUT_MS,
    // Without it the SDK only warns when the time is up.
    throwOnRequestTimeout: true,
  },
};

export function sendOptions({ requestTimeoutMs = REQUEST_TIMEOUT_MS }: PutOptions = {}) {
  return { requestTimeout: requestTimeoutMs };
}

function ignore(): void {}
