import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { KEY_ATTRIBUTE } from '../../contract/idempotency-table';
import type { PreparedWrite } from './prepared-write';

/** The item that a write touches. */
export interface Touched {
  /** Equal for equal items. */
  readonly name: string;
  /** false: the key is a guess. Two guesses that are equal may be two items. */
  readonly isCertain: boolean;
}

/**
 * Tells which item a write touches (T3). A Put brings a whole item and nobody says which of its attributes are the key.
 * They are known where another write on the table names its key; else they are guessed from a condition
 * `attribute_not_exists(…)`, as people write it for the key; else the Put is taken to be alone on its item. The service
 * refuses a transaction where that was wrong, and the group is split.
 */
export class TouchedItems {
  readonly #keyNames = new Map<string, readonly string[]>();

  constructor(idempotencyTable: string) {
    this.#keyNames.set(idempotencyTable, [KEY_ATTRIBUTE]);
  }

  /** Learns the names of keys. */
  learn(writes: readonly PreparedWrite[]): void {
    for (const { table, key } of writes) {
      if (key !== undefined && !this.#keyNames.has(table)) this.#keyNames.set(table, Object.keys(key).sort());
    }
  }

  of(write: PreparedWrite): Touched | undefined {
    const { table, key, item } = write;
    if (key !== undefined) return { name: nameOfItem(table, key), isCertain: true };
    const put = item.Put?.Item ?? {};
    const known = this.#keyNames.get(table);
    const names = known ?? guessed(write);
    if (names.length === 0 || names.some((name) => put[name] === undefined)) return undefined;
    const part = Object.fromEntries(names.map((name) => [name, put[name] as AttributeValue]));
    return { name: nameOfItem(table, part), isCertain: known !== undefined };
  }
}

/** An item of the idempotency table. */
export function nameOfOwnItem(table: string, id: string): string {
  return nameOfItem(table, { [KEY_ATTRIBUTE]: { S: id } });
}

/** By type and text: one number written in two ways (1 and 1.0) is left to the service. */
function nameOfItem(table: string, key: Readonly<Record<string, AttributeValue>>): string {
  const parts = Object.keys(key)
    .sort()
    .map((name) => {
      const { S, N, B } = key[name] as AttributeValue;
      return [name, S ?? null, N ?? null, B === undefined ? null : Buffer.from(B).toString('base64')];
    });
  return JSON.stringify([table, parts]);
}

const NOT_EXISTS = /attribute_not_exists\s*\(\s*(#?\w+)\s*\)/gi;

function guessed({ item }: PreparedWrite): string[] {
  const { ConditionExpression: condition = '', ExpressionAttributeNames: aliases = {} } = item.Put ?? {};
  const names = [...condition.matchAll(NOT_EXISTS)].map(([, name = '']) => aliases[name] ?? name);
  return [...new Set(names)].sort();
}
