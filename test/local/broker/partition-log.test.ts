import fc from 'fast-check';
import { PartitionLog } from '../../../local/broker/partition-log';

type Step =
  | { readonly kind: 'append'; readonly key: string | null; readonly timestamp: number }
  | { readonly kind: 'invisible' }
  | { readonly kind: 'compact' }
  | { readonly kind: 'delete'; readonly before: number };

interface Kept {
  readonly key: string | null;
  readonly timestamp: number;
}

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constant('append' as const),
      key: fc.constantFrom('a', 'b', 'c', null),
      timestamp: fc.nat(50),
    }),
  },
  { weight: 2, arbitrary: fc.constant({ kind: 'invisible' as const }) },
  { weight: 1, arbitrary: fc.constant({ kind: 'compact' as const }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('delete' as const), before: fc.nat(40) }) },
);

function appended(log: PartitionLog, key: string | null, timestamp = 0): void {
  log.append({
    topic: 'orders',
    partition: 0,
    timestamp,
    timestampType: 'CREATE_TIME',
    key: key === null ? null : Buffer.from(key),
    value: null,
    headers: [],
  });
}

/** The log kept in the plainest way: one slot per offset, empty where nothing can be seen. */
class PlainLog {
  slots: (Kept | undefined)[] = [];
  start = 0;

  apply(one: Step): void {
    if (one.kind === 'append') this.slots.push({ key: one.key, timestamp: one.timestamp });
    if (one.kind === 'invisible') this.slots.push(undefined);
    if (one.kind === 'compact') {
      this.slots = this.slots.map((slot, offset) =>
        slot && slot.key !== null && !this.slots.slice(offset + 1).some((later) => later?.key === slot.key)
          ? slot
          : undefined,
      );
    }
    if (one.kind === 'delete') {
      this.start = Math.max(this.start, Math.min(one.before, this.slots.length));
      this.slots = this.slots.map((slot, offset) => (offset < this.start ? undefined : slot));
    }
  }

  offsetsFrom(from: number): number[] {
    return this.slots.flatMap((slot, offset) => (slot && offset >= from ? [offset] : []));
  }
}

test('whatever is appended, compacted and deleted, the log reads as a list with a slot per offset does', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 40 }), fc.nat(45), fc.nat(10), fc.nat(55), (steps, from, max, time) => {
      const log = new PartitionLog();
      const plain = new PlainLog();

      for (const one of steps) {
        plain.apply(one);
        if (one.kind === 'append') appended(log, one.key, one.timestamp);
        if (one.kind === 'invisible') log.appendInvisible();
        if (one.kind === 'compact') log.compact();
        if (one.kind === 'delete') log.deleteBefore(one.before);
      }

      expect(log.start).toBe(plain.start);
      expect(log.end).toBe(plain.slots.length);
      expect(log.records.map(({ offset }) => offset)).toEqual(plain.offsetsFrom(0));
      expect(log.countFrom(from)).toBe(plain.offsetsFrom(from).length);
      expect(log.read(from, max).map(({ offset }) => offset)).toEqual(plain.offsetsFrom(from).slice(0, max));
      const notOlder = plain.slots.findIndex((slot) => slot !== undefined && slot.timestamp >= time);
      expect(log.offsetAt(time)).toBe(notOlder < 0 ? plain.slots.length : notOlder);
    }),
  );
});

test('compaction keeps the last record of each key at its offset, and the tombstone of a key', () => {
  const log = new PartitionLog();
  for (const key of ['a', 'b', 'a', null, 'b']) appended(log, key);

  log.compact();

  expect(log.records.map(({ key, offset }) => `${key}@${offset}`)).toEqual(['a@2', 'b@4']);
  expect([log.start, log.end]).toEqual([0, 5]);
});

test('an empty key is a key of its own', () => {
  const log = new PartitionLog();
  for (const key of ['', null, '']) appended(log, key);

  log.compact();

  expect(log.records.map(({ offset }) => offset)).toEqual([2]);
});
