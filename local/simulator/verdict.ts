import type { Observation } from '../oracle/observation';
import { judgeRun } from '../oracle/oracle';
import type { Promised } from '../oracle/promise';
import type { Plan } from './plan';
import type { Resolution } from './resolution';
import type { Violation } from './violation';

/** What was seen outside of the runtime. */
export interface Sight {
  readonly resolution: Resolution;
  readonly observations: readonly Observation[];
  readonly clockAheadMs: Readonly<Record<string, number>>;
  /** Whether every message to the database took its time, and no longer. */
  readonly isPunctual: boolean;
}

/** What the oracle finds in what was seen outside of the runtime, in the order in which it happened. */
export function verdictOf(
  { remember, identity, independent, order, function: { checkpointMs }, deadLetters, latency }: Plan,
  { resolution, observations, clockAheadMs, isPunctual }: Sight,
): readonly Violation[] {
  const promised: Promised = {
    remember,
    order,
    clockAheadMs,
    seesLostWrites: true,
    ...(deadLetters && { maxAttempts: deadLetters.maxAttempts }),
    ...(remember === 'transaction' && { identity, independent }),
    // A mark waits for the one before it, which is on its way there and back, and timers are a little late.
    ...(isPunctual && { keepsLeases: true, checkpointMs: checkpointMs + 2 * latency.maximumMs + 10 }),
  };
  return judgeRun(promised, resolution.facts, observations, (fact) => resolution.isUncommitted(fact)).violations;
}
