import { setMaxListeners } from 'node:events';
import type { Deadline } from '../core/deadline';
import type { Caller } from '../core/mapping';
import { WOKEN } from '../core/woken';
import {
  deadlinePassed,
  isOnceError,
  nameOf,
  type OnceError,
  outageDeclared,
  reasonOf,
  storeUnavailable,
} from '../errors';
import type { Observer } from '../observe/observer';
import type { Settings } from '../options';
import type { Ports } from '../ports';
import type { Unknown } from '../store/unknown';
import { Patience } from './patience';
import type { RecordState } from './record-state';
import { Runs } from './runs';
import { Slots } from './slots';
import { Tries } from './tries';

/** What the lanes and the memory of one invocation share. */
export class Scope<T> {
  readonly slots: Slots;
  /** For one record at a time that runs alone, until it is written that it has ended (P3). */
  readonly solo = new Slots(1);
  readonly runs: Runs<T>;
  readonly tries: Tries<T>;
  readonly patience: Patience;
  readonly #stop = new AbortController();
  #outage: OnceError | undefined;

  constructor(
    readonly settings: Settings<T>,
    readonly caller: Caller,
    readonly ports: Ports,
    readonly deadline: Deadline,
    /** Is told of everything that an operator wants to know. */
    readonly observer: Observer,
  ) {
    this.slots = new Slots(settings.concurrency);
    this.runs = new Runs(settings, caller.consumer, ports, deadline);
    this.tries = new Tries(settings, ports, observer, this.runs, this.slots, () => deadline.atMs, this.#stop.signal);
    this.patience = new Patience(ports, deadline);
    // One for each lane that waits: that is no leak.
    setMaxListeners(0, this.#stop.signal);
  }

  /** Aborted past the deadline and in an outage: nothing starts any more, and nobody waits. */
  get stopped(): AbortSignal {
    return this.#stop.signal;
  }

  get outage(): OnceError | undefined {
    return this.#outage;
  }

  stop(): void {
    if (this.#stop.signal.aborted) return;
    this.#stop.abort(WOKEN);
    this.slots.close();
  }

  get isPastDeadline(): boolean {
    return this.ports.clock.now() >= this.deadline.atMs;
  }

  get mayStart(): boolean {
    return !this.#stop.signal.aborted && !this.isPastDeadline;
  }

  /** Why nothing starts, if so. */
  refusal(nowMs: number): Error | undefined {
    return this.#stop.signal.aborted || nowMs >= this.deadline.atMs ? this.tooLate() : undefined;
  }

  /** Why nothing starts any more. */
  tooLate(): Error {
    return this.#outage ?? deadlinePassed({ remainingMs: this.deadline.endsAtMs - this.ports.clock.now() });
  }

  /** A store that gave no answer is out. Throttling alone is no outage: those members were asked until the deadline. */
  unanswered(operation: string, { reason, error }: Unknown): Error {
    const outage = storeUnavailable({ operation, reason: reasonOf(error) }, { cause: error });
    if (reason !== 'throttled') {
      this.declareOutage(outage);
    }
    return outage;
  }

  /** Something that every record needs is out: nothing more starts, and what is not done is open with no attempt (P1). */
  declareOutage(error: OnceError): void {
    this.#outage ??= error;
    this.stop();
  }

  /** User code says so, of this record: what it says may quote its payload, and is not for the others. */
  outageOf({ name }: RecordState<T>, error: unknown): void {
    this.declareOutage(isOnceError(error) ? error : outageDeclared({ record: name, error: nameOf(error) }));
  }

  /** An effect that will happen again. */
  tellUnsaved({ name, record }: RecordState<T>, reason: string): void {
    this.observer.noticed('unsavedSuccess', record.topic);
    const { topic, partition, offset } = record;
    this.ports.log.error(`The effect of ${name} happened, and its mark was not saved`, {
      topic,
      partition,
      offset,
      reason,
    });
  }

  /** Waits for the work, at most until then. */
  async within(work: Promise<unknown>, untilMs: number): Promise<void> {
    const timer = new AbortController();
    await Promise.race([work, this.ports.sleep(Math.max(0, untilMs - this.ports.clock.now()), timer.signal)]);
    timer.abort(WOKEN);
  }
}
