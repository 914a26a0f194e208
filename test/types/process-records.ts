/**
 * Claims about types, checked by `npm run typecheck`: this file is compiled and never run. A line behind
 * `@ts-expect-error` must not compile.
 */
import type { Context, Handler as LambdaHandler, MSKEvent, SelfManagedKafkaEvent } from 'aws-lambda';
import * as z from 'zod';
import * as mini from 'zod/mini';
import {
  type BatchResponse,
  type BatchResult,
  type Codec,
  type Handler,
  type Headers,
  json,
  type ProcessedRecord,
  processRecords,
  type TransactionWrite,
} from '../../handlers';

type Equal<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
/** Compiles only where both types are the same. */
function same<A, B>(_: Equal<A, B>): void {}

const order = z.object({ orderId: z.string(), at: z.string().transform((text) => new Date(text)) });
interface Order {
  orderId: string;
  at: Date;
}

// The schema's output is the type of `value`, in `identity`, `payload` and `process`.
processRecords({
  value: json(order),
  identity: ({ value }) => {
    same<typeof value, Order>(true);
    return value.orderId;
  },
  payload: ({ value }) => {
    same<typeof value, Order>(true);
    return value.at.getTime();
  },
  process: ({ value, key, headers, topic, partition, offset, timestamp, timestampType, attempt, signal }) => {
    same<typeof value, Order>(true);
    same<typeof key, Buffer | undefined>(true);
    same<typeof headers, Headers>(true);
    same<typeof topic, string>(true);
    same<[typeof partition, typeof offset, typeof timestamp, typeof attempt], [number, number, number, number]>(true);
    same<typeof timestampType, 'CREATE_TIME' | 'LOG_APPEND_TIME'>(true);
    same<typeof signal, AbortSignal>(true);
    same<ReturnType<typeof headers.get>, Buffer | undefined>(true);
    // @ts-expect-error: a field that the schema does not put out
    value.amount;
  },
});

// Another Standard Schema.
processRecords({
  value: json(mini.object({ id: mini.number() })),
  identity: ({ value }) => value.id,
  process: ({ value }) => same<typeof value, { id: number }>(true),
});

// Without a schema the value is unknown.
processRecords({
  value: json(),
  // @ts-expect-error: unknown is no object
  identity: ({ value }) => value.id,
  process: ({ value }) => same<typeof value, unknown>(true),
});

// tombstones: 'process' adds null, to identity and payload too.
processRecords({
  value: json(order),
  tombstones: 'process',
  identity: ({ value, key }) => {
    same<typeof value, Order | null>(true);
    // @ts-expect-error: it may be null
    value.orderId;
    return value?.orderId ?? String(key);
  },
  payload: ({ value }) => same<typeof value, Order | null>(true),
  process: ({ value }) => {
    same<typeof value, Order | null>(true);
    // @ts-expect-error: it may be null
    value.at;
  },
});

// tombstones: 'skip' does not.
processRecords({
  value: json(order),
  tombstones: 'skip',
  identity: ({ value }) => value.orderId,
  process: ({ value }) => same<typeof value, Order>(true),
});

const identity = ({ value }: { readonly value: Order }) => value.orderId;
const process = () => undefined;
const value: Codec<Order> = { name: 'own', decode: () => ({ orderId: 'a', at: new Date(0) }) };
const later: Codec<Order> = { name: 'own', decode: async () => ({ orderId: 'a', at: new Date(0) }) };

processRecords({ value, identity, process });
processRecords({ value: later, identity, process: async () => {} });
processRecords({ value, identity: () => 1n, process, payload: false, order: 'key', concurrency: 1 });

// Without an identity offsets are remembered.
processRecords({ value, process });
processRecords({ value, process, leaseMs: 10_000, checkpointMs: 250, clockSkewMs: 0, abortGraceMs: 500 });
// Whatever an effect returns is nothing to us.
processRecords({ value, process: async () => ({ charged: true }) });
processRecords({ value, process, transaction: false });

// processBatch in place of process: the same records, several at a time.
processRecords({
  value: json(order),
  tombstones: 'process',
  identity: ({ value: given }) => given?.orderId ?? 'none',
  maxRecordsPerCall: 500,
  processBatch: async (records, { signal }) => {
    const [first] = records;
    same<typeof signal, AbortSignal>(true);
    same<typeof first, ProcessedRecord<Order | null> | undefined>(true);
    // @ts-expect-error: it may be null
    records.map(({ value: { orderId } }) => orderId);
    if (first) return { failed: [{ record: first, error: new Error('no') }] };
  },
});
processRecords({ value, processBatch: () => undefined });
processRecords({ value, processBatch: async () => {} });
processRecords({ value, processBatch: (records) => ({ failed: records.map((record) => ({ record, error: 'no' })) }) });
const batchFailing: BatchResult = { failed: [{ record: { topic: 't', partition: 0, offset: 1 }, error: undefined }] };
processRecords({ value, order: 'none', processBatch: () => batchFailing });
// @ts-expect-error: one of both
processRecords({ value, process, processBatch: () => undefined });
// @ts-expect-error: not beside transaction
processRecords({ value, transaction: true, processBatch: () => undefined });
// @ts-expect-error: what is Lambda's answer says nothing here
processRecords({ value, processBatch: () => ({ batchItemFailures: [] }) });
// @ts-expect-error: a failed record has an error
processRecords({ value, processBatch: (records) => ({ failed: records.map((record) => ({ record })) }) });
// @ts-expect-error: a record is known by its place
processRecords({ value, processBatch: () => ({ failed: [{ record: 3, error: 'no' }] }) });
// @ts-expect-error: only beside processBatch
processRecords({ value, process, maxRecordsPerCall: 10 });

// Whether payloads are compared without an identity is checked at run time; the types let it pass.
processRecords({ value, process, payload: false });

// Under `transaction` process returns writes, of plain values.
const put: TransactionWrite = { Put: { TableName: 'orders', Item: { id: 'a', at: 1n, tags: new Set(['x']) } } };
processRecords({ value, transaction: true, process: () => put });
processRecords({ value, transaction: true, process: async () => [put, put] });
processRecords({ value, transaction: true, process: () => undefined });
processRecords({ value, transaction: true, process: async () => undefined });
processRecords({ value, transaction: true, process: (): readonly TransactionWrite[] => [] });
processRecords({ value, transaction: true, identity, payload: false, independent: true, process: () => put });
processRecords({
  value,
  transaction: true,
  process: ({ value: { orderId }, signal, attempt }) => {
    same<[typeof orderId, typeof signal, typeof attempt], [string, AbortSignal, number]>(true);
    return [
      { Put: { TableName: 'orders', Item: { orderId } }, onConditionFailed: 'done' },
      {
        Update: {
          TableName: 'counters',
          Key: { orderId },
          UpdateExpression: 'ADD n :one',
          ExpressionAttributeValues: { ':one': 1 },
        },
      },
      { ConditionCheck: { TableName: 'locks', Key: { orderId }, ConditionExpression: 'attribute_exists(orderId)' } },
      { Delete: { TableName: 'drafts', Key: { orderId } }, onConditionFailed: 'permanent' },
    ];
  },
});
processRecords({
  value,
  transaction: true,
  tombstones: 'process',
  process: ({ value: order }) => {
    same<typeof order, Order | null>(true);
    return order === null ? undefined : put;
  },
});

// @ts-expect-error: a string is no write
processRecords({ value, transaction: true, process: () => 'done' });
// @ts-expect-error: nor is something else
processRecords({ value, transaction: true, process: async () => ({ charged: true }) });
// @ts-expect-error: nor is null
processRecords({ value, transaction: true, process: () => null });
// @ts-expect-error: a Put without its table
processRecords({ value, transaction: true, process: () => ({ Put: { Item: { id: 'a' } } }) });
// @ts-expect-error: an Update without its key
processRecords({
  value,
  transaction: true,
  process: () => ({ Update: { TableName: 't', UpdateExpression: 'SET a = b' } }),
});
// @ts-expect-error: no such meaning of a failed condition
processRecords({ value, transaction: true, process: () => ({ ...put, onConditionFailed: 'ignore' }) });
// @ts-expect-error: independent only beside transaction: true
processRecords({ value, process, independent: true });
// @ts-expect-error: independent only beside transaction: true
processRecords({ value, identity, process, transaction: false, independent: true });
// @ts-expect-error: it is true or left out
processRecords({ value, transaction: 'yes', process: () => put });
// @ts-expect-error: no effect
processRecords({ value, transaction: true });
// @ts-expect-error: no effect
processRecords({ value, identity });
// @ts-expect-error: no codec
processRecords({ identity, process });
// @ts-expect-error: a schema is not a codec
processRecords({ value: order, identity: () => 'a', process });
// @ts-expect-error: an identity that is computed later
processRecords({ value, identity: async () => 'a', process });
// @ts-expect-error: an identity that may be missing
processRecords({ value, identity: () => undefined as string | undefined, process });
// @ts-expect-error: an object is no identity
processRecords({ value, identity: () => ({ id: 'a' }), process });
// @ts-expect-error: no such order
processRecords({ value, identity, process, order: 'keys' });
// @ts-expect-error: no such way with tombstones
processRecords({ value, identity, process, tombstones: 'error' });
// @ts-expect-error: no such option
processRecords({ value, identity, process, batchSize: 10 });
// @ts-expect-error: true would turn on what is on
processRecords({ value, identity, process, payload: true });

// What it makes can be called with what Lambda's own types say comes in.
declare const handler: Handler;
declare const msk: MSKEvent;
declare const selfManaged: SelfManagedKafkaEvent;
declare const context: Context;
same<ReturnType<typeof handler>, Promise<BatchResponse | undefined>>(true);
void handler(msk, context);
void handler(selfManaged, context);
export const deployedForMsk: LambdaHandler<MSKEvent, BatchResponse | undefined> = handler;
export const deployedForOwn: LambdaHandler<SelfManagedKafkaEvent, BatchResponse | undefined> = handler;
// @ts-expect-error: without the context the mapping is not known
void handler(msk);
// @ts-expect-error: what remains of the time is needed
void handler(msk, { invokedFunctionArn: 'arn' });
