/**
 * `error`: the function does not do, or not as it should, what it is deployed for. `warning`: it does, with a
 * disadvantage. `unknown`: a part of the template that decides it cannot be read here.
 */
export type Severity = 'error' | 'warning' | 'unknown';

/** What is found, why it matters and what to change, each as one sentence or a few. */
export interface Judgement {
  readonly severity: Severity;
  /** Where the template says it. */
  readonly place: string;
  readonly found: string;
  readonly why: string;
  readonly change: string;
}

export interface Finding extends Judgement {
  readonly rule: string;
  /** Of what cannot be read: the other rules that it leaves unjudged. */
  readonly also?: readonly string[];
  /** Logical ids of the mappings that it concerns. */
  readonly mappings: readonly string[];
}

type Words = readonly [found: string, why: string, change: string];

export function error(place: string, ...[found, why, change]: Words): Judgement {
  return { severity: 'error', place, found, why, change };
}

export function warning(place: string, ...[found, why, change]: Words): Judgement {
  return { severity: 'warning', place, found, why, change };
}

export function unknown(place: string, ...[found, why, change]: Words): Judgement {
  return { severity: 'unknown', place, found, why, change };
}
