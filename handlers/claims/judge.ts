import { STATUS } from '../../contract/idempotency-table';
import type { ClaimAnswer, ClaimRequest } from './claim-store';

/** An item of the table as it was read; attributes that are not there are undefined. */
export interface StoredClaim {
  readonly status: string | undefined;
  readonly owner: string | undefined;
  readonly partition: number | undefined;
  readonly offset: number | undefined;
  readonly payloadDigest: string | undefined;
  readonly attempts: number | undefined;
  /** Milliseconds since the epoch; {@link RELEASED} when it was given back. */
  readonly leaseUntilMs: number | undefined;
  /** Seconds since the epoch. */
  readonly expiration: number | undefined;
  readonly outcome: string | undefined;
}

/** The lease of a claim that was given back. A stock layer reads it as ready to be taken over. */
export const RELEASED = 0;

export type Verdict =
  | ClaimAnswer
  /** Take over exactly what was read. */
  | { readonly kind: 'takeover'; readonly attempts: number };

/** Decides what an item that stands in the way of a claim means for it. */
export function judge(stored: StoredClaim, request: ClaimRequest, nowMs: number, clockSkewMs: number): Verdict {
  // Gone between the refused write and the read, or never an idempotency record.
  if (stored.status === undefined) return { kind: 'takeover', attempts: 0 };
  // An expired item counts as absent in every step, whether or not TTL has removed it yet (C2).
  if (stored.expiration !== undefined && stored.expiration * 1_000 <= nowMs) return { kind: 'takeover', attempts: 0 };

  const attempts = stored.attempts ?? 0;
  if (isOurs(stored, request)) {
    if (stored.status === STATUS.completed) return { kind: 'closed', outcome: 'done' };
    if (stored.leaseUntilMs !== RELEASED) {
      const leaseUntilMs = stored.leaseUntilMs ?? request.leaseUntilMs;
      return { kind: 'claimed', claim: { ...request, leaseUntilMs, attempts }, takeover: false };
    }
  }
  if (
    stored.payloadDigest !== undefined &&
    request.payloadDigest !== undefined &&
    stored.payloadDigest !== request.payloadDigest
  ) {
    return { kind: 'conflict' };
  }
  if (stored.status === STATUS.completed) {
    return { kind: 'closed', outcome: stored.outcome === 'parked' ? 'parked' : 'done' };
  }
  // A stock record without a lease is never taken over by stock either, until it expires.
  const leaseUntilMs = stored.leaseUntilMs ?? (stored.expiration ?? Number.POSITIVE_INFINITY) * 1_000;
  if (leaseUntilMs === RELEASED || nowMs > leaseUntilMs + 2 * clockSkewMs) return { kind: 'takeover', attempts };
  return { kind: 'busy', leaseUntilMs };
}

/** A token alone is not enough: two deliveries, or twins, must never take each other's (C3). */
function isOurs(stored: StoredClaim, request: ClaimRequest): boolean {
  return (
    stored.owner === request.token &&
    stored.partition === request.partition &&
    stored.offset === request.offset &&
    stored.payloadDigest === request.payloadDigest
  );
}
