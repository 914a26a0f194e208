import { isBlocked, newBatch, type PendingBatch, withRecords } from '../../../local/event-source/pending-batch';
import { PendingBatches } from '../../../local/event-source/pending-batches';
import { nameOf, topicRecord } from './topic-records';

const NEVER = Number.POSITIVE_INFINITY;

/** A batch of these records; each of its partitions in epoch 1. */
function batch(names: string, changes: Partial<PendingBatch> = {}): PendingBatch {
  const records = names.split(' ').map((name) => {
    const [partition = 0, offset = 0] = name.split('@').map(Number);
    return topicRecord(partition, offset);
  });
  const holds = new Map(records.map(({ partition }) => [partition, 1]));
  return { ...newBatch(records, holds), ...changes };
}

const pendingOf = (...batches: readonly PendingBatch[]) => {
  const pending = new PendingBatches();
  for (const one of batches) pending.add(one);
  return pending;
};
const shown = (one: PendingBatch | undefined) => one?.records.map(nameOf).join(' ');
const all = (pending: PendingBatches) => pending.all.map(shown);

describe('the next batch', () => {
  test('is the one that was due first, and none before its time', () => {
    const pending = pendingOf(
      batch('0@1', { dueAtMs: 30 }),
      batch('1@1', { dueAtMs: 20 }),
      batch('2@1', { dueAtMs: 40 }),
    );

    expect([10, 20, 100].map((now) => shown(pending.due(now)))).toEqual([undefined, '1@1', '1@1']);
    expect(pending.nextDueAtMs).toBe(20);
  });

  test('of two that are due at once is the one that began first', () => {
    expect(shown(pendingOf(batch('0@1'), batch('1@1')).due(0))).toBe('0@1');
  });

  test('is never one behind another part of the same partition, however long that waits', () => {
    const pending = pendingOf(batch('0@1', { dueAtMs: 30 }), batch('0@2 1@1', { dueAtMs: 10 }), batch('1@2'));

    expect(pending.due(20)).toBeUndefined();
    expect(pending.nextDueAtMs).toBe(30);
    expect(shown(pending.due(30))).toBe('0@1');
  });

  test('there is none among none', () => {
    expect(pendingOf().due(0)).toBeUndefined();
    expect(pendingOf().nextDueAtMs).toBe(NEVER);
  });
});

describe('row 7: partitions that bring no new records', () => {
  const whole = batch('0@1 1@1');

  test('are those of a batch that waits', () => {
    expect([...pendingOf(whole).held]).toEqual([0, 1]);
  });

  test('are, of what is left of it, the partitions of its records, or by choice all', () => {
    const left = whole.records.slice(0, 1);

    expect([...pendingOf(withRecords(whole, left, false)).held]).toEqual([0]);
    expect([...pendingOf(withRecords(whole, left, true)).held]).toEqual([0, 1]);
  });
});

describe('blocked partitions', () => {
  test('are those of a batch that is never due, and of what waits behind it', () => {
    const pending = pendingOf(batch('0@1', { dueAtMs: NEVER }), batch('0@2 1@1'), batch('2@1'));

    expect([...pending.blocked].sort()).toEqual([0, 1]);
    expect(pending.all.map(isBlocked)).toEqual([true, false, false]);
  });

  test('are, by choice, all that the batch holds', () => {
    const held = withRecords(batch('0@1 1@1', { dueAtMs: NEVER }), [topicRecord(0, 1)], true);

    expect([...pendingOf(held).blocked].sort()).toEqual([0, 1]);
  });
});

describe('the batch that is delivered', () => {
  test('keeps its place for what is left of it', () => {
    const [first, second, third] = [batch('0@1'), batch('1@1 1@2'), batch('2@1')];
    const pending = pendingOf(first, second, third);

    pending.begin(second);
    pending.finish([batch('1@1'), batch('1@2')]);

    expect(all(pending)).toEqual(['0@1', '1@1', '1@2', '2@1']);
    expect(pending.current).toBeUndefined();
  });

  test('is gone when nothing is left', () => {
    const pending = pendingOf(batch('0@1'), batch('1@1'));

    pending.begin(pending.all[0] as PendingBatch);
    pending.finish([]);

    expect(all(pending)).toEqual(['1@1']);
  });
});

describe('after a rebalance', () => {
  test('batches keep what is still owned, in the same assignment', () => {
    const pending = pendingOf(batch('0@1 1@1'), batch('2@1'), batch('3@1'));

    pending.keepOwned((partition, epoch) => epoch === 1 && [0, 3].includes(partition));

    expect(all(pending)).toEqual(['0@1', '3@1']);
    expect([...pending.held]).toEqual([0, 3]);
  });

  test('the batch that is delivered is narrowed too, even to nothing, and finished in its place', () => {
    const pending = pendingOf(batch('0@1 1@1'), batch('2@1'));
    pending.begin(pending.all[0] as PendingBatch);

    pending.keepOwned((partition) => partition === 1 || partition === 2);
    const narrowed = shown(pending.current);
    pending.keepOwned((partition) => partition === 2);
    const empty = shown(pending.current);
    pending.finish([]);

    expect([narrowed, empty]).toEqual(['1@1', '']);
    expect(all(pending)).toEqual(['2@1']);
  });
});
