/** The least that is kept back at the end of an invocation (protocol D1). */
const MINIMUM_RESERVE_MS = 1_000;
/** Kept for sending the answer itself. */
const ANSWER_MS = 100;

/**
 * When an invocation stops to start records: its end less a reserve for abort, grace, marks and answer. The reserve is
 * learned from the store calls of this invocation, so a slow store moves the deadline forward.
 */
export class Deadline {
  readonly startedAtMs: number;
  /** When the service ends the invocation. */
  readonly endsAtMs: number;
  readonly #graceMs: number;
  #slowestCallMs = 0;

  constructor(nowMs: number, remainingMs: number, graceMs: number) {
    this.startedAtMs = nowMs;
    this.endsAtMs = nowMs + Math.max(0, remainingMs);
    this.#graceMs = graceMs;
  }

  /** Called when the deadline has moved forward. */
  onMoved: () => void = () => {};

  learn(storeCallMs: number): void {
    const before = this.reserveMs;
    this.#slowestCallMs = Math.max(this.#slowestCallMs, storeCallMs);
    if (this.reserveMs !== before) this.onMoved();
  }

  get reserveMs(): number {
    // A mark at the edge is a write and, when its answer is lost, a read.
    return Math.max(MINIMUM_RESERVE_MS, this.#graceMs + 2 * this.#slowestCallMs + ANSWER_MS);
  }

  get atMs(): number {
    return this.endsAtMs - this.reserveMs;
  }

  /** Until when marks may still be written. */
  get lastMarkAtMs(): number {
    return this.endsAtMs - ANSWER_MS;
  }

  /** What an invocation has for work. */
  get budgetMs(): number {
    return this.atMs - this.startedAtMs;
  }
}
