import type { RecordState } from './record-state';
import { Run } from './run';

/** User code that is running over this record and others, in one call: what aborts one of them aborts all. */
export class SharedRun<T> extends Run<T> {
  readonly #call: AbortController;

  private constructor(state: RecordState<T>, nowMs: number, call: AbortController) {
    super(state, nowMs);
    this.#call = call;
  }

  /** One for each record of a call. */
  static of<T>(states: readonly RecordState<T>[], nowMs: number): SharedRun<T>[] {
    const call = new AbortController();
    return states.map((state) => new SharedRun(state, nowMs, call));
  }

  override get isShared(): boolean {
    return true;
  }

  override get signal(): AbortSignal {
    return this.#call.signal;
  }

  override get isAborted(): boolean {
    return this.signal.aborted;
  }

  override abort(reason: Error): void {
    if (!this.isAborted) this.#call.abort(reason);
  }
}
