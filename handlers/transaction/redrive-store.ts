import type { RedriveClaim } from '../parking/parking-store';
import type { PreparedWrite } from './prepared-write';
import type { IdentityInsert, TransactionAnswer } from './transaction-store';

/** A redriven record: its writes, its parked item and its identity take effect together, or none of them does (P6). */
export interface RedriveCommitRequest {
  /** `ClientRequestToken`: the same one again for the same content (T5). At most 36 characters. */
  readonly requestToken: string;
  /** When the content was made, milliseconds since the epoch, the same in every copy: see `TransactionRequest`. */
  readonly atMs: number;
  /** The fence: the parked item turns to done only while this redrive holds it. */
  readonly claim: RedriveClaim;
  /** Inserted as done, or turned to done where it is parked; undefined where no identity is declared. */
  readonly identity: IdentityInsert | undefined;
  readonly writes: readonly PreparedWrite[];
}

/**
 * As of a commit with the ledger, of one member. `committed`: done by this request or by an earlier copy of it. `lost`:
 * the parked item is not this redrive's any more, and this copy did nothing.
 */
export type RedriveCommitAnswer = Exclude<TransactionAnswer, { readonly kind: 'overtaken' }>;

/**
 * Commits the effects of redriven records with the end of their parking (protocol P6, T3 to T5). Does not reject.
 *
 * A late copy can only take effect as a whole and while the claim stands: giving the parked item back, or another
 * redrive's claim of it, ends that.
 */
export interface RedriveStore {
  commit(request: RedriveCommitRequest): Promise<RedriveCommitAnswer>;
}
