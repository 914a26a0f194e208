import type { BasePersistenceLayer } from '@aws-lambda-powertools/idempotency/persistence';
import * as fc from 'fast-check';
import { DynamoDbClaimStore } from '../../../handlers/claims/dynamodb-claim-store';
import { createProcessor } from '../../../handlers/create-processor';
import { json } from '../../../handlers/index';
import { type ProcessRecordsOptions, settingsOf } from '../../../handlers/options';
import { realPorts } from '../../support/real-ports';
import { event, MAPPINGS, world } from '../../support/virtual-world';
import { type Bench, freshId, gate, idempotent, moveClock, openBench } from './support';

interface Order {
  readonly orderId: string;
}
type Charge = (order: Order) => Promise<unknown>;

/** One process of one of the ways to consume the topic; gives the orders that are still open. */
type Consumer = (orders: readonly Order[], charge: Charge, remainingMs?: number) => Promise<string[]>;

let bench: Bench;
beforeAll(async () => {
  bench = await openBench();
});
afterAll(() => bench.close());
beforeEach(() => {
  jest.spyOn(console, 'warn').mockImplementation(() => undefined);
});
afterEach(() => jest.restoreAllMocks());

const RETENTION_SECONDS = 14 * 24 * 60 * 60;

/** `makeIdempotent` per record, configured as the guide says, so that its records and those of processRecords meet. */
const perRecord =
  (layer: () => BasePersistenceLayer): Consumer =>
  async (orders, charge, remainingMs = 60_000) => {
    const once = idempotent(layer(), charge, {
      keyPrefix: 'shop-orders#orders',
      remainingMs,
      config: { eventKeyJmesPath: 'orderId', hashFunction: 'sha256', expiresAfterSeconds: RETENTION_SECONDS },
    });
    const settled = await Promise.allSettled(orders.map((order) => once(order)));
    return orders.filter((_, index) => settled[index]?.status === 'rejected').map(({ orderId }) => orderId);
  };

const processRecords: Consumer = async (orders, charge, remainingMs = 2_000) => {
  const { client, table } = bench.database;
  const options: ProcessRecordsOptions<Order> = {
    value: json() as ProcessRecordsOptions<Order>['value'],
    identity: ({ value }) => value.orderId,
    order: 'none',
    process: async ({ value }) => void (await charge(value)),
  };
  const store = new DynamoDbClaimStore({
    client,
    table,
    clock: { now: () => Date.now() },
    clockSkewMs: 1_000,
    rememberForSeconds: RETENTION_SECONDS,
  });
  const handler = createProcessor(settingsOf(options), MAPPINGS, realPorts(store));
  const answer = await handler(event({ 0: orders.map((value) => ({ value })) }), world().context(remainingMs));
  const open = answer?.batchItemFailures.map(({ itemIdentifier: { offset } }) => offset) ?? [];
  return orders.filter((_, index) => open.includes(index)).map(({ orderId }) => orderId);
};

const CONSUMERS = {
  'the stock layer': perRecord(() => bench.stock()),
  OncePersistenceLayer: perRecord(() => bench.once()),
  processRecords,
} as const;
type Name = keyof typeof CONSUMERS;

const MOVES: readonly (readonly [Name, Name])[] = [
  ['the stock layer', 'processRecords'],
  ['OncePersistenceLayer', 'processRecords'],
  ['the stock layer', 'OncePersistenceLayer'],
  ['processRecords', 'the stock layer'],
  ['processRecords', 'OncePersistenceLayer'],
  ['OncePersistenceLayer', 'the stock layer'],
];

const orderOf = (): Order => ({ orderId: freshId() });

describe.each(MOVES)('from %s to %s', (from, to) => {
  const [first, then] = [CONSUMERS[from], CONSUMERS[to]];

  test('a completed record is skipped', async () => {
    const order = orderOf();
    const charge = jest.fn(async () => ({ charged: true }));
    await first([order], charge);

    const open = await then([order], charge);

    expect(open).toEqual([]);
    expect(charge).toHaveBeenCalledTimes(1);
  });

  test('a failed record runs again, once', async () => {
    const order = orderOf();
    expect(await first([order], async () => Promise.reject(new Error('no charge')))).toEqual([order.orderId]);
    const charge = jest.fn(async () => ({ charged: true }));

    expect(await then([order], charge)).toEqual([]);
    expect(await then([order], charge)).toEqual([]);

    expect(charge).toHaveBeenCalledTimes(1);
  });

  test('a record in progress stays open, and runs once after the lease of who died with it', async () => {
    const order = orderOf();
    const started = gate();
    const ends = gate();
    const dying = first(
      [order],
      () => {
        started.open();
        return ends.opened;
      },
      60_000,
    ).catch(() => undefined);
    await started.opened;
    const charge = jest.fn(async () => ({ charged: true }));

    const open = await then([order], charge);
    expect(open).toEqual([order.orderId]);
    expect(charge).not.toHaveBeenCalled();
    moveClock(120_000);
    expect(await then([order], charge)).toEqual([]);
    expect(await then([order], charge)).toEqual([]);
    expect(charge).toHaveBeenCalledTimes(1);
    ends.open();
    await dying;
    // What the dead one does late changes nothing for who comes after it.
    expect(await then([order], charge)).toEqual([]);
    expect(charge).toHaveBeenCalledTimes(1);
  });

  test('an expired record is a new one', async () => {
    const order = orderOf();
    const charge = jest.fn(async () => ({ charged: true }));
    await first([order], charge);
    moveClock((RETENTION_SECONDS + 60) * 1_000);

    expect(await then([order], charge)).toEqual([]);

    expect(charge).toHaveBeenCalledTimes(2);
  });

  test('a batch of all of these at once: each does what it does alone', async () => {
    const [done, failed, fresh] = [orderOf(), orderOf(), orderOf()];
    const runs: string[] = [];
    const charge = async ({ orderId }: Order) => void runs.push(orderId);
    await first([done], charge);
    await first([failed], async () => Promise.reject(new Error('no charge')));

    const open = await then([done, failed, fresh], charge);

    expect(open).toEqual([]);
    expect(runs.slice().sort()).toEqual([done.orderId, failed.orderId, fresh.orderId].sort());
  });
});

test('a stock record without a lease, in progress: open until it expires, then it runs', async () => {
  const order = orderOf();
  const hash = (await import('node:crypto'))
    .createHash('sha256')
    .update(JSON.stringify(order.orderId))
    .digest('base64');
  await bench.put({
    id: { S: `shop-orders#orders#${hash}` },
    status: { S: 'INPROGRESS' },
    expiration: { N: String(Math.round(Date.now() / 1_000) + 3_600) },
  });
  const charge = jest.fn(async () => undefined);

  expect(await processRecords([order], charge)).toEqual([order.orderId]);
  expect(charge).not.toHaveBeenCalled();
  moveClock(3_602_000);
  expect(await processRecords([order], charge)).toEqual([]);

  expect(charge).toHaveBeenCalledTimes(1);
});

test('back with payload validation: the stock layer refuses what processRecords did, ours skips it', async () => {
  const order = { ...orderOf(), amount: 1 };
  const charge = jest.fn(async () => undefined);
  await processRecords([order], charge);
  const config = {
    eventKeyJmesPath: 'orderId',
    hashFunction: 'sha256',
    payloadValidationJmesPath: 'amount',
  };
  const wrapping = { keyPrefix: 'shop-orders#orders', config };

  await expect(idempotent(bench.stock(), charge as Charge, wrapping)(order)).rejects.toMatchObject({
    name: 'IdempotencyValidationError',
  });
  await expect(idempotent(bench.once(), charge as Charge, wrapping)(order)).resolves.toBeUndefined();

  expect(charge).toHaveBeenCalledTimes(1);
});

test.each<[string, object]>([
  ['md5, Powertools’ default', { hashFunction: 'md5' }],
  ['a key of the whole payload', { eventKeyJmesPath: '' }],
])('the keys do not meet, and the record runs again: %s', async (_, changes) => {
  const order = orderOf();
  const charge = jest.fn(async () => undefined);
  const config = { eventKeyJmesPath: 'orderId', hashFunction: 'sha256', ...changes };
  await idempotent(bench.stock(), charge as Charge, { keyPrefix: 'shop-orders#orders', config })(order);

  await processRecords([order], charge);

  expect(charge).toHaveBeenCalledTimes(2);
});

test('whoever consumes which delivery, in any order and with failures: each order is charged exactly once', async () => {
  const names = Object.keys(CONSUMERS) as Name[];
  const delivery = fc.record({
    consumer: fc.constantFrom(...names),
    orders: fc.uniqueArray(fc.integer({ min: 0, max: 5 }), { minLength: 1, maxLength: 6 }),
    failing: fc.uniqueArray(fc.integer({ min: 0, max: 5 }), { maxLength: 3 }),
    /** Together with the delivery after it, as at a rebalance. */
    beside: fc.boolean(),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(delivery, { minLength: 1, maxLength: 8 }), async (deliveries) => {
      const orders = Array.from({ length: 6 }, orderOf);
      const charged: string[] = [];
      const deliver = async ({ consumer, orders: chosen, failing }: (typeof deliveries)[number]) => {
        const charge: Charge = async (order) => {
          await new Promise((resolve) => setImmediate(resolve));
          if (failing.includes(orders.indexOf(order))) throw new Error('no charge');
          if (failing.some((index) => orders[index]?.orderId === order.orderId)) throw new Error('no charge');
          charged.push(order.orderId);
        };
        return CONSUMERS[consumer](
          chosen.map((index) => orders[index] as Order),
          charge,
        );
      };
      for (let next = 0; next < deliveries.length; next += 1) {
        const [one, other] = [deliveries[next], deliveries[next + 1]];
        if (!one) break;
        if (one.beside && other) {
          await Promise.all([deliver(one), deliver(other)]);
          next += 1;
        } else {
          await deliver(one);
        }
      }
      expect(new Set(charged).size).toBe(charged.length);
      // Every other one is still to be had.
      const all = { consumer: 'processRecords', orders: [0, 1, 2, 3, 4, 5], failing: [], beside: false } as const;
      expect(await deliver({ ...all, orders: [...all.orders], failing: [] })).toEqual([]);
      expect(charged.slice().sort()).toEqual(orders.map(({ orderId }) => orderId).sort());
    }),
    { numRuns: 25 },
  );
}, 60_000);
