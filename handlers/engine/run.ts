import type { RecordState } from './record-state';

/** User code that is running over a record. */
export class Run<T> {
  readonly startedAtMs: number;
  #controller: AbortController | undefined = undefined;
  #reason: Error | undefined = undefined;

  constructor(
    readonly state: RecordState<T>,
    nowMs: number,
  ) {
    this.startedAtMs = nowMs;
  }

  /** Whether the call is over other records too: then its end counts for none of them. */
  get isShared(): boolean {
    return false;
  }

  /** Made when somebody looks at it: an instant function never does. */
  get signal(): AbortSignal {
    this.#controller ??= new AbortController();
    if (this.#reason && !this.#controller.signal.aborted) this.#controller.abort(this.#reason);
    return this.#controller.signal;
  }

  get isAborted(): boolean {
    return this.#reason !== undefined || this.#controller?.signal.aborted === true;
  }

  abort(reason: Error): void {
    this.#reason ??= reason;
    this.#controller?.abort(this.#reason);
  }
}
