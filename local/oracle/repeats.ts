import { Admission } from './admission';
import type { Effect, Evidence } from './evidence';
import type { Violation } from './findings';
import { nameOf, unitOf } from './units';

/** An effect of a unit after its first, and why the promise admits it. */
export interface Repeat {
  readonly effect: Effect;
  readonly cause: string | undefined;
}

/** In the order of the topic, so that two runs of one seed list the same. */
export function repeatsOf(evidence: Evidence): Repeat[] {
  const admission = new Admission(evidence);
  return [...evidence.effects.values()]
    .flatMap((effects) => {
      const causes = admission.causes(effects);
      return effects.slice(1).map((effect, position): Repeat => ({ effect, cause: causes[position] }));
    })
    .sort(({ effect: { fact: a } }, { effect: { fact: b } }) => a.partition - b.partition || a.offset - b.offset);
}

export function twice({ promised }: Evidence, { effect: { index, worker, fact } }: Repeat): Violation {
  const unit = unitOf(promised, fact);
  const what = unit === nameOf(fact) ? nameOf(fact) : `${unit}, at ${nameOf(fact)},`;
  return { rule: 'twice', at: index, unit, text: `${what} took effect once more by ${worker}, and nothing admits it` };
}
