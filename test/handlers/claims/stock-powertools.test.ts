import { IdempotencyConfig, makeIdempotent } from '@aws-lambda-powertools/idempotency';
import { DynamoDBPersistenceLayer } from '@aws-lambda-powertools/idempotency/dynamodb';
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { Claim, ClaimRequest } from '../../../handlers/claims/claim-store';
import { DynamoDbClaimStore } from '../../../handlers/claims/dynamodb-claim-store';
import { createProcessor } from '../../../handlers/create-processor';
import { json } from '../../../handlers/index';
import { type ProcessedRecord, type ProcessRecordsOptions, settingsOf } from '../../../handlers/options';
import { FaultyClient } from '../../support/faulty-client';
import { realPorts } from '../../support/real-ports';
import { putRaw, rawItem } from '../../support/stored-claim';
import { startTestDynamoDb, type TestDynamoDb, testClient } from '../../support/test-dynamodb';
import { event, failures, MAPPINGS, world } from '../../support/virtual-world';

type Order = { orderId: unknown; amount?: number };

/** What a stock layer beside our runtime is configured with (README of names: hash of an identity). */
const KEY_PREFIX = 'shop-orders#orders';
const REMAINING_MS = 60_000;

let database: TestDynamoDb;
beforeAll(async () => {
  database = await startTestDynamoDb();
});
afterAll(() => database.stop());
afterEach(() => jest.restoreAllMocks());

let orders = 0;
const newOrder = () => `order-${++orders}`;

/** A function made idempotent by a stock layer over the same table. */
function stock<Result>(
  run: (order: Order) => Result | Promise<Result>,
  given: { client?: DynamoDBClient; remainingMs?: number; throwOnNoIdempotencyKey?: boolean } = {},
) {
  const persistenceStore = new DynamoDBPersistenceLayer({
    tableName: database.table,
    awsSdkV3Client: given.client ?? database.client,
  });
  const config = new IdempotencyConfig({
    eventKeyJmesPath: 'orderId',
    hashFunction: 'sha256',
    throwOnNoIdempotencyKey: given.throwOnNoIdempotencyKey ?? true,
  });
  config.registerLambdaContext({
    getRemainingTimeInMillis: () => given.remainingMs ?? REMAINING_MS,
  } as Parameters<typeof config.registerLambdaContext>[0]);
  return makeIdempotent(async (order: Order) => run(order), { persistenceStore, config, keyPrefix: KEY_PREFIX });
}

function ourStore(given: { client?: Pick<DynamoDBClient, 'send'>; aheadMs?: number } = {}) {
  return new DynamoDbClaimStore({
    client: given.client ?? database.client,
    table: database.table,
    clock: { now: () => Date.now() + (given.aheadMs ?? 0) },
    clockSkewMs: 1_000,
    rememberForSeconds: 3_600,
  });
}

/** Our runtime over the same table, in real time. */
function ours(
  process: (record: ProcessedRecord<Order>) => unknown,
  given: { client?: Pick<DynamoDBClient, 'send'> } = {},
) {
  const options: ProcessRecordsOptions<Order> = {
    value: json() as ProcessRecordsOptions<Order>['value'],
    identity: ({ value }) => value.orderId as string,
    // As stock: once in an invocation.
    retries: 0,
    process,
  };
  return createProcessor(settingsOf(options), MAPPINGS, realPorts(ourStore(given)));
}

const deliver = async (handler: ReturnType<typeof ours>, ...values: Order[]) =>
  failures(await handler(event({ 0: values.map((value) => ({ value })) }), world().context(2_000)));

/** The item's key, found by what a stock layer writes for the order. */
async function keyOf(orderId: unknown): Promise<string> {
  const { createHash } = await import('node:crypto');
  return `${KEY_PREFIX}#${createHash('sha256').update(JSON.stringify(orderId)).digest('base64')}`;
}
const item = async (orderId: unknown) => rawItem(database.client, database.table, await keyOf(orderId));

async function request(orderId: unknown, changes: Partial<ClaimRequest> = {}): Promise<ClaimRequest> {
  const leaseUntilMs = Date.now() + 30_000;
  const id = await keyOf(orderId);
  return { id, token: `t-${++orders}`, partition: 0, offset: 0, payloadDigest: undefined, leaseUntilMs, ...changes };
}

async function claim(orderId: unknown, store = ourStore(), changes: Partial<ClaimRequest> = {}): Promise<Claim> {
  const [answer] = await store.claim([await request(orderId, changes)]);
  if (answer?.kind !== 'claimed') throw new Error(`not claimed: ${answer?.kind}`);
  return answer.claim;
}

describe('a stock layer understands every record that we write', () => {
  test('done: it does not run the function again', async () => {
    const orderId = newOrder();
    const run = jest.fn();
    await deliver(
      ours(() => undefined),
      { orderId },
    );

    const result = await stock(run)({ orderId });

    expect(run).not.toHaveBeenCalled();
    expect(result).toBeUndefined();
  });

  test('a live claim of ours: it says that one is in progress', async () => {
    const orderId = newOrder();
    const run = jest.fn();
    await claim(orderId);

    await expect(stock(run)({ orderId })).rejects.toMatchObject({ name: 'IdempotencyAlreadyInProgressError' });

    expect(run).not.toHaveBeenCalled();
  });

  test.each(['fail', 'release'] as const)('after our %s it takes over', async (operation) => {
    const orderId = newOrder();
    const store = ourStore();
    const held = await claim(orderId, store);
    if (operation === 'fail') await store.fail([{ claim: held, error: 'E', atMs: Date.now() }]);
    else await store.release([{ claim: held }]);

    const result = await stock(() => 'stock ran')({ orderId });

    expect(result).toBe('stock ran');
    expect((await store.complete([{ claim: held }]))[0]).toEqual({ kind: 'lost' });
  });

  test('a claim of ours whose lease ran out: it takes over', async () => {
    const orderId = newOrder();
    await claim(orderId, ourStore(), { leaseUntilMs: Date.now() - 1 });

    expect(await stock(() => 'stock ran')({ orderId })).toBe('stock ran');
  });

  test('a suspect of ours, with an unclean end: one is in progress as long as its lease lives', async () => {
    const orderId = newOrder();
    await claim(orderId, ourStore(), { leaseUntilMs: Date.now() - 60_000 });
    const store = ourStore();
    const suspect = await claim(orderId, store);
    await store.suspect([{ claim: suspect }]);
    expect(await item(orderId)).toMatchObject({ unclean: { N: '1' }, suspect: { N: '0' } });

    await expect(stock(() => 'stock ran')({ orderId })).rejects.toMatchObject({
      name: 'IdempotencyAlreadyInProgressError',
    });
    await store.cutOff([{ claim: suspect, error: 'E', atMs: Date.now() }]);
    await store.fail([{ claim: suspect, error: 'E', atMs: Date.now() }]);

    expect(await stock(() => 'stock ran')({ orderId })).toBe('stock ran');
  });

  test('a done record of ours that has expired: it runs again', async () => {
    const orderId = newOrder();
    const store = ourStore({ aheadMs: -7_200_000 });
    await store.complete([{ claim: await claim(orderId, store) }]);

    expect(await stock(() => 'stock ran')({ orderId })).toBe('stock ran');
  });
});

describe('we understand every record that a stock layer writes', () => {
  test('completed: the record is a duplicate', async () => {
    const orderId = newOrder();
    await stock(() => ({ charged: true }))({ orderId });
    const run = jest.fn();

    const open = await deliver(ours(run), { orderId });

    expect(open).toEqual([]);
    expect(run).not.toHaveBeenCalled();
  });

  test('in progress with a lease: it is busy until then', async () => {
    const orderId = newOrder();
    let answer: unknown;
    const before = Date.now();
    await stock(async () => {
      [answer] = await ourStore().claim([await request(orderId)]);
    })({ orderId });

    expect(answer).toMatchObject({ kind: 'busy' });
    const { leaseUntilMs } = answer as { leaseUntilMs: number };
    expect(leaseUntilMs).toBeGreaterThanOrEqual(before + REMAINING_MS);
    expect(leaseUntilMs).toBeLessThan(Date.now() + REMAINING_MS + 1);
  });

  test('in progress with a lease that ran out by more than 2 skews: it is taken over', async () => {
    const orderId = newOrder();
    let kind: string | undefined;
    await stock(
      async () => {
        [{ kind } = { kind: undefined }] = await ourStore({ aheadMs: 2_300 }).claim([await request(orderId)]);
      },
      { remainingMs: 200 },
    )({ orderId });

    expect(kind).toBe('claimed');
  });

  test('in progress without a lease: it is busy until it expires', async () => {
    const orderId = newOrder();
    const expiration = Math.round(Date.now() / 1_000) + 3_600;
    await putRaw(database.client, database.table, {
      id: { S: await keyOf(orderId) },
      status: { S: 'INPROGRESS' },
      expiration: { N: String(expiration) },
    });

    const [answer] = await ourStore().claim([await request(orderId)]);

    expect(answer).toEqual({ kind: 'busy', leaseUntilMs: expiration * 1_000 });
  });

  test('expired: it counts as absent', async () => {
    const orderId = newOrder();
    await stock(() => 1)({ orderId });

    const [answer] = await ourStore({ aheadMs: 3_602_000 }).claim([await request(orderId)]);

    expect(answer?.kind).toBe('claimed');
  });
});

describe('traps of the stock layer, and what we do', () => {
  test('fencing: a late completion of stock overwrites the claim of the next owner; ours is refused', async () => {
    const orderId = newOrder();
    // A stock worker stalls past its lease, and we take over.
    await stock(
      async () => {
        jest.spyOn(Date, 'now').mockReturnValue(Date.now() + 60_000);
        await claim(orderId);
        expect(await item(orderId)).toMatchObject({ status: { S: 'INPROGRESS' }, owner: expect.anything() });
        jest.restoreAllMocks();
      },
      { remainingMs: 100 },
    )({ orderId });
    const overwritten = await item(orderId);

    const other = newOrder();
    const store = ourStore();
    const stale = await claim(other, store, { leaseUntilMs: Date.now() - 10_000 });
    const owner = await claim(other, store);
    const [answer] = await store.complete([{ claim: stale }]);

    expect(overwritten).toMatchObject({ status: { S: 'COMPLETED' } });
    expect(answer).toEqual({ kind: 'lost' });
    expect(await item(other)).toMatchObject({ status: { S: 'INPROGRESS' }, owner: { S: owner.token } });
  });

  test('clock: stock takes over a live lease when its clock is a little ahead; we wait for 2 skews', async () => {
    const orderId = newOrder();
    const held = await claim(orderId, ourStore(), { leaseUntilMs: Date.now() + 1_000 });
    const now = Date.now();
    jest.spyOn(Date, 'now').mockReturnValue(now + 1_500);
    const run = jest.fn(() => 'stock ran beside the owner');

    const stockResult = await stock(run)({ orderId });
    jest.restoreAllMocks();

    const other = newOrder();
    await claim(other, ourStore(), { leaseUntilMs: Date.now() + 1_000 });
    const [answer] = await ourStore({ aheadMs: 1_500 }).claim([await request(other)]);

    expect(stockResult).toBe('stock ran beside the owner');
    expect((await ourStore().renew([{ claim: held, leaseUntilMs: now + 60_000 }]))[0]).toEqual({ kind: 'lost' });
    expect(answer?.kind).toBe('busy');
  });

  test('no time left: stock writes a claim that nobody can take over for an hour; ours always has a lease', async () => {
    const warn = jest.spyOn(console, 'warn').mockImplementation(() => undefined);
    const orderId = newOrder();
    let held: unknown;
    await stock(
      async () => {
        held = await item(orderId);
      },
      { remainingMs: 0 },
    )({ orderId });

    const other = newOrder();
    const open = await deliverWithin(0, other);

    expect(warn).toHaveBeenCalled();
    expect(held).toMatchObject({ status: { S: 'INPROGRESS' } });
    expect(held).not.toHaveProperty('in_progress_expiration');
    // We start nothing in an invocation without time, and leave no claim behind.
    expect(open).toEqual(['orders-0@0']);
    expect(await item(other)).toBeUndefined();
  });

  test('lost answer: stock meets its own claim and does not run the function; we recognise ours', async () => {
    const orderId = newOrder();
    const run = jest.fn();
    const client = testClient(database.endpoint, { maxAttempts: 2 });
    loseFirstAnswer(client);
    await expect(stock(run, { client })({ orderId })).rejects.toMatchObject({
      name: 'IdempotencyAlreadyInProgressError',
    });
    client.destroy();

    const other = newOrder();
    const ran: unknown[] = [];
    const faulty = new FaultyClient(database.client, (_, nth) => (nth === 0 ? 'answer lost' : undefined));
    const open = await deliver(
      ours(({ value }) => void ran.push(value.orderId), { client: faulty }),
      { orderId: other },
    );

    expect(run).not.toHaveBeenCalled();
    expect(open).toEqual([]);
    expect(ran).toEqual([other]);
  });

  test('mutated input: stock completes another record than it claimed; our identity is fixed before', async () => {
    const orderId = newOrder();
    const changed = newOrder();
    await stock((order) => {
      order.orderId = changed;
    })({ orderId });

    const [ourId, ourChanged] = [newOrder(), newOrder()];
    await deliver(
      ours(({ value }) => {
        value.orderId = ourChanged;
      }),
      { orderId: ourId },
    );

    expect(await item(orderId)).toMatchObject({ status: { S: 'INPROGRESS' } });
    expect(await item(changed)).toMatchObject({ status: { S: 'COMPLETED' } });
    expect(await item(ourId)).toMatchObject({ status: { S: 'COMPLETED' } });
    expect(await item(ourChanged)).toBeUndefined();
  });

  test('key 0: stock calls it missing; for us it is an identity like another, with the item that stock would use', async () => {
    const warn = jest.spyOn(console, 'warn').mockImplementation(() => undefined);
    const strict = jest.fn();
    await expect(stock(strict)({ orderId: 0 })).rejects.toMatchObject({
      cause: expect.objectContaining({ name: 'IdempotencyKeyError' }),
    });
    const ran: unknown[] = [];

    const handler = ours(({ value }) => void ran.push(value.orderId));
    await deliver(handler, { orderId: 0 });
    await deliver(handler, { orderId: 0 });
    const lenient = jest.fn();
    await stock(lenient, { throwOnNoIdempotencyKey: false })({ orderId: 0 });

    expect(strict).not.toHaveBeenCalled();
    expect(ran).toEqual([0]);
    expect(warn).toHaveBeenCalledWith(expect.stringContaining('No value found for idempotency_key'));
    expect(lenient).not.toHaveBeenCalled();
  });

  test('a failing run: stock deletes all history; ours keeps the attempts', async () => {
    const orderId = newOrder();
    await expect(
      stock(() => {
        throw new Error('no');
      })({ orderId }),
    ).rejects.toThrow('no');

    const other = newOrder();
    const attempts: number[] = [];
    const handler = ours(({ attempt }) => {
      attempts.push(attempt);
      throw new Error('no');
    });
    for (let delivery = 0; delivery < 3; delivery += 1) await deliver(handler, { orderId: other });

    expect(await item(orderId)).toBeUndefined();
    expect(attempts).toEqual([1, 2, 3]);
    expect(await item(other)).toMatchObject({ attempts: { N: '3' }, last_error: { S: 'Error' } });
  });

  test('payload: stock checks it only when told to; ours is checked on every claim', async () => {
    const orderId = newOrder();
    const run = jest.fn();
    await stock(run)({ orderId, amount: 1 });
    await stock(run)({ orderId, amount: 2 });

    const other = newOrder();
    const ran: unknown[] = [];
    const handler = ours(({ value }) => void ran.push(value.amount));
    await deliver(handler, { orderId: other, amount: 1 });
    const open = await deliver(handler, { orderId: other, amount: 2 });

    expect(run).toHaveBeenCalledTimes(1);
    expect(open).toEqual(['orders-0@0']);
    expect(ran).toEqual([1]);
  });
});

async function deliverWithin(remainingMs: number, orderId: string): Promise<string[]> {
  const context = { ...world().context(), getRemainingTimeInMillis: () => remainingMs };
  return failures(await ours(() => undefined)(event({ 0: [{ value: { orderId } }] }), context));
}

/** The request arrives, its answer does not; the SDK then sends it again, as it does by default. */
function loseFirstAnswer(client: DynamoDBClient): void {
  let lost = false;
  client.middlewareStack.add(
    (next) => async (args) => {
      const answer = await next(args);
      if (lost) return answer;
      lost = true;
      throw Object.assign(new Error('socket hang up'), { name: 'TimeoutError' });
    },
    { step: 'deserialize', priority: 'high' },
  );
}
