/** Consecutive offsets, first and last included. Offsets of the store go up to 2^63-1, beyond what a number holds. */
export interface OffsetRun {
  readonly first: bigint;
  readonly last: bigint;
}

/** What a record at an offset was, so that another one at the same offset is noticed (protocol L7). */
export interface Sample {
  readonly offset: bigint;
  /** Milliseconds since the epoch. */
  readonly timestamp: number;
  /** The first 8 bytes of SHA-256 over key and value, in hex. */
  readonly digest: string;
}

/** Runs of an open record that ended without success. */
export interface Attempts {
  readonly offset: bigint;
  readonly count: number;
  /** Milliseconds since the epoch. */
  readonly firstFailureMs: number;
  /** Code or name of the last error, never its text. */
  readonly lastError: string;
}

/** What is remembered of one partition (protocol section 4), without who owns it. */
export interface LedgerState {
  /** Closed offsets: sorted, disjoint, never touching each other. An offset outside of them is not done, however low. */
  readonly runs: readonly OffsetRun[];
  /**
   * Where anything was delivered that is not closed: sorted, disjoint. A hole between two runs was delivered if it meets
   * one of them. The array of a claim is not among those of the state that answers it: `advance` adds its open records.
   */
  readonly delivered: readonly OffsetRun[];
  /** Highest offset that a mark has covered; -1 before the first. */
  readonly high: bigint;
  /** The newest timestamp of any closed record, milliseconds since the epoch; -1 before the first. */
  readonly highTimestampMs: number;
  /** Of the first and last record of the first array ever and of the last 8, each offset once, oldest first. */
  readonly samples: readonly Sample[];
  /** Of open offsets only, sorted by offset. */
  readonly attempts: readonly Attempts[];
  /** Holes that the bound closed, the latest 16 of them, oldest first. */
  readonly closedByBound: readonly OffsetRun[];
  /** Claims since the last release or progress (P3). */
  readonly unclean: number;
  /** The record whose start was written before it ran (P3). */
  readonly suspect: bigint | undefined;
  /** At most one: its open records run in calls of one record, since a call with several has failed. */
  readonly singly?: readonly OffsetRun[] | undefined;
  /** Short hashes of the tokens of the latest claims, oldest first: a late copy of one of them is known by it (L1). */
  readonly claimants: readonly string[];
}

export const EMPTY_LEDGER: LedgerState = {
  runs: [],
  delivered: [],
  high: -1n,
  highTimestampMs: -1,
  samples: [],
  attempts: [],
  closedByBound: [],
  unclean: 0,
  suspect: undefined,
  claimants: [],
};
