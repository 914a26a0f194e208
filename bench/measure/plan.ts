import type { StubCounts } from '../stub/server';

/** What one fresh process is asked to measure. */
export interface ClientPlan {
  /** File of the bundled function. */
  readonly bundle: string;
  /** Names of what the bundle exports, one measured after the other with the same events. @default ['handler'] */
  readonly calls?: readonly string[];
  /** In this order; how often each size is measured. */
  readonly batches: readonly { readonly records: number; readonly runs: number }[];
  /** Batches are run unmeasured for so long. */
  readonly warmUpMs: number;
  /** Whether 99 of 100 records of each measured batch are done before. */
  readonly redelivered: boolean;
  /** URL of the stub; undefined: the database is another one, and the client counts its requests alone. */
  readonly stub: string | undefined;
  /** Where a CPU profile of the first size's batches is written; nothing else is measured then. */
  readonly profile?: string;
}

/** One batch. */
export interface Run {
  readonly wallMs: number;
  /** Of this process, user and system. */
  readonly cpuMs: number;
  /** Counted by the client, exact. */
  readonly requests: number;
  /** Counted by the stub. */
  readonly counts?: StubCounts;
}

export interface BatchResult {
  readonly call: string;
  readonly records: number;
  readonly runs: readonly Run[];
  /** The highest until then. */
  readonly peakRssMb: number;
}

export interface ClientResult {
  readonly batches: readonly BatchResult[];
  /** Loading the bundle. */
  readonly load: Run;
}

export type ClientAnswer = { readonly result: ClientResult } | { readonly error: string };
