import fc from 'fast-check';
import { ERROR_CODES, ERROR_SYMBOL } from '../../../contract/error-codes';
import type { Item } from '../../../handlers/dynamodb/item';
import { advance } from '../../../handlers/ledger/advance';
import { closedIn } from '../../../handlers/ledger/closed';
import { fromLedgerItem, markAttributes } from '../../../handlers/ledger/ledger-item';
import { EMPTY_LEDGER, type LedgerState, type OffsetRun } from '../../../handlers/ledger/ledger-state';
import { itemBytes } from './item-size';
import { big, rawRecord, START_MS } from './naive-ledger';

const ID = 'ledger#shop#0f5f3b7e-3c9c-4a4b-9f6a-2b7f3d6f5a11#1#flights#0';
const TOKEN = '6fd8f1f0-0f6b-4a0e-9b67-3b5a9bd9b1f5';

function itemOf(state: LedgerState, isRelease = false): Item {
  const leaseUntilMs = isRelease ? undefined : START_MS;
  const { sets } = markAttributes({ id: ID, token: TOKEN, seq: 6, state, leaseUntilMs });
  return { id: { S: ID }, owner: { S: TOKEN }, ...sets };
}

const roundTrip = (state: LedgerState) => fromLedgerItem(ID, itemOf(state)).state;

const MAXIMUM = 2n ** 63n - 1n;
const offset = fc.oneof(
  fc.bigInt({ min: 0n, max: 300n }),
  fc.bigInt({ min: 2n ** 53n - 300n, max: 2n ** 53n + 300n }),
  fc.bigInt({ min: 0n, max: MAXIMUM }),
  fc.bigInt({ min: MAXIMUM - 300n, max: MAXIMUM }),
);
/** Sorted, disjoint, not touching. */
const runs: fc.Arbitrary<OffsetRun[]> = fc.uniqueArray(offset, { maxLength: 40 }).map((ends) => {
  const sorted = ends.sort((a, b) => (a < b ? -1 : 1));
  const found: OffsetRun[] = [];
  for (let index = 0; index + 1 < sorted.length; index += 2) {
    const [first, last] = [sorted[index] as bigint, sorted[index + 1] as bigint];
    if (first > (found.at(-1)?.last ?? -2n) + 1n) found.push({ first, last });
  }
  return found;
});
const atMs = fc.integer({ min: START_MS - 1_000_000_000, max: START_MS });
const name = fc.constantFrom('TypeError', 'E', 'ECONNRESET', 'Straße');

const states: fc.Arbitrary<LedgerState> = fc
  .record({
    runs,
    delivered: runs,
    closedByBound: runs,
    high: fc.oneof(fc.constant(-1n), offset),
    highTimestampMs: fc.oneof(fc.constant(-1), atMs),
    samples: fc.uniqueArray(
      fc.record({
        offset,
        timestamp: fc.oneof(atMs, fc.constant(-1), fc.maxSafeInteger()),
        digest: fc.stringMatching(/^[0-9a-f]{16}$/),
      }),
      { maxLength: 18, selector: (sample) => sample.offset },
    ),
    attempts: fc.uniqueArray(
      fc.record({ offset, count: fc.integer({ min: 1, max: 9 }), firstFailureMs: atMs, lastError: name }),
      { maxLength: 30, selector: (attempts) => attempts.offset },
    ),
    unclean: fc.nat(5),
    suspect: fc.option(offset, { nil: undefined }),
    claimants: fc.array(fc.stringMatching(/^[A-Za-z0-9+/]{6}$/), { maxLength: 24 }),
  })
  .map((state) => ({
    ...state,
    attempts: state.attempts
      .filter((one) => !state.runs.some(({ first, last }) => first <= one.offset && one.offset <= last))
      .sort((a, b) => (a.offset < b.offset ? -1 : 1)),
  }));

describe('L: the item of a partition', () => {
  test('holds every state exactly, up to 2^63-1', () => {
    fc.assert(
      fc.property(states, (state) => {
        expect(roundTrip(state)).toEqual(state);
      }),
      { numRuns: 300 },
    );
  });

  test('keeps runs in the bytes that are written down in the contract', () => {
    const { sets } = markAttributes({
      id: ID,
      token: TOKEN,
      seq: 6,
      // Skip 3, take 2; skip 295 (0xa7 0x02), take 1.
      state: {
        ...EMPTY_LEDGER,
        runs: big([
          { first: 3, last: 4 },
          { first: 300, last: 300 },
        ]),
      },
      leaseUntilMs: 5,
    });

    expect([...(sets.runs?.B ?? [])]).toEqual([3, 2, 0xa7, 0x02, 1]);
    expect(sets).toMatchObject({ seq: { N: '7' }, lease_until_ms: { N: '5' }, high: { N: '-1' } });
  });

  test('keeps attempts in the bytes that are written down in the contract', () => {
    const attempts = [12n, 13n, 21n].map((at, index) => ({
      offset: at,
      count: index === 2 ? 2 : 1,
      firstFailureMs: index === 2 ? 90 : 100,
      lastError: 'E',
    }));
    const { sets } = markAttributes({
      id: ID,
      token: TOKEN,
      seq: 6,
      state: {
        ...EMPTY_LEDGER,
        runs: big([
          { first: 0, last: 9 },
          { first: 20, last: 20 },
        ]),
        attempts,
      },
      leaseUntilMs: undefined,
    });

    expect([...(sets.attempts?.B ?? [])]).toEqual(
      // Unit 1 ms; one name, "E". Among the open offsets 12 and 13 are 2 and 3, and 21 is 10: skip 2, take 2; skip 6, take 1.
      [1, 1, 1, 0x45, 2, 2, 2, 6, 1]
        // Count 1, a time, more than one: +100 ms, 2 of them. Then count 2, a time: -10 ms.
        .concat([3, 0xc8, 0x01, 0, 6, 19]),
    );
  });

  test('a release ends the lease, and with it what was unclean or suspect (L5)', () => {
    const item = itemOf({ ...EMPTY_LEDGER, unclean: 4, suspect: 9n }, true);
    const { removes } = markAttributes({ id: ID, token: TOKEN, seq: 6, state: EMPTY_LEDGER, leaseUntilMs: undefined });

    expect(fromLedgerItem(ID, item)).toMatchObject({
      leaseUntilMs: 0,
      seq: 7,
      state: { unclean: 0, suspect: undefined },
    });
    expect(removes).toEqual(['suspect']);
  });

  test('in the ordinary case, with 18 samples and the claims of two dozen workers, needs one write unit', () => {
    const samples = Array.from({ length: 18 }, (_, index) => ({
      offset: 10n ** 17n + BigInt(index),
      timestamp: START_MS,
      digest: '0011223344556677',
    }));
    const claimants = Array(24).fill('aB3+/x');
    const state = { ...EMPTY_LEDGER, runs: [{ first: 0n, last: 10n ** 17n }], high: 10n ** 17n, samples, claimants };
    const item = itemOf(state);
    // The claim's own array stands there too while it runs.
    item.delivered = { L: [{ L: [{ N: '100000000000000000' }, { N: '100000000000010000' }] }] };

    expect(itemBytes(item)).toBeLessThan(1_024);
  });

  test('arrays of claims that no mark has followed are merged, but for the one of the claim that asks (L6)', () => {
    const array = (first: number, last: number) => ({ L: [{ N: String(first) }, { N: String(last) }] });
    const item = {
      ...itemOf(EMPTY_LEDGER),
      delivered: { L: [array(50, 60), array(5, 9), array(7, 20), array(50, 60)] },
    };

    expect(fromLedgerItem(ID, item, { first: 50n, last: 60n }).state.delivered).toEqual(
      big([
        { first: 5, last: 20 },
        { first: 50, last: 60 },
      ]),
    );
    expect(fromLedgerItem(ID, item, { first: 50n, last: 61n }).state.delivered).toEqual(
      big([
        { first: 5, last: 20 },
        { first: 50, last: 60 },
      ]),
    );
  });
});

describe('L6: an item stays below 100 KB for any batch of 10,000', () => {
  const LIMIT = 100_000;

  interface Shape {
    readonly name: string;
    /** Distances between neighbours. */
    readonly gap: (index: number) => number;
    readonly fate: (index: number) => 'done' | 'failed' | 'open';
    /** How often the array comes again, each time with the same fates. */
    readonly deliveries?: number;
    /** Something far above was delivered before: no gap of the array may be closed. */
    readonly isBelowHigh?: boolean;
    readonly failureAtMs?: (index: number) => number;
    readonly error?: (index: number) => string;
  }

  const far = (index: number) => 2 ** 39 - (index % 1_000);
  const scattered = (index: number) => (index * 2_654_435_761) % 1_209_600_000;

  const SHAPES: readonly Shape[] = [
    { name: 'every second one is open', gap: () => 1, fate: (index) => (index % 2 ? 'open' : 'done') },
    { name: 'every second one fails', gap: () => 1, fate: (index) => (index % 2 ? 'failed' : 'done'), deliveries: 4 },
    { name: 'all fail', gap: () => 1, fate: () => 'failed', deliveries: 5 },
    { name: 'all are open, far apart', gap: far, fate: () => 'open' },
    {
      name: 'all fail, far apart, at times over two weeks',
      gap: far,
      fate: () => 'failed',
      deliveries: 3,
      failureAtMs: (index) => START_MS + scattered(index),
    },
    {
      name: 'all fail, far apart below high, at times over two weeks, with many errors',
      gap: far,
      fate: () => 'failed',
      isBelowHigh: true,
      deliveries: 3,
      failureAtMs: (index) => START_MS + scattered(index),
      error: (index) => `Error${index % 5_000}${'x'.repeat(300)}`,
    },
    {
      name: 'every second one fails, far apart, below high',
      gap: far,
      fate: (index) => (index % 2 ? 'failed' : 'done'),
      isBelowHigh: true,
      failureAtMs: (index) => START_MS + scattered(index),
      error: (index) => ['TypeError', 'ECONNRESET', 'E'][index % 3] as string,
    },
    {
      name: 'every third one is done, below high',
      gap: () => 3,
      fate: (index) => (index % 3 ? 'failed' : 'done'),
      isBelowHigh: true,
    },
  ];

  function deliver({ gap, fate, deliveries = 1, isBelowHigh, failureAtMs, error }: Shape, from: number) {
    let at = from;
    const array = Array.from({ length: 10_000 }, (_, index) => {
      at += gap(index);
      return rawRecord(at);
    });
    const offsets = array.map((record) => record.offset);
    const closed = new Set(offsets.filter((_, index) => fate(index) === 'done'));
    const failed = new Map(
      offsets.flatMap((one, index) =>
        fate(index) === 'failed'
          ? [[one, { error: error?.(index) ?? 'E', atMs: failureAtMs?.(index) ?? START_MS + index }] as const]
          : [],
      ),
    );
    let state: LedgerState = isBelowHigh
      ? advance(EMPTY_LEDGER, [rawRecord(Number.MAX_SAFE_INTEGER)], { closed: new Set(), failed: new Map() }).state
      : EMPTY_LEDGER;
    for (let delivery = 0; delivery < deliveries; delivery += 1) {
      state = roundTrip(advance(state, array, { closed, failed }).state);
    }
    return { array, closed, failed, state };
  }

  test.each(SHAPES.map((shape) => [shape.name, shape] as const))('%s', (_, shape) => {
    const { array, closed, failed, state } = deliver(shape, 1_000);

    expect(itemBytes(itemOf(state))).toBeLessThan(LIMIT);
    const isClosed = closedIn(state, array);
    expect(array.filter((record, index) => isClosed[index] !== closed.has(record.offset))).toEqual([]);
    expect(state.attempts.map((attempts) => [Number(attempts.offset), attempts.count])).toEqual(
      [...failed.keys()].map((one) => [one, shape.deliveries ?? 1]),
    );
  });

  test('in any of many random shapes, and no open offset that was delivered is closed', () => {
    const shape = fc.record({
      largest: fc.constantFrom(1, 2, 1_000, 2 ** 20, 2 ** 39),
      open: fc.constantFrom(0.01, 0.5, 0.9, 1),
      failing: fc.constantFrom(0, 0.5, 1),
      span: fc.constantFrom(1, 900_000, 86_400_000, 1_209_600_000),
      errors: fc.constantFrom(1, 3, 40),
      isBelowHigh: fc.boolean(),
      deliveries: fc.integer({ min: 1, max: 3 }),
      seed: fc.nat(),
    });
    fc.assert(
      fc.property(shape, ({ largest, open, failing, span, errors, isBelowHigh, deliveries, seed }) => {
        let random = seed || 1;
        const next = () => {
          random = (random * 48_271) % 2_147_483_647;
          return random / 2_147_483_647;
        };
        const fates = Array.from({ length: 10_000 }, () =>
          next() < open ? (next() < failing ? ('failed' as const) : ('open' as const)) : ('done' as const),
        );
        const { array, closed, state } = deliver(
          {
            name: 'random',
            gap: () => 1 + Math.floor(next() * largest),
            fate: (index) => fates[index] as 'done',
            isBelowHigh,
            deliveries,
            failureAtMs: () => START_MS + Math.floor(next() * span),
            error: (index) => `E${index % errors}`,
          },
          0,
        );

        expect(itemBytes(itemOf(state))).toBeLessThan(LIMIT);
        const isClosed = closedIn(state, array);
        expect(array.filter((record, index) => isClosed[index] !== closed.has(record.offset))).toEqual([]);
      }),
      { numRuns: 12 },
    );
  });

  test('times lose precision only where there is no room for it, and then not what was earlier or later by far', () => {
    const failure = (index: number) => START_MS + scattered(index);
    const { state } = deliver(
      { name: '', gap: far, fate: () => 'failed', isBelowHigh: true, failureAtMs: failure },
      1_000,
    );
    const few = deliver({ name: '', gap: () => 1, fate: () => 'failed', failureAtMs: failure }, 1_000).state;

    expect(few.attempts.map(({ firstFailureMs }, index) => firstFailureMs - failure(index)).filter(Boolean)).toEqual(
      [],
    );
    const lost = state.attempts.map(({ firstFailureMs }, index) => failure(index) - firstFailureMs);
    expect(Math.max(...lost)).toBeLessThan(86_400_000);
    expect(Math.min(...lost)).toBeGreaterThanOrEqual(0);
  });
});

describe('a poisoned item', () => {
  const good = itemOf({
    ...EMPTY_LEDGER,
    runs: big([{ first: 3, last: 400 }]),
    samples: [{ offset: 3n, timestamp: START_MS, digest: '0011223344556677' }],
    attempts: [{ offset: 500n, count: 1, firstFailureMs: START_MS, lastError: 'E' }],
  });
  const B = (...bytes: number[]) => ({ B: Uint8Array.from(bytes) });
  const pair = (...numbers: string[]) => ({ L: [{ L: numbers.map((N) => ({ N })) }] });

  test.each<[string, string, Item[string] | undefined]>([
    ['owner', 'a number', { N: '7' }],
    ['owner', 'missing', undefined],
    ['lease_until_ms', 'a string', { S: 'tomorrow' }],
    ['lease_until_ms', 'negative', { N: '-5' }],
    ['lease_until_ms', 'missing', undefined],
    ['seq', 'a fraction', { N: '1.5' }],
    ['seq', 'negative', { N: '-1' }],
    ['seq', 'missing', undefined],
    ['unclean', 'missing', undefined],
    ['unclean', 'negative', { N: '-1' }],
    ['runs', 'a list', { L: [] }],
    ['runs', 'truncated inside a number', B(3, 0x8f)],
    ['runs', 'truncated inside a pair', B(3, 4, 9)],
    ['runs', 'an empty run', B(3, 0)],
    ['runs', 'two runs that touch', B(3, 4, 0, 2)],
    ['runs', 'beyond 2^63-1', B(0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f, 2)],
    ['runs', 'a number without an end', B(...Array(12).fill(0xff))],
    ['high', 'below -1', { N: '-2' }],
    ['high', 'beyond 2^63-1', { N: '9223372036854775808' }],
    ['high', 'a string', { S: '9' }],
    ['high_timestamp_ms', 'a fraction', { N: '0.5' }],
    ['delivered', 'missing', undefined],
    ['delivered', 'a triple', pair('1', '2', '3')],
    ['delivered', 'out of order', pair('9', '2')],
    ['delivered', 'negative', pair('-9', '2')],
    ['closed_by_bound', 'a number', { N: '1' }],
    ['samples', 'truncated', B(3, 5, 1, 2, 3)],
    ['attempts', 'truncated', B(1, 1, 1, 0x45, 1, 2)],
    ['attempts', 'more than is there', B(1, 1, 1, 0x45, 1, 2, 1, 0, 9)],
    ['attempts', 'a name that is longer than all', B(1, 1, 99, 0x45)],
    ['attempts', 'without a name', B(1, 0, 1, 2, 1, 0)],
    ['attempts', 'billions of them', B(1, 1, 1, 0x45, 1, 0, 0xff, 0xff, 0xff, 0xff, 0x7f, 1, 0)],
    ['suspect', 'negative', { N: '-1' }],
    ['claimants', 'missing', undefined],
    ['claimants', 'numbers', { L: [{ N: '1' }] }],
  ])('whose %s is %s is refused with its key, the attribute and the cure', (attribute, _, value) => {
    const { [attribute]: _before, ...rest } = good;
    const item = value === undefined ? rest : { ...rest, [attribute]: value };
    let thrown: unknown;
    try {
      fromLedgerItem(ID, item);
    } catch (error) {
      thrown = error;
    }

    expect(thrown).toMatchObject({ [ERROR_SYMBOL]: ERROR_CODES.ledgerUnreadable });
    expect((thrown as Error).message).toContain(`"${ID}"`);
    expect((thrown as Error).message).toContain(`its ${attribute} is`);
    expect((thrown as Error).message).toContain('point-in-time recovery');
  });

  test('never makes the reader do anything but read or refuse, whatever its bytes are', () => {
    const noise = fc.record({
      attribute: fc.constantFrom('runs', 'samples', 'attempts'),
      bytes: fc.uint8Array({ maxLength: 40 }),
    });
    fc.assert(
      fc.property(noise, ({ attribute, bytes }) => {
        try {
          fromLedgerItem(ID, { ...good, [attribute]: { B: bytes } });
        } catch (error) {
          expect(error).toMatchObject({ [ERROR_SYMBOL]: ERROR_CODES.ledgerUnreadable });
        }
      }),
      { numRuns: 2_000 },
    );
  });
});
