import type { WriteAnswer } from '../claims/claim-store';
import type { Unknown } from '../store/unknown';
import type { Parked } from './parked';

export type ParkedAnswer =
  | { readonly kind: 'absent' }
  | { readonly kind: 'parked'; readonly parked: Parked }
  /** A redrive has claimed it; its lease may have run out. */
  | { readonly kind: 'redriving'; readonly parked: Parked; readonly leaseUntilMs: number }
  | { readonly kind: 'done' }
  | Unknown;

/** Asks for a parked record, to redrive it. */
export interface RedriveRequest {
  /** Key of the parked item. */
  readonly id: string;
  /** Fresh for each redrive; the same one again when an answer was lost. */
  readonly token: string;
  /** End of the lease, milliseconds since the epoch. */
  readonly leaseUntilMs: number;
}

/** A parked record that we own until its lease runs out. */
export interface RedriveClaim {
  /** As it stood when it was claimed; a claim that takes over has counted one more attempt. */
  readonly parked: Parked;
  readonly token: string;
  readonly leaseUntilMs: number;
}

export type RedriveClaimAnswer =
  | { readonly kind: 'claimed'; readonly claim: RedriveClaim; readonly takeover: boolean }
  /** A live foreign redrive, or a token that has had its time: it is used once. */
  | { readonly kind: 'busy'; readonly leaseUntilMs: number }
  | { readonly kind: 'done' }
  | { readonly kind: 'absent' }
  | Unknown;

export interface RedriveCompletion {
  readonly claim: RedriveClaim;
  /** Key of the identity's item, where an identity is declared. */
  readonly identityId?: string;
}

/**
 * Remembers which records are parked, and who redrives them (protocol P5, P6).
 *
 * Every call takes a batch, in which an id stands at most once (C9), and answers per member, in the order of the batch.
 * Calls do not reject: what cannot be answered is `unknown`. Each write of a redrive is conditional on its token, and one
 * whose answer was lost recognises itself when it is sent again. An item counts for as long as it exists, also one that
 * is done and has expired: what parking leaves alone is what a look-up sees.
 */
export interface ParkingStore {
  /**
   * Reads, strongly consistent, and changes nothing. A record without identity, or in conflict, is closed by its parked
   * item alone (P5).
   */
  lookUp(ids: readonly string[]): Promise<ParkedAnswer[]>;
  /**
   * Closes records that neither a ledger run nor a claim of ours closes. `written` also where the item exists, whatever
   * has become of it; it is left alone. Never `lost`.
   */
  park(batch: readonly Parked[]): Promise<WriteAnswer[]>;
  /**
   * Takes what is parked, or whose lease ran out by more than 2 × clockSkew, by exactly the item that was read. In the
   * same write the latter counts one more attempt: the redrive before has ended without success (P2).
   */
  claim(batch: readonly RedriveRequest[]): Promise<RedriveClaimAnswer[]>;
  /** Moves the lease forward, never back. */
  renew(batch: readonly { readonly claim: RedriveClaim; readonly leaseUntilMs: number }[]): Promise<WriteAnswer[]>;
  /**
   * Marks as done, for `rememberFor` from now. In the same transaction an identity record whose outcome is parked turns
   * to done, for as long. An identity record that is not there, is done or is being worked on is left as it is, and the
   * answer is `written` all the same: the fence of a redrive is the parked item.
   */
  complete(batch: readonly RedriveCompletion[]): Promise<WriteAnswer[]>;
  /** Back to parked, with one more attempt. */
  fail(batch: readonly { readonly claim: RedriveClaim; readonly atMs: number }[]): Promise<WriteAnswer[]>;
  /** Back to parked, with no attempt counted. */
  release(batch: readonly { readonly claim: RedriveClaim }[]): Promise<WriteAnswer[]>;
}
