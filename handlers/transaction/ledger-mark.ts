import type { TransactWriteItem } from '@aws-sdk/client-dynamodb';
import { LEDGER_ATTRIBUTES } from '../../contract/idempotency-table';
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

/** The mark as an item of a transaction, conditional on owner and seq (T1, L2). */
export function markUpdate(mark: LedgerMark, table: string): TransactWriteItem {
  const { sets, removes } = markAttributes(mark);
  const set = Object.keys(sets);
  // Every name is aliased, since some are reserved words.
  const names = [...set, ...removes];
  const aliases = names.map((_, index) => `#${index}`);
  const assigned = set.map((_, index) => `#${index} = :${index}`).join(', ');
  const removed = removes.length === 0 ? '' : ` REMOVE ${aliases.slice(set.length).join(', ')}`;
  return {
    Update: {
      TableName: table,
      Key: { [LEDGER_ATTRIBUTES.id]: { S: mark.id } },
      UpdateExpression: `SET ${assigned}${removed}`,
      ConditionExpression: `#owner = :owner AND #${set.indexOf(LEDGER_ATTRIBUTES.seq)} = :seq`,
      ExpressionAttributeNames: {
        ...Object.fromEntries(names.map((name, index) => [`#${index}`, name])),
        '#owner': LEDGER_ATTRIBUTES.owner,
      },
      ExpressionAttributeValues: {
        ...Object.fromEntries(Object.values(sets).map((value, index) => [`:${index}`, value])),
        ':owner': { S: mark.token },
        ':seq': { N: String(mark.seq) },
      },
      ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
    },
  };
}

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
