import { below, type SeededRandom } from '../seeded-random';
import {
  LANE_ORDERS,
  MINIMUM_GAP,
  type Plan,
  type PlannedRecord,
  RESPONSE_MODES,
  type Remember,
  type SpecialWrites,
  type Work,
} from './plan';
import { STORM_LEASE_MS } from './weather';

const IDS = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'];
const KEYS = ['k', 'l', undefined];
const READINGS = ['listed', 'checkpoint'] as const;
const PRODUCED_LATE_MS = [100, 2_000, 20_000];

/** A workload of a few records and settings near the edges where they meet: small, so that many schedules fit a minute. */
export function randomPlan(random: SeededRandom, remembers: readonly Remember[]): Plan {
  const one = <T>(...values: readonly T[]) => values[below(random, values.length)] as T;
  const chance = (share: number) => random() < share;
  const ids = IDS.slice(0, one(2, 4, 8));
  const clockSkewMs = one(1_000, 1_000, 0);
  // More than twice the skew.
  const leaseMs = one(2_500, 4_000, 6_000, 15_000);
  const latencyMs = one(0, 4, 4, 40, 300);
  const isLate = chance(0.15);
  const remember = one(...remembers);
  return {
    seed: below(random, 2 ** 31),
    remember,
    identity: remember === 'identity' || (remember === 'transaction' && chance(0.5)),
    independent: remember === 'transaction' && chance(0.5),
    store: chance(0.15) ? 'memory' : 'dynamodb',
    mode: one(...RESPONSE_MODES),
    reading: one(...READINGS),
    order: one(...LANE_ORDERS),
    function: {
      timeoutMs: one(60_000, 60_000, 15_000),
      concurrency: one(32, 2, 1),
      leaseMs,
      clockSkewMs,
      abortGraceMs: one(500, 500, 0),
      checkpointMs: one(250, 250, 50, 1_500),
    },
    mapping: {
      batchSize: one(10, 10, 3, 1),
      batchingWindowMs: one(0, 0, 500),
      pollers: one(1, 1, 2),
      startingPosition: isLate ? 'LATEST' : 'TRIM_HORIZON',
      startsAtMs: isLate ? 1_000 : 0,
      choices: {
        ...(chance(0.3) && { 'batch-mixing': 'single-partition' }),
        ...(chance(0.3) && { 'hold-during-retry': 'batch' }),
        ...(chance(0.2) && { 'null-key-value': 'null' }),
      },
    },
    latency: { minimumMs: Math.ceil(latencyMs / 10), maximumMs: latencyMs },
    // Two clocks differ by at most the skew.
    clocksAheadMs: Array.from({ length: 8 }, () => below(random, clockSkewMs + 1) - Math.floor(clockSkewMs / 2)),
    partitions: Array.from({ length: one(1, 2, 3) }, () => randomRecords(random, ids, isLate ? 0.4 : 0.1)),
    work: Object.fromEntries(
      ids.map((id) => [id, randomWork(random, remember)] as const).filter(([, work]) => Object.keys(work).length > 0),
    ),
  };
}

/** The same where workers meet: two pollers, short leases, and work that often takes longer than one. */
export function stormPlan(random: SeededRandom, remembers: readonly Remember[]): Plan {
  const plan = randomPlan(random, remembers);
  const one = <T>(...values: readonly T[]) => values[below(random, values.length)] as T;
  const isExact = random() < 0.5;
  return {
    ...plan,
    function: {
      ...plan.function,
      timeoutMs: one(60_000, 40_000),
      leaseMs: one(STORM_LEASE_MS, STORM_LEASE_MS, 6 * STORM_LEASE_MS),
      clockSkewMs: isExact ? 0 : plan.function.clockSkewMs,
    },
    mapping: { ...plan.mapping, batchSize: 10, pollers: 2, startingPosition: 'TRIM_HORIZON', startsAtMs: 0 },
    clocksAheadMs: isExact ? [] : plan.clocksAheadMs,
    work: Object.fromEntries(
      IDS.map((id) => [
        id,
        {
          ms: one(0, 0, 20, 1_500, 1_500, 5_000, 12_000),
          ...(random() < 0.5 && { failures: one(1, 2) }),
          ...(random() < 0.5 && { whenAborted: one('abandon' as const, 'ignore' as const) }),
          ...(plan.remember === 'transaction' && random() < 0.1 && { writes: one('refused-once', 'superfluous') }),
        },
      ]),
    ),
  };
}

function randomRecords(random: SeededRandom, ids: readonly string[], shareOfLate: number): PlannedRecord[] {
  let producedAtMs = 0;
  return Array.from({ length: below(random, 5) }, () => {
    const key = KEYS[below(random, KEYS.length)];
    if (random() < shareOfLate) producedAtMs += PRODUCED_LATE_MS[below(random, PRODUCED_LATE_MS.length)] ?? 0;
    return {
      id: ids[below(random, ids.length)] as string,
      amount: random() < 0.04 ? 2 : 1,
      ...(key !== undefined && { key }),
      ...(producedAtMs > 0 && { producedAtMs }),
      ...(random() < 0.08 && { gap: MINIMUM_GAP + below(random, 3) }),
      ...(random() < 0.01 && { isGarbage: true as const }),
    };
  });
}

function randomWork(random: SeededRandom, remember: Remember): Work {
  const ms = [0, 0, 20, 20, 400, 3_000][below(random, 6)] ?? 0;
  const draw = random();
  const failures = draw < 0.7 ? 0 : draw < 0.98 ? 1 + below(random, 3) : -1;
  const whenAborted = (['stop', 'stop', 'abandon', 'ignore'] as const)[below(random, 4)];
  return {
    ...(ms > 0 && { ms }),
    ...(failures !== 0 && { failures }),
    ...(whenAborted !== 'stop' && whenAborted !== undefined && { whenAborted }),
    ...(remember === 'transaction' && random() < 0.12 && { writes: randomWrites(random) }),
  };
}

/** Seldom what keeps its lane from ever getting on. */
function randomWrites(random: SeededRandom): SpecialWrites {
  const passing = ['refused-once', 'superfluous', 'none'] as const;
  const lasting = ['refused', 'invalid', 'colliding'] as const;
  return random() < 0.7 ? (passing[below(random, 3)] ?? 'none') : (lasting[below(random, 3)] ?? 'refused');
}
