import type { Parked } from '../parking/parked';
import type { Unknown } from '../store/unknown';
import type { LedgerState } from './ledger-state';

/** Asks for the ownership of a partition, for one array of records. */
export interface LedgerClaimRequest {
  /** Key of the partition's item, by `ledgerId`. */
  readonly id: string;
  /** Fresh for each invocation; the same one again when an answer was lost. */
  readonly token: string;
  /** End of the lease, milliseconds since the epoch. */
  readonly leaseUntilMs: number;
  /** First and last offset of the array: noted by the claim, so that a hole knows that it was delivered (L6). */
  readonly first: bigint;
  readonly last: bigint;
}

/** The partition is ours until the lease runs out. */
export interface LedgerClaim {
  readonly state: LedgerState;
  /** Goes up by one with every claim and every mark. */
  readonly seq: number;
  readonly leaseUntilMs: number;
}

export type LedgerClaimAnswer =
  | { readonly kind: 'claimed'; readonly claim: LedgerClaim }
  /** A live foreign lease. */
  | { readonly kind: 'busy'; readonly leaseUntilMs: number }
  /** The item cannot be understood: somebody else wrote it. */
  | { readonly kind: 'unreadable'; readonly error: Error }
  | Unknown;

/** The whole new state of a partition, to be written over the one that stands at `seq`. */
export interface LedgerMark {
  readonly id: string;
  readonly token: string;
  /** The last known one; the mark is written only on top of it, and makes it one more (L2). */
  readonly seq: number;
  readonly state: LedgerState;
  /** End of the renewed lease, milliseconds since the epoch; undefined: the partition is given back (L5). */
  readonly leaseUntilMs: number | undefined;
  /**
   * Items that stand with the mark or not at all, for records that it closes; left alone where they exist (P5). At most
   * 99, each id once, else the mark is refused. A mark with them is a request of its own.
   */
  readonly parked?: readonly Parked[];
}

export type LedgerMarkAnswer =
  /** It stands, and every parked item of it: by this request or by an earlier copy of it. */
  | { readonly kind: 'written' }
  /**
   * An earlier write of ours, with another state, stands at `seq`: adopt what it closed, and write again on top of it
   * (L3).
   */
  | { readonly kind: 'overtaken'; readonly seq: number; readonly state: LedgerState }
  /** The partition is or was another's: we are stale (L3). */
  | { readonly kind: 'lost' }
  | Unknown;

/**
 * Remembers which offsets are closed: one item per partition (protocol section 4).
 *
 * Every call takes a batch, in which an id stands at most once, and answers per member, in the order of the batch.
 * Calls do not reject: what cannot be answered is `unknown`.
 */
export interface LedgerStore {
  /**
   * Claims partitions and reads what is closed, in one request for all of them where none is new or taken. A foreign
   * lease is taken over once it has run out by more than 2 × clockSkew. Where the owner is `token` already, nothing is
   * changed and the state is the answer. A token that was the owner once, and gave the partition back or lost it, never
   * gets it again (`unknown`, `refused`): a late copy of a claim does nothing (L1).
   */
  claim(batch: readonly LedgerClaimRequest[]): Promise<LedgerClaimAnswer[]>;
  /** Conditional on `owner = token AND seq = seq` (L2). A refused one reads the item consistently before it answers. */
  mark(batch: readonly LedgerMark[]): Promise<LedgerMarkAnswer[]>;
}
