import { AsyncLocalStorage } from 'node:async_hooks';
import { isThenable } from '../handlers/core/thenable';
import type { TestTime } from './test-time';

/** Taken before a test replaces the timers by its runner's fake ones. */
const immediate = setImmediate;

interface Sleeper {
  readonly atMs: number;
  readonly wake: () => void;
}

/** Work that is going on, and how many of its sleeps it waits for. */
interface Held {
  sleeps: number;
}

/**
 * A clock on which waiting takes no time: while nobody works and somebody sleeps, it jumps to the first who wakes up.
 * So back-off, leases and deadlines of the runtime pass at once, in their order, and in the same way in each run.
 *
 * While user code works (awaits anything but this clock's `sleep`) it stands still, until the test turns it.
 */
export class TestClock implements TestTime {
  #nowMs: number;
  readonly #sleepers: Sleeper[] = [];
  readonly #working = new Set<Held>();
  readonly #context = new AsyncLocalStorage<Held>();
  #isTurning = false;
  #isAdvancing = false;

  /** @param startMs milliseconds since the epoch; a thousand seconds behind the first record of `kafkaEvent` */
  constructor(startMs = 1_790_000_000_000) {
    this.#nowMs = startMs;
  }

  now(): number {
    return this.#nowMs;
  }

  async sleep(ms: number, signal?: AbortSignal): Promise<void> {
    if (signal?.aborted) return;
    const held = this.#context.getStore();
    if (held) held.sleeps += 1;
    await new Promise<void>((resolve) => {
      const wake = () => {
        signal?.removeEventListener('abort', cancel);
        resolve();
      };
      const sleeper = { atMs: this.#nowMs + Math.max(0, Math.ceil(ms)), wake };
      const cancel = () => {
        const index = this.#sleepers.indexOf(sleeper);
        if (index >= 0) this.#sleepers.splice(index, 1);
        resolve();
      };
      signal?.addEventListener('abort', cancel, { once: true });
      this.#sleepers.push(sleeper);
      void this.#turn();
    });
    if (held) held.sleeps -= 1;
  }

  /** Turns the clock, whoever works: wakes all who are due on the way, and lets what follows at once happen. */
  async advance(ms: number): Promise<void> {
    const untilMs = this.#nowMs + ms;
    this.#isAdvancing = true;
    await rest();
    for (let next = this.#take(untilMs); next !== undefined; next = this.#take(untilMs)) {
      this.#wake(next);
      await rest();
    }
    this.#nowMs = Math.max(this.#nowMs, untilMs);
    this.#isAdvancing = false;
    await rest();
    void this.#turn();
  }

  hold<Result>(work: () => Result, released?: AbortSignal): Result {
    const held: Held = { sleeps: 0 };
    const end = () => {
      released?.removeEventListener('abort', end);
      if (this.#working.delete(held)) void this.#turn();
    };
    this.#working.add(held);
    released?.addEventListener('abort', end, { once: true });
    try {
      // A thenable that starts when it is awaited is awaited here, and by nobody a second time.
      const result = this.#context.run(held, () => started(work()));
      if (result instanceof Promise) result.then(end, end);
      else end();
      return result as Result;
    } catch (error) {
      end();
      throw error;
    }
  }

  /** Jumps from sleeper to sleeper, as long as nobody works. */
  async #turn(): Promise<void> {
    if (this.#isTurning) return;
    this.#isTurning = true;
    while (this.#sleepers.length > 0) {
      // What can go on without time passing goes on first.
      await rest();
      if (this.#isAdvancing || [...this.#working].some(({ sleeps }) => sleeps === 0)) break;
      const next = this.#take(Number.POSITIVE_INFINITY);
      if (next) this.#wake(next);
    }
    this.#isTurning = false;
  }

  /** The first who is due until then, in the order of their waking. */
  #take(untilMs: number): Sleeper | undefined {
    let first = -1;
    for (const [index, { atMs }] of this.#sleepers.entries()) {
      if (atMs <= untilMs && atMs < (this.#sleepers[first]?.atMs ?? Number.POSITIVE_INFINITY)) first = index;
    }
    return first < 0 ? undefined : this.#sleepers.splice(first, 1)[0];
  }

  #wake({ atMs, wake }: Sleeper): void {
    this.#nowMs = Math.max(this.#nowMs, atMs);
    wake();
  }
}

const rest = () => new Promise<void>((resolve) => immediate(resolve));

const started = (result: unknown) => (isThenable(result) ? Promise.resolve(result) : result);
