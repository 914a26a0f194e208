import type { Attribute } from '../../local/dynamodb/dynamodb-api';
import type { DatabaseRequest } from '../../local/dynamodb/recorder';

/** What a write sets, by attribute, read from the request as it went over the wire. */
export interface Write {
  readonly table: string;
  readonly key: Readonly<Record<string, Attribute>>;
  readonly sets: Readonly<Record<string, Attribute>>;
}

interface WriteInput {
  readonly TableName?: string;
  readonly Item?: Record<string, Attribute>;
  readonly Key?: Record<string, Attribute>;
  readonly UpdateExpression?: string;
  readonly ExpressionAttributeNames?: Record<string, string>;
  readonly ExpressionAttributeValues?: Record<string, Attribute>;
}

export function writeOf({ operation, input }: DatabaseRequest): Write | undefined {
  const { TableName: table = '', Item, Key = {}, ...update } = input as WriteInput;
  if (operation === 'PutItem' && Item) return { table, key: Item, sets: Item };
  if (operation === 'UpdateItem') return { table, key: Key, sets: assignments(update) };
  return undefined;
}

const ASSIGNMENT = /([#\w]+)\s*=\s*(:\w+)/g;

function assignments(update: WriteInput): Record<string, Attribute> {
  const { UpdateExpression = '', ExpressionAttributeNames = {}, ExpressionAttributeValues = {} } = update;
  const sets: Record<string, Attribute> = {};
  for (const [, name = '', value = ''] of UpdateExpression.matchAll(ASSIGNMENT)) {
    const attribute = ExpressionAttributeValues[value];
    if (attribute) sets[ExpressionAttributeNames[name] ?? name] = attribute;
  }
  return sets;
}
