/**
 * Claims about types, checked by `npm run typecheck`: this file is compiled and never run. A line behind
 * `@ts-expect-error` must not compile.
 */
import type { Context, MSKEvent, MSKHandler } from 'aws-lambda';
import * as z from 'zod';
import { json, type ProcessRecordsOptions, processRecords } from '../../handlers';
import {
  type AnyHandler,
  assertTookEffectOnce,
  deliverUntilDone,
  fakeContext,
  type KafkaEvent,
  kafkaEvent,
  realTime,
  TestClock,
  testProcessor,
} from '../../testing';

type Equal<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
/** Compiles only where both types are the same. */
function same<A, B>(_: Equal<A, B>): void {}

const order = z.object({ orderId: z.string() });
type Order = z.infer<typeof order>;

// Options of an export of their own keep their types, and fit both the runtime and the kit.
const orders = {
  value: json(order),
  identity: ({ value }) => {
    same<typeof value, Order>(true);
    return value.orderId;
  },
  process: ({ value }) => same<typeof value, Order>(true),
} satisfies ProcessRecordsOptions<Order>;
processRecords(orders);
const processor = testProcessor(orders);

const transaction = {
  value: json(order),
  transaction: true,
  process: ({ value: { orderId } }) => ({ Put: { TableName: 'orders', Item: { orderId } } }),
} satisfies ProcessRecordsOptions<Order>;
processRecords(transaction);
testProcessor(transaction, { conditionHolds: ({ Put }) => Put?.TableName === 'orders' });

const tombstones = {
  value: json(order),
  tombstones: 'process',
  process: ({ value }) => same<typeof value, Order | null>(true),
} satisfies ProcessRecordsOptions<Order, 'process'>;
testProcessor(tombstones, { clock: realTime, mode: 'throw' });

// What the runtime would not take, the kit does not.
// @ts-expect-error: no codec
testProcessor({ process: () => undefined });
// @ts-expect-error: a string is no write
testProcessor({ value: json(order), transaction: true, process: () => 'done' });
// @ts-expect-error: no such mode
testProcessor(orders, { mode: 'all' });

// Events.
const event = kafkaEvent({
  topic: 'orders',
  records: [
    { value: { orderId: 'o-1' }, key: 'k', headers: { a: ['1', Buffer.from('2')], b: null }, timestamp: new Date(0) },
    { value: null, partition: 1, offset: 3, headers: [['a', '1']] },
    { value: new Uint8Array(1) },
  ],
});
same<typeof event, KafkaEvent>(true);
// @ts-expect-error: whether a record without a value is meant is to be said: null
kafkaEvent({ topic: 'orders', records: [{ key: 'k' }] });
// @ts-expect-error: a number is no header
kafkaEvent({ topic: 'orders', records: [{ value: 1, headers: { a: 1 } }] });
// @ts-expect-error: no topic
kafkaEvent({ records: [] });

// The handler of a processor is one to be driven, and so is any other one.
void deliverUntilDone(processor.handle, event, { reading: 'from-lowest', mode: 'partial', max: 3 });
void processor.deliverUntilDone(event, { reading: 'listed' });
const community: MSKHandler = () => undefined;
const typed = async (_: MSKEvent, { functionName }: Context) => functionName;
void deliverUntilDone(community, event);
void deliverUntilDone(typed, event);
const own: AnyHandler = ({ records }, { functionName }) => [records, functionName];
void deliverUntilDone(own, event);
void deliverUntilDone(async ({ records }) => same<typeof records, KafkaEvent['records']>(true), event);
// @ts-expect-error: no handler
void deliverUntilDone({ handler: own }, event);
// @ts-expect-error: the mode is the processor's own
void processor.deliverUntilDone(event, { mode: 'throw' });
// @ts-expect-error: no such reading
void deliverUntilDone(own, event, { reading: 'checkpoint' });

// The context is what the community's types say.
const context: Context = fakeContext({ clock: new TestClock(), remainingMs: 3 });
void community(event as unknown as MSKEvent, context, () => undefined);

assertTookEffectOnce(['orders-0@1', 7, 8n], new Map([['a', 1]]).keys());
assertTookEffectOnce(
  Object.values(event.records).flat(),
  processor.runs.map(({ record }) => record),
);
// @ts-expect-error: what tells it apart from others is to be said
assertTookEffectOnce([{ orderId: 'o-1' }], []);
