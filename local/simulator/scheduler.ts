import type { Time } from '../time';
import type { Decision, Director, Place } from './decision';
import { type Step, StepQueue } from './step-queue';
import type { Trace } from './trace';

/** A process whose steps go on only while it lives and is not frozen. */
export interface Owner {
  readonly isDead: boolean;
  readonly isFrozen: boolean;
  /** Keeps a step until the owner goes on. */
  park(step: OwnedStep): void;
  crash(): void;
  freeze(ms: number): void;
}

export interface OwnedStep extends Step {
  readonly name: string;
  readonly owner: Owner | undefined;
  readonly place: Place | undefined;
  readonly go: (decision: Decision | undefined) => void;
  /** Whether it has let the others go first. */
  hasSwitched: boolean;
  /** Whether its place was asked about. */
  isAsked: boolean;
  isCancelled: boolean;
}

export interface NewStep {
  /** What it is called in traces and decisions: the same in each run of one schedule, and in no other place of it. */
  readonly name: string;
  /** From now on, in virtual milliseconds. */
  readonly afterMs: number;
  /** undefined: it goes on whatever happens to workers. */
  readonly owner?: Owner;
  /** What may interfere. undefined: nothing. */
  readonly place?: Place;
  readonly go: (decision: Decision | undefined) => void;
}

export interface SchedulerOptions {
  readonly director: Director;
  readonly trace: Trace;
  readonly startMs: number;
  /** Called for each decision; what concerns more than the worker at hand happens there. */
  readonly onDecision: (decision: Decision) => void;
}

/** How a run ended: as it was to, with nothing left that could go on, or past the limit of steps. */
export type End = 'over' | 'idle' | 'endless';

/** A bound on one schedule; a usual one takes some hundred steps. */
const MAXIMUM_STEPS = 50_000;

/**
 * Virtual time and everything that waits for it. One step after the other goes on, the earliest first, and only when
 * everything that the one before it set going has come to rest; so a run is a function of its decisions.
 */
export class Scheduler implements Time {
  readonly #options: SchedulerOptions;
  readonly #queue = new StepQueue<OwnedStep>();
  #nowMs: number;
  #turns = 0;
  #sleeps = 0;
  #steps = 0;

  constructor(options: SchedulerOptions) {
    this.#options = options;
    this.#nowMs = options.startMs;
  }

  now(): number {
    return this.#nowMs;
  }

  /** Steps that have gone on. */
  get steps(): number {
    return this.#steps;
  }

  /** Since the start. */
  get elapsedMs(): number {
    return this.#nowMs - this.#options.startMs;
  }

  /** A sleep of the event source. */
  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    this.#sleeps += 1;
    return this.sleepAs({ name: `event source sleep#${this.#sleeps}` }, ms, signal);
  }

  sleepAs(step: Pick<NewStep, 'name' | 'owner' | 'place'>, ms: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      if (signal?.aborted) return resolve();
      const done = () => {
        cancel();
        signal?.removeEventListener('abort', done);
        resolve();
      };
      // A timer of Node.js waits at least a millisecond, and whole ones.
      const cancel = this.add({ ...step, afterMs: Math.max(1, Math.trunc(ms)), go: done });
      signal?.addEventListener('abort', done, { once: true });
    });
  }

  /** Gives a function that takes it back. */
  add({ name, afterMs, owner, place, go }: NewStep): () => void {
    const step: OwnedStep = {
      name,
      dueMs: this.#nowMs + afterMs,
      turn: this.#turns++,
      owner,
      place,
      go,
      hasSwitched: false,
      isAsked: false,
      isCancelled: false,
    };
    this.#queue.add(step);
    return () => {
      step.isCancelled = true;
    };
  }

  /** Puts a step back that its owner had kept. */
  restore(step: OwnedStep): void {
    this.#queue.add(step);
  }

  /** Asks at a place that is passed right now. After it the owner may be dead or frozen. */
  decide(place: Place, name: string, owner?: Owner): Decision | undefined {
    const decision = this.#options.director.decide(place, name);
    if (decision === undefined) return undefined;
    this.note(`${name}: ${wordsOf(decision)}`);
    if (decision.do === 'crash') owner?.crash();
    if (decision.do === 'freeze') owner?.freeze(decision.ms);
    this.#options.onDecision(decision);
    return decision;
  }

  note(what: string): void {
    this.#options.trace.add(this.elapsedMs, what);
  }

  /** Turns time until `isOver`. */
  async run(isOver: () => boolean): Promise<End> {
    for (; this.#steps < MAXIMUM_STEPS; this.#steps += 1) {
      await rest();
      if (isOver()) return 'over';
      const step = this.#next();
      if (step === undefined) return 'idle';
      this.#nowMs = Math.max(this.#nowMs, step.dueMs);
      this.#take(step);
    }
    return 'endless';
  }

  #next(): OwnedStep | undefined {
    for (;;) {
      const step = this.#queue.take();
      if (step === undefined) return undefined;
      if (step.isCancelled || step.owner?.isDead) continue;
      if (!step.owner?.isFrozen) return step;
      step.owner.park(step);
    }
  }

  #take(step: OwnedStep): void {
    const { name, owner, place, go } = step;
    if (this.#switches(step)) {
      this.#again(step, 0);
      return;
    }
    const decision = this.#ask(step);
    if (decision?.do === 'delay') this.#again(step, decision.ms);
    else if (owner?.isFrozen) owner.park(step);
    else if (!owner?.isDead) {
      // Each sleep alone would say little.
      if (place !== undefined && place !== 'wake') this.note(name);
      go(decision);
    }
  }

  /** Whether the others that are due go first. */
  #switches(step: OwnedStep): boolean {
    if (step.hasSwitched || !this.#isTie) return false;
    step.hasSwitched = true;
    return this.decide('tie', step.name) !== undefined;
  }

  #ask(step: OwnedStep): Decision | undefined {
    if (step.place === undefined || step.isAsked) return undefined;
    step.isAsked = true;
    return this.decide(step.place, step.name, step.owner);
  }

  #again(step: OwnedStep, afterMs: number): void {
    step.dueMs = this.#nowMs + afterMs;
    step.turn = this.#turns++;
    this.#queue.add(step);
  }

  /** Whether another step could go on now. */
  get #isTie(): boolean {
    const { first } = this.#queue;
    return first !== undefined && first.dueMs <= this.#nowMs && !first.isCancelled && !first.owner?.isDead;
  }
}

/** Until nothing goes on any more but by a step: promises are settled before Node.js comes to its immediates. */
function rest(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

function wordsOf(decision: Decision): string {
  const { at: _, do: what, ...rest } = decision;
  return [what, ...Object.entries(rest).map(([name, value]) => `${name} ${value}`)].join(' ');
}
