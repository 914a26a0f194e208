/**
 * CloudWatch takes up to 100 values of a metric in one document (specification of the embedded metric format). One place
 * is for the highest, and what is thinned out by half again and again has to be even.
 */
const KEPT = 98;

/**
 * Values of one metric in bounded memory: all of them up to 98, beyond that every second, fourth, … in the order they
 * came, and always the highest, which alarms look at.
 */
export class Samples {
  #kept: number[] = [];
  #stride = 1;
  /** Values to pass over before the next is kept. */
  #skip = 0;
  #highest = Number.NEGATIVE_INFINITY;

  add(value: number): void {
    if (value > this.#highest) this.#highest = value;
    if (this.#skip > 0) {
      this.#skip -= 1;
      return;
    }
    if (this.#kept.length === KEPT) {
      this.#kept = this.#kept.filter((_, index) => index % 2 === 0);
      this.#stride *= 2;
    }
    this.#kept.push(value);
    this.#skip = this.#stride - 1;
  }

  /** undefined where nothing was added. */
  get highest(): number | undefined {
    return this.#kept.length > 0 ? this.#highest : undefined;
  }

  get values(): readonly number[] {
    if (this.#kept.length === 0 || this.#kept.includes(this.#highest)) return this.#kept;
    return [...this.#kept, this.#highest];
  }
}
