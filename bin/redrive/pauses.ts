/** Invocations of the whole function that fail in a row before the run is given up. */
export const MOST_FAILURES = 12;
/** How often a letter is asked for again when the function could not decide it, and nothing else moved either. */
export const MOST_OPEN_ANSWERS = 8;
/** How often one letter alone may end the function. */
export const MOST_DEATHS = 3;

interface Pause {
  readonly firstMs: number;
  readonly longestMs: number;
}

const FAILED: Pause = { firstMs: 200, longestMs: 5_000 };
const BUSY: Pause = { firstMs: 500, longestMs: 20_000 };
/** All of them together are longer than the lease of a redrive that died. */
const OPEN: Pause = { firstMs: 1_000, longestMs: 16_000 };

/** Before the n-th time again, from 1: doubled each time, the second half of it left to chance. */
function pauseMs({ firstMs, longestMs }: Pause, nth: number, fraction: number): number {
  return Math.min(longestMs, firstMs * 2 ** (nth - 1)) * (0.5 + fraction / 2);
}

export const afterFailureMs = (nth: number, fraction: number) => pauseMs(FAILED, nth, fraction);
export const afterBusyMs = (nth: number, fraction: number) => pauseMs(BUSY, nth, fraction);
export const afterOpenMs = (nth: number, fraction: number) => pauseMs(OPEN, nth, fraction);
