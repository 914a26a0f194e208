import type { Observation, Place } from '../observation';
import type { Promised, TopicFact } from '../promise';
import { holdName, holdOf, nameOf } from '../units';

interface CopiesOf {
  readonly promised: Promised;
  readonly topic: readonly TopicFact[];
  readonly observations: readonly Observation[];
  readonly unheard: ReadonlySet<number>;
}

/**
 * For each letter of a record after its first why it was written again: something came between the letter before and the
 * mark that closes the record (protocol P5). undefined: nothing did.
 *
 * @param closed Where the record was closed, as an index.
 */
export function copyCauses(run: CopiesOf, record: Place, closed: number | undefined): (string | undefined)[] {
  const letters = run.observations.flatMap((one, index) =>
    one.kind === 'letter' && nameOf(one) === nameOf(record) ? [{ index, worker: one.worker }] : [],
  );
  return letters.slice(1).map(({ index }, place) => {
    const before = letters[place];
    return before && causeBetween(run, record, before, Math.min(index, closed ?? index));
  });
}

/** What kept the worker from its mark: its end, an answer that it never got, or another worker with its claim. */
function causeBetween(
  { promised, topic, observations, unheard }: CopiesOf,
  record: Place,
  letter: { readonly index: number; readonly worker: string },
  until: number,
): string | undefined {
  if (until < letter.index) return undefined;
  if (unheard.has(letter.index)) return 'answer lost';
  const fact = topic.find((one) => nameOf(one) === nameOf(record));
  const hold = fact && holdOf(promised, fact);
  for (const one of observations.slice(letter.index, Math.ceil(until))) {
    if (one.kind === 'killed' && one.worker === letter.worker) return one.cause;
    if (one.kind === 'claim' && one.worker !== letter.worker && holdName(one) === hold) return 'lease lost';
  }
  return undefined;
}
