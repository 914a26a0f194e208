import fc from 'fast-check';
import type { ClaimStore } from '../../../handlers/claims/claim-store';
import type { MemoryClaimStore } from '../../../handlers/claims/memory-claim-store';
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

function plan(given: {
  readonly worker: fc.Arbitrary<WorkerPlan>;
  readonly together: number;
  readonly faultRates: readonly number[];
  readonly workMs: readonly number[];
}): fc.Arbitrary<Plan> {
  const record = fc.record({
    id: fc.constantFrom(...IDS),
    amount: fc.constantFrom(1, 1, 1, 1, 1, 1, 1, 2),
    key: fc.constantFrom('k', 'l', undefined),
  });
  return fc.record({
    partitions: fc.array(fc.array(record, { maxLength: 6 }), { minLength: 1, maxLength: 3 }),
    order: fc.constantFrom('partition' as const, 'key' as const, 'none' as const),
    concurrency: fc.constantFrom(1, 2, 32),
    mode: fc.constantFrom('listed' as const, 'checkpoint' as const, 'throw' as const),
    failuresOf: forEachId(fc.constantFrom(0, 0, 0, 1, 3)),
    workMsOf: forEachId(fc.constantFrom(...given.workMs)),
    deliveries: fc.array(fc.array(given.worker, { minLength: 1, maxLength: given.together }), { maxLength: 6 }),
    seed: fc.nat(),
    faultRate: fc.constantFrom(...given.faultRates),
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

describe('whatever goes wrong: no effect twice unless its worker died unmarked, nothing lost, every lane in order', () => {
  test('one worker after the other, in peace: the answer is exact and attempts are counted one by one', () =>
    holds(plan({ worker: calmWorker, together: 1, faultRates: [0], workMs: [0, 5, 300] }), 150));

  test('workers that die, before and after their effect, and that run out of time', () =>
    holds(plan({ worker, together: 1, faultRates: [0], workMs: [0, 100, 4_000, 20_000] }), 150));

  test('two or three workers on one batch', () =>
    holds(plan({ worker, together: 3, faultRates: [0], workMs: [0, 100, 4_000, 40_000] }), 150));

  test('two or three workers on one batch and a store that loses requests and answers', () =>
    holds(plan({ worker, together: 3, faultRates: [0.02, 0.1, 0.4], workMs: [0, 100, 4_000, 40_000] }), 250));
});

describe('the oracle sees what it is for', () => {
  const bound = (right: MemoryClaimStore): ClaimStore => ({
    claim: (batch) => right.claim(batch),
    renew: (batch) => right.renew(batch),
    complete: (batch) => right.complete(batch),
    fail: (batch) => right.fail(batch),
    release: (batch) => right.release(batch),
  });
  const written = async (batch: readonly unknown[]) => batch.map(() => ({ kind: 'written' as const }));

  test.each<[string, string, Broken]>([
    ['A1', 'marks that are not durable', { store: (right) => ({ ...bound(right), complete: written }) }],
    [
      'twice',
      'claims that everybody gets',
      {
        store: (right) => ({
          ...bound(right),
          claim: async (batch) => {
            await right.claim(batch);
            return batch.map((request) => ({ kind: 'claimed', claim: { ...request, attempts: 0 }, takeover: false }));
          },
          complete: async (batch) => {
            await right.complete(batch);
            return written(batch);
          },
        }),
      },
    ],
    [
      'A1',
      'records that count as closed while they are claimed',
      {
        store: (right) => ({
          ...bound(right),
          claim: async (batch) =>
            (await right.claim(batch)).map((answer) =>
              answer.kind === 'busy' ? { kind: 'closed', outcome: 'done' } : answer,
            ),
        }),
      },
    ],
    [
      'lost',
      'claims that nobody takes over',
      {
        store: (right) => ({
          ...bound(right),
          claim: async (batch) => {
            const stuck = batch.map(({ id, token }) => {
              const item = right.items.get(id);
              return item?.status === 'INPROGRESS' && item.owner !== token;
            });
            const answers = await right.claim(batch.filter((_, index) => !stuck[index]));
            return stuck.map((isStuck) => (isStuck ? { kind: 'busy', leaseUntilMs: 0 } : (answers.shift() as never)));
          },
        }),
      },
    ],
    ['O1', 'lanes that do not hold their order', { order: 'none' }],
    [
      'C5',
      'attempts that are not counted',
      { store: (right) => ({ ...bound(right), fail: (batch) => right.release(batch) }) },
    ],
  ])('%s: %s', async (rule, _, broken) => {
    const plans = fc.oneof(
      plan({ worker: calmWorker, together: 1, faultRates: [0], workMs: [0, 5, 300] }),
      plan({ worker, together: 3, faultRates: [0], workMs: [0, 100, 4_000, 40_000] }),
    );
    const seen: string[] = [];

    for (const given of fc.sample(plans, { numRuns: 60, seed: 42 })) {
      const chaos = new Chaos(given, broken);
      await chaos.run();
      seen.push(...chaos.violations);
      if (seen.some((violation) => violation.startsWith(rule))) break;
    }

    expect(seen).toContainEqual(expect.stringMatching(new RegExp(`^${rule}`)));
  });
});
