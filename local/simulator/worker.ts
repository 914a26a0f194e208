import { type SeededRandom, seededRandom } from '../seeded-random';
import type { Decision, Place } from './decision';
import type { OwnedStep, Owner, Scheduler } from './scheduler';
import { hashOf } from './trace';

export interface WorkerOptions {
  /** `<poller>/<n>`. */
  readonly name: string;
  readonly scheduler: Scheduler;
  readonly seed: number;
  /** By how much its clock is ahead of the world's. */
  readonly aheadMs: number;
  /** It stands still from now on, or goes on; not told of the rest between two invocations. */
  readonly onStall?: (kind: 'frozen' | 'thawed') => void;
}

/** A process of the function: it lives, stands still, dies; nothing of a dead one goes on, but what it has sent lands. */
export class Worker implements Owner {
  readonly name: string;
  readonly #options: WorkerOptions;
  readonly #random: SeededRandom;
  readonly #counts = new Map<string, number>();
  readonly #listeners = new Set<(cause: string) => void>();
  #parked: OwnedStep[] = [];
  #frozenUntilMs = 0;
  #isStalled = false;
  #isResting = false;
  #tokens = 0;
  #isDead = false;
  /** Whether anything has held it up since the invocation began: then it cannot answer for its time. */
  wasDisturbed = false;

  constructor(options: WorkerOptions) {
    this.name = options.name;
    this.#options = options;
    this.#random = seededRandom(hashOf(options.name, options.seed));
  }

  readonly clock = { now: () => this.#options.scheduler.now() + this.#options.aheadMs };

  readonly random = {
    fraction: () => this.#random(),
    token: () => {
      this.#tokens += 1;
      return `${this.name} token#${this.#tokens}`;
    },
  };

  readonly sleep = (ms: number, signal?: AbortSignal): Promise<void> => {
    const name = this.next('sleep');
    const over = { name: `${name} over`, owner: this, place: 'wake' as const };
    this.decide('sleep', name);
    const begin = () => this.#options.scheduler.sleepAs(over, ms, signal);
    return new Promise((resolve) => this.onceRunning(`${name} begins`, () => void begin().then(resolve)));
  };

  get isDead(): boolean {
    return this.#isDead;
  }

  get isFrozen(): boolean {
    return this.#isResting || this.#frozenUntilMs > this.#options.scheduler.now();
  }

  /** Calls the listener once it is dead. Gives a function that takes it back. */
  onEnded(listener: (cause: string) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** The name of its next call of a kind. */
  next(kind: string): string {
    const count = (this.#counts.get(kind) ?? 0) + 1;
    this.#counts.set(kind, count);
    return `${this.name} ${kind}#${count}`;
  }

  /** Asks what happens at a call that it makes now. */
  decide(place: Place, name: string): Decision | undefined {
    return this.isDead ? undefined : this.#options.scheduler.decide(place, name, this);
  }

  /** Goes on after `afterMs`, unless it is dead then. Gives a function that takes it back. */
  after(name: string, afterMs: number, go: (decision: Decision | undefined) => void, place?: Place): () => void {
    return this.#options.scheduler.add({ name, afterMs, owner: this, go, ...(place && { place }) });
  }

  /** Goes on at once, or as soon as it is not frozen any more. */
  onceRunning(name: string, go: () => void): void {
    if (this.isFrozen) this.after(name, 0, go);
    else if (!this.isDead) go();
  }

  park(step: OwnedStep): void {
    this.#parked.push(step);
  }

  freeze(ms: number): void {
    const { scheduler } = this.#options;
    this.wasDisturbed = true;
    if (!this.#isStalled) this.#options.onStall?.('frozen');
    this.#isStalled = true;
    this.#frozenUntilMs = Math.max(this.#frozenUntilMs, scheduler.now() + ms);
    scheduler.add({ name: this.next('thaw'), afterMs: ms, go: () => this.#thaw() });
  }

  /** Between two invocations the service lets nothing of a process go on. */
  rest(): void {
    this.#isResting = true;
  }

  resume(): void {
    this.#isResting = false;
    this.wasDisturbed = false;
    this.#thaw();
  }

  crash(cause = 'crash'): void {
    if (this.#isDead) return;
    this.#isDead = true;
    this.#parked = [];
    for (const listener of [...this.#listeners]) listener(cause);
  }

  #thaw(): void {
    if (this.#isStalled && !this.#isDead && this.#frozenUntilMs <= this.#options.scheduler.now()) {
      this.#isStalled = false;
      this.#options.onStall?.('thawed');
    }
    if (this.isFrozen) return;
    for (const step of this.#parked.splice(0)) this.#options.scheduler.restore(step);
  }
}
