/** Keeps records below a number in a second, over any stretch that is longer than one. */
export class Rate {
  readonly #perSecond: number | undefined;
  #freeAtMs = Number.NEGATIVE_INFINITY;

  /** @param perSecond undefined: as fast as it goes */
  constructor(perSecond: number | undefined) {
    this.#perSecond = perSecond;
  }

  /** So many records go together at most: what passes in one second. */
  get together(): number {
    return this.#perSecond ?? Number.POSITIVE_INFINITY;
  }

  /** How long these records have to wait. They are taken for sent after it. */
  waitMs(records: number, nowMs: number): number {
    if (this.#perSecond === undefined) return 0;
    const startsAtMs = Math.max(nowMs, this.#freeAtMs);
    this.#freeAtMs = startsAtMs + (records * 1_000) / this.#perSecond;
    return startsAtMs - nowMs;
  }
}
