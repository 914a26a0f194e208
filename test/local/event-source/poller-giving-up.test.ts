/** Rows 15 to 18, 20, 23 and 24 of section 8 on a poller at work: bisect, age, payload, and the on-failure destination. */
import type { FailureDelivery } from '../../../local/destinations/failure';
import { Letters, names, report, Stage, SUCCESS, sleep, THROWN } from './poller-fixture';
import { nameOf } from './topic-records';

let stage: Stage;
beforeEach(() => {
  jest.useFakeTimers({ now: 1_790_000_000_000 });
});
afterEach(async () => {
  await stage.stop();
  jest.useRealTimers();
});

const pass = (ms: number) => jest.advanceTimersByTimeAsync(ms);
const poisonedBy = (poison: string) => (records: readonly { partition: number; offset: number }[]) =>
  records.some((record) => nameOf(record) === poison) ? THROWN : SUCCESS;

describe('bisect', () => {
  test('isolates one bad record: halves, first half first, and the good ones are delivered again', async () => {
    stage = await Stage.with(8);

    await stage.poll(poisonedBy('0@2'), { bisect: true, retryLimit: 4 });
    await pass(60_000);

    expect(stage.delivered).toEqual([
      names(0, 0, 8),
      names(0, 0, 4),
      names(0, 0, 2),
      names(0, 2, 4),
      ['0@2'],
      ['0@2'],
      ['0@3'],
      names(0, 4, 8),
    ]);
    expect(stage.discarded.map(({ records }) => records)).toEqual([['0@2']]);
    expect(await stage.committed()).toEqual([[0, 8]]);
  });

  test('row 15: a half goes on with the count of the whole, and takes its good records with it at the limit', async () => {
    stage = await Stage.with(4);

    await stage.poll(poisonedBy('0@0'), { bisect: true, retryLimit: 1 });
    await pass(60_000);

    expect(stage.delivered).toEqual([names(0, 0, 4), names(0, 0, 2), names(0, 2, 4)]);
    expect(stage.discarded).toMatchObject([{ records: ['0@0', '0@1'], condition: 'RetryAttemptsExhausted' }]);
  });

  test('by choice a split is no attempt: the bad record has all its retries alone', async () => {
    stage = await Stage.with(4);

    await stage.poll(poisonedBy('0@0'), {
      bisect: true,
      retryLimit: 1,
      choices: { 'error-before-split': 'not-counted' },
    });
    await pass(60_000);

    expect(stage.delivered).toEqual([names(0, 0, 4), names(0, 0, 2), ['0@0'], ['0@0'], ['0@1'], names(0, 2, 4)]);
    expect(stage.discarded.map(({ records }) => records)).toEqual([['0@0']]);
  });

  test('a second half waits for the first where they share a partition, and not where they do not', async () => {
    stage = await Stage.with(2, 2);
    const settings = { bisect: true, choices: { 'blocked-after-retries': 6 } };

    await stage.poll(poisonedBy('0@0'), settings, { seed: 3 });
    await pass(600_000);

    const [whole = [], ...parts] = stage.delivered;
    expect(whole).toHaveLength(4);
    expect(parts).toContainEqual(names(1, 0, 2));
    expect(parts).not.toContainEqual(['0@1']);
    expect(stage.blocked.map(({ records }) => records)).toEqual([['0@0']]);
    expect(await stage.committed()).toEqual([
      [0, 0],
      [1, 2],
    ]);
  });
});

describe('row 7: what a retry holds', () => {
  const failing = (records: readonly { partition: number }[]) =>
    records.some(({ partition }) => partition === 0) ? report('0@0') : SUCCESS;

  test.each([
    ['partition', ['1@1']],
    ['batch', []],
  ] as const)('%s', async (hold, whileItWaits) => {
    stage = await Stage.with(1, 1);
    await stage.poll(failing, {
      choices: { 'hold-during-retry': hold, 'retry-base-ms': 10_000, 'retry-cap-ms': 10_000 },
    });
    await pass(1);

    await stage.append(1, 1);
    await pass(1_000);

    expect(stage.delivered.slice(1).flat()).toEqual(whileItWaits);
    expect(await stage.committed()).toEqual([
      [0, 0],
      [1, hold === 'partition' ? 2 : 1],
    ]);
  });
});

describe('row 20: a record that has grown too old', () => {
  test('is split off before the next attempt; the others go on', async () => {
    stage = await Stage.with(0);
    const at = (secondsAgo: number) => ({
      partition: 0,
      key: null,
      value: null,
      timestamp: Date.now() - secondsAgo * 1_000,
    });
    await stage.broker.produce('orders', [at(59), at(10), at(61)]);

    await stage.poll(() => sleep(2_000).then(() => THROWN), { maximumRecordAgeMs: 60_000 });
    await pass(5_000);

    expect(stage.delivered.slice(0, 2)).toEqual([['0@0', '0@1'], ['0@1']]);
    expect(stage.discarded).toEqual([
      { records: ['0@2'], condition: 'RecordAgeExceeded', reason: 'older than 60 s', delivered: false },
      { records: ['0@0'], condition: 'RecordAgeExceeded', reason: 'older than 60 s', delivered: false },
    ]);
    expect(stage.commits.at(-1)).toBe('0@1');
  });

  test('by choice its age begins when it was polled', async () => {
    stage = await Stage.with(0);
    const message = { partition: 0, key: null, value: null, timestamp: Date.now() - 3_600_000 };
    await stage.broker.produce('orders', [message]);

    const choices = { 'record-age': 'since-first-poll', 'blocked-after-retries': 1_000 } as const;
    await stage.poll(() => THROWN, { maximumRecordAgeMs: 60_000, choices });
    await pass(59_000);
    const before = stage.discarded.length;
    await pass(5_000);

    expect(before).toBe(0);
    expect(stage.discarded).toMatchObject([{ records: ['0@0'], condition: 'RecordAgeExceeded' }]);
    expect(await stage.committed()).toEqual([[0, 1]]);
  });
});

describe('row 24: a record that fits no event', () => {
  const small = '{"a":1}';
  const large = 'x'.repeat(5_000);

  test('is lost with an error that names it, and its partition goes on', async () => {
    stage = await Stage.with(0);
    await stage.appendValues(0, small, large, small);

    await stage.poll(() => SUCCESS, { maximumPayloadBytes: 3_000 });
    await pass(1_000);

    expect(stage.delivered).toEqual([['0@0'], ['0@2']]);
    expect(stage.discarded).toMatchObject([
      { records: ['0@1'], condition: 'MaximumPayloadSizeExceeded', delivered: false },
    ]);
    expect(stage.complaints).toMatchObject([{ kind: 'error', row: 24, text: expect.stringContaining('orders-0@1') }]);
    expect(await stage.committed()).toEqual([[0, 3]]);
  });

  test('goes to the destination, without an event and without an error', async () => {
    stage = await Stage.with(0);
    await stage.appendValues(0, large);
    const destination = new Letters();

    await stage.poll(() => SUCCESS, { maximumPayloadBytes: 3_000 }, { destination });
    await pass(1_000);

    expect(destination.taken).toMatchObject([
      { condition: 'MaximumPayloadSizeExceeded', records: [{ offset: 0 }], invokeCount: 0 },
    ]);
    expect(destination.taken[0]).toMatchObject({ event: undefined, result: undefined });
    expect(stage.discarded).toMatchObject([{ delivered: true }]);
    expect(stage.complaints).toEqual([]);
  });

  test('by choice blocks its partition, and no other', async () => {
    stage = await Stage.with(0, 0);
    await stage.appendValues(0, small, large, small);
    await stage.append(1, 1);

    const choices = { 'record-too-large': 'stuck' } as const;
    const { poller } = await stage.poll(() => SUCCESS, { maximumPayloadBytes: 3_000, choices });
    await pass(60_000);

    expect(stage.delivered.flat().sort()).toEqual(['0@0', '1@0']);
    expect(stage.blocked).toMatchObject([{ records: ['0@1'], reason: expect.stringContaining('3000 bytes') }]);
    expect([...poller.blocked]).toEqual([0]);
    expect(await stage.committed()).toEqual([
      [0, 1],
      [1, 1],
    ]);
  });
});

describe('the on-failure destination', () => {
  test('gets what the retry limit gives up, with the last event, its end, and how often the function was invoked', async () => {
    stage = await Stage.with(3);
    const destination = new Letters();

    await stage.poll(() => report('0@1'), { retryLimit: 2 }, { destination });
    await pass(60_000);

    expect(destination.taken).toHaveLength(1);
    expect(destination.taken[0]).toMatchObject({
      condition: 'RetryAttemptsExhausted',
      records: [{ partition: 0, offset: 1 }],
      event: { records: { 'orders-0': [{ offset: 1 }] } },
      invokeCount: 3,
      result: { kind: 'response' },
      mapping: { logicalId: 'OrdersMapping' },
      bootstrapServers: 'b-1.shop.example:9098',
      atMs: stage.deliveries.at(-1)?.atMs,
    });
    expect(stage.discarded).toMatchObject([{ records: ['0@1'], delivered: true }]);
    expect(await stage.committed()).toEqual([[0, 3]]);
  });

  test('that does not take them: they are lost, and that is an error of the run', async () => {
    stage = await Stage.with(1);
    const destination: FailureDelivery = { deliver: () => Promise.reject(new Error('no such queue')) };

    await stage.poll(() => THROWN, { retryLimit: 0 }, { destination });
    await pass(1_000);

    expect(stage.discarded).toMatchObject([{ records: ['0@0'], delivered: false }]);
    expect(stage.complaints).toMatchObject([{ kind: 'error', text: expect.stringContaining('no such queue') }]);
    expect(await stage.committed()).toEqual([[0, 1]]);
  });

  test('is waited for: nothing behind it is committed before', async () => {
    stage = await Stage.with(1);
    const destination: FailureDelivery = { deliver: () => sleep(5_000) };

    const { poller } = await stage.poll(() => THROWN, { retryLimit: 0 }, { destination });
    await pass(4_000);
    const [meanwhile, inFlight] = [await stage.committed(), poller.inFlight.map(nameOf)];
    await pass(2_000);

    expect(meanwhile).toEqual([]);
    expect(inFlight).toEqual(['0@0']);
    expect(await stage.committed()).toEqual([[0, 1]]);
  });

  test('resolves nothing of a partition that moved while it was written to', async () => {
    stage = await Stage.with(0, 1);
    const destination: FailureDelivery = { deliver: () => sleep(5_000) };
    await stage.poll(() => THROWN, { retryLimit: 0 }, { destination });
    await pass(1_000);

    await stage.poll(() => sleep(60_000).then(() => SUCCESS), {}, { name: 'poller-2' });
    await pass(10_000);

    expect(stage.deliveries.map(({ poller }) => poller)).toEqual(['poller-1', 'poller-2']);
    expect(await stage.committed()).toEqual([]);
  });
});
