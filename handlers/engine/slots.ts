interface Waiting {
  readonly isAlone: boolean;
  readonly answer: (granted: boolean) => void;
}

/** Bounds how many records run at once over all lanes; whoever asked first goes first. */
export class Slots {
  readonly #concurrency: number;
  #held = 0;
  #isAlone = false;
  #isReserved = false;
  #closed = false;
  readonly #waiting: Waiting[] = [];

  constructor(concurrency: number) {
    this.#concurrency = concurrency;
  }

  /** Takes a slot if there is one right now; it must be released. */
  tryAcquire(): boolean {
    if (this.#closed || this.#waiting.length > 0 || this.#isAlone || this.#isReserved) return false;
    if (this.#held === this.#concurrency) return false;
    this.#held += 1;
    return true;
  }

  /**
   * Resolves to true with a slot, which must be released, or to false once the slots were closed.
   * @param isAlone while nothing else holds one, and until it is released nothing else gets one
   */
  acquire(isAlone = false): Promise<boolean> {
    if (this.#closed) return Promise.resolve(false);
    return new Promise((answer) => {
      this.#waiting.push({ isAlone, answer });
      this.#grant();
    });
  }

  /** Until {@link unreserve} only who asks for being alone gets a slot. */
  reserve(): void {
    this.#isReserved = true;
  }

  unreserve(): void {
    this.#isReserved = false;
    this.#grant();
  }

  /** Whether anybody holds one or waits for one. */
  get isBusy(): boolean {
    return this.#held > 0 || this.#waiting.length > 0;
  }

  release(): void {
    this.#held -= 1;
    this.#isAlone = false;
    this.#grant();
  }

  close(): void {
    this.#closed = true;
    for (const { answer } of this.#waiting.splice(0)) answer(false);
  }

  #grant(): void {
    for (let place = this.#first; ; place = this.#first) {
      const next = this.#waiting[place];
      if (next === undefined || !this.#fits(next)) return;
      this.#waiting.splice(place, 1);
      this.#held += 1;
      this.#isAlone = next.isAlone;
      next.answer(true);
    }
  }

  get #first(): number {
    return this.#isReserved ? this.#waiting.findIndex(({ isAlone }) => isAlone) : 0;
  }

  #fits({ isAlone }: Waiting): boolean {
    return isAlone ? this.#held === 0 : !this.#isAlone && this.#held < this.#concurrency;
  }
}
