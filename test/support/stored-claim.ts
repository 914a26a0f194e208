import { type AttributeValue, type DynamoDBClient, GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import type { StoredClaim } from '../../handlers/claims/judge';

export type RawItem = Record<string, AttributeValue>;

export async function rawItem(client: DynamoDBClient, table: string, id: string): Promise<RawItem | undefined> {
  const { Item } = await client.send(
    new GetItemCommand({ TableName: table, Key: { id: { S: id } }, ConsistentRead: true }),
  );
  return Item;
}

export async function putRaw(client: DynamoDBClient, table: string, item: RawItem): Promise<void> {
  await client.send(new PutItemCommand({ TableName: table, Item: item }));
}

/** Reads an item by its attributes' settled names, written down here and not taken from the code under test. */
export async function storedClaim(client: DynamoDBClient, table: string, id: string): Promise<StoredClaim | undefined> {
  const item = await rawItem(client, table, id);
  return item && claimIn(item);
}

export function claimIn(item: RawItem): StoredClaim {
  const text = (name: string) => item[name]?.S;
  const number = (name: string) => (item[name]?.N === undefined ? undefined : Number(item[name].N));
  return {
    status: text('status'),
    owner: text('owner'),
    partition: number('partition'),
    offset: number('offset'),
    payloadDigest: text('payload_digest'),
    attempts: number('attempts'),
    leaseUntilMs: number('in_progress_expiration'),
    expiration: number('expiration'),
    outcome: text('outcome'),
    unclean: number('unclean'),
    suspect: number('suspect'),
  };
}
