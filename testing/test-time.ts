/** The time of a test. */
export interface TestTime {
  /** Wall clock, milliseconds since the epoch. */
  now(): number;
  /** Resolves after `ms`, or as soon as the signal is aborted. Never rejects. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
  /**
   * Does the work. Until it has ended, sleeps on this clock, or is `released`, no time passes by itself.
   */
  hold<Result>(work: () => Result, released?: AbortSignal): Result;
}

/** Time as it passes. */
export const realTime: TestTime = {
  now: () => Date.now(),
  sleep: (ms, signal) =>
    new Promise((resolve) => {
      if (signal?.aborted) return resolve();
      const done = () => {
        clearTimeout(timer);
        signal?.removeEventListener('abort', done);
        resolve();
      };
      const timer = setTimeout(done, Math.max(0, ms));
      signal?.addEventListener('abort', done);
    }),
  hold: (work) => work(),
};
