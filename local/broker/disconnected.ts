import { setTimeout as delay } from 'node:timers/promises';

/**
 * kafkajs waits without end for the answers of a connection that broke while requests were on it. What is left of a
 * client after this time is ended with its sockets.
 */
const DISCONNECT_MS = 3_000;

/** Waits for a disconnect, but not for ever. Its own error counts as an end. */
export async function disconnected(disconnecting: Promise<unknown> | undefined): Promise<void> {
  const given = new AbortController();
  await Promise.race([
    disconnecting?.catch(() => undefined),
    delay(DISCONNECT_MS, undefined, { signal: given.signal }).catch(() => undefined),
  ]);
  given.abort();
}
