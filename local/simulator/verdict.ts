import type { Observation } from '../oracle/observation';
import { judgeRun } from '../oracle/oracle';
import type { Promised } from '../oracle/promise';
import type { Plan } from './plan';
import type { Resolution } from './resolution';
import type { Violation } from './violation';

/** What the oracle finds in what was seen outside of the runtime, in the order in which it happened. */
export function verdictOf(
  { remember, order }: Pick<Plan, 'remember' | 'order'>,
  resolution: Resolution,
  observations: readonly Observation[],
  clockAheadMs: Readonly<Record<string, number>>,
): readonly Violation[] {
  const promised: Promised = { remember, order, clockAheadMs, seesLostWrites: true };
  return judgeRun(promised, resolution.facts, observations, (fact) => resolution.isUncommitted(fact)).violations;
}
