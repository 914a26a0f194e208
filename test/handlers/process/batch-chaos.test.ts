import fc from 'fast-check';
import { type Broken, Chaos, type Plan, type WorkerPlan } from '../../support/chaos';

const IDS = ['a', 'b', 'c', 'd', 'e', 'f'];

const forEachId = <T>(value: fc.Arbitrary<T>): fc.Arbitrary<Record<string, T>> =>
  fc.record(Object.fromEntries(IDS.map((id) => [id, value])));

const worker: fc.Arbitrary<WorkerPlan> = fc.record({
  remainingMs: fc.constantFrom(60_000, 60_000, 20_000, 6_000, 900),
  clockAheadMs: fc.integer({ min: -500, max: 500 }),
  diesInRun: fc.constantFrom(-1, -1, -1, 0, 1, 2),
  diesAfterEffect: fc.boolean(),
  isDeaf: fc.constantFrom(false, false, true),
});
const calmWorker = fc.constant<WorkerPlan>({
  remainingMs: 60_000,
  clockAheadMs: 0,
  diesInRun: -1,
  diesAfterEffect: false,
  isDeaf: false,
});

interface Given {
  readonly way: 'ledger' | 'identity';
  readonly worker: fc.Arbitrary<WorkerPlan>;
  readonly together: number;
  readonly faultRates: readonly number[];
  readonly workMs: readonly number[];
}

function plan({ way, worker: one, together, faultRates, workMs }: Given): fc.Arbitrary<Plan> {
  const record = fc.record({
    id: fc.constantFrom(...IDS),
    amount: fc.constantFrom(1, 1, 1, 1, 1, 1, 1, 2),
    key: fc.constantFrom('k', 'l', undefined),
  });
  return fc.record({
    partitions: fc.array(fc.array(record, { maxLength: 8 }), { minLength: 1, maxLength: 3 }),
    way: fc.constant(way),
    independent: fc.constant(false),
    calls: fc.constantFrom('listing' as const, 'all or none' as const),
    checkpointMs: fc.constantFrom(1, 250, 250, 5_000),
    order: fc.constantFrom('partition' as const, 'key' as const, 'none' as const),
    concurrency: fc.constantFrom(1, 2, 32),
    mode: fc.constantFrom('listed' as const, 'checkpoint' as const, 'throw' as const),
    failuresOf: forEachId(fc.constantFrom(0, 0, 0, 1, 3)),
    refusalsOf: forEachId(fc.constant(0)),
    workMsOf: forEachId(fc.constantFrom(...workMs)),
    deliveries: fc.array(fc.array(one, { minLength: 1, maxLength: together }), { maxLength: 6 }),
    seed: fc.nat(),
    faultRate: fc.constantFrom(...faultRates),
    latencyMs: fc.constantFrom(0, 3, 40, 700),
  });
}

async function holds(plans: fc.Arbitrary<Plan>, numRuns: number): Promise<void> {
  await fc.assert(
    fc.asyncProperty(plans, async (given) => {
      const chaos = new Chaos(given);
      await chaos.run();
      expect(chaos.violations).toEqual([]);
    }),
    { numRuns },
  );
}

/** Of real time, on a busy machine; the schedules themselves run in virtual time. */
jest.setTimeout(180_000);

describe.each(['ledger', 'identity'] as const)(
  'processBatch, %s, whatever goes wrong: no effect twice but where it is admitted, nothing lost, every lane in order',
  (way) => {
    test('P2: one worker after the other, in peace: each record has one outcome, and an attempt is its own', () =>
      holds(plan({ way, worker: calmWorker, together: 1, faultRates: [0], workMs: [0, 5, 300] }), 80));

    test('workers that die, before and after an effect, and that run out of time', () =>
      holds(plan({ way, worker, together: 1, faultRates: [0], workMs: [0, 100, 4_000, 20_000] }), 60));

    test('two or three workers on one batch and a store that loses requests and answers', () =>
      holds(plan({ way, worker, together: 3, faultRates: [0, 0.02, 0.1, 0.4], workMs: [0, 100, 4_000, 40_000] }), 60));
  },
);

test.each<[string, string, 'ledger' | 'identity', Broken]>([
  ['O1', 'lanes that do not hold their order', 'ledger', { settings: { order: 'none' } }],
])('%s: the oracle sees %s', async (rule, _, way, broken) => {
  const plans = plan({ way, worker, together: 1, faultRates: [0], workMs: [0, 100, 4_000] });
  const seen: string[] = [];

  for (const given of fc.sample(plans, { numRuns: 120, seed: 42 })) {
    const chaos = new Chaos(given, broken);
    await chaos.run();
    seen.push(...chaos.violations);
    if (seen.some((violation) => violation.startsWith(rule))) break;
  }

  expect(seen).toContainEqual(expect.stringMatching(new RegExp(`^${rule}`)));
});
