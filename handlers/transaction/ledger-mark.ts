import type { Item } from '../dynamodb/item';
import { judgeLedgerMark } from '../ledger/judge-ledger';
import { fromLedgerItem, isWritten, markAttributes } from '../ledger/ledger-item';
import type { LedgerMark } from '../ledger/ledger-store';
import type { Unknown } from '../store/unknown';
import type { TransactionAnswer } from './transaction-store';

/** Where the fence of a partition stands, for a request that was not carried out. */
export type Standing =
  /** Where the request has it: nothing of it stands, and nothing else has come before it. */
  | { readonly kind: 'free' }
  | Extract<TransactionAnswer, { readonly kind: 'committed' | 'overtaken' | 'lost' }>
  | Unknown;

/**
 * Tells a transaction of ours that stands from another write of ours, by what it has written (T5): a request token is
 * known for 10 minutes only.
 */
export function standingOf(item: Item | undefined, mark: LedgerMark): Standing {
  if (item === undefined) return { kind: 'lost' };
  try {
    const stored = fromLedgerItem(mark.id, item);
    if (stored.owner === mark.token && stored.seq === mark.seq) return { kind: 'free' };
    const { kind } = judgeLedgerMark(stored, mark, isWritten(item, markAttributes(mark)));
    if (kind === 'written') return { kind: 'committed' };
    return kind === 'overtaken' ? { kind, seq: stored.seq, state: stored.state } : { kind: 'lost' };
  } catch (error) {
    // Somebody has written over it by hand.
    return { kind: 'unknown', reason: 'refused', error };
  }
}

/** What stands is ours, and not all of the mark. */
export function overtakenBy(item: Item, mark: LedgerMark): Standing {
  const { seq, state } = fromLedgerItem(mark.id, item);
  return { kind: 'overtaken', seq, state };
}
