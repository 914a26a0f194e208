import { setTimeout as delay } from 'node:timers/promises';
import { isConnectionError } from './kafka-errors';

const ASK_AGAIN_MS = 200;

/** Repeats a request as long as no broker answers it, as while one restarts, for `patienceMs` at most. */
export async function withPatience<T>(patienceMs: number, request: () => Promise<T>): Promise<T> {
  const deadline = Date.now() + patienceMs;
  for (;;) {
    try {
      return await request();
    } catch (error) {
      if (!isConnectionError(error) || Date.now() >= deadline) throw error;
    }
    await delay(ASK_AGAIN_MS);
  }
}
