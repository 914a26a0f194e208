import fc from 'fast-check';
import type { TopicRecord } from '../../../local/broker/broker';
import { RecordLog } from '../../../local/run/record-log';

const record = (offset: number, partition = 0): TopicRecord => ({
  topic: 'orders',
  partition,
  offset,
  timestamp: 0,
  timestampType: 'CREATE_TIME',
  key: null,
  value: null,
  headers: [],
});
const NONE: ReadonlySet<TopicRecord> = new Set();

function outcomes(log: RecordLog, end?: number): string[] {
  return log.entries('orders', new Map(end === undefined ? [] : [[0, end]])).map(({ outcome }) => outcome);
}

test('a record is open until an invocation closes it, and open again when a later one fails over it', () => {
  const log = new RecordLog();
  const [first, second] = [record(0), record(1)];
  log.delivered([first, second]);
  const before = outcomes(log);

  log.answered([first, second], new Set([second]));
  const between = outcomes(log);
  log.delivered([first, second]);
  log.answered([first, second], new Set([first]));

  expect([before, between, outcomes(log)]).toEqual([
    ['open', 'open'],
    ['done', 'open'],
    ['open', 'done'],
  ]);
  expect(log.entries('orders').map(({ deliveries }) => deliveries)).toEqual([2, 2]);
});

test('with marks, a record whose identity another one has marked is a duplicate; a late mark makes it done', () => {
  const log = new RecordLog();
  const all = [record(0), record(1)];
  log.delivered(all);
  log.marked(0, 0);
  log.answered(all, NONE);
  const before = outcomes(log);

  log.marked(0, 1);

  expect([before, outcomes(log)]).toEqual([
    ['done', 'duplicate'],
    ['done', 'done'],
  ]);
  expect(log.counts).toEqual({ done: 2, duplicate: 0, parked: 0, open: 0 });
});

test('what the function parked is parked, however often it is closed', () => {
  const log = new RecordLog();
  const all = [record(0), record(1)];
  log.delivered(all);
  log.parked(record(1));
  log.answered(all, NONE);
  log.delivered(all);
  log.answered(all, NONE);

  expect(outcomes(log)).toEqual(['done', 'parked']);
});

test('what a destination took is parked, what none took is open', () => {
  const log = new RecordLog();
  const [first, second] = [record(0), record(1)];
  log.delivered([first, second]);
  log.discarded([first], true);
  log.discarded([second], false);

  expect(outcomes(log)).toEqual(['parked', 'open']);
});

test('with the ends of the partitions, what was never handed out is open, and what the filter dropped is not there', () => {
  const log = new RecordLog();
  log.filtered([record(1)]);
  log.delivered([record(0)]);
  log.answered([record(0)], NONE);

  expect(
    log.entries('orders', new Map([[0, 4]])).map(({ offset, deliveries, outcome }) => [offset, deliveries, outcome]),
  ).toEqual([
    [0, 1, 'done'],
    [2, 0, 'open'],
    [3, 0, 'open'],
  ]);
});

test('a log that forgets what is closed counts as one that keeps everything, whatever comes again', () => {
  // Batches of one partition in offset order; a step back is a redelivery.
  const steps = fc.array(
    fc.record({ back: fc.nat(3), size: fc.integer({ min: 1, max: 4 }), failed: fc.array(fc.nat(3), { maxLength: 3 }) }),
    { maxLength: 20 },
  );
  fc.assert(
    fc.property(steps, (given) => {
      const [keeping, forgetting] = [new RecordLog(true), new RecordLog(false)];
      const records = Array.from({ length: 100 }, (_, offset) => record(offset));
      let next = 0;
      for (const { back, size, failed } of given) {
        next = Math.max(0, next - back);
        const batch = records.slice(next, next + size);
        next += size;
        const open = new Set(failed.flatMap((index) => batch[index] ?? []));
        for (const log of [keeping, forgetting]) {
          log.delivered(batch);
          log.answered(batch, open);
        }
      }
      expect(forgetting.size).toBe(keeping.size);
      expect(forgetting.counts.open).toBe(keeping.counts.open);
      expect(forgetting.deliveries).toBe(keeping.deliveries);
      expect(forgetting.entries('orders').every(({ outcome }) => outcome === 'open')).toBe(true);
    }),
  );
});

test('the lowest offset of a partition is what was handed out, dropped or given up first', () => {
  const log = new RecordLog();
  log.filtered([record(4)]);
  log.delivered([record(5), record(7, 1)]);
  log.discarded([record(6, 1)], true);

  expect(log.lowest).toEqual(
    new Map([
      [0, 4],
      [1, 6],
    ]),
  );
  expect(
    log.entries('orders', new Map([[0, 7]]), log.lowest).map(({ partition, offset }) => [partition, offset]),
  ).toEqual([
    [0, 5],
    [0, 6],
    [1, 6],
    [1, 7],
  ]);
});
