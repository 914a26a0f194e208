/** Bounds how many records run at once over all lanes; whoever asked first goes first. */
export class Slots {
  #free: number;
  #closed = false;
  readonly #waiting: ((granted: boolean) => void)[] = [];

  constructor(concurrency: number) {
    this.#free = concurrency;
  }

  /** Takes a slot if there is one right now; it must be released. */
  tryAcquire(): boolean {
    if (this.#closed || this.#free === 0) return false;
    this.#free -= 1;
    return true;
  }

  /** Resolves to true with a slot, which must be released, or to false once the slots were closed. */
  acquire(): Promise<boolean> {
    if (this.#closed) return Promise.resolve(false);
    if (this.tryAcquire()) return Promise.resolve(true);
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  release(): void {
    const next = this.#waiting.shift();
    if (next) next(true);
    else this.#free += 1;
  }

  close(): void {
    this.#closed = true;
    for (const resolve of this.#waiting.splice(0)) resolve(false);
  }
}
