import type { Place } from './observation';

export type Rule =
  /** An effect of a unit after its first, without a cause that the promise admits. */
  | 'twice'
  /** Closed without an effect. */
  | 'lost'
  /** An effect that names no record of the topic, or one that takes none. */
  | 'foreign'
  /** A first effect passed an earlier record of its lane that was open. */
  | 'order'
  /** Left out of an accepted answer without a durable mark (A1). */
  | 'left-out'
  /** An accepted answer lists what was not delivered, or something twice, or not in offset order (A1). */
  | 'misreported'
  /** Accepted from a worker whose claim was someone else's by then, or its own later one. */
  | 'stale-mark'
  | 'stale-lease'
  /** Two runs, or two claims, at once while the first one's lease is live. */
  | 'overlap'
  /** An invocation ended, and its worker did not, while user code of it still ran (A5). */
  | 'outlived'
  /** Parked before a letter of it was durable (P5). */
  | 'no-letter'
  /** A letter although its errors may have passed, and it had attempts left (P1, P2). */
  | 'early-letter'
  /** One more letter, without anything that kept the first from its closing mark (P5). */
  | 'letter-twice'
  /** Parked although it has had its effect, without anything that kept that from its mark. */
  | 'done-and-parked'
  /** User code got a record that was parked (P5). */
  | 'ran-parked'
  /** More letters of one kind in one invocation than there may be (P4). */
  | 'mass-letters'
  /** A redriven record took effect once more, and nothing admits it (P6). */
  | 'redriven-twice'
  /** What a redrive says of a letter is not so, or nothing at all (P6). */
  | 'redrive-answer'
  /** A parked record is done, and took no effect (P6). */
  | 'redriven-lost'
  /** A redrive wrote what is a poller's: a ledger, a letter, a parked item (P6). Or a poller did what is a redrive's. */
  | 'redrive-disturbs'
  /** User code was told another attempt than there were (P2). */
  | 'attempts';

export interface Violation {
  readonly rule: Rule;
  /** Index of the observation that broke the rule; the number of observations where the end of the run did. */
  readonly at: number;
  /** The identity, the record (`<partition>@<offset>`) or the partition that it concerns. */
  readonly unit: string;
  /** What happened, for a person. */
  readonly text: string;
}

export interface RepeatedEffect extends Place {
  readonly identity: string | undefined;
  /** Why the promise admits it, or undefined: it must not have happened. */
  readonly cause: string | undefined;
}

/** What became of a run. Numbers count records, effects or units (identities or records, as the promise has it). */
export interface Findings {
  readonly records: number;
  readonly producerDuplicates: number;
  readonly effects: number;
  /** Records that are resolved without an effect of their own, because another record had the unit's. */
  readonly suppressed: number;
  readonly open: number;
  /** Units that are closed without any effect. */
  readonly lost: number;
  /** Every effect of a unit after its first, in the order of the topic. */
  readonly repeated: readonly RepeatedEffect[];
  readonly admitted: number;
  readonly twice: number;
  readonly outOfOrder: number;
  readonly foreign: number;
  /** Records with a dead letter. */
  readonly parked: number;
  /** Accepted from a worker after it was dead, or after its partition or its claim had gone to another one. */
  readonly zombieEffects: number;
  readonly zombieWrites: number;
  /** Everything that breaks the promise, in the order in which it happened. */
  readonly violations: readonly Violation[];
}
