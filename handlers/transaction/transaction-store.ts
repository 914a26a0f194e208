import type { LedgerState } from '../ledger/ledger-state';
import type { LedgerMark } from '../ledger/ledger-store';
import type { Unknown } from '../store/unknown';
import type { PreparedWrite } from './prepared-write';

/** The mark of an identity that stands beside the effect (protocol T1). */
export interface IdentityInsert {
  /** Key of the identity's item, by `claimId`. */
  readonly id: string;
  readonly token: string;
  readonly partition: number;
  readonly offset: number;
  /** undefined: payloads are not compared. */
  readonly payloadDigest: string | undefined;
}

/** One record of a group: all of its writes and its identity take effect with the mark, or none of the group does. */
export interface TransactionMember {
  readonly identity: IdentityInsert | undefined;
  readonly writes: readonly PreparedWrite[];
}

export interface TransactionRequest {
  /** `ClientRequestToken`: the same one again for the same content (T5). At most 36 characters. */
  readonly requestToken: string;
  /**
   * When the content was made, milliseconds since the epoch, the same in every copy: what has expired or run out is
   * judged at this instant, or two copies would not say the same. After a `busy` answer a new request is made.
   */
  readonly atMs: number;
  /** The ledger's mark that closes the records of the group, conditional as any mark. Its parked items count as items. */
  readonly mark: LedgerMark;
  readonly members: readonly TransactionMember[];
}

/** Why a member keeps its group from being committed. */
export type MemberRefusal =
  /** The identity is closed already. */
  | { readonly kind: 'closed'; readonly outcome: 'done' | 'parked' }
  /** The identity stands there with another payload. */
  | { readonly kind: 'conflict' }
  /** A live claim of a worker that remembers by identity alone. */
  | { readonly kind: 'busy'; readonly leaseUntilMs: number }
  /** The condition of the member's n-th write failed. */
  | { readonly kind: 'condition'; readonly write: number }
  /** The service does not accept the member's n-th write at all. */
  | { readonly kind: 'invalid'; readonly write: number; readonly error: unknown };

export type TransactionAnswer =
  /** Effects and mark stand: by this request or by an earlier copy of it. */
  | { readonly kind: 'committed' }
  /** Nothing of it stands, and `refusals` says why, per member (undefined: nothing against it). */
  | { readonly kind: 'refused'; readonly refusals: readonly (MemberRefusal | undefined)[] }
  /** The service refused the request as a whole as not valid: which member is to blame is found by splitting (T4). */
  | { readonly kind: 'invalid'; readonly error: unknown }
  /**
   * Another write of ours stands at `seq`: a mark, or an earlier transaction that came late. What `state` has closed
   * stands with its effects: adopt it, and commit only what is still open, on top of it (L3).
   */
  | { readonly kind: 'overtaken'; readonly seq: number; readonly state: LedgerState }
  /**
   * As of a mark: the fence is lost, and this copy did nothing. An earlier copy whose answer was lost may have committed
   * before: the records are open, and the next claim of the partition reads which of them are closed.
   */
  | { readonly kind: 'lost' }
  /** `throttled` also for a passing conflict with another transaction: it is waited out (T4). */
  | Unknown;

/** The most items in one transaction, the mark included. Source: DynamoDB API Reference, TransactWriteItems. */
export const MAXIMUM_TRANSACTION_ITEMS = 100;
/** The most bytes of all items of one transaction together. Source: the same. */
export const MAXIMUM_TRANSACTION_BYTES = 4 * 1024 * 1024;

/**
 * Commits effects and marks in one conditional write (protocol section 6). Does not reject.
 *
 * Any copy of a request may still be under way when another copy was answered. It can only take effect as a whole and
 * while the fence stands where the request has it; so after a refusal either the next write moves the fence, or it is
 * answered `overtaken` and told what stands.
 */
export interface TransactionStore {
  commit(request: TransactionRequest): Promise<TransactionAnswer>;
}
