import { ERROR_CODES } from '../../contract/error-codes';
import { STATUS } from '../../contract/idempotency-table';
import type { Claim, ClaimAnswer, ClaimRequest, LookUp, LookUpAnswer } from './claim-store';

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
  readonly lastError?: string | undefined;
  readonly unclean?: number | undefined;
  /** Offset of the record that was about to run alone. */
  readonly suspect?: number | undefined;
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

/** What a claim keeps of those before it. */
export type History = Pick<Claim, 'attempts' | 'firstFailureMs' | 'lastError' | 'unclean'>;

export interface Takeover extends History {
  readonly kind: 'takeover';
  /** The process before died of the record: the last of its attempts is counted with the takeover (P3). */
  readonly hasDied?: boolean;
}

export type Verdict =
  | ClaimAnswer
  /** Take over exactly what was read. */
  | Takeover;

/** After so many claims that nobody gave back a record runs alone, and its start is written first (P3). */
const UNCLEAN_ENDS = 2;

export function runsAlone({ unclean = 0 }: Pick<Claim, 'unclean'>): boolean {
  return unclean >= UNCLEAN_ENDS;
}

/**
 * Decides what an item that stands in the way of a claim means for it.
 *
 * Somebody may have written it by hand. What cannot be understood is read on the safe side: never as absent, so that no
 * effect happens twice, and never for longer than an `expiration` that can be.
 */
export function judge(stored: StoredClaim, request: ClaimRequest, nowMs: number, clockSkewMs: number): Verdict {
  if (isOver(stored, nowMs)) return { kind: 'takeover', attempts: 0 };

  const history = historyOf(stored);
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
  const isFree = leaseUntilMs === RELEASED || nowMs > leaseUntilMs + 2 * clockSkewMs;
  if (!isFree) return { kind: 'busy', leaseUntilMs };
  // Asked again after its own time: another worker may have had its turn since, and no owner comes back.
  if (request.leaseUntilMs <= nowMs) return { kind: 'busy', leaseUntilMs: nowMs };
  return leaseUntilMs === RELEASED ? { kind: 'takeover', ...history } : afterUncleanEnd(stored, history, nowMs);
}

function historyOf({ attempts, firstFailureMs, lastError, unclean }: StoredClaim): History {
  const ends = isCount(unclean) && unclean > 0 ? { unclean } : {};
  return isCount(attempts) && attempts > 0
    ? { attempts, firstFailureMs, lastError, ...ends }
    : { attempts: 0, ...(lastError === ERROR_CODES.batchFailed && { lastError }), ...ends };
}

/** Whether it runs in a call of its own: it has run before, one way or the other. */
export function runsSingly({ attempts, lastError, unclean }: History): boolean {
  return attempts > 0 || lastError !== undefined || unclean !== undefined;
}

/** Whoever held it is gone, with its process or without its lease: that is the record's doing if it ran alone (P3). */
function afterUncleanEnd({ suspect }: StoredClaim, history: History, nowMs: number): Takeover {
  const unclean = (history.unclean ?? 0) + 1;
  if (suspect === undefined) return { kind: 'takeover', ...history, unclean };
  const { attempts, firstFailureMs = nowMs } = history;
  const lastError = ERROR_CODES.processDied;
  return { kind: 'takeover', attempts: attempts + 1, firstFailureMs, lastError, unclean, hasDied: true };
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

export function isSuspected(stored: StoredClaim): boolean {
  return isHeld(stored) && stored.suspect !== undefined;
}

/** It may have been given back since. */
export function hasCutOff({ status, attempts }: StoredClaim, counted: number): boolean {
  return status === STATUS.inProgress && attempts === counted;
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
