import type { TransactWriteItem } from '@aws-sdk/client-dynamodb';
import { LEDGER_ATTRIBUTES } from '../../contract/idempotency-table';
import { type MarkAttributes, markAttributes } from './ledger-item';
import type { LedgerMark } from './ledger-store';

/** The mark as an item of a transaction, conditional on owner and seq (L2). */
export function markUpdate(
  mark: LedgerMark,
  table: string,
  { sets, removes }: MarkAttributes = markAttributes(mark),
): TransactWriteItem {
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
