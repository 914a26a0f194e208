import type { DeadLetters } from './dead-letters/dead-letters';
import type { Log } from './observe/log';
import type { Metrics } from './observe/metrics';
import type { Tracing } from './observe/tracing';
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
  /** undefined: there are none; a record that keeps failing stays open. */
  readonly deadLetters?: DeadLetters | undefined;
  readonly log: Log;
  /** @default none */
  readonly metrics?: Metrics | undefined;
  /** @default none */
  readonly tracing?: Tracing | undefined;
  /** Ends the process (protocol A5). */
  readonly exit: (code: number) => never;
}
