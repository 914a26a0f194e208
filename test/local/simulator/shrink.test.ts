import fc from 'fast-check';
import type { Decision } from '../../../local/simulator/decision';
import type { Plan } from '../../../local/simulator/plan';
import type { Schedule } from '../../../local/simulator/schedule';
import { shrink } from '../../../local/simulator/shrink';
import { plainPlan } from './plans';

const decision = (at: string): Decision => ({ at, do: 'crash' });
const schedule = (plan: Partial<Plan>, decisions: readonly Decision[] = []): Schedule => ({
  plan: plainPlan(plan),
  decisions,
});
const shrunk = (given: Schedule, isAsGood: (schedule: Schedule) => boolean, budget?: number) =>
  shrink(given, async (candidate) => ({ isAsGood: isAsGood(candidate), cost: 1 }), budget);

test('of decisions and records only those stay that are needed together', async () => {
  const ids = fc.uniqueArray(fc.constantFrom(...'abcdefgh'), { maxLength: 3 });
  await fc.assert(
    fc.asyncProperty(ids, ids, async (places, records) => {
      const given = schedule(
        { partitions: [[...'abcd'].map((id) => ({ id, amount: 1 })), [...'efgh'].map((id) => ({ id, amount: 1 }))] },
        [...'abcdefgh'].map(decision),
      );
      const isAsGood = ({ plan, decisions }: Schedule) =>
        places.every((place) => decisions.some(({ at }) => at === place)) &&
        records.every((id) => plan.partitions.flat().some((record) => record.id === id));

      const { plan, decisions } = await shrunk(given, isAsGood);

      expect(decisions.map(({ at }) => at).sort()).toEqual([...places].sort());
      expect(plan.partitions.flat().map(({ id }) => id)).toEqual([...records].sort());
    }),
  );
});

test('settings that are not needed become plain, and records keep their partition while others are needed', async () => {
  const given = schedule({
    function: { timeoutMs: 15_000, concurrency: 1, leaseMs: 2_500, clockSkewMs: 0, abortGraceMs: 0, checkpointMs: 50 },
    latency: { minimumMs: 4, maximumMs: 40 },
    clocksAheadMs: [1, 2, 3],
    partitions: [[{ id: 'a', amount: 2, key: 'k', producedAtMs: 100 }], [{ id: 'b', amount: 1, key: 'k' }], []],
    work: { a: { ms: 400, failures: 3, whenAborted: 'ignore' }, b: { ms: 20 } },
  });
  const isAsGood = ({ plan }: Schedule) =>
    plan.function.leaseMs === 2_500 &&
    plan.partitions[1]?.[0]?.key === 'k' &&
    (plan.work.a?.failures ?? 0) >= 2 &&
    plan.latency.maximumMs > 0;

  const { plan } = await shrunk(given, isAsGood);

  expect(plan).toEqual(
    plainPlan({
      function: { ...plainPlan({}).function, leaseMs: 2_500 },
      latency: { minimumMs: 40, maximumMs: 40 },
      partitions: [[], [{ id: 'b', amount: 1, key: 'k' }]],
      work: { a: { failures: 2 } },
    }),
  );
});

test('a decision lasts no longer than it has to', async () => {
  const given = schedule({}, [{ at: 'w', do: 'freeze', ms: 70_000 }]);

  const { decisions } = await shrunk(given, ({ decisions: [first] }) => first?.do === 'freeze' && first.ms >= 3_000);

  expect(decisions).toEqual([{ at: 'w', do: 'freeze', ms: 4_375 }]);
});

test('what cannot be smaller stays as it is', async () => {
  const given = schedule({ partitions: [[{ id: 'a', amount: 1 }]] }, [decision('a')]);

  expect(await shrunk(given, () => false)).toEqual(given);
});

test('it stops when the budget is used up, with the smallest up to then', async () => {
  let tries = 0;
  const given = schedule({}, [...'abcdefgh'].map(decision));

  const { decisions } = await shrunk(
    given,
    (candidate) => {
      tries += 1;
      return candidate.decisions.length >= 4;
    },
    2,
  );

  expect(tries).toBe(2);
  expect(decisions).toHaveLength(4);
});
