import { below, type SeededRandom } from '../seeded-random';
import type { Plan } from './plan';

/** The same workload, whose letters are redriven. No two payloads of one identity: which of them it stands for is another matter. */
export function redrivePlan(plan: Plan, random: SeededRandom): Plan {
  const one = <T>(...values: readonly T[]) => values[below(random, values.length)] as T;
  const drawn = () => ({
    afterMs: one(0, 300, 2_000, 20_000, 60_000),
    ...(random() < 0.5 && { heals: true as const }),
  });
  const first = drawn();
  const second = { ...drawn(), ...(random() < 0.5 && { afterMs: first.afterMs }) };
  return {
    ...plan,
    partitions: plan.partitions.map((records) => records.map((record) => ({ ...record, amount: 1 }))),
    redrives: [first, second, drawn()].slice(0, one(1, 2, 2, 3)),
  };
}
