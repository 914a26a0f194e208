import type { Plan } from '../../../local/simulator/plan';

/** A plan without anything special but what is given: one poller, no latency, no records. */
export function plainPlan(special: Partial<Plan>): Plan {
  return {
    seed: 1,
    remember: 'identity',
    identity: true,
    independent: false,
    store: 'dynamodb',
    mode: 'partial',
    reading: 'listed',
    order: 'partition',
    function: {
      timeoutMs: 60_000,
      concurrency: 32,
      leaseMs: 30_000,
      clockSkewMs: 1_000,
      abortGraceMs: 500,
      checkpointMs: 250,
    },
    mapping: {
      batchSize: 10,
      batchingWindowMs: 0,
      pollers: 1,
      startingPosition: 'TRIM_HORIZON',
      startsAtMs: 0,
      choices: {},
    },
    latency: { minimumMs: 0, maximumMs: 0 },
    clocksAheadMs: [],
    partitions: [[]],
    work: {},
    ...special,
  };
}
