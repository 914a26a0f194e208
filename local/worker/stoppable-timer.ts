/** Runs out once, after so much time in which it was not stopped. */
export class StoppableTimer {
  readonly #runOut: () => void;
  #leftMs: number;
  #startedAtMs: number | undefined;
  #timer: NodeJS.Timeout | undefined;

  constructor(ms: number, runOut: () => void) {
    this.#leftMs = ms;
    this.#runOut = runOut;
    this.resume();
  }

  get leftMs(): number {
    return this.#startedAtMs === undefined ? this.#leftMs : this.#leftMs - (performance.now() - this.#startedAtMs);
  }

  stop(): void {
    this.#leftMs = Math.max(0, this.leftMs);
    this.#startedAtMs = undefined;
    clearTimeout(this.#timer);
  }

  resume(): void {
    if (this.#startedAtMs !== undefined) return;
    this.#startedAtMs = performance.now();
    this.#timer = setTimeout(this.#runOut, this.#leftMs);
  }
}
