import { backoffMs } from '../core/backoff';
import { retryHintMs } from '../core/retry-hint';
import { isThenable } from '../core/thenable';
import {
  classifyInvalid,
  classifyThrew,
  type ErrorClass,
  errorClassOf,
  isErrorClass,
  nameOf,
  type OnceError,
} from '../errors';
import type { Observer } from '../observe/observer';
import type { Settings } from '../options';
import type { Ports } from '../ports';
import type { RecordState } from './record-state';
import type { Run } from './run';
import type { Ended, Runs } from './runs';
import type { Slots } from './slots';

const BASE_MS = 100;
const CAP_MS = 5_000;

/** How a record ended, after the last try of this invocation. */
export type Tried =
  | Extract<Ended, { readonly ok: true }>
  | (Extract<Ended, { readonly ok: false }> & { readonly errorClass: ErrorClass });

export type Failed = Extract<Tried, { readonly ok: false }>;

export interface TryOptions<T> {
  /** Of earlier invocations, and one more: tries within an invocation are one attempt. */
  readonly attempt: number;
  readonly nowMs: number;
  /** It runs beside no other record, and so it is tried again (P3). */
  readonly isAlone?: boolean;
  /** Why it may not start once more: its claim is lost, or the time is up. */
  readonly refusal: (nowMs: number) => Error | undefined;
  /** Is told of each run before user code is called. */
  readonly begun?: (run: Run<T>) => void;
}

/** Runs records, and again, after a pause, those whose error may pass (protocol P1). */
export class Tries<T> {
  readonly #settings: Settings<T>;
  readonly #ports: Ports;
  readonly #observer: Observer;
  readonly #runs: Runs<T>;
  readonly #slots: Slots;
  /** Nothing starts past it. */
  readonly #untilMs: () => number;
  readonly #stopped: AbortSignal;

  constructor(
    settings: Settings<T>,
    ports: Ports,
    observer: Observer,
    runs: Runs<T>,
    slots: Slots,
    untilMs: () => number,
    stopped: AbortSignal,
  ) {
    this.#settings = settings;
    this.#ports = ports;
    this.#observer = observer;
    this.#runs = runs;
    this.#slots = slots;
    this.#untilMs = untilMs;
    this.#stopped = stopped;
  }

  /** Takes over a slot that is held, and has given it back at the end. Never rejects; answers at once where it can. */
  call(state: RecordState<T>, options: TryOptions<T>): Tried | Promise<Tried> {
    this.#observer.started(state.record, options.nowMs);
    const ended = this.#runs.call(state, options.attempt, options.nowMs, options.begun);
    if (isThenable(ended)) return ended.then((later) => this.#ended(state, options, later, 1));
    return this.#ended(state, options, ended, 1);
  }

  /** Goes on with a record that had its first try in a call with others. Holds no slot. */
  resume(state: RecordState<T>, options: TryOptions<T>, ended: Ended): Tried | Promise<Tried> {
    return this.#judge(state, options, ended, 1);
  }

  /** How long to wait behind so many tries: what the error asks for, or a random pause that grows. */
  pauseMs(error: unknown, tries: number, nowMs: number): number {
    return retryHintMs(error, nowMs) ?? backoffMs(tries, this.#ports.random.fraction(), BASE_MS, CAP_MS);
  }

  #ended(state: RecordState<T>, options: TryOptions<T>, ended: Ended, tries: number): Tried | Promise<Tried> {
    // A pause holds no slot: a record that keeps failing never delays another lane.
    this.#slots.release();
    return this.#judge(state, options, ended, tries);
  }

  #judge(state: RecordState<T>, options: TryOptions<T>, ended: Ended, tries: number): Tried | Promise<Tried> {
    if (ended.ok) return ended;
    const failed: Failed = { ...ended, errorClass: this.classOf(ended.error, state) };
    const now = this.#ports.clock.now();
    if (failed.errorClass !== 'transient' || !failed.ran || tries > this.#settings.retries || options.refusal(now))
      return this.#counted(state, failed);
    const pauseMs = this.pauseMs(failed.error, tries, now);
    if (now + pauseMs >= this.#untilMs()) return this.#counted(state, failed);
    return this.#again(state, options, failed, tries, pauseMs);
  }

  async #again(
    state: RecordState<T>,
    options: TryOptions<T>,
    failed: Failed,
    tries: number,
    pauseMs: number,
  ): Promise<Tried> {
    await this.#ports.sleep(pauseMs, this.#stopped);
    if (!(await this.#slots.acquire(options.isAlone))) return this.#counted(state, failed);
    const nowMs = this.#ports.clock.now();
    if (options.refusal(nowMs)) {
      this.#slots.release();
      return this.#counted(state, failed);
    }
    const ended = await this.#runs.call(state, options.attempt, nowMs, options.begun);
    if (!ended.ok && !ended.counts) {
      // Cut off: the attempt is what the try before it failed with (P2).
      this.#slots.release();
      return this.#counted(state, failed);
    }
    return this.#ended(state, options, ended, tries + 1);
  }

  #counted({ record }: RecordState<T>, failed: Failed): Failed {
    if (failed.counts && failed.errorClass !== 'outage') this.#observer.noticed('attempts', record.topic);
    return failed;
  }

  /** What the error means (P1). A hook that throws changes nothing. */
  classOf(error: unknown, { name }: RecordState<T>): ErrorClass {
    const { classify } = this.#settings;
    const own = errorClassOf(error) ?? 'transient';
    if (classify === undefined) return own;
    let wrong: OnceError;
    try {
      const said: unknown = classify(error);
      if (said === undefined) return own;
      if (isErrorClass(said)) return said;
      wrong = classifyInvalid({ received: said });
    } catch (thrown) {
      wrong = classifyThrew({ reason: nameOf(thrown) }, { cause: thrown });
    }
    this.#ports.log.error(`${name}: ${wrong.message}`, { code: wrong.code });
    return own;
  }
}
