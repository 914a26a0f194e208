import type { ParkedAnswer, RedriveClaimAnswer, RedriveRequest } from './parking-store';

/** A parked item as it was read. */
export interface StoredParked {
  readonly outcome: 'parked' | 'redriving' | 'done';
  readonly attempts: number;
  /** Milliseconds since the epoch. */
  readonly firstFailureMs: number;
  /** Milliseconds since the epoch. */
  readonly lastFailureMs: number;
  /** undefined: it was never redriven. */
  readonly owner: string | undefined;
  /** Milliseconds since the epoch; {@link GIVEN_BACK} once the redrive was over. undefined: never redriven, or done. */
  readonly leaseUntilMs: number | undefined;
  /** Seconds since the epoch; only where it is done. */
  readonly expiration: number | undefined;
}

export const GIVEN_BACK = 0;

export type RedriveVerdict =
  | RedriveClaimAnswer
  /** May be taken: exactly what was read. */
  | { readonly kind: 'free'; readonly takeover: boolean };

/** Decides what an item means for a redrive that asks for it (protocol P6). */
export function judgeRedrive(
  stored: StoredParked | undefined,
  { id, token, leaseUntilMs: askedUntilMs }: RedriveRequest,
  nowMs: number,
  clockSkewMs: number,
): RedriveVerdict {
  if (stored === undefined) return { kind: 'absent' };
  const { outcome, owner, leaseUntilMs = GIVEN_BACK } = stored;
  if (outcome === 'done') return { kind: 'done' };
  if (owner === token) {
    // Given back: this request is a late one of the redrive that is over, and a new redrive has a new token.
    if (outcome === 'parked') return { kind: 'busy', leaseUntilMs: nowMs };
    return { kind: 'claimed', claim: { parked: parkedOf(id, stored), token, leaseUntilMs }, takeover: false };
  }
  // So late that others may have had it since: a token is used once, and this one may have been.
  if (askedUntilMs <= nowMs) return { kind: 'busy', leaseUntilMs: nowMs };
  if (outcome === 'parked') return { kind: 'free', takeover: false };
  if (nowMs > leaseUntilMs + 2 * clockSkewMs) return { kind: 'free', takeover: true };
  return { kind: 'busy', leaseUntilMs };
}

export function parkedAnswerOf(id: string, stored: StoredParked | undefined): ParkedAnswer {
  if (stored === undefined) return { kind: 'absent' };
  const { outcome, leaseUntilMs = GIVEN_BACK } = stored;
  if (outcome === 'done') return { kind: 'done' };
  const parked = parkedOf(id, stored);
  return outcome === 'parked' ? { kind: outcome, parked } : { kind: outcome, parked, leaseUntilMs };
}

/**
 * What a claim of a free item has: a redrive that nobody gave back ended without success, and whoever takes it over
 * counts that (P2).
 */
export function claimedOf(id: string, stored: StoredParked, takeover: boolean) {
  const parked = parkedOf(id, stored);
  return takeover ? { ...parked, attempts: parked.attempts + 1 } : parked;
}

function parkedOf(id: string, { attempts, firstFailureMs, lastFailureMs }: StoredParked) {
  return { id, attempts, firstFailureMs, lastFailureMs };
}

// Whether an earlier copy of a write of the owner has landed. A failure and a release differ in the attempts.

export function hasRenewed({ outcome, leaseUntilMs }: StoredParked, untilMs: number): boolean {
  return outcome === 'redriving' && leaseUntilMs !== undefined && leaseUntilMs >= untilMs;
}

export function hasReturned({ outcome, attempts }: StoredParked, withAttempts: number): boolean {
  return outcome === 'parked' && attempts === withAttempts;
}

export function hasCompleted({ outcome }: StoredParked): boolean {
  return outcome === 'done';
}

/** Whether its owner may still write. */
export function isHeld({ outcome }: StoredParked): boolean {
  return outcome === 'redriving';
}
