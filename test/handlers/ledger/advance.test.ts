import fc from 'fast-check';
import { advance } from '../../../handlers/ledger/advance';
import { closedIn } from '../../../handlers/ledger/closed';
import { EMPTY_LEDGER, type LedgerState } from '../../../handlers/ledger/ledger-state';
import {
  attemptsOf,
  big,
  type Delivery,
  flawOf,
  NaiveLedger,
  naiveHoles,
  offsetsOf,
  rawRecord,
  START_MS,
} from './naive-ledger';

const END = 90;
const NOTHING = { closed: new Set<number>(), failed: new Map() };

/** Deliveries of one partition anywhere on a short stretch: rewinds, gaps, repetitions, any order of completion. */
const deliveries: fc.Arbitrary<Delivery[]> = fc.array(
  fc
    .uniqueArray(
      fc.record({
        offset: fc.nat(END - 1),
        fate: fc.constantFrom('done', 'done', 'failed', 'open'),
        error: fc.constantFrom('TypeError', 'E'),
      }),
      { minLength: 1, maxLength: 25, selector: ({ offset }) => offset },
    )
    .map((records) => {
      const sorted = [...records].sort((a, b) => a.offset - b.offset);
      return {
        offsets: sorted.map(({ offset }) => offset),
        closes: new Set(sorted.filter(({ fate }) => fate === 'done').map(({ offset }) => offset)),
        fails: new Map(
          sorted
            .filter(({ fate }) => fate === 'failed')
            .map(({ offset, error }) => [offset, { error, atMs: START_MS + offset }]),
        ),
      };
    }),
  { minLength: 1, maxLength: 8 },
);

function step(state: LedgerState, { offsets, closes, fails }: Delivery): LedgerState {
  const array = offsets.map((offset) => rawRecord(offset));
  return advance(state, array, { closed: closes, failed: fails }).state;
}

describe('L6: what an array closes', () => {
  test('is what a naive ledger of single offsets closes, over any deliveries', () => {
    fc.assert(
      fc.property(deliveries, (all) => {
        const naive = new NaiveLedger();
        let state = EMPTY_LEDGER;
        for (const delivery of all) {
          naive.deliver(delivery);
          state = step(state, delivery);

          expect(flawOf(state.runs)).toBeUndefined();
          expect([...offsetsOf(state.runs)]).toEqual([...naive.closed].sort((a, b) => a - b));
          expect(Number(state.high)).toBe(naive.high);
          expect(state.highTimestampMs).toBe(naive.highTimestampMs);
          expect(attemptsOf(state)).toEqual(new Map([...naive.attempts].sort(([a], [b]) => a - b)));
        }
      }),
      { numRuns: 400 },
    );
  });

  test('leaves known of each hole whether anything was ever delivered in it', () => {
    fc.assert(
      fc.property(deliveries, (all) => {
        const naive = new NaiveLedger();
        let state = EMPTY_LEDGER;
        for (const delivery of all) {
          naive.deliver(delivery);
          state = step(state, delivery);

          expect(flawOf(state.delivered)).toBeUndefined();
          const known = offsetsOf(state.delivered);
          const some = (set: ReadonlySet<number>, { first, last }: { first: number; last: number }) =>
            Array.from({ length: last - first + 1 }, (_, index) => first + index).some((offset) => set.has(offset));
          for (const hole of naiveHoles(naive.closed, END + 10)) {
            expect([hole, some(known, hole)]).toEqual([hole, some(naive.delivered, hole)]);
          }
        }
      }),
      { numRuns: 400 },
    );
  });

  test('is the same for the last mark of an invocation, whatever marks came before it', () => {
    fc.assert(
      fc.property(deliveries, fc.double({ min: 0, max: 1, noNaN: true }), (all, share) => {
        let state = EMPTY_LEDGER;
        for (const delivery of all) {
          const array = delivery.offsets.map((offset) => rawRecord(offset));
          const closed = [...delivery.closes];
          const early = advance(state, array, {
            closed: new Set(closed.slice(0, Math.floor(share * closed.length))),
            failed: new Map(),
          });
          const late = advance(state, array, { closed: delivery.closes, failed: delivery.fails });

          // A mark once durable is never undone by a later one of the same invocation.
          const before = offsetsOf(early.state.runs);
          const after = offsetsOf(late.state.runs);
          expect([...before].filter((offset) => !after.has(offset))).toEqual([]);
          expect(late.state.high).toBe(early.state.high);
          state = late.state;
        }
      }),
    );
  });

  test('a gap is closed between neighbours above the old high, with the first mark, whether they are closed or open', () => {
    const array = [5, 8, 12].map((offset) => rawRecord(offset));

    const { state } = advance(EMPTY_LEDGER, array, { closed: new Set([8]), failed: new Map() });

    expect(state.runs).toEqual(big([{ first: 6, last: 11 }]));
    expect(state.delivered).toEqual(big([{ first: 5, last: 12 }]));
  });

  test('a gap stays a hole below the old high, across it, and between two deliveries', () => {
    const first = advance(EMPTY_LEDGER, [rawRecord(10)], { closed: new Set([10]), failed: new Map() }).state;

    const { state } = advance(
      first,
      [5, 7, 13].map((offset) => rawRecord(offset)),
      {
        closed: new Set([5, 7, 13]),
        failed: new Map(),
      },
    );

    expect(state.runs).toEqual(
      big([
        { first: 5, last: 5 },
        { first: 7, last: 7 },
        { first: 10, last: 10 },
        { first: 13, last: 13 },
      ]),
    );
    expect(state.delivered).toEqual([]);
  });

  test('an empty array changes nothing', () => {
    expect(advance(EMPTY_LEDGER, [], NOTHING)).toEqual({ state: EMPTY_LEDGER, holesClosed: 0, abandoned: [] });
  });

  test('offsets stay exact at the end of what an event can hold, above runs up to 2^63-1', () => {
    const far = { first: 2n ** 60n, last: 2n ** 63n - 1n };
    const offset = Number.MAX_SAFE_INTEGER;
    const state = { ...EMPTY_LEDGER, runs: [far], high: far.last };

    const after = advance(state, [rawRecord(offset - 2), rawRecord(offset)], {
      closed: new Set([offset]),
      failed: new Map(),
    }).state;

    expect(after.runs).toEqual([{ first: BigInt(offset), last: BigInt(offset) }, far]);
    expect(after.high).toBe(far.last);
    expect(closedIn(after, [rawRecord(offset - 1), rawRecord(offset)])).toEqual([false, true]);
  });
});

describe('P2, P3: what an array counts', () => {
  const failed = new Map([[3, { error: 'TypeError', atMs: START_MS }]]);

  test('a record that failed and was parked in the same invocation keeps no attempts', () => {
    const { state } = advance(EMPTY_LEDGER, [rawRecord(3)], { closed: new Set([3]), failed });

    expect(state.attempts).toEqual([]);
  });

  test('unclean ends begin anew with anything closed, and else stay', () => {
    const before = { ...EMPTY_LEDGER, unclean: 3 };

    expect(advance(before, [rawRecord(3)], { closed: new Set(), failed }).state.unclean).toBe(3);
    expect(advance(before, [rawRecord(3)], { closed: new Set([3]), failed: new Map() }).state.unclean).toBe(1);
  });

  test('a suspect stays one until it is closed, its cut is counted, or another one runs alone', () => {
    const before = { ...EMPTY_LEDGER, suspect: 3n };
    const array = [rawRecord(3), rawRecord(4)];
    const nothing = { closed: new Set<number>(), failed: new Map() };
    const suspect = (progress: Partial<Parameters<typeof advance>[2]>) =>
      advance(before, array, { ...nothing, ...progress }).state.suspect;

    expect(suspect({ closed: new Set([4]) })).toBe(3n);
    expect(suspect({ failed: new Map([[4, { error: 'Error', atMs: 1 }]]) })).toBe(3n);
    expect(suspect({ closed: new Set([3]) })).toBeUndefined();
    expect(suspect({ failed })).toBeUndefined();
    expect(suspect({ suspect: 4 })).toBe(4n);
  });

  test('a death and a failure in the invocation after it are two attempts', () => {
    const twice = new Map([[3, { error: 'Error', atMs: 7, count: 2 }]]);

    expect(advance(EMPTY_LEDGER, [rawRecord(3)], { closed: new Set(), failed: twice }).state.attempts).toEqual([
      { offset: 3n, count: 2, firstFailureMs: 7, lastError: 'Error' },
    ]);
  });

  test('of more open failures than a batch holds those with the highest offsets are kept', () => {
    const far = Array.from({ length: 9_999 }, (_, index) => ({
      offset: BigInt(2 * index),
      count: 1,
      firstFailureMs: START_MS,
      lastError: 'E',
    }));
    const array = [rawRecord(50_000), rawRecord(50_001)];
    const failing = new Map([50_000, 50_001].map((offset) => [offset, { error: 'E', atMs: START_MS }]));

    const { attempts } = advance({ ...EMPTY_LEDGER, attempts: far }, array, {
      closed: new Set(),
      failed: failing,
    }).state;

    expect(attempts).toHaveLength(10_000);
    expect([attempts[0]?.offset, attempts.at(-1)?.offset]).toEqual([2n, 50_001n]);
  });
});

describe('L6: the bound of 256 holes', () => {
  /** Holes of these widths from offset 0 on, each followed by one closed offset. */
  function withHoles(widths: readonly number[]): { closed: Set<number>; end: number } {
    const closed = new Set<number>();
    let end = 0;
    for (const width of widths) {
      end += width;
      closed.add(end);
      end += 1;
    }
    return { closed, end };
  }

  const runsOf = (closed: ReadonlySet<number>) =>
    big([...closed].sort((a, b) => a - b).map((offset) => ({ first: offset, last: offset })));

  test('the narrowest below the array are closed, those where nothing was delivered first, then the lowest', () => {
    const widths = fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 250, maxLength: 290 });
    fc.assert(
      fc.property(widths, fc.integer({ min: 0, max: 5 }), fc.nat(), (given, distance, pick) => {
        const { closed, end } = withHoles(given);
        const holes = naiveHoles(closed, end + distance);
        const delivered = holes.filter((_, index) => (index * 7 + pick) % 3 === 0);
        const isDelivered = new Set(delivered);
        const state = {
          ...EMPTY_LEDGER,
          runs: runsOf(closed),
          delivered: big(delivered.filter(({ last }) => last < end).map(({ last }) => ({ first: last, last }))),
          high: BigInt(end + 100),
        };
        const order = [...holes].sort(
          (a, b) =>
            a.last - a.first - (b.last - b.first) ||
            Number(isDelivered.has(a) && a.last < end) - Number(isDelivered.has(b) && b.last < end) ||
            a.first - b.first,
        );
        const expected = order.slice(0, Math.max(0, holes.length - 256)).sort((a, b) => a.first - b.first);

        const after = advance(state, [rawRecord(end + distance), rawRecord(end + distance + 2)], NOTHING);

        expect(after.holesClosed).toBe(expected.length);
        expect(after.abandoned).toEqual(big(expected.filter((hole) => isDelivered.has(hole) && hole.last < end)));
        const newly = [...offsetsOf(after.state.runs)].filter((offset) => !closed.has(offset));
        expect(newly).toEqual([...offsetsOf(big(expected))]);
        expect(after.state.closedByBound).toEqual(big(expected).slice(-16));
      }),
      { numRuns: 60 },
    );
  });

  test('a hole in which a record was delivered and left open is abandoned, and remembered as closed by the bound', () => {
    const { closed, end } = withHoles(Array(257).fill(2));
    const everywhere = [{ first: 0n, last: BigInt(end) }];
    const state = { ...EMPTY_LEDGER, runs: runsOf(closed), delivered: everywhere, high: BigInt(end) };

    const { holesClosed, abandoned, state: after } = advance(state, [rawRecord(end)], NOTHING);

    expect({ holesClosed, abandoned }).toEqual({ holesClosed: 1, abandoned: [{ first: 0n, last: 1n }] });
    expect(after.closedByBound).toEqual([{ first: 0n, last: 1n }]);
  });

  test('every mark of an invocation closes the same holes, and none below the array later on', () => {
    const { closed, end } = withHoles(Array(300).fill(2));
    const state = { ...EMPTY_LEDGER, runs: runsOf(closed), high: BigInt(end) };
    const array = [rawRecord(end + 1), rawRecord(end + 2)];

    const first = advance(state, array, NOTHING);
    const last = advance(state, array, { closed: new Set([end + 1, end + 2]), failed: new Map() });

    expect(first.holesClosed).toBe(301 - 256);
    expect(last.holesClosed).toBe(first.holesClosed);
    expect(last.state.closedByBound).toEqual(first.state.closedByBound);
  });

  test('holes inside an array and above it are not counted: 10,000 records with every second one open', () => {
    const array = Array.from({ length: 10_000 }, (_, offset) => rawRecord(offset));
    const odd = new Set(array.map(({ offset }) => offset).filter((offset) => offset % 2 === 1));

    const first = advance(EMPTY_LEDGER, array, { closed: odd, failed: new Map() });
    const rewound = advance(first.state, [rawRecord(0)], NOTHING);

    expect([first.holesClosed, rewound.holesClosed]).toEqual([0, 0]);
    expect(first.state.runs).toHaveLength(5_000);
    expect(rewound.state.runs).toEqual(first.state.runs);
  });

  test('the gaps of a transactional topic are closed for good, one per array, without a word of abandoned records', () => {
    let state = EMPTY_LEDGER;
    let closedHoles = 0;
    for (let batch = 0; batch < 400; batch += 1) {
      const array = [rawRecord(10 * batch), rawRecord(10 * batch + 8)];
      const after = advance(state, array, { closed: new Set(array.map(({ offset }) => offset)), failed: new Map() });
      expect(after.abandoned).toEqual([]);
      closedHoles += after.holesClosed;
      state = after.state;
    }

    expect(closedHoles).toBe(400 - 1 - 256);
    expect(state.runs.length).toBeLessThanOrEqual(258);
  });

  test('the gaps of history that is read late were never delivered: closing them is not abandoning', () => {
    let state = advance(EMPTY_LEDGER, [rawRecord(100_000)], { closed: new Set([100_000]), failed: new Map() }).state;
    let closedHoles = 0;
    for (let batch = 0; batch < 20; batch += 1) {
      const array = Array.from({ length: 50 }, (_, index) => rawRecord(batch * 100 + 2 * index));
      const after = advance(state, array, { closed: new Set(array.map(({ offset }) => offset)), failed: new Map() });
      expect(after.abandoned).toEqual([]);
      closedHoles += after.holesClosed;
      state = after.state;
    }

    expect(closedHoles).toBeGreaterThan(500);
  });
});
