import { backoffMs } from '../core/backoff';
import { type Deferred, deferred } from '../core/deferred';
import type { Ports } from '../ports';
import { isUnknown, type Unknown } from './unknown';

/** After so many answers of its own a member that keeps failing is given up: the store is out. */
const FAILURES = 3;
const BASE_MS = 20;
const CAP_MS = 1_000;

export interface Settling<Answer> {
  /** Resolves when every member was asked once. */
  readonly asked: Promise<void>;
  /** For each member, in the order of the batch. None of them waits for another. */
  readonly answers: readonly Promise<Answer | Unknown>[];
}

interface Asked<Member, Answer> extends Deferred<Answer | Unknown> {
  readonly member: Member;
  last: Unknown | undefined;
  failures: number;
}

/**
 * Asks until every member has an answer: the unknown ones again, alone, with a pause that grows (protocol C8).
 * Members that are still unknown at `untilMs`, that were refused, or that failed thrice stay unknown.
 */
export function settle<Member, Answer extends { readonly kind: string }>(
  batch: readonly Member[],
  ask: (batch: readonly Member[]) => Promise<(Answer | Unknown)[]>,
  untilMs: () => number,
  { clock, sleep, random }: Pick<Ports, 'clock' | 'sleep' | 'random'>,
  /** Once it is aborted nothing is asked again. */
  over?: AbortSignal,
): Settling<Answer> {
  /** Gives those that have to be asked again. */
  const round = async (members: readonly Asked<Member, Answer>[]) => {
    const answers = await ask(members.map(({ member }) => member));
    return members.filter((asked, index) => {
      const answer = answers[index] as Answer | Unknown;
      if (isFailed(answer)) asked.failures += 1;
      if (isUnknown(answer) && answer.reason !== 'refused' && asked.failures < FAILURES) {
        asked.last = answer;
        return true;
      }
      asked.resolve(answer);
      return false;
    });
  };
  const askAgain = async (members: readonly Asked<Member, Answer>[]) => {
    let unknown = members;
    for (let tries = 1; unknown.length > 0; tries += 1) {
      const pauseMs = backoffMs(tries, random.fraction(), BASE_MS, CAP_MS);
      if (clock.now() + pauseMs >= untilMs()) break;
      await sleep(pauseMs, over);
      if (over?.aborted) break;
      unknown = await round(unknown);
    }
    for (const { last, resolve } of unknown) resolve(last as Unknown);
  };

  const members = batch.map(
    (member): Asked<Member, Answer> => ({ member, last: undefined, failures: 0, ...deferred() }),
  );
  const firstRound = round(members);
  void firstRound.then(askAgain);
  return { asked: firstRound.then(() => undefined), answers: members.map(({ promise }) => promise) };
}

const isFailed = (answer: { readonly kind: string }) => isUnknown(answer) && answer.reason === 'failed';
