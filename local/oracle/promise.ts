import type { Place } from './observation';

/**
 * A record as it lies on the topic, read back, if the mapping is to handle it: not what lies before its start. Key, identity and payload are worked out by whoever checks, never by the
 * runtime.
 */
export interface TopicFact extends Place {
  /** undefined: keyless. */
  readonly key?: string | undefined;
  /** What makes two records mean the same thing, as claims and marks name it. Not needed where offsets are remembered. */
  readonly identity?: string | undefined;
  /** Tells records of one identity that do not say the same: those are in conflict. @default all of them agree */
  readonly payload?: string | undefined;
  /** No run of it can work, whatever user code says: its value or its writes are refused. @default false */
  readonly isUnfit?: boolean | undefined;
  /** Whether it is to take effect; false for what is closed without one, such as a skipped tombstone. @default true */
  readonly takesEffect?: boolean | undefined;
}

/** The way of remembering a run is judged by, and what it promises (protocol section 1, O1). */
export interface Promised {
  /**
   * `ledger`: each record takes effect once; a repeat needs a death or a lost lease between effect and mark.
   * `identity`: each identity takes effect once; the same.
   * `transaction`: effect and mark are one write, so nothing is ever repeated.
   */
  readonly remember: 'ledger' | 'identity' | 'transaction';
  /** With `transaction`: each identity takes effect once, not each record. @default false */
  readonly identity?: boolean | undefined;
  /**
   * With `transaction`: whether the writes of a record do not depend on what its run read. false: its run begins when
   * what was delivered before it in its lane is committed (T2). @default true: not checked
   */
  readonly independent?: boolean | undefined;
  /** Within what first effects come in offset order. */
  readonly order: 'partition' | 'key' | 'none';
  /** For how long, in ms, a worker that does not stand still may leave a finished effect unmarked. @default not checked */
  readonly checkpointMs?: number | undefined;
  /**
   * Whether every write that a fault kept from the database is among the observations: then a worker that came to the
   * end of its invocation has no other excuse for a mark that is missing. @default false
   */
  readonly seesLostWrites?: boolean | undefined;
  /**
   * After so many attempts a record that keeps failing is parked (P1), and every letter and parked item is among the
   * observations: then a record is parked by its item, and parking is judged. @default a letter closes its record
   */
  readonly maxAttempts?: number | undefined;
  /**
   * Whether nothing but its own standing still, which is among the observations, may keep a worker from renewing a lease
   * in time: then a lost lease excuses nobody else. @default false
   */
  readonly keepsLeases?: boolean | undefined;
  /** By how much the clock of a worker is ahead of `atMs`, in ms; negative where it is behind. @default 0 for each */
  readonly clockAheadMs?: Readonly<Record<string, number>> | undefined;
}
