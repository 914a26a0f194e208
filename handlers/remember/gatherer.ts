import { type Deferred, deferred } from '../core/deferred';
import { WOKEN } from '../core/woken';
import type { Sleep } from '../ports';
import type { Settling } from '../store/settle';
import type { Unknown } from '../store/unknown';

export interface GathererOptions<Member, Answer> {
  /** Members that travel together. */
  readonly size: number;
  /** How long a member waits for others, at most. */
  readonly delayMs: number;
  readonly sleep: Sleep;
  readonly send: (batch: readonly Member[]) => Settling<Answer>;
}

interface Gathered<Member, Answer> {
  readonly member: Member;
  readonly answered: (answer: Answer | Unknown) => void;
}

/** Gathers writes that nobody waits for, so that they travel in whole requests. */
export class Gatherer<Member, Answer> {
  readonly #options: GathererOptions<Member, Answer>;
  /** Members on their way. */
  #underWay = 0;
  #allAnswered: Deferred<void> | undefined = undefined;
  #gathered: Gathered<Member, Answer>[] = [];
  #timer: AbortController | undefined = undefined;
  #isHurried = false;

  constructor(options: GathererOptions<Member, Answer>) {
    this.#options = options;
  }

  add(member: Member, answered: (answer: Answer | Unknown) => void): void {
    this.#gathered.push({ member, answered });
    if (this.#gathered.length >= this.#options.size) this.#flush();
    else if (this.#timer === undefined) void this.#flushLater(this.#options.delayMs);
  }

  /** Somebody waits: sends what was gathered, with what comes in the same turn. */
  hurry(): void {
    if (this.#isHurried || this.#gathered.length === 0) return;
    this.#isHurried = true;
    void this.#flushLater(0);
  }

  /** Resolves when nothing is gathered or on its way. */
  async drained(): Promise<void> {
    while (this.#gathered.length > 0 || this.#underWay > 0) {
      this.#flush();
      this.#allAnswered ??= deferred();
      await this.#allAnswered.promise;
    }
  }

  /** Sends nothing more by itself. */
  stop(): void {
    this.#timer?.abort(WOKEN);
    this.#gathered = [];
  }

  async #flushLater(delayMs: number): Promise<void> {
    this.#timer?.abort(WOKEN);
    const timer = new AbortController();
    this.#timer = timer;
    await this.#options.sleep(delayMs, timer.signal);
    if (this.#timer === timer) this.#flush();
  }

  #flush(): void {
    this.#timer?.abort(WOKEN);
    this.#timer = undefined;
    this.#isHurried = false;
    const gathered = this.#gathered;
    if (gathered.length === 0) return;
    this.#gathered = [];
    this.#underWay += gathered.length;
    const { answers } = this.#options.send(gathered.map(({ member }) => member));
    gathered.forEach(({ answered }, index) => {
      void answers[index]?.then((answer) => {
        this.#underWay -= 1;
        answered(answer);
        if (this.#underWay > 0) return;
        this.#allAnswered?.resolve();
        this.#allAnswered = undefined;
      });
    });
  }
}
