import type { Effect, Evidence } from './evidence';
import { Excuses } from './excuses';
import type { Rule, Violation } from './findings';
import type { Observation, Place, RedriveAnswered } from './observation';
import type { TopicFact } from './promise';
import { Runs } from './runs';
import { nameOf } from './units';

/**
 * Letters that were redriven (protocol P6): a parked record takes effect once more at most, but for what the way of
 * remembering admits; it is done when it took effect, and said to be when that is durable; and a redrive touches nothing
 * of a poller's, nor a poller what is a redrive's.
 */
export function wrongRedrives(evidence: Evidence): Violation[] {
  const redrives = new Redrives(evidence);
  return [
    ...redrives.disturbances(),
    ...redrives.repeats(),
    ...redrives.done(),
    ...redrives.answers(),
    ...redrives.attempts(),
  ];
}

/** What keeps a redrive from its mark, or lets what it sent come late. */
const TROUBLES: readonly Observation['kind'][] = ['killed', 'frozen', 'write-lost'];

class Redrives {
  readonly #evidence: Evidence;
  readonly #excuses: Excuses;
  /** As those of the main run, with redrives alone; at the same indexes. */
  readonly #seen: readonly (Observation | undefined)[];
  readonly #runs: Runs;
  /** By record, where and by whom its item turned to done. */
  readonly #done = new Map<string, { readonly index: number; readonly worker: string }>();

  constructor(evidence: Evidence) {
    this.#evidence = evidence;
    this.#excuses = new Excuses(evidence);
    this.#seen = evidence.observations.map((observation) =>
      observation.kind === 'redrive' ? observation.seen : undefined,
    );
    const nothing: Observation = { kind: 'thawed', worker: '' };
    this.#runs = new Runs(this.#seen.map((seen) => seen ?? nothing));
    this.#seen.forEach((seen, index) => {
      if (seen?.kind !== 'redriven' || this.#done.has(nameOf(seen))) return;
      this.#done.set(nameOf(seen), { index, worker: seen.worker });
    });
  }

  disturbances(): Violation[] {
    const { observations } = this.#evidence;
    return observations.flatMap((observation, index): Violation[] => {
      if (observation.kind === 'redriven') {
        return [
          violation('redrive-disturbs', index, observation, `was made done by ${observation.worker}, no redrive`),
        ];
      }
      const seen = this.#seen[index];
      if (seen?.kind === 'letter' || seen?.kind === 'parked') {
        return [
          violation(
            'redrive-disturbs',
            index,
            seen,
            `has one more ${seen.kind === 'letter' ? 'letter' : 'item'} by ${seen.worker}, a redrive`,
          ),
        ];
      }
      if ((seen?.kind !== 'claim' && seen?.kind !== 'mark') || seen.partition === undefined) return [];
      const unit = `partition ${seen.partition}`;
      return [
        { rule: 'redrive-disturbs', at: index, unit, text: `${seen.worker}, a redrive, wrote the ledger of ${unit}` },
      ];
    });
  }

  repeats(): Violation[] {
    const { promised, redriven, effects } = this.#evidence;
    return [...redriven].flatMap(([unit, ofRedrives]) => {
      const all = [...(effects.get(unit) ?? []), ...ofRedrives].sort((a, b) => a.index - b.index);
      return all.flatMap((effect, position): Violation[] => {
        const before = all[position - 1];
        if (before === undefined || (effects.get(unit)?.includes(effect) && effects.get(unit)?.includes(before)))
          return [];
        const isAdmitted =
          promised.remember !== 'transaction' &&
          (effect.isCopy || this.#wasLeftUnmarked(before, effect.index) || this.#isLate(effect));
        if (isAdmitted) return [];
        const text = `took effect once more by ${effect.worker}, after ${before.worker}, and nothing admits it`;
        return [violation('redriven-twice', effect.index, effect.fact, text)];
      });
    });
  }

  /** An item that is done has an effect behind it; one that no redrive has run may be another record's of its identity. */
  done(): Violation[] {
    return [...this.#done].flatMap(([, { index, worker }]): Violation[] => {
      const place = this.#seen[index] as Observation & Place;
      const fact = this.#evidence.factAt(place);
      if (fact === undefined || this.#tookEffect(fact, index)) return [];
      return [violation('redriven-lost', index, place, `was made done by ${worker}, and took no effect`)];
    });
  }

  answers(): Violation[] {
    return this.#evidence.observations.flatMap((observation, index): Violation[] => {
      if (observation.kind !== 'redrive-answer') return [];
      const { worker, outcomes } = observation;
      if (outcomes === undefined) {
        return [{ rule: 'redrive-answer', at: index, unit: worker, text: `${worker} gave no answer that can be read` }];
      }
      return [...this.#unanswered(observation, index), ...outcomes.flatMap((one) => this.#answer(one, worker, index))];
    });
  }

  /** No fewer than the letter says, and no more than redrives may have counted since. */
  attempts(): Violation[] {
    const { observations } = this.#evidence;
    return this.#runs.all.flatMap((run): Violation[] => {
      const letters = observations.flatMap((observation, index) =>
        observation.kind === 'letter' && index < run.startedAt && nameOf(observation) === nameOf(run)
          ? [observation.attempts ?? 0]
          : [],
      );
      const redrives = this.#seen.filter(
        (seen, index) =>
          index < run.startedAt &&
          seen?.kind === 'delivered' &&
          seen.worker !== run.worker &&
          seen.records.some((place) => nameOf(place) === nameOf(run)),
      );
      const least = 1 + Math.min(...letters);
      const most = 1 + Math.max(...letters) + redrives.length;
      if (run.attempt === undefined || (run.attempt >= least && run.attempt <= most)) return [];
      const text = `was redriven by ${run.worker} as attempt ${run.attempt}, and it is from ${least} to ${most}`;
      return [violation('attempts', run.startedAt, run, text)];
    });
  }

  #unanswered({ worker, outcomes = [] }: RedriveAnswered, index: number): Violation[] {
    const given = this.#seen.findLast((seen, at) => at < index && seen?.kind === 'delivered' && seen.worker === worker);
    const asked = given?.kind === 'delivered' ? given.records.map(nameOf).join(' ') : '';
    const answered = outcomes.map(nameOf).join(' ');
    if (asked === answered) return [];
    return [
      {
        rule: 'redrive-answer',
        at: index,
        unit: worker,
        text: `${worker} answered for ${answered}, and was asked for ${asked}`,
      },
    ];
  }

  #answer(answer: NonNullable<RedriveAnswered['outcomes']>[number], worker: string, index: number): Violation[] {
    const { outcome } = answer;
    const done = this.#done.get(nameOf(answer));
    const isDone = done !== undefined && done.index < index;
    const wrong = (what: string) => [
      violation('redrive-answer', index, answer, `is ${outcome}, says ${worker}, and ${what}`),
    ];
    if (outcome === 'absent') return wrong('it is parked');
    if (outcome === 'done' || outcome === 'duplicate') return isDone ? [] : wrong('its item does not say so');
    if (!isDone || done.worker !== worker) return [];
    return outcome === 'open' && this.#isTroubled(worker, index) ? [] : wrong('it made it done');
  }

  #tookEffect(fact: TopicFact, index: number): boolean {
    if (fact.takesEffect === false) return true;
    return [...this.#evidence.effectsOf(fact), ...this.#evidence.redrivenOf(fact)].some((one) => one.index < index);
  }

  #wasLeftUnmarked(effect: Effect, before: number): boolean {
    if (this.#seen[effect.index] === undefined) {
      return (this.#excuses.unmarked(effect, before) ?? this.#excuses.late(effect)) !== undefined;
    }
    const done = this.#done.get(nameOf(effect.fact));
    if (done !== undefined && done.index < before && done.index > effect.index) return false;
    const result = this.#runs.ofEffect(effect.index)?.result;
    return result === 'rejected' || result === 'aborted' || this.#isTroubled(effect.worker, before);
  }

  /** It was sent by somebody who had lost it by the time that it landed. */
  #isLate(effect: Effect): boolean {
    if (this.#seen[effect.index] === undefined) return this.#excuses.late(effect) !== undefined;
    const result = this.#runs.ofEffect(effect.index)?.result;
    return result === 'rejected' || result === 'aborted' || this.#isTroubled(effect.worker, effect.index);
  }

  #isTroubled(worker: string, before: number): boolean {
    return this.#seen.some((seen, index) => index < before && seen?.worker === worker && TROUBLES.includes(seen.kind));
  }
}

function violation(rule: Rule, at: number, place: Place, what: string): Violation {
  const unit = nameOf(place);
  return { rule, at, unit, text: `${unit} ${what}` };
}
