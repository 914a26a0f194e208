import type { Observation } from './observation';

interface Stall {
  readonly fromMs: number;
  toMs: number;
}

/** When workers stood still, as far as that was observed with its times. */
export class Stalls {
  readonly #ofWorker = new Map<string, Stall[]>();

  constructor(observations: readonly Observation[]) {
    for (const { kind, worker, atMs } of observations) {
      if (atMs === undefined) continue;
      const stalls = this.#ofWorker.get(worker) ?? [];
      const last = stalls.at(-1);
      if (kind === 'frozen') stalls.push({ fromMs: atMs, toMs: Number.POSITIVE_INFINITY });
      else if (kind === 'thawed' && last) last.toMs = Math.min(last.toMs, atMs);
      this.#ofWorker.set(worker, stalls);
    }
  }

  /** For how long the worker stood still within these times, in ms. */
  between(worker: string, fromMs: number, toMs: number): number {
    const stalls = this.#ofWorker.get(worker) ?? [];
    return stalls.reduce((sum, stall) => {
      return sum + Math.max(0, Math.min(stall.toMs, toMs) - Math.max(stall.fromMs, fromMs));
    }, 0);
  }
}
