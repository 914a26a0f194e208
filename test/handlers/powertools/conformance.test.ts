import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as powertools from '@aws-lambda-powertools/idempotency';
import { idempotent as decorator, IdempotencyConfig, makeIdempotent } from '@aws-lambda-powertools/idempotency';
import { makeHandlerIdempotent } from '@aws-lambda-powertools/idempotency/middleware';
import type { BasePersistenceLayer, IdempotencyRecord } from '@aws-lambda-powertools/idempotency/persistence';
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { type Bench, freshId, held, idempotent, moveClock, openBench } from './support';

/** The package under test: the pinned one, or the one that `.ci/newest-powertools` has installed. */
const ENTRY = require.resolve('@aws-lambda-powertools/idempotency');
const [PACKAGE = ''] = /^.*@aws-lambda-powertools[\\/]idempotency/.exec(ENTRY) ?? [];
const { version } = JSON.parse(readFileSync(join(PACKAGE, 'package.json'), 'utf8'));

interface Order {
  id: string;
  amount?: number;
}

let bench: Bench;
beforeAll(async () => {
  if (process.env.MSK_ONCE_POWERTOOLS) process.stderr.write(`Powertools under test: ${version}\n`);
  bench = await openBench();
});
afterAll(() => bench.close());
beforeEach(() => {
  jest.spyOn(console, 'warn').mockImplementation(() => undefined);
});
afterEach(() => jest.restoreAllMocks());

test('the package under test is the one that was asked for', () => {
  const asked = process.env.MSK_ONCE_POWERTOOLS;
  const pinned = JSON.parse(readFileSync(join(__dirname, '../../../package.json'), 'utf8')).devDependencies;

  if (asked === undefined) expect(version).toBe(pinned['@aws-lambda-powertools/idempotency']);
  else expect(PACKAGE).toBe(asked);
});

const LAYERS: [string, (client?: DynamoDBClient) => BasePersistenceLayer][] = [
  ['the stock layer', (client) => bench.stock(client)],
  ['OncePersistenceLayer', (client) => bench.once(client && { awsSdkV3Client: client })],
];

/** What Powertools promises to its users, and what stays: both layers go through the same tests. */
describe.each(LAYERS)('C12: Powertools’ vocabulary under %s', (_, layer) => {
  const wrap = <Result>(run: (order: Order) => Result, wrapping: Parameters<typeof idempotent>[2] = {}) =>
    idempotent(layer(), async (order: Order) => run(order), wrapping);

  test.each([
    ['an object', { charged: true, lines: [1, { two: null }] }],
    ['a string', 'charged'],
    ['a number', 4.5],
    ['false', false],
    ['null', null],
    ['nothing', undefined],
    ['an empty object', {}],
    ['bytes', new Uint8Array([1, 2, 3])],
  ])('a duplicate gets the stored result: %s', async (_name, result) => {
    const run = jest.fn(() => result);
    const order = { id: freshId() };
    const keyPrefix = freshId('prefix');

    const first = await wrap(run, { keyPrefix })(order);
    const again = await wrap(run, { keyPrefix })(order);

    expect(first).toEqual(result);
    expect(again).toEqual(result);
    expect(run).toHaveBeenCalledTimes(1);
  });

  test('while a call runs another is refused by the package’s own IdempotencyAlreadyInProgressError', async () => {
    const charge = held();
    const order = { id: freshId() };
    const first = wrap(charge.run)(order);
    await charge.begun;

    const second = wrap(() => undefined)(order);

    await expect(second).rejects.toBeInstanceOf(powertools.IdempotencyAlreadyInProgressError);
    charge.end(undefined);
    await first;
  });

  test.each(['completed', 'in progress'] as const)(
    'another payload for a key that is %s is an IdempotencyValidationError, with the stored record',
    async (state) => {
      const config = { payloadValidationJmesPath: 'amount' };
      const charge = held();
      const id = freshId();
      const first = wrap(charge.run, { config })({ id, amount: 1 });
      await charge.begun;
      if (state === 'completed') {
        charge.end('charged');
        await first;
      }

      const error = await wrap(() => 'other', { config })({ id, amount: 2 }).catch((thrown: unknown) => thrown);

      expect(error).toBeInstanceOf(powertools.IdempotencyValidationError);
      expect((error as powertools.IdempotencyValidationError).existingRecord?.getStatus()).toBe(
        state === 'completed' ? 'COMPLETED' : 'INPROGRESS',
      );
      charge.end(undefined);
      await first;
    },
  );

  test('the same payload for a key is a duplicate under payload validation', async () => {
    const config = { payloadValidationJmesPath: 'amount' };
    const order = { id: freshId(), amount: 1 };
    await wrap(() => 'charged', { config })(order);

    expect(await wrap(() => 'again', { config })({ ...order })).toBe('charged');
  });

  test('a payload without the key is an IdempotencyKeyError, and the function does not run', async () => {
    const run = jest.fn();

    const called = wrap(run)({} as Order);

    await expect(called).rejects.toBeInstanceOf(powertools.IdempotencyPersistenceLayerError);
    await expect(called).rejects.toMatchObject({ cause: expect.any(powertools.IdempotencyKeyError) });
    expect(run).not.toHaveBeenCalled();
  });

  test('after a failure the next call runs', async () => {
    const order = { id: freshId() };
    const keyPrefix = freshId('prefix');
    const failing = wrap(
      () => {
        throw new RangeError('no charge');
      },
      { keyPrefix },
    );
    await expect(failing(order)).rejects.toThrow(new RangeError('no charge'));

    expect(await wrap(() => 'charged', { keyPrefix })(order)).toBe('charged');
  });

  test('after expiresAfterSeconds the call runs again', async () => {
    const run = jest.fn(() => 'charged');
    const call = wrap(run, { config: { expiresAfterSeconds: 60 } });
    const order = { id: freshId() };
    await call(order);
    moveClock(55_000);
    await call(order);
    expect(run).toHaveBeenCalledTimes(1);

    moveClock(65_000);
    await call(order);

    expect(run).toHaveBeenCalledTimes(2);
  });

  test('the response hook sees the stored result and its record', async () => {
    const order = { id: freshId() };
    const keyPrefix = freshId('prefix');
    const hook = jest.fn((response: unknown) => ({ replayed: response }) as never);
    const config = { responseHook: hook };
    await wrap(() => 'charged', { keyPrefix, config })(order);
    expect(hook).not.toHaveBeenCalled();

    const again = await wrap(() => 'again', { keyPrefix, config })(order);

    expect(again).toEqual({ replayed: 'charged' });
    const [, record] = hook.mock.calls[0] as unknown as [unknown, IdempotencyRecord];
    expect(record.idempotencyKey.startsWith(`${keyPrefix}#`)).toBe(true);
    expect(record.getStatus()).toBe('COMPLETED');
    expect(record.expiryTimestamp).toBeGreaterThan(Date.now() / 1_000);
  });

  test('the local cache answers without a request', async () => {
    const { client, requests } = bench.counting();
    const config = { useLocalCache: true };
    const call = idempotent(layer(client), async (_order: Order) => ({ charged: true }), { config });
    const order = { id: freshId() };
    await call(order);
    const before = requests();

    const again = await call(order);

    expect(again).toEqual({ charged: true });
    expect(requests()).toBe(before);
  });

  test('an argument other than the first can be the payload', async () => {
    const run = jest.fn(async (_note: string, order: Order) => order.id);
    const config = new IdempotencyConfig({ eventKeyJmesPath: 'id', throwOnNoIdempotencyKey: true });
    const options = { persistenceStore: layer(), config, dataIndexArgument: 1, keyPrefix: freshId('prefix') };
    const call = makeIdempotent(run, options);
    const order = { id: freshId() };

    expect([await call('one', order), await call('other', order)]).toEqual([order.id, order.id]);
    expect(run).toHaveBeenCalledTimes(1);
  });

  test('a Lambda handler: its context is registered, and its `this` is kept', async () => {
    const config = new IdempotencyConfig({ eventKeyJmesPath: 'id', throwOnNoIdempotencyKey: true });
    const options = { persistenceStore: layer(), config, keyPrefix: freshId('prefix') };
    class Orders {
      readonly name = 'orders';
      async handle(event: Order, _context: unknown): Promise<string> {
        return `${this.name} ${event.id}`;
      }
    }
    const descriptor = { value: Orders.prototype.handle };
    decorator(options)(Orders.prototype, 'handle', descriptor as never);
    const order = { id: freshId() };
    const context = { getRemainingTimeInMillis: () => 5_000 };

    const result = await descriptor.value.call(new Orders(), order, context);

    expect(result).toBe(`orders ${order.id}`);
    expect(config.lambdaContext).toBe(context);
  });

  test('functions without a key prefix share their records: the second one’s effect is left out', async () => {
    const persistenceStore = layer();
    const config = new IdempotencyConfig({ eventKeyJmesPath: 'id', throwOnNoIdempotencyKey: true });
    const charge = makeIdempotent(async (_order: Order) => 'charged', { persistenceStore, config });
    const run = jest.fn(async (_order: Order) => 'mailed');
    const mail = makeIdempotent(run, { persistenceStore, config });
    const id = freshId();
    await charge({ id });

    expect(await mail({ id, amount: 7 })).toBe('charged');

    expect(run).not.toHaveBeenCalled();
  });

  test.each<[string, unknown, unknown]>([
    ['two maps', new Map([['a', 1]]), new Map([['b', 2]])],
    ['two sets', new Set([1]), new Set([2])],
    ['a map and {}', new Map([['a', 1]]), {}],
    ['NaN and null', Number.NaN, null],
    ['two functions', () => 1, () => 2],
    ['undefined and a function', undefined, () => 1],
  ])('payloads that JSON cannot tell apart share one record: %s', async (_name, one, other) => {
    const run = jest.fn(async (payload: { lines: unknown }) => typeof payload.lines);
    const call = idempotent(layer(), run, { keyPrefix: freshId('prefix'), config: { eventKeyJmesPath: '' } });
    const id = freshId();
    const first = await call({ id, lines: one } as never);

    expect(await call({ id, lines: other } as never)).toBe(first);

    expect(run).toHaveBeenCalledTimes(1);
  });

  test('the middleware: the handler’s response is stored, and given to the next request', async () => {
    const config = new IdempotencyConfig({ eventKeyJmesPath: 'id', throwOnNoIdempotencyKey: true });
    const middleware = makeHandlerIdempotent({ persistenceStore: layer(), config, keyPrefix: freshId('prefix') });
    const event = { id: freshId() };
    const request = (response: unknown) =>
      ({
        event,
        context: { getRemainingTimeInMillis: () => 5_000 },
        response,
        error: null,
        internal: {},
      }) as never;
    const first = request('charged');
    await middleware.before?.(first);
    await middleware.after?.(first);

    expect(await middleware.before?.(request(null))).toBe('charged');
  });
});

describe('C12: the two layers share a table', () => {
  const config = { payloadValidationJmesPath: 'amount' };
  const both = [
    ['stock', 'once'],
    ['once', 'stock'],
  ] as const;
  const layerOf = (name: 'stock' | 'once'): BasePersistenceLayer => bench[name]();

  test.each(both)('%s writes, %s answers from it', async (writer, reader) => {
    const order = { id: freshId(), amount: 1 };
    const keyPrefix = freshId('prefix');
    const run = jest.fn(async (_order: Order) => ({ charged: { by: writer } }));
    await idempotent(layerOf(writer), run, { keyPrefix, config })(order);

    const result = await idempotent(layerOf(reader), run, { keyPrefix, config })({ ...order });
    const other = idempotent(layerOf(reader), run, { keyPrefix, config })({ ...order, amount: 2 });

    expect(result).toEqual({ charged: { by: writer } });
    await expect(other).rejects.toBeInstanceOf(powertools.IdempotencyValidationError);
    expect(run).toHaveBeenCalledTimes(1);
  });

  test.each(both)('%s runs, %s is told so', async (writer, reader) => {
    const order = { id: freshId(), amount: 1 };
    const keyPrefix = freshId('prefix');
    const charge = held();
    const first = idempotent(layerOf(writer), charge.run, { keyPrefix, config })(order);
    await charge.begun;

    const second = idempotent(layerOf(reader), async (_order: Order) => undefined, { keyPrefix, config })({ ...order });

    await expect(second).rejects.toBeInstanceOf(powertools.IdempotencyAlreadyInProgressError);
    charge.end(undefined);
    await first;
  });

  test.each(both)('%s died, %s takes over after the lease', async (writer, reader) => {
    const order = { id: freshId() };
    const keyPrefix = freshId('prefix');
    const charge = held();
    void idempotent(layerOf(writer), charge.run, { keyPrefix })(order);
    await charge.begun;
    moveClock(120_000);

    expect(await idempotent(layerOf(reader), async (_order: Order) => 'charged', { keyPrefix })({ ...order })).toBe(
      'charged',
    );
  });

  test.each(both)('%s failed, %s runs', async (writer, reader) => {
    const order = { id: freshId() };
    const keyPrefix = freshId('prefix');
    const failing = idempotent(layerOf(writer), async (_order: Order) => Promise.reject(new Error('no')), {
      keyPrefix,
    });
    await expect(failing(order)).rejects.toThrow('no');

    expect(await idempotent(layerOf(reader), async (_order: Order) => 'charged', { keyPrefix })({ ...order })).toBe(
      'charged',
    );
  });

  test.each(['md5', 'sha256'])('one item for one payload, whoever writes it: %s', async (hashFunction) => {
    const order = { id: freshId(), amount: 7 };
    const seen = await Promise.all(
      (['stock', 'once'] as const).map(async (name) => {
        const own = await openBench();
        const wrapping = { keyPrefix: 'shop-orders#orders', config: { ...config, hashFunction } };
        await idempotent(own[name](), async (_order: Order) => ({ charged: true }), wrapping)({ ...order });
        const [item] = await own.items();
        await own.close();
        const { id, status, data, validation, expiration } = item ?? {};
        return { id, status, data, validation, isSeconds: /^\d{10}$/.test(expiration?.N ?? '') };
      }),
    );

    expect(seen[1]).toEqual(seen[0]);
    expect(seen[0]).toMatchObject({ status: { S: 'COMPLETED' }, data: { M: { charged: { BOOL: true } } } });
  });
});

test('the guide tells which calls share a record', () => {
  const guide = readFileSync(join(__dirname, '..', '..', '..', 'docs', 'powertools.md'), 'utf8');

  expect(guide).toMatch(/^- Functions without a `keyPrefix` share their records/m);
  expect(guide).toMatch(/^- Payloads that JSON cannot tell apart share one record/m);
});
