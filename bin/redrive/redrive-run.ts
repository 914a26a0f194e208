import type { RedriveError } from '../../contract/redrive';
import { LocalError } from '../../local/errors';
import type { Time } from '../../local/time';
import { groupIntoEvents, mappingOf } from './events';
import type { Filter } from './filter';
import type { Verdict } from './invocation';
import { KnownLetters, type Target } from './known-letters';
import type { LetterStore, Page } from './letter-store';
import { afterBusyMs, afterFailureMs, afterOpenMs, MOST_DEATHS, MOST_FAILURES, MOST_OPEN_ANSWERS } from './pauses';
import type { Rate } from './rate';
import type { Redriver } from './redriver';
import { type LetterOutcome, Tally } from './tally';

export interface RedriveRunOptions {
  readonly store: LetterStore;
  readonly filter: Filter;
  readonly redriver: Redriver;
  readonly rate: Rate;
  readonly time: Time;
  /** 0 <= number < 1 */
  readonly fraction: () => number;
  /** Ends the run behind the invocation that is under way. */
  readonly stopping: AbortSignal;
  readonly onProgress: (tally: Tally) => void;
  /** A letter stays, and why. */
  readonly onLeft: (id: string, outcome: LetterOutcome, error: RedriveError | undefined) => void;
}

/** How a run came to its end. */
export type RedriveEnd =
  | { readonly kind: 'finished' }
  | { readonly kind: 'interrupted' }
  | { readonly kind: 'stopped'; readonly error: LocalError };

/** Letters of one invocation. */
interface Work {
  readonly targets: readonly Target[];
  readonly notBeforeMs: number;
  /** Answers in a row that decided nothing. */
  readonly openAnswers: number;
  /** Invocations with this one letter that ended by an error. */
  readonly deaths: number;
}

/** What an invocation holds at most: as many records as a batch of a mapping by default. */
const RECORDS_TOGETHER = 100;
/** Letters that wait to be asked for again, before more are read. */
const MOST_WAITING = 1_000;

/** Redrives the letters of a store, one invocation at a time, and removes those that are done. */
export class RedriveRun {
  readonly tally = new Tally();
  readonly #options: RedriveRunOptions;
  readonly #known: KnownLetters;
  readonly #refusedMappings = new Map<string, RedriveError>();
  #works: Work[] = [];
  #isRead = false;
  #isFunctionKnown = false;
  #failuresInARow = 0;
  #deletedAtEnd = 0;

  constructor(options: RedriveRunOptions) {
    this.#options = options;
    this.#known = new KnownLetters(options.filter, this.tally);
  }

  async run(): Promise<RedriveEnd> {
    const { stopping, time } = this.#options;
    try {
      while (!stopping.aborted) {
        const nowMs = time.now();
        const next = this.#works.find(({ notBeforeMs }) => notBeforeMs <= nowMs);
        if (next) await this.#work(next);
        else if (!this.#isRead && this.#waiting < MOST_WAITING) await this.#readMore();
        else if (this.#works.length === 0 && !this.#readsAgain()) return { kind: 'finished' };
        else if (this.#works.length > 0) {
          await time.sleep(Math.min(...this.#works.map(({ notBeforeMs }) => notBeforeMs)) - nowMs, stopping);
        }
      }
      return { kind: 'interrupted' };
    } catch (error) {
      if (error instanceof LocalError) return { kind: 'stopped', error };
      throw error;
    }
  }

  get #waiting(): number {
    return this.#works.reduce((sum, { targets }) => sum + targets.length, 0);
  }

  /** What was deleted since the store ended may have been in the way of more. */
  #readsAgain(): boolean {
    if (!this.#options.store.hasMore || this.tally.deletedCopies === this.#deletedAtEnd) return false;
    this.#deletedAtEnd = this.tally.deletedCopies;
    this.#isRead = false;
    return true;
  }

  /** As many as one invocation takes, or what is left. */
  async #readMore(): Promise<void> {
    const { store, rate, stopping } = this.#options;
    const records = Math.max(1, Math.min(RECORDS_TOGETHER, Math.floor(rate.together)));
    const targets: Target[] = [];
    while (targets.length < records && !stopping.aborted) {
      const page = await store.next();
      this.#isRead = page === undefined;
      if (page === undefined) break;
      targets.push(...(await this.#meet(page)));
      this.#options.onProgress(this.tally);
    }
    for (const group of groupIntoEvents(targets, { records })) this.#add(group);
  }

  async #meet(page: Page): Promise<Target[]> {
    const targets: Target[] = [];
    for (const stored of page.letters) {
      const met = this.#known.meet(stored);
      if (met === 'done') await this.#remove([stored.copy]);
      else if (met) targets.push(met);
    }
    for (const one of page.unreadable) {
      // The pointer to a letter of which another copy was redriven a moment ago.
      if (one.id !== undefined && this.#known.isDone(one.id)) await this.#remove([one.copy]);
      else this.tally.unreadable.push(one);
    }
    return targets;
  }

  #add(targets: readonly Target[], more: Partial<Work> = {}): void {
    this.#works.push({ targets, notBeforeMs: Number.NEGATIVE_INFINITY, openAnswers: 0, deaths: 0, ...more });
  }

  async #work(work: Work): Promise<void> {
    const { redriver, rate, time, stopping } = this.#options;
    const [first] = work.targets;
    const refusal = first && this.#refusedMappings.get(mappingOf(first.letter));
    if (refusal) {
      this.#take(work);
      return this.#leave(work.targets, 'refused', refusal);
    }
    if (this.#isFunctionKnown) {
      const waitMs = rate.waitMs(work.targets.length, time.now());
      if (waitMs > 0) await time.sleep(waitMs, stopping);
      if (stopping.aborted) return;
    }
    // Before its first letters the function is asked without any: one that is not of msk-once would just run them.
    const asked = this.#isFunctionKnown ? work.targets : [];
    const verdict = await redriver.redrive(asked);
    if (asked.length > 0) {
      this.tally.invocations += 1;
      this.#take(work);
    }
    if (asked.length > 0) await this.#judged(work, verdict);
    else await this.#judgedFunction(verdict);
    this.#options.onProgress(this.tally);
  }

  /** Of an invocation without letters: whatever goes wrong, no letter is to blame. */
  async #judgedFunction(verdict: Verdict): Promise<void> {
    if (verdict.kind === 'answered') {
      this.#isFunctionKnown = true;
      this.#failuresInARow = 0;
    } else if (['busy', 'unreachable', 'failed'].includes(verdict.kind)) {
      await this.#pauseAfter(verdict);
    } else {
      throw this.#options.redriver.giveUp(verdict);
    }
  }

  async #judged(work: Work, verdict: Verdict): Promise<void> {
    const { redriver } = this.#options;
    const { targets, deaths } = work;
    switch (verdict.kind) {
      case 'answered':
        return this.#answered(work, verdict);
      case 'refused': {
        const error = errorOf(verdict.reason);
        for (const { letter } of targets) this.#refusedMappings.set(mappingOf(letter), error);
        return this.#leave(targets, 'refused', error);
      }
      case 'busy':
      case 'unreachable':
        this.#works.unshift(work);
        return this.#pauseAfter(verdict);
      case 'too-large':
        if (targets.length === 1) return this.#leave(targets, 'failed', errorOf(verdict.reason));
        return this.#split(work);
      case 'failed':
        if (targets.length > 1) this.#split(work);
        else if (deaths + 1 < MOST_DEATHS) this.#add(targets, { ...work, deaths: deaths + 1 });
        else this.#leave(targets, 'failed', errorOf(verdict.reason));
        return this.#pauseAfter(verdict);
      default:
        this.#add(targets, work);
        throw redriver.giveUp(verdict);
    }
  }

  async #answered(work: Work, { redriven }: Extract<Verdict, { readonly kind: 'answered' }>): Promise<void> {
    this.#failuresInARow = 0;
    const open: Target[] = [];
    const closed: Target[] = [];
    for (const target of work.targets) {
      const { id } = target.letter;
      const { outcome, error } = redriven.get(id) ?? { outcome: 'open' };
      if (outcome === 'open') {
        open.push(target);
      } else if (outcome === 'done' || outcome === 'duplicate') {
        closed.push(target);
        this.#known.settle(id, 'done');
        this.tally.settle(id, outcome);
      } else {
        this.#leave([target], outcome, error);
      }
    }
    await this.#remove(closed.flatMap(({ copies }) => copies));
    if (open.length === 0) return;
    const hasMoved = open.length < work.targets.length;
    const openAnswers = hasMoved ? 0 : work.openAnswers + 1;
    if (openAnswers >= MOST_OPEN_ANSWERS) {
      for (const target of open) this.#leave([target], 'open', redriven.get(target.letter.id)?.error);
      return;
    }
    const { time, fraction } = this.#options;
    const pauseMs = hasMoved ? 0 : afterOpenMs(openAnswers, fraction());
    this.#add(open, { openAnswers, notBeforeMs: time.now() + pauseMs });
  }

  /** So that one letter that ends the function does not keep the others from being redriven. */
  #split(work: Work): void {
    const { targets } = work;
    const middle = Math.ceil(targets.length / 2);
    this.#works.unshift({ ...work, targets: targets.slice(0, middle) }, { ...work, targets: targets.slice(middle) });
  }

  /** Whatever comes next waits. @throws LocalError when the function has failed too often in a row */
  async #pauseAfter(verdict: Exclude<Verdict, { readonly kind: 'answered' }>): Promise<void> {
    const { redriver, fraction, time, stopping } = this.#options;
    this.#failuresInARow += 1;
    if (this.#failuresInARow >= MOST_FAILURES) throw redriver.giveUp(verdict);
    const pause = verdict.kind === 'failed' ? afterFailureMs : afterBusyMs;
    await time.sleep(pause(this.#failuresInARow, fraction()), stopping);
  }

  #take(work: Work): void {
    this.#works = this.#works.filter((one) => one !== work);
  }

  #leave(
    targets: readonly Target[],
    outcome: Exclude<LetterOutcome, 'done' | 'duplicate'>,
    error?: RedriveError,
  ): void {
    for (const { letter } of targets) {
      this.#known.settle(letter.id, 'left');
      this.tally.settle(letter.id, outcome, error);
      this.#options.onLeft(letter.id, outcome, error);
    }
  }

  async #remove(copies: Parameters<LetterStore['remove']>[0]): Promise<void> {
    if (copies.length === 0) return;
    const left = await this.#options.store.remove(copies);
    this.tally.notRemoved.push(...left);
    this.tally.deletedCopies += copies.length - left.length;
  }
}

const errorOf = (message: string): RedriveError => ({ name: 'FunctionError', message });
