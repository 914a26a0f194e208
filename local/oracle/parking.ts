import { mayBeRefused } from './conflict';
import type { Effect, Evidence } from './evidence';
import { Excuses } from './excuses';
import type { Rule, Violation } from './findings';
import type { LetterSeen, Observation } from './observation';
import type { TopicFact } from './promise';
import { holdName, holdOf, nameOf } from './units';

/** Source: protocol P4. */
const LETTERS_OF_A_KIND = 20;

interface SeenLetter extends LetterSeen {
  readonly index: number;
}

/**
 * Records that were parked (protocol P1, P2, P4, P5): with a letter before the closing mark, for a reason, never beside
 * their effect, and never run again. Judged where it is known when a record is to be parked.
 */
export function wrongParkings(evidence: Evidence): Violation[] {
  if (evidence.promised.maxAttempts === undefined) return [];
  const letters = lettersOf(evidence.observations);
  const excuses = new Excuses(evidence);
  return [
    ...evidence.topic.flatMap((fact) => {
      const ofIt = letters.get(nameOf(fact)) ?? [];
      return [
        ...withoutLetter(evidence, fact, ofIt),
        ...early(evidence, fact, ofIt),
        ...again(evidence, fact, ofIt),
        ...done(evidence, fact, excuses),
      ];
    }),
    ...ranParked(evidence),
    ...masses(evidence, [...letters.values()].flat()),
  ];
}

function lettersOf(observations: readonly Observation[]): Map<string, SeenLetter[]> {
  const letters = new Map<string, SeenLetter[]>();
  observations.forEach((observation, index) => {
    if (observation.kind !== 'letter') return;
    const earlier = letters.get(nameOf(observation));
    if (earlier) earlier.push({ ...observation, index });
    else letters.set(nameOf(observation), [{ ...observation, index }]);
  });
  return letters;
}

function withoutLetter({ closings }: Evidence, fact: TopicFact, [first]: readonly SeenLetter[]): Violation[] {
  const parkedAt = closings.parkedAt(fact);
  if (parkedAt === undefined || (first !== undefined && first.index < parkedAt)) return [];
  return [violation('no-letter', parkedAt, fact, 'was parked before a letter of it was durable')];
}

/** Innocents have none; who may still work has one when the attempts are used up. */
function early(evidence: Evidence, fact: TopicFact, letters: readonly SeenLetter[]): Violation[] {
  const { promised, turns, runs } = evidence;
  const { maxAttempts = 0 } = promised;
  if (mayBeRefused(evidence, fact)) return [];
  return letters.flatMap(({ index, worker }) => {
    const isPermanent = runs.all.some(
      (run) =>
        nameOf(run) === nameOf(fact) && run.says === 'permanent' && run.endedAt !== undefined && run.endedAt < index,
    );
    const most = turns.countedAtMost(evidence.sharing(fact), holdOf(promised, fact), index);
    if (isPermanent || most >= maxAttempts) return [];
    const text = `has a letter by ${worker} after at most ${most} of ${maxAttempts} attempts, and its errors may pass`;
    return [violation('early-letter', index, fact, text)];
  });
}

function again(evidence: Evidence, fact: TopicFact, letters: readonly SeenLetter[]): Violation[] {
  return letters.flatMap((letter, position) => {
    const before = letters[position - 1];
    if (before === undefined || wasKeptFromMark(evidence, fact, before, letter)) return [];
    if (wasStalled(evidence, fact, letter)) return [];
    return [violation('letter-twice', letter.index, fact, `has one more letter, by ${letter.worker}, without a cause`)];
  });
}

/** Whether something came between a letter and the closing mark of its worker. */
function wasKeptFromMark(
  evidence: Evidence,
  fact: TopicFact,
  { worker, index }: SeenLetter,
  next: SeenLetter,
): boolean {
  const until = next.index;
  const { observations, tenures, promised, turns } = evidence;
  const hold = holdOf(promised, fact);
  if (isClaimedByNobody(evidence, fact, next)) return true;
  const loss = tenures.lossOf(hold, worker, index);
  if (loss !== undefined && loss < until) return true;
  const from = turns.of(worker, index)?.from ?? 0;
  return observations.some((observation, at) => {
    if (at >= until) return false;
    // A copy, or what was held up, may be an earlier invocation's.
    if (observation.kind === 'letter-lost') return nameOf(observation) === nameOf(fact);
    if (observation.worker !== worker || at < from) return false;
    switch (observation.kind) {
      case 'killed':
      case 'frozen':
        return true;
      case 'write-lost':
        return observation.write !== 'claim' || holdName(observation) === hold;
      default:
        return false;
    }
  });
}

/** Whether its worker stood still past its lease, and another one had taken over before it went on. */
function wasStalled(
  { observations, tenures, promised, turns }: Evidence,
  fact: TopicFact,
  letter: SeenLetter,
): boolean {
  const { worker, index } = letter;
  const loss = tenures.lossOf(holdOf(promised, fact), worker, index);
  if (loss === undefined || loss > index) return false;
  const from = turns.of(worker, index)?.from ?? 0;
  return observations.some(
    (observation, at) => at >= from && at < index && observation.kind === 'frozen' && observation.worker === worker,
  );
}

/** With identities alone nobody holds what cannot be claimed: whoever began before it was parked writes a letter too. */
function isClaimedByNobody(evidence: Evidence, fact: TopicFact, { worker, index }: SeenLetter): boolean {
  const { promised, closings, turns } = evidence;
  if (promised.remember !== 'identity' || !mayBeRefused(evidence, fact)) return false;
  return (turns.of(worker, index)?.from ?? index) < (closings.parkedAt(fact) ?? index);
}

/** With transactions an effect and its mark are one; else what was left unmarked may be parked later. */
function done(evidence: Evidence, fact: TopicFact, excuses: Excuses): Violation[] {
  const { closings, promised } = evidence;
  const parkedAt = closings.parkedAt(fact);
  if (parkedAt === undefined) return [];
  const effects = evidence.effectsOf(fact).filter((effect) => nameOf(effect.fact) === nameOf(fact) && !effect.isCopy);
  return effects.flatMap((effect: Effect) => {
    const isExcused =
      promised.remember !== 'transaction' &&
      (effect.index < parkedAt ? excuses.unmarked(effect, parkedAt) : excuses.late(effect)) !== undefined;
    if (isExcused) return [];
    const at = Math.max(parkedAt, effect.index);
    return [violation('done-and-parked', at, fact, `is parked, and took effect by ${effect.worker}`)];
  });
}

function ranParked(evidence: Evidence): Violation[] {
  return evidence.runs.all.flatMap((run) => {
    const fact = evidence.factAt(run);
    if (fact === undefined || !evidence.closings.isParked(fact, run.startedAt)) return [];
    return [violation('ran-parked', run.startedAt, fact, `ran in ${run.worker} after it had been parked`)];
  });
}

function masses({ turns }: Evidence, letters: readonly SeenLetter[]): Violation[] {
  const kinds = new Map<string, Set<string>>();
  return letters.flatMap((letter) => {
    const { worker, index, error = '' } = letter;
    const kind = `${worker} ${turns.of(worker, index)?.from} ${error}`;
    const records = kinds.get(kind) ?? new Set();
    kinds.set(kind, records.add(nameOf(letter)));
    if (records.size !== LETTERS_OF_A_KIND + 1) return [];
    const text = `is the ${records.size}th that ${worker} wrote a letter for in one invocation, all of one kind`;
    return [violation('mass-letters', index, letter, text)];
  });
}

function violation(rule: Rule, at: number, place: { partition: number; offset: number }, what: string): Violation {
  const unit = nameOf(place);
  return { rule, at, unit, text: `${unit} ${what}` };
}
