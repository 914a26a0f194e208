import type { ResponseMode } from '../../contract/environment';
import type { PartialReading } from '../event-source/retry';

/** The three ways of remembering what is done (protocol section 1). */
export type Remember = 'ledger' | 'identity' | 'transaction';
export type LaneOrder = 'partition' | 'key' | 'none';

export const REMEMBERS: readonly Remember[] = ['ledger', 'identity', 'transaction'];
export const LANE_ORDERS: readonly LaneOrder[] = ['partition', 'key', 'none'];
export const STORES = ['dynamodb', 'memory'] as const;
export type StoreKind = (typeof STORES)[number];
export const RESPONSE_MODES: readonly ResponseMode[] = ['partial', 'throw'];

/** The fewest offsets that an aborted transaction takes: a record, and its end. */
export const MINIMUM_GAP = 2;

/** A workload and its surroundings: with the decisions it fixes everything that happens. */
export interface Plan {
  /** What is drawn while it runs: latencies, jitter, the event source's own choices. */
  readonly seed: number;
  readonly remember: Remember;
  /** With `transaction`: the function declares an identity too. Always with `identity`, never with `ledger`. */
  readonly identity: boolean;
  /** With `transaction`: the writes of a record do not depend on those before it (protocol T2). */
  readonly independent: boolean;
  /** What remembers: the engine behind the runtime's own adapter, or the runtime's store in memory, where it has one. */
  readonly store: StoreKind;
  readonly mode: ResponseMode;
  readonly reading: PartialReading;
  readonly order: LaneOrder;
  readonly function: FunctionPlan;
  /** The function is a `processBatch`; not with `transaction`. Left out: a `process`. */
  readonly batch?: BatchPlan;
  /** Where records go that cannot work. Left out: nowhere, and such a record stays open. */
  readonly deadLetters?: DeadLettersPlan;
  /** With dead letters: what an operator does with them. Left out: nothing. */
  readonly redrives?: readonly RedrivePlan[];
  readonly mapping: MappingPlan;
  /** How long a message is under way, at least and at most. */
  readonly latency: { readonly minimumMs: number; readonly maximumMs: number };
  /** By how much the clock of the n-th worker is ahead of the world's; those after the last are right. */
  readonly clocksAheadMs: readonly number[];
  /** The topic: for each partition its records, in offset order. */
  readonly partitions: readonly (readonly PlannedRecord[])[];
  /** By identity, where it differs from code that works at once. */
  readonly work: Readonly<Record<string, Work>>;
}

/** Settings of the function, in the words of `processRecords`. */
export interface FunctionPlan {
  readonly timeoutMs: number;
  readonly concurrency: number;
  readonly leaseMs: number;
  readonly clockSkewMs: number;
  readonly abortGraceMs: number;
  readonly checkpointMs: number;
}

/** How several records go into one call, and what it says of them. */
export interface BatchPlan {
  readonly maxRecordsPerCall: number;
  /** What becomes of a call over several records when one of them fails: it lists what failed, or rejects as a whole. */
  readonly failures: BatchFailures;
  /** So many calls over several records reject after the effects of all of them. Left out: none. */
  readonly rejects?: number;
}

export const BATCH_FAILURES = ['listed', 'rejected'] as const;
export type BatchFailures = (typeof BATCH_FAILURES)[number];

/** Settings in the words of `processRecords`, and what becomes of the store of the letters. */
export interface DeadLettersPlan {
  readonly retries: number;
  readonly maxAttempts: number;
  /** So long after the start it answers everybody that it failed, for so long. */
  readonly down?: { readonly afterMs: number; readonly ms: number };
}

/** An invocation with every letter whose record is parked by then. */
export interface RedrivePlan {
  /** Since the first record was parked. */
  readonly afterMs: number;
  /** From then on user code works, and its writes are accepted. */
  readonly heals?: true;
}

export interface MappingPlan {
  readonly batchSize: number;
  readonly batchingWindowMs: number;
  readonly pollers: number;
  readonly startingPosition: 'TRIM_HORIZON' | 'LATEST';
  /** When it starts; with LATEST what was produced before is not delivered. */
  readonly startsAtMs: number;
  /** Choices of the event source that are not the defaults. */
  readonly choices: Readonly<Record<string, string>>;
}

export interface PlannedRecord {
  readonly id: string;
  /** Another amount is another payload of the same identity. */
  readonly amount: number;
  /** undefined: without a key. */
  readonly key?: string;
  /** Since the start of the run; within a partition never lower than the one before. Default: 0. */
  readonly producedAtMs?: number;
  /** So many offsets before it are nobody's: those of a transaction that its producer aborted, and of its end. */
  readonly gap?: number;
  /** The value cannot be decoded. */
  readonly isGarbage?: true;
}

/** What user code does with the records of one identity. */
export interface Work {
  /** How long it works before its effect. */
  readonly ms?: number;
  /** How many of its runs fail before one works; -1: all. */
  readonly failures?: number;
  /** What it says of those failures. Left out: nothing, so that they may pass. */
  readonly failsAs?: FailureClass;
  /** How many of its runs take their process with them; -1: all. */
  readonly kills?: number;
  /** How many of its runs never settle; -1: all. */
  readonly hangs?: number;
  /**
   * What it does when its signal is aborted: it stops before it has sent its effect (the default), it also does not wait
   * for one that it has sent, or it goes on.
   */
  readonly whenAborted?: 'abandon' | 'ignore';
  /** With `transaction`, what is special about the writes that it returns. */
  readonly writes?: SpecialWrites;
}

/**
 * - `refused-once`: the first run's has a condition that does not hold, and may hold the next time;
 * - `refused`: each run's has such a condition;
 * - `invalid`: the database does not accept it at all;
 * - `colliding`: there are two, on one item;
 * - `superfluous`: a condition says that nothing is left to do, so the record takes no effect;
 * - `none`: there are none, so the record takes no effect.
 */
export type SpecialWrites = 'refused-once' | 'refused' | 'invalid' | 'colliding' | 'superfluous' | 'none';

/** What user code may say of its errors: that it is of no use to try again, or that what it needs is out for everybody. */
export const FAILURE_CLASSES = ['permanent', 'outage'] as const;
export type FailureClass = (typeof FAILURE_CLASSES)[number];

export const SPECIAL_WRITES: readonly SpecialWrites[] = [
  'refused-once',
  'refused',
  'invalid',
  'colliding',
  'superfluous',
  'none',
];

/** The mode of a schedule, as results are counted by. */
export function modeOf({ remember, identity, store, mode, reading, order, batch }: Plan): string {
  const isBoth = remember === 'transaction' && identity;
  const way = `${isBoth ? 'transaction+identity' : remember}${batch ? '/batch' : ''}`;
  return [store === 'memory' ? `${way}/memory` : way, mode, reading, order].join(' ');
}
