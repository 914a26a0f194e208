/** The reference function: counts flights and their delay per airport of origin. Nobody imports this file. */
import { DynamoDBClient, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import * as z from 'zod/mini';
import { json, processRecords } from '../index';

const flight = z.object({
  date: z.string(),
  delay: z.int(),
  distance: z.int(),
  origin: z.string(),
  destination: z.string(),
});

const table = process.env.COUNTERS_TABLE;
if (!table) throw new Error('COUNTERS_TABLE, the name of the table with the counters, is not set: the stack sets it');

// An ADD is not idempotent: a retry of the SDK's after a lost answer would count the flight twice.
const counters = new DynamoDBClient({ maxAttempts: 1 });

export const handler = processRecords({
  value: json(flight),
  identity: ({ value: { date, origin, destination, distance, delay } }) =>
    [date, origin, destination, distance, delay].join('|'),
  // Each effect takes milliseconds, so a crashed worker's records need not wait for half a minute.
  leaseMs: 5_000,
  async process({ topic, partition, offset, value, signal }) {
    // Before the request and not during it: an abort takes nothing back that is on the wire.
    signal.throwIfAborted();
    await counters.send(
      new UpdateItemCommand({
        TableName: table,
        Key: { airport: { S: value.origin } },
        UpdateExpression: 'ADD flights :one, delayMinutes :delay SET lastRecord = :record',
        ExpressionAttributeValues: {
          ':one': { N: '1' },
          ':delay': { N: String(value.delay) },
          ':record': { S: `${topic}-${partition}@${offset}` },
        },
      }),
    );
  },
});
