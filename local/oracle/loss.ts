import { isInConflict } from './conflict';
import type { Evidence } from './evidence';
import type { Violation } from './findings';
import type { TopicFact } from './promise';
import { nameOf, unitOf } from './units';

/**
 * Units that nobody brings again and that took no effect: their record is committed beyond, or was left out of the
 * answer to its last delivery. A record with a letter is not lost, nor one whose payload its identity does not stand for.
 */
export function losses(evidence: Evidence, isOpen: (fact: TopicFact) => boolean): Violation[] {
  const dropped = droppedPlaces(evidence);
  const end = evidence.observations.length;
  const units = new Set<string>();
  return evidence.topic.flatMap((fact): Violation[] => {
    const unit = unitOf(evidence.promised, fact);
    if (fact.takesEffect === false || units.has(unit)) return [];
    if (isOpen(fact) && !dropped.has(nameOf(fact))) return [];
    const tookEffect =
      (evidence.effectsOf(fact).length > 0 && !isInConflict(evidence, fact)) || evidence.redrivenOf(fact).length > 0;
    if (tookEffect || isParked(evidence, fact, end)) return [];
    units.add(unit);
    const text = `${nameOf(fact)} is closed, and ${unit === nameOf(fact) ? 'it' : unit} took no effect`;
    return [{ rule: 'lost', at: dropped.get(nameOf(fact)) ?? end, unit, text }];
  });
}

/** With identities alone the record that was parked closes the others that say the same (C5, O3). */
function isParked({ closings, promised, topic }: Evidence, fact: TopicFact, end: number): boolean {
  if (closings.isParked(fact, end)) return true;
  if (promised.remember !== 'identity') return false;
  return topic.some(
    (other) => other.identity === fact.identity && other.payload === fact.payload && closings.isParked(other, end),
  );
}

/** Records that the answer to their last delivery left out, and where. */
function droppedPlaces({ observations }: Evidence): Map<string, number> {
  const held = new Map<string, readonly string[]>();
  const dropped = new Map<string, number>();
  observations.forEach((observation, index) => {
    const { kind, worker } = observation;
    if (kind === 'delivered') {
      const names = observation.records.map(nameOf);
      held.set(worker, names);
      for (const name of names) dropped.delete(name);
    } else if (kind === 'answered') {
      const open = new Set(observation.open.map(nameOf));
      for (const name of held.get(worker) ?? []) if (!open.has(name)) dropped.set(name, index);
      held.delete(worker);
    } else if (kind === 'failed' || kind === 'killed') held.delete(worker);
  });
  return dropped;
}
