import type { Sandbox } from '../event-source/sandbox';

/** Sandboxes of one function, opened as they are needed, and used again. */
export class SandboxPool {
  readonly #most: number;
  readonly #open: (nth: number) => Sandbox;
  readonly #all: Sandbox[] = [];
  readonly #idle: Sandbox[] = [];

  constructor(most: number, open: (nth: number) => Sandbox) {
    this.#most = most;
    this.#open = open;
  }

  /** undefined: all of them are busy, and there may not be another one. */
  async run<Result>(work: (sandbox: Sandbox) => Promise<Result>): Promise<Result | undefined> {
    const sandbox = this.#idle.pop() ?? this.#another();
    if (sandbox === undefined) return undefined;
    try {
      return await work(sandbox);
    } finally {
      this.#idle.push(sandbox);
    }
  }

  /** Ends what runs at once. */
  async close(): Promise<void> {
    await Promise.all(this.#all.map((sandbox) => sandbox.stop()));
  }

  #another(): Sandbox | undefined {
    if (this.#all.length >= this.#most) return undefined;
    const sandbox = this.#open(this.#all.length + 1);
    this.#all.push(sandbox);
    return sandbox;
  }
}
