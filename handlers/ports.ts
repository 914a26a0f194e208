import type { Log } from './observe/log';
import type { Store } from './store/store';

export interface Clock {
  /** Wall clock, milliseconds since the epoch. A monotonic clock stands still in a frozen sandbox. */
  now(): number;
}

/** Resolves after `ms`, or as soon as the signal is aborted. Never rejects. */
export type Sleep = (ms: number, signal?: AbortSignal) => Promise<void>;

export interface Random {
  /** 0 <= fraction < 1. */
  fraction(): number;
  /** A fresh owner token. */
  token(): string;
}

/** The world outside of the runtime (protocol D3). Only the composition root knows real ones. */
export interface Ports {
  readonly clock: Clock;
  readonly sleep: Sleep;
  readonly random: Random;
  readonly store: Store;
  readonly log: Log;
  /** Ends the process (protocol A5). */
  readonly exit: (code: number) => never;
}
