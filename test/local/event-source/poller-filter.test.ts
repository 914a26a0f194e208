/** Rows 25 to 27 of section 8: what the filters of a mapping do to its batches. */
import { Stage, SUCCESS, THROWN } from './poller-fixture';

let stage: Stage;
beforeEach(() => {
  jest.useFakeTimers();
});
afterEach(async () => {
  await stage.stop();
  jest.useRealTimers();
});

const pass = (ms: number) => jest.advanceTimersByTimeAsync(ms);
const filters = ['{"value":{"type":["order"]}}'];
const ORDER = '{"type":"order"}';
const RETURN = '{"type":"return"}';
const UNREADABLE = Buffer.from([0xff, 0xfe]);

test('only what fits is delivered, and what does not is said and committed', async () => {
  stage = await Stage.with(0);
  await stage.appendValues(0, RETURN, ORDER, RETURN, ORDER, RETURN);

  await stage.poll(() => SUCCESS, {}, { filters });
  await pass(1_000);

  expect(stage.delivered).toEqual([['0@1', '0@3']]);
  expect(stage.filtered).toEqual(['0@0', '0@2', '0@4']);
  expect(await stage.committed()).toEqual([[0, 5]]);
});

test('what was filtered behind a record that fails is not committed before it', async () => {
  stage = await Stage.with(0);
  await stage.appendValues(0, RETURN, ORDER, RETURN);

  await stage.poll(() => THROWN, {}, { filters });
  await pass(5_000);

  expect(await stage.committed()).toEqual([[0, 1]]);
});

test('a batch is full when so many fit, however many do not', async () => {
  stage = await Stage.with(0);
  await stage.appendValues(0, ORDER);
  await stage.poll(() => SUCCESS, { batchSize: 5, batchingWindowMs: 300_000 }, { filters });
  await pass(1_000);

  await stage.appendValues(0, ...Array.from({ length: 40 }, (_, index) => (index % 4 === 0 ? ORDER : RETURN)));
  await pass(1_000);

  expect(stage.delivered.map(({ length }) => length)).toEqual([1, 5, 5]);
});

test('row 27: where nothing fits, nothing is invoked, and everything is committed', async () => {
  stage = await Stage.with(0, 0);
  await stage.appendValues(1, ...Array.from({ length: 500 }, () => RETURN));

  const { poller } = await stage.poll(() => SUCCESS, { batchSize: 10 }, { filters });
  await pass(5_000);

  expect(stage.delivered).toEqual([]);
  expect(stage.filtered).toHaveLength(500);
  expect(await stage.committed()).toEqual([[1, 500]]);
  expect(poller.resolvedUpTo(1)).toBe(500);
});

describe('row 25: a value that the filter cannot read', () => {
  test('is delivered, with one warning that names the first', async () => {
    stage = await Stage.with(0);
    await stage.appendValues(0, ORDER, 'order', UNREADABLE);

    await stage.poll(() => SUCCESS, {}, { filters });
    await pass(1_000);

    expect(stage.delivered).toEqual([['0@0', '0@1', '0@2']]);
    expect(stage.complaints).toMatchObject([{ kind: 'warning', row: 25, text: expect.stringContaining('orders-0@1') }]);
  });

  test('by choice is dropped, and nobody warned', async () => {
    stage = await Stage.with(0);
    await stage.appendValues(0, ORDER, 'order', UNREADABLE);

    await stage.poll(() => SUCCESS, { choices: { 'filter-mismatch': 'dropped' } }, { filters });
    await pass(1_000);

    expect(stage.delivered).toEqual([['0@0']]);
    expect(stage.filtered).toEqual(['0@1', '0@2']);
    expect(stage.complaints).toEqual([]);
  });
});

describe('row 26: a tombstone', () => {
  test.each([
    ['delivered', ['0@0', '0@1'], []],
    ['dropped', ['0@0'], ['0@1']],
  ] as const)('is %s', async (choice, delivered, filtered) => {
    stage = await Stage.with(0);
    await stage.appendValues(0, ORDER, null);

    await stage.poll(() => SUCCESS, { choices: { 'filter-tombstone': choice } }, { filters });
    await pass(1_000);

    expect(stage.delivered).toEqual([delivered]);
    expect(stage.filtered).toEqual(filtered);
    expect(await stage.committed()).toEqual([[0, 2]]);
  });

  test('is delivered where there is no filter', async () => {
    stage = await Stage.with(1);

    await stage.poll(() => SUCCESS, { choices: { 'filter-tombstone': 'dropped' } });
    await pass(1_000);

    expect(stage.delivered).toEqual([['0@0']]);
  });
});
