import { DynamoDBClient, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { ADD_FLIGHT, COUNTERS_TABLE, type Flight, type Place, recordName, requireFlown } from './flight';

// A retry of the SDK's after a lost answer would count the flight twice.
const counters = new DynamoDBClient({ maxAttempts: 1 });

/** Counts a flight and its delay, by a request of its own. */
export async function countFlight(
  record: Place & { readonly value: Flight; readonly signal: AbortSignal },
): Promise<void> {
  requireFlown(record.value);
  // Before the request and not during it: an abort takes nothing back that is on the wire.
  record.signal.throwIfAborted();
  await counters.send(
    new UpdateItemCommand({
      TableName: COUNTERS_TABLE,
      Key: { airport: { S: record.value.origin } },
      UpdateExpression: ADD_FLIGHT,
      ExpressionAttributeValues: {
        ':one': { N: '1' },
        ':delay': { N: String(record.value.delay) },
        ':record': { S: recordName(record) },
      },
    }),
  );
}
