/** Schedules in which two workers meet on one record, and one of them stands still for longer than its lease. */

import { below, type SeededRandom, seededRandom } from '../../local/seeded-random';
import type { Decision, Director, Place } from '../../local/simulator/decision';
import type { Plan } from '../../local/simulator/plan';
import { randomPlan } from '../../local/simulator/random-plan';
import type { DrawnSchedule } from '../../local/simulator/schedule';

/** Around the lease of a storm, and beyond two of them. */
const STALLS_MS = [900, 2_500, 4_500, 8_000, 20_000];
const LEASE_MS = 2_000;

/** The schedule of a seed with this index; it depends on nothing else. */
export function drawStorm(seed: number, index: number): DrawnSchedule {
  const random = seededRandom(seed * 1_000_003 + index);
  const drawn = randomPlan(random, ['identity']);
  const one = <Value>(...values: readonly Value[]) => values[below(random, values.length)] as Value;
  const plan: Plan = {
    ...drawn,
    function: { ...drawn.function, timeoutMs: one(60_000, 30_000), leaseMs: LEASE_MS, clockSkewMs: 0 },
    mapping: { ...drawn.mapping, batchSize: 10, pollers: 2, startingPosition: 'TRIM_HORIZON', startsAtMs: 0 },
    clocksAheadMs: [],
    work: Object.fromEntries(
      ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'].map((id) => [
        id,
        {
          ms: one(0, 20, 1_500, 5_000, 12_000),
          failures: one(0, 0, 1, 2),
          ...(random() < 0.5 && { whenAborted: one('abandon', 'ignore') }),
        },
      ]),
    ),
  };
  const director = new StormDirector(random);
  return { plan, director, decisions: director.decisions };
}

/** The share of the places at which each of these happens, and how many of them at most. */
const SHARES: readonly (readonly [place: Place, kind: Decision['do'], share: number])[] = [
  ['delivery', 'duplicate-delivery', 0.4],
  ['call', 'delay', 0.08],
  ['call', 'copy', 0.08],
  ['call', 'lose', 0.03],
  ['answer', 'lose', 0.03],
  ['call', 'freeze', 0.03],
  ['ran', 'freeze', 0.2],
  ['run', 'freeze', 0.05],
  ['run', 'delay', 0.08],
  ['wake', 'freeze', 0.01],
  ['commit', 'rebalance', 0.05],
];
const MAXIMUM = 24;

class StormDirector implements Director {
  readonly decisions: Decision[] = [];

  constructor(private readonly random: SeededRandom) {}

  decide(place: Place, at: string): Decision | undefined {
    if (this.decisions.length === MAXIMUM) return undefined;
    const kind = SHARES.find(([where, , share]) => where === place && this.random() < share)?.[1];
    if (kind === undefined) return undefined;
    const ms = STALLS_MS[below(this.random, STALLS_MS.length)] as number;
    const decision = { at, do: kind, ms } as Decision;
    this.decisions.push(decision);
    return decision;
  }
}
