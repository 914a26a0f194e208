import { STATUS } from '../../contract/idempotency-table';
import type { ClaimAnswer, ClaimRequest, LookUp, LookUpAnswer } from './claim-store';

/** An item of the table as it was read; attributes that are not there are undefined. */
export interface StoredClaim {
  readonly status: string | undefined;
  readonly owner: string | undefined;
  readonly partition: number | undefined;
  readonly offset: number | undefined;
  readonly payloadDigest: string | undefined;
  readonly attempts: number | undefined;
  /** Milliseconds since the epoch; only where there are attempts. */
  readonly firstFailureMs?: number | undefined;
  /** Milliseconds since the epoch; {@link RELEASED} when it was given back. */
  readonly leaseUntilMs: number | undefined;
  /** Seconds since the epoch. */
  readonly expiration: number | undefined;
  readonly outcome: string | undefined;
  /** Powertools' own payload hash. */
  readonly validation?: string | undefined;
}

/** The lease of a claim that was given back. A stock layer reads it as ready to be taken over. */
export const RELEASED = 0;

const PARKED = 'parked';

export type Verdict =
  | ClaimAnswer
  /** Take over exactly what was read. */
  | { readonly kind: 'takeover'; readonly attempts: number; readonly firstFailureMs?: number | undefined };

/**
 * Decides what an item that stands in the way of a claim means for it.
 *
 * Somebody may have written it by hand. What cannot be understood is read on the safe side: never as absent, so that no
 * effect happens twice, and never for longer than an `expiration` that can be.
 */
export function judge(stored: StoredClaim, request: ClaimRequest, nowMs: number, clockSkewMs: number): Verdict {
  if (isOver(stored, nowMs)) return { kind: 'takeover', attempts: 0 };

  const attempts = isCount(stored.attempts) ? stored.attempts : 0;
  const history = attempts > 0 ? { attempts, firstFailureMs: stored.firstFailureMs } : { attempts };
  if (isOurs(stored, request)) {
    return { kind: 'claimed', claim: { ...request, leaseUntilMs: stored.leaseUntilMs, ...history }, takeover: false };
  }
  if (isConflict(stored, request)) return { kind: 'conflict' };
  if (stored.status === STATUS.completed) return closed(stored);
  const expiresAtMs = (stored.expiration ?? Number.POSITIVE_INFINITY) * 1_000;
  if (stored.status !== STATUS.inProgress) return { kind: 'busy', leaseUntilMs: expiresAtMs, unreadable: 'status' };
  // A stock record without a lease is never taken over by stock either, until it expires.
  const leaseUntilMs = stored.leaseUntilMs ?? expiresAtMs;
  // We gave it back: this request is a late one of the claim that is over, and a new claim has a new token.
  if (leaseUntilMs === RELEASED && stored.owner === request.token) return { kind: 'busy', leaseUntilMs: nowMs };
  if (leaseUntilMs === RELEASED || nowMs > leaseUntilMs + 2 * clockSkewMs) return { kind: 'takeover', ...history };
  return { kind: 'busy', leaseUntilMs };
}

/** Decides whether an item that was read closes its identity (C2). */
export function judgeLookUp(
  stored: StoredClaim | undefined,
  lookUp: LookUp,
  nowMs: number,
): Exclude<LookUpAnswer, { kind: 'unknown' }> {
  if (stored?.status !== STATUS.completed || isOver(stored, nowMs)) return { kind: 'open' };
  return isConflict(stored, lookUp) ? { kind: 'conflict' } : closed(stored);
}

// Whether an earlier copy of a write of the owner has landed (C8).

export function hasRenewed({ status, leaseUntilMs }: StoredClaim, untilMs: number): boolean {
  return status === STATUS.inProgress && leaseUntilMs !== undefined && leaseUntilMs >= untilMs;
}

export function hasCompleted({ status, outcome }: StoredClaim): boolean {
  return status === STATUS.completed && outcome !== PARKED;
}

export function hasParked({ status, outcome }: StoredClaim): boolean {
  return status === STATUS.completed && outcome === PARKED;
}

export function hasFailed(stored: StoredClaim, attempts: number): boolean {
  return hasReleased(stored) && stored.attempts === attempts;
}

export function hasReleased({ status, leaseUntilMs }: StoredClaim): boolean {
  return status === STATUS.inProgress && leaseUntilMs === RELEASED;
}

/** Whether its owner may still write: it was neither closed nor given back. */
export function isHeld({ status, leaseUntilMs }: StoredClaim): boolean {
  return status === STATUS.inProgress && leaseUntilMs !== undefined && leaseUntilMs > RELEASED;
}

/** An expired item counts as absent in every step, whether or not TTL has removed it yet (C2). */
function isOver({ status, expiration }: StoredClaim, nowMs: number): boolean {
  return status === STATUS.expired || (expiration !== undefined && expiration * 1_000 <= nowMs);
}

function isConflict({ payloadDigest, validation }: StoredClaim, request: LookUp): boolean {
  return isOther(payloadDigest, request.payloadDigest) || isOther(validation, request.validation);
}

function isOther(stored: string | undefined, asked: string | undefined): boolean {
  return stored !== undefined && asked !== undefined && stored !== asked;
}

function closed({ outcome }: StoredClaim): { readonly kind: 'closed'; readonly outcome: 'done' | 'parked' } {
  return { kind: 'closed', outcome: outcome === PARKED ? PARKED : 'done' };
}

function isCount(value: number | undefined): value is number {
  return value !== undefined && Number.isSafeInteger(value) && value >= 0;
}

/** A token alone is not enough: two deliveries, or twins, must never take each other's (C3). */
function isOurs(stored: StoredClaim, request: ClaimRequest): stored is StoredClaim & { readonly leaseUntilMs: number } {
  return (
    isHeld(stored) &&
    stored.owner === request.token &&
    stored.partition === request.partition &&
    stored.offset === request.offset &&
    stored.payloadDigest === request.payloadDigest
  );
}
