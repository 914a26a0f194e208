import type { Time } from '../time';

/** Those who wait for the next change of something. */
export class Waiters {
  readonly #wakes = new Set<() => void>();

  constructor(private readonly time: Time) {}

  /** Resolves at the next {@link wake}, after `timeoutMs`, or on abort. */
  async wait(timeoutMs: number, signal?: AbortSignal): Promise<void> {
    if (signal?.aborted) return;
    const woken = new AbortController();
    const wake = () => woken.abort();
    signal?.addEventListener('abort', wake, { once: true });
    this.#wakes.add(wake);
    await this.time.sleep(timeoutMs, woken.signal);
    this.#wakes.delete(wake);
    signal?.removeEventListener('abort', wake);
  }

  wake(): void {
    for (const wake of [...this.#wakes]) wake();
  }
}
