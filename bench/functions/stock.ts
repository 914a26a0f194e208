import { DynamoDBPersistenceLayer } from '@aws-lambda-powertools/idempotency/dynamodb';
import { type AttributeValue, BatchWriteItemCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { KafkaEvent } from '../../contract/event';
import { handlerOver, orderOf } from './make-idempotent';
import { accept } from './order';

const tableName = process.env.MSK_ONCE_TABLE ?? '';
const persistenceStore = new DynamoDBPersistenceLayer({ tableName });

export const handler = handlerOver(persistenceStore, Number(process.env.BENCH_IN_FLIGHT));

/** Writes what this function would have left behind for an event, but faster: 25 items in a request. */
export async function remember(event: KafkaEvent): Promise<void> {
  // Not public. A wrong key would show: then the redelivered records take two requests each.
  const { getHashedIdempotencyKey } = persistenceStore as unknown as { getHashedIdempotencyKey(data: unknown): string };
  const nowMs = Date.now();
  const items = Object.values(event.records)
    .flat()
    .map((record): Record<string, AttributeValue> => {
      const order = orderOf(record);
      const { accepted, cents } = accept(order);
      return {
        id: { S: getHashedIdempotencyKey.call(persistenceStore, order) },
        status: { S: 'COMPLETED' },
        expiration: { N: String(Math.round(nowMs / 1_000) + 3_600) },
        in_progress_expiration: { N: String(nowMs + 60_000) },
        data: { M: { accepted: { S: accepted }, cents: { N: String(cents) } } },
      };
    });
  const client = new DynamoDBClient({});
  const starts = Array.from({ length: Math.ceil(items.length / 25) }, (_, index) => index * 25);
  await Promise.all(
    starts.map((start) =>
      client.send(
        new BatchWriteItemCommand({
          RequestItems: { [tableName]: items.slice(start, start + 25).map((Item) => ({ PutRequest: { Item } })) },
        }),
      ),
    ),
  );
  client.destroy();
}
