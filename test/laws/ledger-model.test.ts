import fc from 'fast-check';
import { type Fault, type Mistake, type Plan, play, SKEW_MS, type Step, seen } from './ledger-history';

const HISTORIES = Number(process.env.MSK_ONCE_LEDGER_HISTORIES ?? 150);
const WORKERS = 3;

const worker = fc.nat(WORKERS - 1);
const picks = fc.array(fc.nat(15), { maxLength: 6 });
const fault: fc.Arbitrary<Fault> = fc.oneof(
  { weight: 12, arbitrary: fc.constant('none' as const) },
  {
    weight: 4,
    arbitrary: fc.constantFrom<Fault>('request lost', 'answer lost', 'throttled', 'delayed', 'copied'),
  },
);

const faults = fc.oneof(
  { weight: 3, arbitrary: fc.constant<Fault[]>(['none', 'none', 'none']) },
  { weight: 4, arbitrary: fc.array(fault, { maxLength: 4 }) },
);

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant('begin' as const),
      worker,
      from: fc.nat(15),
      length: fc.nat(9),
      thin: fc.boolean(),
      faults,
    }),
  },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('run' as const), worker, done: picks, failed: picks }) },
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constant('mark' as const),
      worker,
      release: fc.oneof(fc.constant(false), fc.boolean()),
      faults,
    }),
  },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('arrive' as const), worker, faults }) },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('late' as const), which: fc.nat(5) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('die' as const), worker }) },
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constant('wait' as const), ms: fc.constantFrom(50, 3_000, 9_500, 13_000) }),
  },
);

/** Offsets with gaps, as a compacted or transactional topic has them. */
const topic = fc
  .array(fc.constantFrom(1, 1, 1, 2, 5), { minLength: 1, maxLength: 14 })
  .chain((gaps) =>
    fc.nat(5).map((start) => [0, ...gaps.map((_, index) => sum(gaps.slice(0, index + 1)))].map((at) => start + at)),
  );

const sum = (numbers: readonly number[]) => numbers.reduce((total, number) => total + number, 0);

const plan: fc.Arbitrary<Plan> = fc.record({
  topic,
  aheadMs: fc.array(fc.integer({ min: -SKEW_MS, max: SKEW_MS }), { minLength: WORKERS, maxLength: WORKERS }),
  steps: fc.array(step, { minLength: 10, maxLength: 70, size: 'max' }),
});

/** On marks alone. */
function onMarks(right: string, wrong: string): Mistake {
  return (text) => (text.includes('"runs"=?') ? text.replace(right, wrong) : text);
}

describe('L1-L6: whatever happens between two steps of several workers', () => {
  test('no mark is lost, nothing is closed that was not done, only one worker starts records, attempts count once', async () => {
    await fc.assert(
      fc.asyncProperty(plan, (given) => play(given)),
      { numRuns: HISTORIES },
    );
  }, 240_000);

  const MISTAKES: readonly (readonly [string, Mistake, RegExp])[] = [
    ['marks look at the owner alone (L2)', onMarks(' AND "seq"=?', ' AND "seq">=?'), /a late copy|the mark of/],
    [
      'a live lease is taken over (L1)',
      (text) => text.replace('"lease_until_ms"<?', '"lease_until_ms">=?'),
      /both start/,
    ],
    [
      'a late copy of a claim is a claim (L1, L5)',
      (text) => text.replace('"owner"<>? AND NOT contains("claimants",?)', '("owner"<>? OR "id" <> ?)'),
      /a late copy/,
    ],
    [
      'only the last owner is told from a new one (L5)',
      (text) => text.replace('AND NOT contains("claimants",?)', 'AND ("id" IS NOT MISSING OR "id"=?)'),
      /a late copy/,
    ],
    [
      'a takeover does not look at what was read (L1)',
      (text) => text.replace('"owner"=? AND "seq"=? RETURNING', '("owner"=? OR "seq">=?) RETURNING'),
      /./,
    ],
  ];

  test('the histories hold what they are about', () => {
    const said = [...seen.keys()];
    const wanted = [
      'is told claimed',
      'is told busy',
      'is told written',
      'is told overtaken',
      'is told lost',
      'a request of (takeover) arrives; fault: none',
      'a request of (claim) arrives late, and changes the item',
      'a request of (mark) arrives late, and changes the item',
    ];

    expect(wanted.filter((what) => !said.some((line) => line.endsWith(what)))).toEqual([]);
  });

  test.each(MISTAKES)('the model sees that %s', async (_, mistake, expected) => {
    const found = await fc.check(
      fc.asyncProperty(plan, (given) => play(given, mistake)),
      { numRuns: 400, seed: 7, endOnFailure: true },
    );

    expect(found.failed).toBe(true);
    expect(String(found.errorInstance)).toMatch(expected);
  });
});
