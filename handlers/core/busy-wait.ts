import { backoffMs } from './backoff';

const BASE_MS = 100;
const CAP_MS = 1_000;

/** How a record waits for the live foreign claim on its identity (protocol C6). */
export interface BusyWait {
  readonly tries: number;
  readonly againAtMs: number;
  readonly giveUpAtMs: number;
}

export interface BusyRules {
  /** Of the claim that is in the way. */
  readonly leaseMs: number;
  readonly clockSkewMs: number;
  readonly deadlineAtMs: number;
}

/**
 * What follows when a claim is busy, for the first time or again: when it is asked for next; undefined once that would
 * be too late. A lease that nobody renews can be taken over once it has run out by more than twice the skew, and the
 * other clock may be ahead by one: see docs/decisions/0003.
 */
export function waitAgain(
  before: BusyWait | undefined,
  { leaseMs, clockSkewMs, deadlineAtMs }: BusyRules,
  nowMs: number,
  fraction: number,
): BusyWait | undefined {
  const tries = (before?.tries ?? 0) + 1;
  const giveUpAtMs = before?.giveUpAtMs ?? nowMs + leaseMs + 3 * clockSkewMs;
  const againAtMs = nowMs + BASE_MS / 2 + backoffMs(tries, fraction, BASE_MS, CAP_MS);
  return againAtMs < Math.min(giveUpAtMs, deadlineAtMs) ? { tries, againAtMs, giveUpAtMs } : undefined;
}
