/** What is wrong with a filter pattern. */
export interface PatternProblem {
  /** `outside-value`: it asks for something that a Kafka mapping does not look at. */
  readonly kind: 'malformed' | 'outside-value';
  /** Where in the pattern, such as `value.price[0].numeric`; empty: the pattern as a whole. */
  readonly place: string;
  /** Without the place, a sentence's second half: "must be …". */
  readonly problem: string;
}

export class PatternError extends Error implements PatternProblem {
  override readonly name = 'PatternError';

  constructor(
    readonly kind: PatternProblem['kind'],
    readonly place: string,
    readonly problem: string,
  ) {
    super(`${place} ${problem}`);
  }
}

export function malformed(place: string, problem: string): PatternError {
  return new PatternError('malformed', place, problem);
}
