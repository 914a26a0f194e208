import { below, type SeededRandom } from '../seeded-random';
import { BATCH_FAILURES, type Plan } from './plan';

/** The same workload with several records in one call. */
export function batchPlan(plan: Plan, random: SeededRandom): Plan {
  const one = <T>(...values: readonly T[]) => values[below(random, values.length)] as T;
  const rejects = one(0, 0, 1, 3);
  return {
    ...plan,
    batch: { maxRecordsPerCall: one(2, 3, 5), failures: one(...BATCH_FAILURES), ...(rejects > 0 && { rejects }) },
  };
}
