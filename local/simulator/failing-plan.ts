import { below, type SeededRandom } from '../seeded-random';
import type { Plan, PlannedRecord, Work } from './plan';

/** One more than the letters of one kind that an invocation may write (protocol P4). */
const MASS = 21;

/**
 * The same workload with dead letters, and with more that cannot work: errors that are permanent, or of everybody,
 * values that nobody can read, records that take their process with them or never settle.
 */
export function failingPlan(plan: Plan, random: SeededRandom): Plan {
  const one = <T>(...values: readonly T[]) => values[below(random, values.length)] as T;
  const chance = (share: number) => random() < share;
  const isMass = chance(0.04);
  const down = chance(0.15) && { afterMs: one(0, 500, 3_000), ms: one(2_000, 20_000, 60_000) };
  const ids = [...new Set(plan.partitions.flat().map(({ id }) => id))].sort();
  return {
    ...plan,
    deadLetters: { retries: one(0, 1, 2), maxAttempts: one(1, 2, 2, 3), ...(down && { down }) },
    ...(isMass && { mapping: { ...plan.mapping, batchSize: 2 * MASS } }),
    partitions: plan.partitions.map((records, index) => {
      const unreadable = records.map((record) => (chance(0.08) ? garbage(record) : record));
      return isMass && index === 0 ? [...massOf(random), ...unreadable] : unreadable;
    }),
    work: Object.fromEntries([
      ...Object.entries(plan.work),
      ...ids.map((id): [string, Work] => [id, failingWork(plan.work[id] ?? {}, random)]),
    ]),
  };
}

function massOf(random: SeededRandom): PlannedRecord[] {
  return Array.from({ length: MASS + below(random, 3) }, () => garbage({ id: 'x', amount: 1 }));
}

const garbage = (record: PlannedRecord): PlannedRecord => ({ ...record, isGarbage: true });

function failingWork(work: Work, random: SeededRandom): Work {
  const one = <T>(...values: readonly T[]) => values[below(random, values.length)] as T;
  const draw = random();
  if (draw < 0.12) return { ...work, failures: one(1, -1), failsAs: 'permanent' };
  if (draw < 0.17) return { ...work, failures: one(1, 2), failsAs: 'outage' };
  if (draw < 0.29) return { ...work, failures: one(1, 2, -1) };
  if (draw < 0.39) return { ...work, kills: one(1, 3, 4, -1) };
  return draw < 0.44 ? { ...work, hangs: one(1, -1) } : work;
}
