import { randomUUID } from 'node:crypto';
import type { ClaimStore } from '../../handlers/claims/claim-store';
import type { Ports, Sleep } from '../../handlers/ports';
import { storeOf } from './store-of';
import { ProcessEnded } from './virtual-world';

const sleep: Sleep = (ms, signal) =>
  new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    signal?.addEventListener('abort', () => {
      clearTimeout(timer);
      resolve();
    });
  });

/** The real clock and timers around a store, for tests that talk to a database in real time. */
export function realPorts(store: ClaimStore): Ports {
  return {
    clock: { now: () => Date.now() },
    sleep,
    random: { fraction: Math.random, token: randomUUID },
    store: storeOf(store),
    log: { info: () => undefined, error: () => undefined },
    exit: () => {
      throw new ProcessEnded();
    },
  };
}
