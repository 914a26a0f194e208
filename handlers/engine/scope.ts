import { setMaxListeners } from 'node:events';
import type { Deadline } from '../core/deadline';
import type { Caller } from '../core/mapping';
import { WOKEN } from '../core/woken';
import { deadlinePassed, reasonOf, storeUnavailable } from '../errors';
import type { Settings } from '../options';
import type { Ports } from '../ports';
import type { Unknown } from '../store/unknown';
import { Patience } from './patience';
import { Runs } from './runs';
import { Slots } from './slots';

/** What the lanes and the memory of one invocation share. */
export class Scope<T> {
  readonly slots: Slots;
  readonly runs: Runs<T>;
  readonly patience: Patience;
  readonly #stop = new AbortController();
  #outage: Error | undefined;

  constructor(
    readonly settings: Settings<T>,
    readonly caller: Caller,
    readonly ports: Ports,
    readonly deadline: Deadline,
  ) {
    this.slots = new Slots(settings.concurrency);
    this.runs = new Runs(settings, caller.consumer, ports.clock, deadline);
    this.patience = new Patience(ports, deadline);
    // One for each lane that waits: that is no leak.
    setMaxListeners(0, this.#stop.signal);
  }

  /** Aborted past the deadline and in an outage: nothing starts any more, and nobody waits. */
  get stopped(): AbortSignal {
    return this.#stop.signal;
  }

  get outage(): Error | undefined {
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

  /** Why nothing starts any more. */
  tooLate(): Error {
    return this.#outage ?? deadlinePassed({ remainingMs: this.deadline.endsAtMs - this.ports.clock.now() });
  }

  /** A store that gave no answer is out. Throttling alone is no outage: those members were asked until the deadline. */
  unanswered(operation: string, { reason, error }: Unknown): Error {
    const outage = storeUnavailable({ operation, reason: reasonOf(error) }, { cause: error });
    if (reason !== 'throttled') {
      this.#outage ??= outage;
      this.stop();
    }
    return outage;
  }

  /** Waits for the work, at most until then. */
  async within(work: Promise<unknown>, untilMs: number): Promise<void> {
    const timer = new AbortController();
    await Promise.race([work, this.ports.sleep(Math.max(0, untilMs - this.ports.clock.now()), timer.signal)]);
    timer.abort(WOKEN);
  }
}
