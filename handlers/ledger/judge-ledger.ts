import { partitionLost } from '../errors';
import { claimantOf } from './claimant';
import type { LedgerState } from './ledger-state';
import type { LedgerClaimAnswer, LedgerClaimRequest, LedgerMark, LedgerMarkAnswer } from './ledger-store';

/** A partition's item. */
export interface StoredLedger {
  readonly owner: string;
  /** Milliseconds since the epoch; {@link GIVEN_BACK} once the partition was released. */
  readonly leaseUntilMs: number;
  readonly seq: number;
  readonly state: LedgerState;
}

export const GIVEN_BACK = 0;

export type ClaimVerdict =
  | LedgerClaimAnswer
  /** May be taken over: exactly what was read. */
  | { readonly kind: 'takeover' };

/** Decides what an item that stands in the way of a claim means for it (protocol L1). */
export function judgeLedgerClaim(
  { owner, leaseUntilMs, seq, state }: StoredLedger,
  { id, token }: LedgerClaimRequest,
  nowMs: number,
  clockSkewMs: number,
): ClaimVerdict {
  const isBack = leaseUntilMs === GIVEN_BACK;
  if (owner === token && !isBack) return { kind: 'claimed', claim: { state, seq, leaseUntilMs } };
  if (owner === token || state.claimants.includes(claimantOf(token))) {
    // The invocation has had its time with the partition: it gave it back, or let its lease run out.
    return { kind: 'unknown', reason: 'refused', error: partitionLost({ partition: id }) };
  }
  if (isBack || nowMs > leaseUntilMs + 2 * clockSkewMs) return { kind: 'takeover' };
  return { kind: 'busy', leaseUntilMs };
}

/**
 * Decides what an item that stands in the way of a mark means for it (protocol L3). undefined: there is no item.
 * `overtaken` at the mark's own `seq`: nothing of ours has come since, the mark may be written as it is.
 *
 * @param isWritten the item is what this mark writes, the lease included
 */
export function judgeLedgerMark(
  stored: StoredLedger | undefined,
  { token, seq, leaseUntilMs }: LedgerMark,
  isWritten: boolean,
): LedgerMarkAnswer {
  if (stored?.owner !== token) return { kind: 'lost' };
  if (isWritten && stored.seq === seq + 1) return { kind: 'written' };
  // What was given back is nobody's: a write of ours that went out before the release must not take it again.
  if (stored.leaseUntilMs === GIVEN_BACK && leaseUntilMs !== undefined) return { kind: 'lost' };
  if (stored.seq === seq || stored.seq === seq + 1) return { kind: 'overtaken', seq: stored.seq, state: stored.state };
  return { kind: 'lost' };
}
