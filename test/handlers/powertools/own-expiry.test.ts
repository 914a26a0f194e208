import { DynamoDBPersistenceLayer } from '@aws-lambda-powertools/idempotency/dynamodb';
import type { OncePersistenceLayer } from '../../../handlers/powertools/index';
import { type Bench, freshId, gate, held, idempotent, moveClock, openBench, type RawItem } from './support';

interface Order {
  id: string;
}

const MINUTE = 60;
const HOUR = 60 * MINUTE;
const FORTNIGHT = 14 * 24 * HOUR;
/** Of a claim: `leaseMs` and what is left of the invocation are 60 s at most, and an answer takes its time. */
const SLACK_SECONDS = 90;

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

async function itemOf(keyPrefix: string): Promise<RawItem> {
  const [item, ...others] = (await bench.items()).filter(({ id }) => id?.S?.startsWith(`${keyPrefix}#`));
  expect(others).toEqual([]);
  return item ?? {};
}

async function expectKept(keyPrefix: string, seconds: number): Promise<void> {
  const kept = Number((await itemOf(keyPrefix)).expiration?.N) - Date.now() / 1_000;
  expect(kept).toBeGreaterThan(seconds - SLACK_SECONDS);
  expect(kept).toBeLessThan(seconds + SLACK_SECONDS);
}

function declared(layer: OncePersistenceLayer, expiresAfterSeconds: number, run = jest.fn(), config: object = {}) {
  const keyPrefix = freshId('prefix');
  const wrapped = idempotent(layer, async (order: Order) => run(order), {
    keyPrefix,
    config: { ...config, expiresAfterSeconds },
  });
  return { keyPrefix, run, call: wrapped };
}

describe('C12: functions of one layer are each remembered for as long as they declare', () => {
  test.each([
    ['the short one first', MINUTE * 5, FORTNIGHT],
    ['the long one first', FORTNIGHT, MINUTE * 5],
  ])('%s', async (_name, first, second) => {
    const layer = bench.once();
    const one = declared(layer, first);
    const other = declared(layer, second);

    await one.call({ id: 'a' });
    await other.call({ id: 'a' });

    await expectKept(one.keyPrefix, first);
    await expectKept(other.keyPrefix, second);
  });

  test('the effect of the one that declares more does not happen again', async () => {
    const layer = bench.once();
    const log = declared(layer, 1);
    const charge = declared(layer, FORTNIGHT);
    await log.call({ id: 'a' });
    await charge.call({ id: 'a' });
    moveClock(HOUR * 1_000);

    await charge.call({ id: 'a' });
    await log.call({ id: 'a' });

    expect(charge.run).toHaveBeenCalledTimes(1);
    expect(log.run).toHaveBeenCalledTimes(2);
  });

  test('at the same time, while they run and when they are done', async () => {
    const layer = bench.once();
    const charge = held();
    const [log, long] = [held(), declared(layer, FORTNIGHT, jest.fn(charge.run))];
    const short = declared(layer, MINUTE * 5, jest.fn(log.run));
    const calls = [long.call({ id: 'a' }), short.call({ id: 'a' })];
    await Promise.all([charge.begun, log.begun]);

    await expectKept(long.keyPrefix, FORTNIGHT);
    await expectKept(short.keyPrefix, MINUTE * 5);

    charge.end(undefined);
    log.end(undefined);
    await Promise.all(calls);
    await expectKept(long.keyPrefix, FORTNIGHT);
    await expectKept(short.keyPrefix, MINUTE * 5);
  });

  test('when the lease of one that goes on is renewed', async () => {
    const layer = bench.once({ leaseMs: 1_000 });
    await declared(layer, MINUTE * 5).call({ id: 'a' });
    const charge = held();
    const long = declared(layer, FORTNIGHT, jest.fn(charge.run));
    const called = long.call({ id: 'a' });
    await charge.begun;
    const leaseOf = async () => (await itemOf(long.keyPrefix)).in_progress_expiration?.N;
    const claimed = await leaseOf();
    while ((await leaseOf()) === claimed) await new Promise((resolve) => setTimeout(resolve, 50));

    await expectKept(long.keyPrefix, FORTNIGHT);

    charge.end(undefined);
    await called;
  });

  test('also those that are called with the very same object', async () => {
    const layer = bench.once();
    const functions = [FORTNIGHT, MINUTE * 5, HOUR].map((seconds) => ({ seconds, ...declared(layer, seconds) }));
    const order = { id: 'a' };

    await Promise.all(functions.map(({ call }) => call(order)));

    for (const { keyPrefix, seconds } of functions) await expectKept(keyPrefix, seconds);
  });

  test('also where each call declares another time', async () => {
    const layer = bench.once();
    const ends = gate();
    const functions = Array.from({ length: 60 }, (_, index) => {
      const seconds = HOUR * (index + 1);
      return {
        seconds,
        ...declared(
          layer,
          seconds,
          jest.fn(() => ends.opened),
        ),
      };
    });
    const calls = functions.map(({ call }) => call({ id: 'a' }));
    await new Promise((resolve) => setTimeout(resolve, 200));
    ends.open();

    await Promise.all(calls);

    for (const { keyPrefix, seconds } of functions) await expectKept(keyPrefix, seconds);
  });

  test.each([
    ['longer', MINUTE * 5, FORTNIGHT, 1],
    ['shorter', FORTNIGHT, MINUTE * 5, 2],
  ])('out of the local cache too: %s than the first', async (_name, first, second, runs) => {
    const layer = bench.once();
    const config = { useLocalCache: true };
    await declared(layer, first, jest.fn(), config).call({ id: 'a' });
    const other = declared(layer, second, jest.fn(), config);
    await other.call({ id: 'a' });
    moveClock(HOUR * 1_000);

    await other.call({ id: 'a' });

    expect(other.run).toHaveBeenCalledTimes(runs);
  });

  test('Powertools does not warn that the time is ignored, as it does over the stock layer', async () => {
    const { client, table: tableName } = bench.database;
    const stock = new DynamoDBPersistenceLayer({ tableName, awsSdkV3Client: client });
    const twice = async (layer: OncePersistenceLayer) => {
      await declared(layer, MINUTE).call({ id: 'a' });
      await declared(layer, HOUR).call({ id: 'a' });
    };

    await twice(bench.once());
    expect(warn).not.toHaveBeenCalled();

    await twice(stock as unknown as OncePersistenceLayer);
    expect(String(warn.mock.calls)).toContain('expiresAfterSeconds');
  });
});
