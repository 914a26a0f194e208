import { setMaxListeners } from 'node:events';
import { ERROR_CODES } from '../contract/error-codes';
import { TestingError } from './errors';
import type { TestTime } from './test-time';

/**
 * The process that a function runs in. Once it is dead nothing of it goes on but what user code does by itself: its
 * store does not answer, its timers never ring, and it calls nobody.
 */
export class Worker {
  /** Rejects when the process ends. */
  readonly died: Promise<never>;
  readonly #death = new AbortController();
  readonly #time: TestTime;

  constructor(time: TestTime) {
    this.#time = time;
    // One for each record that runs.
    setMaxListeners(0, this.#death.signal);
    this.died = new Promise((_, reject) => {
      this.#death.signal.addEventListener('abort', () => reject(this.#death.signal.reason), { once: true });
    });
    // It may die when nobody waits for it any more.
    this.died.catch(() => undefined);
  }

  get isDead(): boolean {
    return this.#death.signal.aborted;
  }

  get death(): AbortSignal {
    return this.#death.signal;
  }

  /** @param how "was killed …", "ended itself …" */
  end(how: string): TestingError {
    const error = new TestingError(
      ERROR_CODES.testWorkerEnded,
      `The worker ${how}. To a mapping this is a failed invocation: deliver the event again`,
    );
    this.#death.abort(error);
    return error;
  }

  async sleep(ms: number, signal?: AbortSignal): Promise<void> {
    const over = signal ? AbortSignal.any([signal, this.#death.signal]) : this.#death.signal;
    await this.#time.sleep(ms, over);
    if (this.isDead) await never;
  }

  /** The answer, if the worker lives to see it. */
  async alive<Answer>(ask: () => Promise<Answer>): Promise<Answer> {
    if (this.isDead) return never;
    const answer = await ask();
    return this.isDead ? never : answer;
  }
}

export const never: Promise<never> = new Promise(() => undefined);
