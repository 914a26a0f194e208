import type { AttributeValue, TransactWriteItem } from '@aws-sdk/client-dynamodb';
import type { ConditionMeaning } from './transaction-write';

export type WriteKind = 'Put' | 'Update' | 'Delete' | 'ConditionCheck';

/**
 * A write that was checked and turned into attribute values the moment `process` returned it: whatever user code does
 * to its objects afterwards, each copy of a request says the same (T5).
 */
export interface PreparedWrite {
  readonly kind: WriteKind;
  readonly item: TransactWriteItem;
  /** Name of the table, also where it was given as an ARN. */
  readonly table: string;
  /** The whole key; undefined for a Put, whose key nobody has told us. */
  readonly key: Readonly<Record<string, AttributeValue>> | undefined;
  /** What the write counts for in a transaction, at most. */
  readonly bytes: number;
  readonly onConditionFailed: ConditionMeaning;
}

/** For an error: which write, and nothing of what is in it. `index` counts from 0. */
export function nameOf({ kind, table }: Pick<PreparedWrite, 'kind' | 'table'>, index: number): string {
  return `write ${index + 1} (${kind} on ${table})`;
}
