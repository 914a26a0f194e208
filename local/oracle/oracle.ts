/**
 * Judges a run from the topic and from what was seen outside of the runtime, by the promise of its way of remembering
 * (protocol section 1). It knows nothing of the runtime and shares no code with it.
 *
 * Give `judgeRun` the promise, the records of the topic, the observations in the order in which they took effect, and
 * what is not committed at the end; it gives counts and violations. `read-history.ts` reads the same from JSON. How much
 * it sees grows with what is observed: `observation.ts` says by which kind.
 */
import { wrongAnswers } from './answering';
import { wrongAttempts } from './attempts';
import { Evidence } from './evidence';
import { overlaps } from './exclusion';
import { staleWrites } from './fencing';
import type { Findings, RepeatedEffect, Violation } from './findings';
import { losses } from './loss';
import type { EffectSeen, Observation } from './observation';
import { outOfOrder } from './order';
import { wrongParkings } from './parking';
import type { Promised, TopicFact } from './promise';
import { wrongRedrives } from './redrives';
import { repeatsOf, twice } from './repeats';
import { nameOf } from './units';
import { countZombies } from './zombies';

/** `isOpen`: whether the record is not committed when the run is over. */
export function judgeRun(
  promised: Promised,
  topic: readonly TopicFact[],
  observations: readonly Observation[],
  isOpen: (fact: TopicFact) => boolean,
): Findings {
  const evidence = new Evidence(promised, topic, observations);
  const repeats = repeatsOf(evidence);
  const notAdmitted = repeats.filter(({ cause }) => cause === undefined);
  const order = outOfOrder(evidence);
  const lost = losses(evidence, isOpen);
  // Of what one observation breaks, the rule that says most about why comes first.
  const violations = [
    ...evidence.foreign.map((index) => foreignViolation(evidence, index)),
    ...wrongAnswers(evidence),
    ...staleWrites(evidence),
    ...overlaps(evidence),
    ...wrongAttempts(evidence),
    ...wrongParkings(evidence),
    ...wrongRedrives(evidence),
    ...order,
    ...notAdmitted.map((repeat) => twice(evidence, repeat)),
    ...lost,
  ];
  return {
    ...countRecords(evidence, isOpen),
    effects: observations.filter(({ kind }) => kind === 'effect').length,
    lost: lost.length,
    repeated: repeats.map(({ effect: { fact }, cause }): RepeatedEffect => {
      const { partition, offset, identity } = fact;
      return { partition, offset, identity, cause };
    }),
    admitted: repeats.length - notAdmitted.length,
    twice: notAdmitted.length,
    outOfOrder: order.length,
    foreign: evidence.foreign.length,
    ...countZombies(evidence),
    violations: violations.sort((a, b) => a.at - b.at),
  };
}

function countRecords(evidence: Evidence, isOpen: (fact: TopicFact) => boolean) {
  const { topic, observations, closings } = evidence;
  const identities = topic.flatMap(({ identity }) => (identity === undefined ? [] : [identity]));
  const withEffect = new Set([...evidence.effects.values()].flat().map(({ fact }) => nameOf(fact)));
  return {
    records: topic.length,
    producerDuplicates: identities.length - new Set(identities).size,
    suppressed: topic.filter(
      (fact) => evidence.effectsOf(fact).length > 0 && !withEffect.has(nameOf(fact)) && !isOpen(fact),
    ).length,
    open: topic.filter(isOpen).length,
    parked: topic.filter((fact) => closings.isParked(fact, observations.length)).length,
  };
}

function foreignViolation({ observations }: Evidence, index: number): Violation {
  const { worker, partition, offset } = observations[index] as EffectSeen;
  const unit = nameOf({ partition, offset });
  return { rule: 'foreign', at: index, unit, text: `${worker} made an effect of ${unit}, which has none to make` };
}
