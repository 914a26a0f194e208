import type { Evidence } from './evidence';
import type { TopicFact } from './promise';

/** Whether every effect of its identity was one of another payload: then the identity's mark is not this record's (C7). */
export function isInConflict(evidence: Evidence, fact: TopicFact): boolean {
  const effects = evidence.effectsOf(fact);
  if (effects.length === 0 || fact.payload === undefined) return false;
  return effects.every(({ fact: { payload } }) => payload !== undefined && payload !== fact.payload);
}

/** Whether an error of the record may be permanent whatever user code says: unfit, or another says something else under its identity (C7). */
export function mayBeRefused(
  { promised, topic }: Evidence,
  { identity, payload, isUnfit = false }: TopicFact,
): boolean {
  if (isUnfit || promised.remember === 'ledger' || identity === undefined) return isUnfit;
  return topic.some((other) => other.identity === identity && other.payload !== payload);
}
