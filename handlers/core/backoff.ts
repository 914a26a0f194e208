/** Exponential with full jitter: anywhere between 0 and the cap of this try. */
export function backoffMs(tries: number, fraction: number, baseMs: number, capMs: number): number {
  return Math.floor(fraction * Math.min(capMs, baseMs * 2 ** (tries - 1)));
}
