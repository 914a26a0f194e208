import type { Time } from '../../../local/time';

/** While nothing else can go on, the clock jumps to the next one that wakes up. */
export class VirtualTime implements Time {
  #nowMs = 1_790_000_000_000;
  readonly #sleepers: { readonly atMs: number; readonly wake: () => void }[] = [];
  #isTurning = false;

  now(): number {
    return this.#nowMs;
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      if (signal?.aborted) return resolve();
      const cancel = () => {
        this.#sleepers.splice(this.#sleepers.indexOf(sleeper), 1);
        resolve();
      };
      const wake = () => {
        signal?.removeEventListener('abort', cancel);
        resolve();
      };
      const sleeper = { atMs: this.#nowMs + Math.max(0, ms), wake };
      signal?.addEventListener('abort', cancel, { once: true });
      this.#sleepers.push(sleeper);
      void this.#turn();
    });
  }

  async #turn(): Promise<void> {
    if (this.#isTurning) return;
    this.#isTurning = true;
    while (this.#sleepers.length > 0) {
      await new Promise((resolve) => setImmediate(resolve));
      this.#sleepers.sort((a, b) => a.atMs - b.atMs);
      const next = this.#sleepers.shift();
      if (!next) break;
      this.#nowMs = Math.max(this.#nowMs, next.atMs);
      next.wake();
    }
    this.#isTurning = false;
  }
}
