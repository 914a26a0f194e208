/** A record by its place on the topic. */
export interface Place {
  readonly partition: number;
  readonly offset: number;
}

/** What a lease stands on: an identity, or a whole partition of the topic. */
export type Held =
  | { readonly identity: string; readonly partition?: undefined }
  | { readonly partition: number; readonly identity?: undefined };

/** First and last offset of a run of closed records, both included. */
export type OffsetRun = readonly [first: number, last: number];

interface Seen {
  /** Sandbox, by a name that no other one of the run has, before it or after it. */
  readonly worker: string;
  /** When it took effect, in milliseconds since the epoch, by the clock of whoever observed. Never falls. */
  readonly atMs?: number;
}

/** A write that the database accepted. */
interface Written extends Seen {
  /** When the worker sent it, where that is known and earlier: a late copy of an old request shows by it. */
  readonly sentAtMs?: number;
}

/** A run of user code over one record. Runs are told apart by `run`; without it by worker and place. */
interface Running extends Seen, Place {
  readonly run?: number;
}

/** The service handed these records to the worker, in one invocation. A worker has one invocation at a time. */
export interface Delivered extends Seen {
  readonly kind: 'delivered';
  readonly records: readonly Place[];
}

/** The service accepted the worker's answer to its last delivery: `open` comes again, everything else is closed. */
export interface Answered extends Seen {
  readonly kind: 'answered';
  readonly open: readonly Place[];
}

/** The invocation ended without an answer that the service accepted, and the worker lives. */
export interface Failed extends Seen {
  readonly kind: 'failed';
}

export interface Started extends Running {
  readonly kind: 'started';
  /** What the user code was told: 1 for the first run. */
  readonly attempt?: number;
  /** There are others in its call: only what that says of this record is its own. @default false */
  readonly isShared?: boolean;
}

export interface Ended extends Running {
  readonly kind: 'ended';
  /** `aborted`: it rejected after it had been told to stop, for whatever reason. */
  readonly result: 'resolved' | 'rejected' | 'aborted';
  /**
   * What user code says of its error: that no try can work, that it is everybody's and not the record's, or that it is of
   * a call over several records, and nobody knows whose.
   */
  readonly says?: 'permanent' | 'outage' | 'call';
}

/** The effect of a record was accepted, wherever effects go. */
export interface EffectSeen extends Written, Place {
  readonly kind: 'effect';
  readonly run?: number;
  /** A fault sent the request once more: no promise is about that, but for the one of transactions. @default false */
  readonly isCopy?: boolean;
}

/** A claim, with a lease until then by the clock of its worker (ms since the epoch). */
export type Claimed = Written & Held & { readonly kind: 'claim'; readonly atMs: number; readonly leaseUntilMs: number };

/** Another end of the lease: renewed, or not after `atMs` (or 0) where the claim was given back. */
export type Leased = Written & Held & { readonly kind: 'lease'; readonly leaseUntilMs: number };

/** What a mark closes, for good or until its memory ends: an identity, or runs of offsets of a partition. */
export type Closed =
  | {
      readonly identity: string;
      readonly partition?: undefined;
      readonly closes?: undefined;
      /** When the memory of it ends, in milliseconds since the epoch. @default never */
      readonly rememberedUntilMs?: number;
    }
  | {
      readonly partition: number;
      readonly identity?: undefined;
      readonly closes: readonly OffsetRun[];
      readonly rememberedUntilMs?: undefined;
    };

export type Marked = Written &
  Closed & {
    readonly kind: 'mark';
    /** Where the same write moved the lease. */
    readonly leaseUntilMs?: number;
  };

/** A fault kept a write of the worker from the database or held it up: lost, delayed, throttled, answered by an outage. */
export type WriteLost = Seen & Held & { readonly kind: 'write-lost'; readonly write: 'claim' | 'lease' | 'mark' };

/** The dead letter of a record is durable: it may be closed without an effect. */
export interface LetterSeen extends Written, Place {
  readonly kind: 'letter';
  /** What it says of the runs that ended without success. */
  readonly attempts?: number;
  /** What it says was wrong: letters with the same text are of one kind. */
  readonly error?: string;
}

/** A request that writes the letter was lost, held up, refused for a passing reason, sent twice, or not answered. */
export interface LetterLost extends Seen, Place {
  readonly kind: 'letter-lost';
}

/** The item of a parked record is durable, and the mark beside it. */
export interface ParkedSeen extends Written, Place {
  readonly kind: 'parked';
}

/** What was seen of an invocation that redrives letters: of its worker, and what came of what it had sent. */
export interface RedriveSeen extends Seen {
  readonly kind: 'redrive';
  readonly seen: Observation;
}

/** The item of a parked record says that it is done. */
export interface RedrivenSeen extends Written, Place {
  readonly kind: 'redriven';
}

/** What a redrive says of each letter that it was given. Left out: nothing that can be read. */
export interface RedriveAnswered extends Seen {
  readonly kind: 'redrive-answer';
  readonly outcomes?: readonly (Place & { readonly outcome: RedriveOutcome })[] | undefined;
}

export type RedriveOutcome = 'done' | 'duplicate' | 'parked' | 'open' | 'absent';

/** The worker stands still from here on, or goes on. */
export interface Stalled extends Seen {
  readonly kind: 'frozen' | 'thawed';
}

/** The worker is no more. What it had sent may still be accepted. */
export interface Killed extends Seen {
  readonly kind: 'killed';
  /** In a word or two, such as `crash`: the cause of the repeats that it admits. */
  readonly cause: string;
}

/**
 * What was seen outside of the runtime. A list of observations is in the order in which they took effect.
 *
 * Effects, claims, leases, marks and deaths are the least; each further kind, and each time, lets the oracle see more:
 * deliveries and answers what was left out and what one invocation held, runs who overlapped and what user code itself
 * reported as failed, lost writes what no worker could have marked.
 */
export type Observation =
  | Delivered
  | Answered
  | Failed
  | Started
  | Ended
  | EffectSeen
  | Claimed
  | Leased
  | Marked
  | WriteLost
  | LetterSeen
  | LetterLost
  | ParkedSeen
  | RedriveSeen
  | RedrivenSeen
  | RedriveAnswered
  | Stalled
  | Killed;
