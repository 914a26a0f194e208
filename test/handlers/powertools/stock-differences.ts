import { IdempotencyConfig, makeIdempotent } from '@aws-lambda-powertools/idempotency';
import { makeHandlerIdempotent } from '@aws-lambda-powertools/idempotency/middleware';
import type { BasePersistenceLayer } from '@aws-lambda-powertools/idempotency/persistence';
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { type Bench, freshId, gate, idempotent, loseAnswers, moveClock, type RawItem } from './support';

/** One thing that the stock layer does and ours does not, as one scenario that both are put through. */
export interface Difference {
  /** The line of the table in `docs/powertools.md`. */
  readonly line: string;
  /** Gives what can be seen from outside. */
  run(world: World): Promise<unknown>;
  /** What is seen with the stock layer: the flaw. */
  readonly stock: unknown;
  /** What is seen with ours. */
  readonly once: unknown;
}

export interface World {
  readonly bench: Bench;
  /** A layer of a process of its own. */
  layer(client?: DynamoDBClient): BasePersistenceLayer;
}

interface Order {
  id: string;
  amount?: number;
  state?: string;
}

const MINUTE_MS = 60_000;
const fail = async (_order: Order): Promise<never> => Promise.reject(new Error('no charge'));

/** What a caller sees. */
async function seen(called: Promise<unknown>): Promise<unknown> {
  try {
    return await called;
  } catch (error) {
    const { name, cause } = error as Error & { cause?: { name?: string; code?: string } };
    return cause === undefined ? name : `${name}: ${cause.code ?? cause.name}`;
  }
}

const IN_PROGRESS = 'IdempotencyAlreadyInProgressError';
const CLAIM_LOST = 'IdempotencyPersistenceLayerError: MSK_ONCE_CLAIM_LOST';

async function only({ bench }: World, prefix: string): Promise<RawItem | undefined> {
  const items = (await bench.items()).filter(({ id }) => id?.S?.startsWith(`${prefix}#`));
  if (items.length > 1) throw new Error(`${items.length} items`);
  return items[0];
}

const textOf = (item: RawItem | undefined) =>
  item && [item.status?.S, item.data?.S].filter((text) => text !== undefined).join(' ');

/** A call whose function waits until the test lets it end. */
async function running(layer: BasePersistenceLayer, order: Order, keyPrefix: string, wrapping: object = {}) {
  const started = gate();
  const ends = gate<string>();
  const charge = idempotent(
    layer,
    (_order: Order) => {
      started.open();
      return ends.opened;
    },
    { keyPrefix, ...wrapping },
  );
  const result = seen(charge(order));
  await Promise.race([started.opened, result]);
  return { result, ends };
}

export const DIFFERENCES: readonly Difference[] = [
  {
    line: 'A worker that stalled past its lease cannot complete the record of the one that took over',
    async run(world) {
      const [id, keyPrefix] = [freshId(), freshId('prefix')];
      const stalled = await running(world.layer(), { id }, keyPrefix);
      moveClock(2 * MINUTE_MS);
      const owner = await running(world.layer(), { id }, keyPrefix);
      stalled.ends.open('stalled');
      const caller = await stalled.result;
      const record = textOf(await only(world, keyPrefix));
      owner.ends.open('owner');
      return { caller, record, owner: await owner.result };
    },
    stock: { caller: 'stalled', record: 'COMPLETED stalled', owner: 'owner' },
    once: { caller: CLAIM_LOST, record: 'INPROGRESS', owner: 'owner' },
  },
  {
    line: 'A worker that stalled past its lease and fails cannot delete the record of the one that took over',
    async run(world) {
      const [id, keyPrefix] = [freshId(), freshId('prefix')];
      const stalled = await running(world.layer(), { id }, keyPrefix);
      moveClock(2 * MINUTE_MS);
      const owner = await running(world.layer(), { id }, keyPrefix);
      stalled.ends.fail(new RangeError('stalled'));
      const caller = await stalled.result;
      const record = textOf(await only(world, keyPrefix));
      const third = await running(world.layer(), { id }, keyPrefix);
      third.ends.open('ran beside the owner');
      owner.ends.open('owner');
      return { caller, record, third: await third.result };
    },
    stock: { caller: 'RangeError', record: undefined, third: 'ran beside the owner' },
    once: { caller: 'RangeError', record: 'INPROGRESS', third: IN_PROGRESS },
  },
  {
    line: 'A completion never creates a record',
    async run(world) {
      const [id, keyPrefix] = [freshId(), freshId('prefix')];
      const call = await running(world.layer(), { id }, keyPrefix);
      await world.bench.remove((await only(world, keyPrefix))?.id?.S as string);
      call.ends.open('charged');
      return { caller: await call.result, record: textOf(await only(world, keyPrefix)) };
    },
    stock: { caller: 'charged', record: 'COMPLETED charged' },
    once: { caller: CLAIM_LOST, record: undefined },
  },
  {
    line: 'A lease that runs out while it is being looked at is taken over',
    async run(world) {
      const [id, keyPrefix] = [freshId(), freshId('prefix')];
      await running(world.layer(), { id }, keyPrefix, { remainingMs: 20_000 });
      // The claim is refused while the lease is live, and the answer comes when it is not, and its own still is.
      const { client } = world.bench.counting();
      client.middlewareStack.add(
        (next) => async (args) => {
          const answer = await next(args).catch((error: Error) => error);
          moveClock(25_000);
          if (answer instanceof Error) throw answer;
          return answer;
        },
        { step: 'initialize' },
      );
      const charge = idempotent(world.layer(client), async (_order: Order) => 'charged', { keyPrefix });
      return seen(charge({ id }));
    },
    stock: IN_PROGRESS,
    once: 'charged',
  },
  {
    line: 'The payload is checked on takeover too',
    async run(world) {
      const [id, keyPrefix] = [freshId(), freshId('prefix')];
      const config = { payloadValidationJmesPath: 'amount' };
      await running(world.layer(), { id, amount: 1 }, keyPrefix, { config });
      moveClock(2 * MINUTE_MS);
      const charge = idempotent(world.layer(), async ({ amount }: Order) => amount, { keyPrefix, config });
      return seen(charge({ id, amount: 2 }));
    },
    stock: 2,
    once: 'IdempotencyValidationError',
  },
  {
    line: 'A record that was completed before payload validation was turned on is a duplicate',
    async run(world) {
      const [id, keyPrefix] = [freshId(), freshId('prefix')];
      const order = { id, amount: 1 };
      await idempotent(world.layer(), async (_order: Order) => 'charged', { keyPrefix })(order);
      const config = { payloadValidationJmesPath: 'amount' };
      return seen(idempotent(world.layer(), async (_order: Order) => 'again', { keyPrefix, config })(order));
    },
    stock: 'IdempotencyValidationError',
    once: 'charged',
  },
  {
    line: 'A failure keeps its history: attempts, last error, moment of the first failure',
    async run(world) {
      const [id, keyPrefix] = [freshId(), freshId('prefix')];
      for (let tries = 0; tries < 2; tries += 1) await seen(idempotent(world.layer(), fail, { keyPrefix })({ id }));
      const record = await only(world, keyPrefix);
      return (
        record && { attempts: record.attempts?.N, lastError: record.last_error?.S, since: 'first_failure_ms' in record }
      );
    },
    stock: undefined,
    once: { attempts: '2', lastError: 'FunctionFailed', since: true },
  },
  {
    line: 'A claim whose answer was lost is recognised as our own',
    async run(world) {
      const [id, keyPrefix] = [freshId(), freshId('prefix')];
      // The SDK sends it again, as it does by default.
      const { client } = world.bench.counting({ maxAttempts: 3 });
      loseAnswers(client, (nth) => nth === 0);
      const run = jest.fn(async (_order: Order) => 'charged');
      const caller = await seen(idempotent(world.layer(client), run, { keyPrefix })({ id }));
      return { caller, runs: run.mock.calls.length };
    },
    stock: { caller: IN_PROGRESS, runs: 0 },
    once: { caller: 'charged', runs: 1 },
  },
  {
    line: 'A late copy of a claim does not block the retry',
    async run(world) {
      const [id, keyPrefix] = [freshId(), freshId('prefix')];
      const { client } = world.bench.counting();
      const copies = world.bench.copying(client);
      await seen(idempotent(world.layer(client), fail, { keyPrefix })({ id }));
      await copies.deliverAgain(0);
      return seen(idempotent(world.layer(), async (_order: Order) => 'charged', { keyPrefix })({ id }));
    },
    stock: IN_PROGRESS,
    once: 'charged',
  },
  {
    line: 'A late copy of the end of a failed call does not undo what the retry did',
    async run(world) {
      const [id, keyPrefix] = [freshId(), freshId('prefix')];
      const { client } = world.bench.counting();
      const copies = world.bench.copying(client);
      await seen(idempotent(world.layer(client), fail, { keyPrefix })({ id }));
      const run = jest.fn(async (_order: Order) => 'charged');
      await seen(idempotent(world.layer(), run, { keyPrefix })({ id }));
      await copies.deliverAgain(1);
      await seen(idempotent(world.layer(), run, { keyPrefix })({ id }));
      return { runs: run.mock.calls.length };
    },
    stock: { runs: 2 },
    once: { runs: 1 },
  },
  {
    line: 'Calls made at the same time share requests',
    async run(world) {
      const keyPrefix = freshId('prefix');
      const { client, requests } = world.bench.counting();
      const charge = idempotent(world.layer(client), async ({ id }: Order) => id, { keyPrefix });
      await Promise.all(Array.from({ length: 100 }, (_, index) => charge({ id: `${index}` })));
      return { requests: requests() };
    },
    stock: { requests: 200 },
    once: { requests: 8 },
  },
  {
    line: 'A lease is there without a Lambda context: a call that died is run again',
    async run(world) {
      const [id, keyPrefix] = [freshId(), freshId('prefix')];
      await running(world.layer(), { id }, keyPrefix, { remainingMs: undefined });
      moveClock(30 * MINUTE_MS);
      return seen(idempotent(world.layer(), async (_order: Order) => 'charged', { keyPrefix })({ id }));
    },
    stock: IN_PROGRESS,
    once: 'charged',
  },
  {
    line: 'A lease is there when the invocation has no time left',
    async run(world) {
      const [id, keyPrefix] = [freshId(), freshId('prefix')];
      await running(world.layer(), { id }, keyPrefix, { remainingMs: 0 });
      moveClock(30 * MINUTE_MS);
      return seen(idempotent(world.layer(), async (_order: Order) => 'charged', { keyPrefix })({ id }));
    },
    stock: IN_PROGRESS,
    once: 'charged',
  },
  {
    line: 'A lease is positive under the context of an earlier invocation',
    async run(world) {
      const [id, keyPrefix] = [freshId(), freshId('prefix')];
      const first = await running(world.layer(), { id }, keyPrefix, { remainingMs: -5_000 });
      const beside = await running(world.layer(), { id }, keyPrefix, { remainingMs: -5_000 });
      beside.ends.open('ran beside the first');
      first.ends.open('first');
      return beside.result;
    },
    stock: 'ran beside the first',
    once: IN_PROGRESS,
  },
  {
    line: 'A lease is as long as the work, not as the invocation: a call that died is run again soon',
    async run(world) {
      const [id, keyPrefix] = [freshId(), freshId('prefix')];
      await running(world.layer(), { id }, keyPrefix, { remainingMs: 15 * MINUTE_MS });
      moveClock(MINUTE_MS);
      return seen(idempotent(world.layer(), async (_order: Order) => 'charged', { keyPrefix })({ id }));
    },
    stock: IN_PROGRESS,
    once: 'charged',
  },
  {
    line: 'A record does not expire while its function runs',
    async run(world) {
      const [id, keyPrefix] = [freshId(), freshId('prefix')];
      const wrapping = { config: { expiresAfterSeconds: 2 } };
      const first = await running(world.layer(), { id }, keyPrefix, wrapping);
      moveClock(5_000);
      const beside = await running(world.layer(), { id }, keyPrefix, wrapping);
      beside.ends.open('ran beside the first');
      first.ends.open('first');
      return beside.result;
    },
    stock: 'ran beside the first',
    once: IN_PROGRESS,
  },
  {
    line: 'A clock that is a little ahead takes over no live lease',
    async run(world) {
      const [id, keyPrefix] = [freshId(), freshId('prefix')];
      const first = await running(world.layer(), { id }, keyPrefix, { remainingMs: 10_000 });
      moveClock(11_000);
      const beside = await running(world.layer(), { id }, keyPrefix);
      beside.ends.open('ran beside the first');
      first.ends.open('first');
      return beside.result;
    },
    stock: 'ran beside the first',
    once: IN_PROGRESS,
  },
  {
    line: 'The record is fixed before the function can change its payload',
    async run(world) {
      const [id, keyPrefix] = [freshId(), freshId('prefix')];
      const run = jest.fn(async (order: Order) => {
        order.state = 'charged';
      });
      // Powertools' default: the whole payload is the key.
      const charge = idempotent(world.layer(), run, { keyPrefix, config: { eventKeyJmesPath: '' } });
      await charge({ id });
      moveClock(2 * MINUTE_MS);
      await seen(charge({ id }));
      return { runs: run.mock.calls.length };
    },
    stock: { runs: 2 },
    once: { runs: 1 },
  },
  {
    line: 'A function that changes its payload and fails gives back its own record',
    async run(world) {
      const [id, keyPrefix] = [freshId(), freshId('prefix')];
      const run = async (order: Order) => {
        order.state = 'failed';
        throw new Error('no charge');
      };
      const config = { eventKeyJmesPath: '' };
      await seen(idempotent(world.layer(), run, { keyPrefix, config })({ id }));
      return seen(idempotent(world.layer(), async (_order: Order) => 'charged', { keyPrefix, config })({ id }));
    },
    stock: IN_PROGRESS,
    once: 'charged',
  },
  ...(
    [
      ['A result that cannot be stored does not make the effect happen twice', () => ({ at: new Date(0) })],
      ['A result over 400 KB does not make the effect happen twice', () => 'x'.repeat(500_000)],
    ] as const
  ).map(
    ([line, result]): Difference => ({
      line,
      async run(world) {
        const [id, keyPrefix] = [freshId(), freshId('prefix')];
        const run = jest.fn(async (_order: Order): Promise<unknown> => result());
        const isReturned = (await seen(idempotent(world.layer(), run, { keyPrefix })({ id }))) instanceof Object;
        moveClock(2 * MINUTE_MS);
        await seen(idempotent(world.layer(), run, { keyPrefix })({ id }));
        return { isReturned: isReturned || typeof result() === 'string', runs: run.mock.calls.length };
      },
      stock: expect.objectContaining({ runs: 2 }),
      once: { isReturned: true, runs: 1 },
    }),
  ),
  {
    line: 'A payload without a key does not run unprotected',
    async run(world) {
      const run = jest.fn(async (_order: object) => 'charged');
      const config = { eventKeyJmesPath: 'orderId', throwOnNoIdempotencyKey: false };
      const charge = idempotent(world.layer(), run, { keyPrefix: freshId('prefix'), config });
      const call = async () => charge({ id: 'misspelt' });
      return { callers: [await seen(call()), await seen(call())], runs: run.mock.calls.length };
    },
    stock: { callers: ['charged', 'charged'], runs: 2 },
    once: { callers: ['OnceError', 'OnceError'], runs: 0 },
  },
  {
    line: 'Payloads without a key never share one record',
    async run(world) {
      const run = jest.fn(async (order: { note: string }) => `charged ${order.note}`);
      const config = { eventKeyJmesPath: '[orderId, line]', throwOnNoIdempotencyKey: false };
      const charge = idempotent(world.layer(), run, { keyPrefix: freshId('prefix'), config });
      const call = async (note: string) => charge({ note });
      return [await seen(call('one')), await seen(call('another'))];
    },
    stock: ['charged one', 'charged one'],
    once: ['OnceError', 'OnceError'],
  },
  {
    line: 'POWERTOOLS_IDEMPOTENCY_DISABLED is refused',
    async run(world) {
      process.env.POWERTOOLS_IDEMPOTENCY_DISABLED = 'true';
      try {
        const run = jest.fn(async (_order: Order) => 'charged');
        const charge = idempotent(world.layer(), run, { keyPrefix: freshId('prefix') });
        const id = freshId();
        await charge({ id });
        await charge({ id });
        return { runs: run.mock.calls.length };
      } catch (error) {
        return (error as { code?: string }).code;
      } finally {
        delete process.env.POWERTOOLS_IDEMPOTENCY_DISABLED;
      }
    },
    stock: { runs: 2 },
    once: 'MSK_ONCE_IDEMPOTENCY_DISABLED',
  },
  {
    line: 'A function inside a function, on one layer, leaves the record of the outer one alone',
    async run(world) {
      const [outerPrefix, innerPrefix] = [freshId('outer'), freshId('inner')];
      const layer = world.layer();
      const inner = idempotent(layer, async (_order: Order) => 'inner', { keyPrefix: innerPrefix });
      const outer = idempotent(
        layer,
        async (order: Order) => {
          await inner(order);
          return 'outer';
        },
        { keyPrefix: outerPrefix },
      );
      await outer({ id: freshId() });
      return { outer: textOf(await only(world, outerPrefix)), inner: textOf(await only(world, innerPrefix)) };
    },
    stock: { outer: 'INPROGRESS', inner: 'COMPLETED outer' },
    once: { outer: 'COMPLETED outer', inner: 'COMPLETED inner' },
  },
  {
    line: 'Two functions at a time, on one layer, each complete their own record',
    async run(world) {
      const [one, other] = [freshId('charge'), freshId('mail')];
      const layer = world.layer();
      const charge = idempotent(layer, async (_order: Order) => 'charged', { keyPrefix: one });
      const mail = idempotent(layer, async (_order: Order) => 'mailed', { keyPrefix: other });
      const order = { id: freshId() };
      await Promise.all([charge(order), mail(order)]);
      return { charge: textOf(await only(world, one)), mail: textOf(await only(world, other))?.split(' ')[0] };
    },
    stock: { charge: 'INPROGRESS', mail: 'COMPLETED' },
    once: { charge: 'COMPLETED charged', mail: 'COMPLETED' },
  },
  {
    line: 'A function without a key prefix does not share the records of the one that was called before it',
    async run(world) {
      const layer = world.layer();
      const id = freshId();
      const charge = idempotent(layer, async (_order: Order) => 'charged', { keyPrefix: freshId('prefix') });
      const config = new IdempotencyConfig({ eventKeyJmesPath: 'id', throwOnNoIdempotencyKey: true });
      const mail = makeIdempotent(async (_order: Order) => 'mailed', { persistenceStore: layer, config });
      return [await charge({ id }), await seen(mail({ id }))];
    },
    stock: ['charged', 'charged'],
    once: ['charged', 'mailed'],
  },
  {
    line: 'A second configuration on one layer is refused, and never mistaken for the first',
    async run(world) {
      const layer = world.layer();
      const user = freshId('user');
      const config = { eventKeyJmesPath: 'user' };
      const greet = idempotent(layer, async (_order: object) => 'greeted', { keyPrefix: freshId('prefix'), config });
      const charge = idempotent(layer, async ({ id }: Order & { user: string }) => `charged ${id}`, {
        keyPrefix: freshId('prefix'),
      });
      await greet({ user });
      const call = async (id: string) => charge({ id, user });
      return [await seen(call('1')), await seen(call('2'))];
    },
    stock: ['charged 1', 'charged 1'],
    once: ['OnceError', 'OnceError'],
  },
  {
    line: 'Functions of one layer are each remembered for as long as they declare',
    async run(world) {
      const layer = world.layer();
      const [order, other] = [{ id: freshId() }, { id: freshId() }];
      const declare = (expiresAfterSeconds: number) => {
        const run = jest.fn(async (_order: Order) => 'charged');
        const config = { expiresAfterSeconds };
        return { run, call: idempotent(layer, run, { keyPrefix: freshId('prefix'), config }) };
      };
      const [short, long] = [declare(60), declare(86_400)];
      await short.call(other);
      await long.call(order);
      moveClock(2 * MINUTE_MS);
      await long.call(order);
      return long.run.mock.calls.length;
    },
    stock: 2,
    once: 1,
  },
  {
    line: "A failing function's own error comes through when its end cannot be saved",
    async run(world) {
      const { client } = world.bench.counting();
      client.middlewareStack.add(
        (next) => async (args) => {
          if (isDenied) throw Object.assign(new Error('not authorized'), { name: 'AccessDeniedException' });
          return next(args);
        },
        { step: 'initialize' },
      );
      let isDenied = false;
      const run = async (_order: Order) => {
        isDenied = true;
        throw new RangeError('no charge');
      };
      return seen(idempotent(world.layer(client), run, { keyPrefix: freshId('prefix') })({ id: freshId() }));
    },
    stock: 'IdempotencyPersistenceLayerError: AccessDeniedException',
    once: 'RangeError',
  },
  {
    line: 'A request that the middleware refuses leaves the record of the one that runs alone',
    async run(world) {
      const [id, keyPrefix] = [freshId(), freshId('prefix')];
      const first = await running(world.layer(), { id }, keyPrefix);
      const config = new IdempotencyConfig({ eventKeyJmesPath: 'id', throwOnNoIdempotencyKey: true });
      const middleware = makeHandlerIdempotent({ persistenceStore: world.layer(), config, keyPrefix });
      const context = { getRemainingTimeInMillis: () => MINUTE_MS };
      const request = { event: { id }, context, response: null, error: null, internal: {} };
      // As middy does it: what `before` throws goes to `onError`.
      const refused = await seen(Promise.resolve(middleware.before?.(request as never)));
      await middleware.onError?.(request as never);
      const record = textOf(await only(world, keyPrefix));
      first.ends.open('charged');
      await first.result;
      return { refused, record };
    },
    stock: { refused: IN_PROGRESS, record: undefined },
    once: { refused: IN_PROGRESS, record: 'INPROGRESS' },
  },
  {
    line: 'A result from the local cache is its caller’s own',
    async run(world) {
      const config = { useLocalCache: true };
      const charge = idempotent(world.layer(), async (_order: Order) => ({ total: 1 }), {
        keyPrefix: freshId('prefix'),
        config,
      });
      const id = freshId();
      const first = await charge({ id });
      first.total = 1_000;
      const second = await charge({ id });
      const given = second.total;
      second.total = 2_000;
      return [given, (await charge({ id })).total];
    },
    stock: [1_000, 2_000],
    once: [1, 1],
  },
  {
    line: 'A client that is none is refused, and not replaced by another',
    async run(world) {
      try {
        world.layer({} as DynamoDBClient);
        return 'made';
      } catch (error) {
        return (error as { code?: string }).code;
      }
    },
    stock: 'made',
    once: 'MSK_ONCE_OPTIONS_INVALID',
  },
];
