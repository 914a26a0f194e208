import { backoffMs } from '../core/backoff';
import type { Ports } from '../ports';
import type { Unknown } from './claim-store';

/** After so many answers of its own a member that keeps failing is given up: the store is out. */
const FAILURES = 3;
const BASE_MS = 20;
const CAP_MS = 1_000;

/**
 * Asks until every member has an answer: the unknown ones again, alone, with a pause that grows (protocol C8).
 * Members that are still unknown at `untilMs`, that were refused, or that failed thrice stay unknown.
 */
export async function settle<Member, Answer extends { readonly kind: string }>(
  batch: readonly Member[],
  ask: (batch: readonly Member[]) => Promise<(Answer | Unknown)[]>,
  untilMs: () => number,
  { clock, sleep, random }: Pick<Ports, 'clock' | 'sleep' | 'random'>,
): Promise<(Answer | Unknown)[]> {
  const answers = await ask(batch);
  const failures: number[] = answers.map((answer) => (isFailed(answer) ? 1 : 0));
  for (let tries = 1; ; tries += 1) {
    const again = answers.flatMap((answer, index) =>
      isUnknown(answer) && answer.reason !== 'refused' && (failures[index] ?? 0) < FAILURES ? [index] : [],
    );
    if (again.length === 0) return answers;
    const pauseMs = backoffMs(tries, random.fraction(), BASE_MS, CAP_MS);
    if (clock.now() + pauseMs >= untilMs()) return answers;
    await sleep(pauseMs);
    const later = await ask(again.map((index) => batch[index] as Member));
    again.forEach((index, position) => {
      const answer = later[position] as Answer | Unknown;
      answers[index] = answer;
      if (isFailed(answer)) failures[index] = (failures[index] ?? 0) + 1;
    });
  }
}

export function isUnknown(answer: { readonly kind: string }): answer is Unknown {
  return answer.kind === 'unknown';
}

const isFailed = (answer: { readonly kind: string }) => isUnknown(answer) && answer.reason === 'failed';
