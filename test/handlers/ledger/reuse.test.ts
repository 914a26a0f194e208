import fc from 'fast-check';
import { advance } from '../../../handlers/ledger/advance';
import { EMPTY_LEDGER, type LedgerState } from '../../../handlers/ledger/ledger-state';
import { findReuse } from '../../../handlers/ledger/reuse';
import { digestOfRecord } from '../../../handlers/ledger/sample';
import type { RawRecord } from '../../../handlers/record/parse-event';
import { big, rawRecord, START_MS } from './naive-ledger';

const NONE = new Map<number, { error: string; atMs: number }>();

function closing(state: LedgerState, array: readonly RawRecord[]): LedgerState {
  return advance(state, array, { closed: new Set(array.map(({ offset }) => offset)), failed: NONE }).state;
}

const array = (...offsets: number[]) => offsets.map((offset) => rawRecord(offset));
const range = (from: number, length: number) => array(...Array.from({ length }, (_, index) => from + index));

describe('L7: reused offsets', () => {
  test('a redelivery is none, in whatever part and order of arrays it comes', () => {
    const batches = fc.array(fc.record({ from: fc.nat(60), length: fc.integer({ min: 1, max: 12 }) }), {
      minLength: 1,
      maxLength: 25,
    });
    fc.assert(
      fc.property(batches, (given) => {
        let state = EMPTY_LEDGER;
        for (const { from, length } of given) {
          const records = range(from, length);
          expect(findReuse(state, records)).toBeUndefined();
          state = closing(state, records);
        }
      }),
    );
  });

  test('a closed offset that is newer than everything that was closed is found, and the first such one is named', () => {
    const state = closing(EMPTY_LEDGER, range(10, 20));
    const changed = range(12, 5).map((record) =>
      record.offset >= 14 ? { ...record, timestamp: START_MS + 30 } : record,
    );

    expect(findReuse(state, changed)).toEqual({ offset: 14, why: 'newer', closedByBound: false });
  });

  test('a record as new as the newest that was closed is the same one, for all that is known', () => {
    const state = closing(EMPTY_LEDGER, range(10, 20));

    expect(findReuse(state, [rawRecord(15, { timestamp: START_MS + 29 })])).toBeUndefined();
  });

  test('parked records count among the newest too: they are closed', () => {
    const parked = rawRecord(10, { timestamp: START_MS + 5_000 });
    const state = advance(EMPTY_LEDGER, [parked], { closed: new Set([10]), failed: NONE }).state;

    expect(findReuse(state, [parked])).toBeUndefined();
    expect(findReuse(state, [rawRecord(10, { timestamp: START_MS + 5_001 })])?.why).toBe('sample');
  });

  test.each<[string, Partial<RawRecord>]>([
    ['an older timestamp', { timestamp: START_MS - 1 }],
    ['another value', { value: Buffer.from('other') }],
    ['another key', { key: Buffer.from('other') }],
    ['no key', { key: undefined }],
    ['no value', { value: null }],
    ['an empty value', { value: Buffer.alloc(0) }],
  ])('the first and the last record of an array are found by %s', (_, changes) => {
    const state = closing(EMPTY_LEDGER, range(10, 20));

    expect(findReuse(state, [rawRecord(10, changes)])).toEqual({ offset: 10, why: 'sample', closedByBound: false });
    expect(findReuse(state, [rawRecord(29, changes)])).toEqual({ offset: 29, why: 'sample', closedByBound: false });
  });

  test('samples are kept of the first array ever and of the last 8, also when they come in parts and again', () => {
    let state = EMPTY_LEDGER;
    for (let batch = 0; batch < 40; batch += 1) {
      state = closing(state, range(100 * batch, 10));
      // Redelivered, and a part of it too: no array of before loses its samples by that.
      if (batch > 0) state = closing(closing(state, range(100 * batch, 10)), range(100 * batch + 9, 1));
    }
    const isOther = (offset: number) => findReuse(state, [rawRecord(offset, { timestamp: START_MS - 5 })])?.why;

    for (const batch of [0, 32, 33, 34, 35, 36, 37, 38, 39]) {
      expect([batch, isOther(100 * batch), isOther(100 * batch + 9)]).toEqual([batch, 'sample', 'sample']);
    }
    expect(state.samples.length).toBeLessThanOrEqual(18);
    expect(new Set(state.samples.map(({ offset }) => offset)).size).toBe(state.samples.length);
  });

  test('an open offset may be whatever it is, and what is closed then is remembered', () => {
    const failed = new Map([[10, { error: 'E', atMs: START_MS }]]);
    const before = advance(EMPTY_LEDGER, array(10, 11), { closed: new Set([11]), failed }).state;
    const other = rawRecord(10, { value: Buffer.from('other'), timestamp: START_MS + 5 });

    expect(findReuse(before, [other])).toBeUndefined();
    const after = closing(before, [other]);

    expect(findReuse(after, [other])).toBeUndefined();
    expect(findReuse(after, [rawRecord(10)])?.why).toBe('sample');
  });

  test('a sample of a closed offset is not replaced by the record that does not fit it', () => {
    const state = closing(EMPTY_LEDGER, range(10, 5));
    const other = rawRecord(14, { value: Buffer.from('other') });

    const after = advance(state, [other], { closed: new Set(), failed: NONE }).state;

    expect(findReuse(after, [other])?.why).toBe('sample');
  });

  test('it is said where the offset lies in a hole that the bound has closed', () => {
    const state = { ...closing(EMPTY_LEDGER, range(10, 5)), closedByBound: big([{ first: 11, last: 12 }]) };
    const newer = (offset: number) => findReuse(state, [rawRecord(offset, { timestamp: START_MS + 900 })]);

    expect([newer(11)?.closedByBound, newer(12)?.closedByBound, newer(13)?.closedByBound]).toEqual([true, true, false]);
  });

  test('whenever a sample or the timestamp differs, over any arrays: an independent look at every record', () => {
    const plan = fc.record({
      arrays: fc.array(fc.record({ from: fc.nat(80), length: fc.integer({ min: 1, max: 9 }) }), {
        minLength: 1,
        maxLength: 6,
      }),
      again: fc.record({ from: fc.nat(80), length: fc.integer({ min: 1, max: 9 }) }),
      shiftMs: fc.integer({ min: -100, max: 100 }),
    });
    fc.assert(
      fc.property(plan, ({ arrays, again, shiftMs }) => {
        let state = EMPTY_LEDGER;
        const closed = new Set<number>();
        const ends = new Set<number>();
        for (const { from, length } of arrays) {
          state = closing(state, range(from, length));
          for (let offset = from; offset < from + length; offset += 1) closed.add(offset);
          ends.add(from).add(from + length - 1);
        }
        const newest = START_MS + Math.max(...closed);
        const changed = range(again.from, again.length).map((record) => ({
          ...record,
          timestamp: record.timestamp + shiftMs,
        }));

        const expected = changed.find(
          ({ offset, timestamp }) => closed.has(offset) && (timestamp > newest || (ends.has(offset) && shiftMs !== 0)),
        );

        expect(findReuse(state, changed)?.offset).toBe(expected?.offset);
      }),
      { numRuns: 300 },
    );
  });
});

describe('the digest of a sample', () => {
  test('is 8 bytes, and tells apart what is shifted between key and value, empty or absent', () => {
    const of = (key: string | undefined, value: string | null) =>
      digestOfRecord({
        key: key === undefined ? undefined : Buffer.from(key),
        value: value === null ? null : Buffer.from(value),
      });
    const all = [
      of('a', 'b'),
      of('ab', ''),
      of('', 'ab'),
      of(undefined, 'ab'),
      of('ab', null),
      of(undefined, null),
      of('', ''),
    ];

    expect(new Set(all).size).toBe(all.length);
    for (const digest of all) expect(digest).toMatch(/^[0-9a-f]{16}$/);
    expect(of('a', 'b')).toBe(of('a', 'b'));
  });
});
