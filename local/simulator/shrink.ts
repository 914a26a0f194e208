import type { Decision } from './decision';
import type { Plan, PlannedRecord } from './plan';
import type { Schedule } from './schedule';
import { simplerPlans } from './simpler-plan';

/** Whether a schedule still does what it is kept for, and in how many steps. */
export type TryOut = (schedule: Schedule) => Promise<{ readonly isAsGood: boolean; readonly cost: number }>;

/** In steps and not in time, so that a schedule shrinks to the same one everywhere. A run takes some hundred. */
const BUDGET = 500_000;

/**
 * Takes from a schedule whatever it does not need to break its rule: decisions, records, settings; until nothing more
 * can go or the budget is used up. What it gives breaks the rule still.
 */
export async function shrink(schedule: Schedule, tryOut: TryOut, budget = BUDGET): Promise<Schedule> {
  let smallest = schedule;
  let left = budget;
  const keep = async (candidate: Schedule) => {
    if (left <= 0) return false;
    const { isAsGood, cost } = await tryOut(candidate);
    left -= cost;
    if (isAsGood) smallest = candidate;
    return isAsGood;
  };
  for (let before: Schedule | undefined; before !== smallest; ) {
    before = smallest;
    await withoutParts(smallest.decisions, (decisions) => keep({ ...smallest, decisions }));
    await withoutParts(recordsOf(smallest.plan), (records) =>
      keep({ ...smallest, plan: withRecords(smallest.plan, records) }),
    );
    while (await some(simplerPlans(smallest.plan), (plan) => keep({ ...smallest, plan })));
    while (await some(shorterDecisions(smallest.decisions), (decisions) => keep({ ...smallest, decisions })));
  }
  return smallest;
}

/** Leaves out the whole list, halves of it, quarters, and single parts, as long as the rest is as good. */
async function withoutParts<Part>(
  parts: readonly Part[],
  keep: (rest: readonly Part[]) => Promise<boolean>,
): Promise<void> {
  let rest = parts;
  for (let size = rest.length; size >= 1; size = Math.floor(size / 2)) {
    for (let from = 0; from < rest.length; ) {
      const candidate = [...rest.slice(0, from), ...rest.slice(from + size)];
      if (await keep(candidate)) rest = candidate;
      else from += size;
    }
  }
}

async function some<Candidate>(
  candidates: Iterable<Candidate>,
  keep: (candidate: Candidate) => Promise<boolean>,
): Promise<boolean> {
  for (const candidate of candidates) if (await keep(candidate)) return true;
  return false;
}

interface PlacedRecord {
  readonly partition: number;
  readonly record: PlannedRecord;
}

function recordsOf({ partitions }: Plan): PlacedRecord[] {
  return partitions.flatMap((records, partition) => records.map((record) => ({ partition, record })));
}

function withRecords(plan: Plan, placed: readonly PlacedRecord[]): Plan {
  const partitions = plan.partitions.map((_, partition) =>
    placed.filter((one) => one.partition === partition).map(({ record }) => record),
  );
  return { ...plan, partitions };
}

/** Each decision that takes time, with half of it. */
function* shorterDecisions(decisions: readonly Decision[]): Iterable<readonly Decision[]> {
  for (const [index, decision] of decisions.entries()) {
    if (!('ms' in decision) || decision.ms <= 1) continue;
    yield decisions.with(index, { ...decision, ms: Math.floor(decision.ms / 2) });
  }
}
