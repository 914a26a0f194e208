import { createHash } from 'node:crypto';
import { IdempotencyConfig, makeIdempotent } from '@aws-lambda-powertools/idempotency';
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { OncePersistenceLayerOptions } from '../../../handlers/powertools/index';
import { OncePersistenceLayer } from '../../../handlers/powertools/index';
import { FaultyClient } from '../../support/faulty-client';
import { type Bench, freshId, gate, held, idempotent, moveClock, openBench } from './support';

interface Order {
  id: string;
  amount?: number;
}

let bench: Bench;
let warn: jest.SpyInstance;
beforeAll(async () => {
  bench = await openBench();
});
afterAll(() => bench.close());
beforeEach(() => {
  warn = jest.spyOn(console, 'warn').mockImplementation(() => undefined);
});
afterEach(() => jest.restoreAllMocks());

const keyOf = (id: string) => createHash('md5').update(JSON.stringify(id)).digest('base64');
/** Of the order `a`. */
const itemOf = async (keyPrefix: string) => (await bench.item(`${keyPrefix}#${keyOf('a')}`)) ?? {};
const faulty = (faultOf: ConstructorParameters<typeof FaultyClient>[1]) => {
  const client = new FaultyClient(bench.database.client, faultOf);
  return { client, layer: bench.once({ awsSdkV3Client: client as unknown as DynamoDBClient }) };
};
const never = new Promise<never>(() => {});

describe('requests', () => {
  test('1,000 calls at a time make 0.08 requests each, and every one gets its own result', async () => {
    const { client, requests } = bench.counting();
    const charge = idempotent(bench.once({ awsSdkV3Client: client }), async ({ id }: Order) => `charged ${id}`, {
      keyPrefix: freshId('prefix'),
    });
    const orders = Array.from({ length: 1_000 }, (_, index) => ({ id: `${index}` }));

    const results = await Promise.all(orders.map((order) => charge(order)));

    expect(results).toEqual(orders.map(({ id }) => `charged ${id}`));
    expect(requests()).toBe(40 + 40);
  });

  test('1,000 duplicates at a time make 0.06 requests each', async () => {
    const keyPrefix = freshId('prefix');
    const orders = Array.from({ length: 1_000 }, (_, index) => ({ id: `${index}` }));
    const first = idempotent(bench.once(), async ({ id }: Order) => `charged ${id}`, { keyPrefix });
    await Promise.all(orders.map((order) => first(order)));
    const { client, requests } = bench.counting();
    const run = jest.fn(async (_order: Order) => 'again');
    const again = idempotent(bench.once({ awsSdkV3Client: client }), run, { keyPrefix });

    const results = await Promise.all(orders.map((order) => again(order)));

    expect(results).toEqual(orders.map(({ id }) => `charged ${id}`));
    expect(run).not.toHaveBeenCalled();
    // An insert that is refused, a read of what stands there, and one of its result.
    expect(requests()).toBe(40 + 10 + 10);
  });

  test('functions that end one after another share requests while one is under way', async () => {
    const { client, requests } = bench.counting();
    const run = async ({ amount }: Order) => new Promise((resolve) => setTimeout(resolve, (amount ?? 0) % 50));
    const charge = idempotent(bench.once({ awsSdkV3Client: client }), run, { keyPrefix: freshId('prefix') });

    await Promise.all(Array.from({ length: 500 }, (_, index) => charge({ id: `${index}`, amount: index })));

    // 20 for the claims; completions alone would be 500.
    expect(requests()).toBeLessThanOrEqual(20 + 100);
  });

  test('a call alone waits for no timer: two requests, one after the other', async () => {
    const { client, requests } = bench.counting();
    const timeout = jest.spyOn(globalThis, 'setTimeout');
    const charge = idempotent(bench.once({ awsSdkV3Client: client }), async (_order: Order) => 'charged');

    await charge({ id: freshId() });

    const own = timeout.mock.calls.filter((_, call) => !isOfTheSdk(timeout, call));
    expect(own).toEqual([]);
    expect(requests()).toBe(2);
  });
});

/** The SDK sets timers of its own for its time-outs: 1 s and more. */
function isOfTheSdk(timeout: jest.SpyInstance, call: number): boolean {
  const [, ms] = timeout.mock.calls[call] as [unknown, number];
  return ms >= 500;
}

describe('C4: the lease fits the work', () => {
  test('it is renewed while the function runs, so that nobody takes over', async () => {
    const keyPrefix = freshId('prefix');
    const ends = gate<string>();
    const layer = bench.once({ leaseMs: 2_000 });
    const first = idempotent(layer, (_order: Order) => ends.opened, { keyPrefix })({ id: 'a' });
    const outcomes: unknown[] = [];
    // Without a renewal it would be over after 2.5 s.
    for (let tries = 0; tries < 9; tries += 1) {
      await new Promise((resolve) => setTimeout(resolve, 400));
      const other = idempotent(bench.once({ clockSkewMs: 250 }), async (_order: Order) => 'beside', { keyPrefix });
      outcomes.push(await other({ id: 'a' }).catch((error: Error) => error.name));
    }
    ends.open('charged');

    expect(await first).toBe('charged');
    expect(new Set(outcomes)).toEqual(new Set(['IdempotencyAlreadyInProgressError']));
  });

  test.each([
    ['a long invocation', 900_000, 30_000],
    ['a short one: no longer than it', 12_000, 12_000],
    ['no time left', 0, 30_000],
    ['the context of an earlier invocation', -60_000, 30_000],
    ['hardly any time', 3, 1_000],
    ['no context', undefined, 30_000],
  ])('%s', async (_name, remainingMs, leaseMs) => {
    const keyPrefix = freshId('prefix');
    const started = gate<number>();
    const run = (_order: Order) => {
      started.open(Date.now());
      return never;
    };
    const before = Date.now();
    void idempotent(bench.once(), run, { keyPrefix, remainingMs })({ id: 'a' });
    const after = await started.opened;

    const leaseUntilMs = Number((await itemOf(keyPrefix)).in_progress_expiration?.N);

    expect(leaseUntilMs).toBeGreaterThanOrEqual(before + leaseMs);
    expect(leaseUntilMs).toBeLessThanOrEqual(after + leaseMs);
  });

  test('its timer keeps no process alive, and ends with the last call', async () => {
    const interval = jest.spyOn(globalThis, 'setInterval');
    const cleared = jest.spyOn(globalThis, 'clearInterval');
    const started = gate();
    const ends = gate();
    const call = idempotent(bench.once(), (_order: Order) => {
      started.open();
      return ends.opened;
    })({ id: freshId() });
    await started.opened;
    const timer = interval.mock.results[0]?.value as NodeJS.Timeout;

    expect(timer.hasRef()).toBe(false);
    ends.open();
    await call;
    expect(cleared).toHaveBeenCalledWith(timer);
  });
});

describe('C8: what the store does not answer', () => {
  test.each([
    ['a claim’s answer is lost', 0],
    ['a completion’s answer is lost', 1],
  ])('%s: the function runs once and its result is stored', async (_name, lost) => {
    const keyPrefix = freshId('prefix');
    const { layer } = faulty((name, nth) =>
      name.startsWith('BatchExecute') && nth === lost ? 'answer lost' : undefined,
    );
    const run = jest.fn(async (_order: Order) => 'charged');

    const result = await idempotent(layer, run, { keyPrefix })({ id: 'a' });

    expect(result).toBe('charged');
    expect(run).toHaveBeenCalledTimes(1);
    expect(await itemOf(keyPrefix)).toMatchObject({ status: { S: 'COMPLETED' }, data: { S: 'charged' } });
  });

  test('throttled requests are sent again', async () => {
    const { layer } = faulty((_, nth) => (nth < 2 ? 'throttled' : undefined));

    expect(await idempotent(layer, async (_order: Order) => 'charged')({ id: freshId() })).toBe('charged');
  });

  test('a claim that cannot be had: the function does not run, and what may have landed is given back', async () => {
    const keyPrefix = freshId('prefix');
    // The first copy arrives; nothing is heard until the layer gives up.
    const { layer } = faulty((name, nth) => {
      if (!name.startsWith('BatchExecute')) return 'request lost';
      return nth === 0 ? 'answer lost' : nth < 3 ? 'request lost' : undefined;
    });
    const run = jest.fn(async (_order: Order) => 'charged');

    await expect(idempotent(layer, run, { keyPrefix })({ id: 'a' })).rejects.toMatchObject({
      name: 'IdempotencyPersistenceLayerError',
      cause: { code: 'MSK_ONCE_STORE_UNAVAILABLE' },
    });

    expect(run).not.toHaveBeenCalled();
    const other = idempotent(bench.once(), async (_order: Order) => 'charged', { keyPrefix });
    expect(await other({ id: 'a' })).toBe('charged');
  });

  test('a failure that cannot be saved is counted, and the function’s own error comes through', async () => {
    const { layer } = faulty((name, nth) => (name.startsWith('BatchExecute') && nth > 0 ? 'request lost' : undefined));
    const failing = idempotent(layer, async (_order: Order) => Promise.reject(new RangeError('no charge')));

    await expect(failing({ id: freshId() })).rejects.toThrow(new RangeError('no charge'));

    expect(layer.counts).toEqual({ unstoredResults: 0, lostClaims: 0, unsavedFailures: 1 });
  });
});

describe('C12: results', () => {
  test.each([
    ['a date', new Date(0)],
    ['a class', new (class Receipt {})()],
    ['undefined in an object', { total: undefined }],
    ['a function', () => undefined],
    ['a circle', circle()],
    ['more than an item holds', 'x'.repeat(410_000)],
  ])(
    '%s cannot be stored: completed without it, counted, with a warning that shows nothing of it',
    async (_, result) => {
      const keyPrefix = freshId('prefix');
      const layer = bench.once();
      const run = jest.fn(async (_order: Order): Promise<unknown> => result);
      const charge = idempotent(layer, run, { keyPrefix });

      expect(await charge({ id: 'a' })).toBe(result);
      expect(await charge({ id: 'a' })).toBeUndefined();

      expect(run).toHaveBeenCalledTimes(1);
      expect(layer.counts).toEqual({ unstoredResults: 1, lostClaims: 0, unsavedFailures: 0 });
      expect(await itemOf(keyPrefix)).not.toHaveProperty('data');
      expect(warn).toHaveBeenCalledTimes(1);
      expect(String(warn.mock.calls[0])).toContain(`The result of ${keyPrefix}#`);
      expect(String(warn.mock.calls[0]).length).toBeLessThan(500);
    },
  );

  test('one that the service alone finds too large is completed without, too', async () => {
    const keyPrefix = freshId('prefix');
    const layer = bench.once();
    // Under our limit for a result, and over the service's for the item with its long key.
    const longPrefix = `${keyPrefix}${'k'.repeat(1_500)}`;
    const charge = idempotent(layer, async (_order: Order) => 'x'.repeat(399 * 1_024), { keyPrefix: longPrefix });

    expect(await charge({ id: 'a' })).toHaveLength(399 * 1_024);

    const item = await itemOf(longPrefix);
    expect(item).toMatchObject({ status: { S: 'COMPLETED' } });
    expect(item).not.toHaveProperty('data');
    expect(layer.counts.unstoredResults).toBe(1);
  });

  test('large ones at a time stay under what a request may hold', async () => {
    const { client, requests } = bench.counting();
    const run = async ({ id }: Order) => `${id}${'x'.repeat(300_000)}`;
    const charge = idempotent(bench.once({ awsSdkV3Client: client }), run, { keyPrefix: freshId('prefix') });

    const results = await Promise.all(Array.from({ length: 25 }, (_, index) => charge({ id: `${index}` })));

    expect(results.map(({ length }) => length >= 300_000)).toEqual(Array(25).fill(true));
    // 4 MiB hold 13 of them.
    expect(requests()).toBe(1 + 2);
  });
});

function circle(): object {
  const made: { self?: object } = {};
  made.self = made;
  return made;
}

describe('records of processRecords', () => {
  const ours = (keyPrefix: string, id: string) => ({
    id: { S: `${keyPrefix}#${id}` },
    owner: { S: 't' },
    attempts: { N: '0' },
    partition: { N: '0' },
    offset: { N: '7' },
    payload_digest: { S: 'of the raw value' },
    expiration: { N: String(Math.round(Date.now() / 1_000) + 3_600) },
  });
  test.each(['done', 'parked'])('%s: a duplicate, without a result, also under payload validation', async (outcome) => {
    const keyPrefix = freshId('prefix');
    await bench.put({ ...ours(keyPrefix, keyOf('a')), status: { S: 'COMPLETED' }, outcome: { S: outcome } });
    const run = jest.fn(async (_order: Order) => 'charged');
    const config = { payloadValidationJmesPath: 'amount' };

    const result = await idempotent(bench.once(), run, { keyPrefix, config })({ id: 'a', amount: 1 });

    expect(result).toBeUndefined();
    expect(run).not.toHaveBeenCalled();
  });

  test('a failed one is taken over with its attempts', async () => {
    const keyPrefix = freshId('prefix');
    const status = { S: 'INPROGRESS' };
    await bench.put({
      ...ours(keyPrefix, keyOf('a')),
      status,
      attempts: { N: '3' },
      in_progress_expiration: { N: '0' },
    });
    const failing = idempotent(bench.once(), async (_order: Order) => Promise.reject(new Error('no')), { keyPrefix });

    await expect(failing({ id: 'a' })).rejects.toThrow('no');

    expect(await itemOf(keyPrefix)).toMatchObject({ attempts: { N: '4' } });
  });
});

describe('C12: what is refused', () => {
  const make = (changes: object) => () =>
    new OncePersistenceLayer({ tableName: 't', ...changes } as OncePersistenceLayerOptions);

  test.each<[string, object, string]>([
    ['no table', { tableName: undefined }, 'tableName is undefined; accepted is the name of a table'],
    ['an empty table name', { tableName: '' }, 'tableName is ""; accepted is the name of a table'],
    ['a client that is none', { awsSdkV3Client: {} }, 'awsSdkV3Client is an object; accepted is a DynamoDBClient'],
    ['another key', { keyAttr: 'pk' }, 'keyAttr is "pk"; accepted is "id" only'],
    ['a sort key', { sortKeyAttr: 'sk' }, 'sortKeyAttr is "sk"; accepted is no such option'],
    ['a misspelt option', { leaseMS: 1 }, 'leaseMS is 1; accepted is tableName, awsSdkV3Client'],
    ['a lease of nothing', { leaseMs: 0 }, 'leaseMs is 0; accepted is a whole number of milliseconds, 1000 or more'],
    [
      'a negative skew',
      { clockSkewMs: -1 },
      'clockSkewMs is -1; accepted is a whole number of milliseconds, 0 or more',
    ],
  ])('%s', (_name, changes, message) => {
    expect(make(changes)).toThrow(message);
  });

  test('attributes under the names that they have anyway, and a configuration of the client, are taken', () => {
    expect(make({ keyAttr: 'id', validationKeyAttr: 'validation' })).not.toThrow();
    expect(make({ clientConfig: { region: 'eu-west-1' } })).not.toThrow();
  });

  test.each(['true', '1', 'yes', 'ON'])('POWERTOOLS_IDEMPOTENCY_DISABLED=%s, in the constructor', (value) => {
    process.env.POWERTOOLS_IDEMPOTENCY_DISABLED = value;
    try {
      expect(make({})).toThrow('MSK_ONCE_IDEMPOTENCY_DISABLED');
    } finally {
      delete process.env.POWERTOOLS_IDEMPOTENCY_DISABLED;
    }
  });

  test('POWERTOOLS_IDEMPOTENCY_DISABLED set later, when a function is called', async () => {
    const run = jest.fn(async (_order: Order) => 'charged');
    const charge = idempotent(bench.once(), run);
    process.env.POWERTOOLS_IDEMPOTENCY_DISABLED = 'true';
    try {
      await expect(async () => charge({ id: 'a' })).rejects.toThrow('MSK_ONCE_IDEMPOTENCY_DISABLED');
    } finally {
      delete process.env.POWERTOOLS_IDEMPOTENCY_DISABLED;
    }
    expect(run).not.toHaveBeenCalled();
  });

  test('throwOnNoIdempotencyKey off, as it is by default, in configure()', async () => {
    const run = jest.fn(async (_order: Order) => 'charged');
    const config = new IdempotencyConfig({});

    expect(() => bench.once().configure({ config })).toThrow('MSK_ONCE_KEY_NOT_REQUIRED');
    const charge = makeIdempotent(run, { persistenceStore: bench.once() });
    await expect(async () => charge({ id: 'a' })).rejects.toThrow('throwOnNoIdempotencyKey: true');
    expect(run).not.toHaveBeenCalled();
  });

  test('a completion that no claim came before', async () => {
    const layer = bench.once();
    layer.configure({ config: new IdempotencyConfig({ throwOnNoIdempotencyKey: true }), keyPrefix: freshId('prefix') });

    await expect(layer.saveSuccess({ id: 'a' }, 'charged')).rejects.toMatchObject({ code: 'MSK_ONCE_CALL_UNCLAIMED' });
    await expect(layer.deleteRecord({ id: 'a' })).resolves.toBeUndefined();
  });

  test('the replay of a durable function: what it has not claimed it does not complete', async () => {
    const keyPrefix = freshId('prefix');
    const config = new IdempotencyConfig({ eventKeyJmesPath: 'id', throwOnNoIdempotencyKey: true });
    const persistenceStore = bench.once();
    const charge = held();
    const first = idempotent(persistenceStore, charge.run, { keyPrefix })({ id: 'a' });
    await charge.begun;
    const run = async (_order: Order, _context: unknown) => 'replayed';
    const replay = makeIdempotent(run, { persistenceStore, config, keyPrefix });
    const context = {
      step: () => undefined,
      durableExecutionMode: 'ReplayMode',
      lambdaContext: { getRemainingTimeInMillis: () => 60_000 },
    };

    await expect(replay({ id: 'a' }, context)).rejects.toMatchObject({ cause: { code: 'MSK_ONCE_CALL_UNCLAIMED' } });

    charge.end('charged');
    expect(await first).toBe('charged');
    expect(await itemOf(keyPrefix)).toMatchObject({ data: { S: 'charged' } });
  });
});

test('a stale call does not complete what was taken over, and says so', async () => {
  const keyPrefix = freshId('prefix');
  const charge = held();
  const layer = bench.once();
  const stale = idempotent(layer, charge.run, { keyPrefix })({ id: 'a' });
  await charge.begun;
  moveClock(120_000);
  await idempotent(bench.once(), async (_order: Order) => 'owner', { keyPrefix })({ id: 'a' });
  charge.end('stale');

  await expect(stale).rejects.toMatchObject({ cause: { code: 'MSK_ONCE_CLAIM_LOST' } });

  expect(layer.counts.lostClaims).toBe(1);
  expect(await itemOf(keyPrefix)).toMatchObject({ data: { S: 'owner' } });
});
