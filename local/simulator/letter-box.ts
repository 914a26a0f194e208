import type { Letter } from '../../contract/letter';
import type { Observation } from '../oracle/observation';
import { failed, type Landing } from './database';
import type { Plan } from './plan';

export interface LetterBoxOptions {
  readonly plan: Pick<Plan, 'deadLetters'>;
  readonly clock: { now(): number };
  readonly startMs: number;
  readonly observe: (observation: Observation) => void;
  readonly onLetter?: (letter: Letter) => void;
}

/** Where letters are durable. Gives what carries out a request that writes them: all of them, or none while it is down. */
export function letterBox({
  plan,
  clock,
  startMs,
  observe,
  onLetter,
}: LetterBoxOptions): (from: Landing, input: object) => object {
  const { afterMs = 0, ms = 0 } = plan.deadLetters?.down ?? {};
  return ({ worker, sentAtMs }, input) => {
    const sinceStartMs = clock.now() - startMs;
    if (sinceStartMs >= afterMs && sinceStartMs < afterMs + ms) throw failed();
    const { letters } = input as { readonly letters: readonly Letter[] };
    for (const letter of letters) {
      onLetter?.(letter);
      const { record, attempts, error } = letter;
      const { partition, offset } = record;
      observe({ kind: 'letter', worker, sentAtMs, partition, offset, attempts, error: error.code ?? error.name });
    }
    return {};
  };
}
