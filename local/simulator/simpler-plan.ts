import type { BatchPlan, DeadLettersPlan, FunctionPlan, MappingPlan, Plan, PlannedRecord, Work } from './plan';

/** What a plan is without anything special. */
const PLAIN_FUNCTION: FunctionPlan = {
  timeoutMs: 60_000,
  concurrency: 32,
  leaseMs: 30_000,
  clockSkewMs: 1_000,
  abortGraceMs: 500,
  checkpointMs: 250,
};
const PLAIN_MAPPING: MappingPlan = {
  batchSize: 10,
  batchingWindowMs: 0,
  pollers: 1,
  startingPosition: 'TRIM_HORIZON',
  startsAtMs: 0,
  choices: {},
};

/** Every plan that is one step simpler, the largest steps first. */
export function* simplerPlans(plan: Plan): Iterable<Plan> {
  const last = plan.partitions.at(-1);
  if (plan.partitions.length > 1 && last?.length === 0) yield { ...plan, partitions: plan.partitions.slice(0, -1) };
  yield* plainer(plan, { clocksAheadMs: [], latency: { minimumMs: 0, maximumMs: 0 }, work: {} });
  if (plan.store !== 'dynamodb') yield { ...plan, store: 'dynamodb' };
  if (plan.independent) yield { ...plan, independent: false };
  if (plan.remember === 'transaction' && plan.identity) yield { ...plan, identity: false };
  for (const simpler of plainer(plan.mapping, PLAIN_MAPPING)) yield { ...plan, mapping: simpler };
  for (const simpler of plainer(plan.function, PLAIN_FUNCTION)) {
    // What processRecords does not take would fail in another way.
    if (simpler.leaseMs > 2 * simpler.clockSkewMs) yield { ...plan, function: simpler };
  }
  if (plan.batch) {
    const { batch, ...rest } = plan;
    yield rest;
    for (const simpler of simplerBatches(batch)) yield { ...plan, batch: simpler };
  }
  if (plan.deadLetters) {
    const { deadLetters, redrives: _, ...rest } = plan;
    yield rest;
    for (const simpler of simplerDeadLetters(deadLetters)) yield { ...plan, deadLetters: simpler };
  }
  if (plan.redrives) {
    const { redrives, ...rest } = plan;
    yield rest;
    for (const index of redrives.keys()) yield { ...plan, redrives: redrives.toSpliced(index, 1) };
    for (const [index, { afterMs, heals }] of redrives.entries()) {
      if (heals) yield { ...plan, redrives: redrives.with(index, { afterMs }) };
      if (afterMs > 0) yield { ...plan, redrives: redrives.with(index, { afterMs: 0, ...(heals && { heals }) }) };
    }
  }
  for (const [id, work] of Object.entries(plan.work)) {
    const { [id]: _, ...rest } = plan.work;
    yield { ...plan, work: rest };
    for (const simpler of simplerWork(work)) yield { ...plan, work: { ...plan.work, [id]: simpler } };
  }
  for (const [partition, records] of plan.partitions.entries()) {
    for (const [offset, record] of records.entries()) {
      for (const simpler of simplerRecords(record)) {
        yield { ...plan, partitions: plan.partitions.with(partition, records.with(offset, simpler)) };
      }
    }
  }
  const { minimumMs, maximumMs } = plan.latency;
  if (maximumMs > minimumMs) yield { ...plan, latency: { minimumMs: maximumMs, maximumMs } };
}

/** With one of the values of `plain` in the place of another. */
function* plainer<Part extends object>(part: Part, plain: Partial<Part>): Iterable<Part> {
  for (const [name, value] of Object.entries(plain)) {
    if (JSON.stringify(part[name as keyof Part]) !== JSON.stringify(value)) yield { ...part, [name]: value };
  }
}

function* simplerBatches({ rejects, ...rest }: BatchPlan): Iterable<BatchPlan> {
  if (rejects !== undefined) yield rest;
  if (rest.maxRecordsPerCall > 2) yield { ...rest, maxRecordsPerCall: 2, ...(rejects !== undefined && { rejects }) };
}

function* simplerDeadLetters({ retries, maxAttempts, down }: DeadLettersPlan): Iterable<DeadLettersPlan> {
  if (down) yield { retries, maxAttempts };
  if (retries > 0) yield { retries: retries - 1, maxAttempts, ...(down && { down }) };
}

function* simplerWork(work: Work): Iterable<Work> {
  yield* withoutOne(work);
  if (work.failures !== undefined && work.failures > 1) yield { ...work, failures: work.failures - 1 };
  if (work.ms !== undefined && work.ms > 1) yield { ...work, ms: Math.floor(work.ms / 2) };
}

function* simplerRecords(record: PlannedRecord): Iterable<PlannedRecord> {
  const { id, amount, ...rest } = record;
  for (const simpler of withoutOne(rest)) yield { id, amount, ...simpler };
  if (amount !== 1) yield { ...record, amount: 1 };
}

/** With one property less. */
function* withoutOne<Part extends object>(part: Part): Iterable<Part> {
  for (const name of Object.keys(part)) {
    yield Object.fromEntries(Object.entries(part).filter(([other]) => other !== name)) as Part;
  }
}
