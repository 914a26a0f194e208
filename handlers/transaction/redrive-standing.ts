import { hasCompleted, isHeld, type StoredParked } from '../parking/judge-parked';
import type { RedriveCommitRequest } from './redrive-store';

/** What the fence of a redrive says of a commit: `free` where it still stands as the request has it. */
export type RedriveStanding = { readonly kind: 'free' } | { readonly kind: 'committed' } | { readonly kind: 'lost' };

export function redriveStandingOf(
  stored: StoredParked | undefined,
  { claim }: Pick<RedriveCommitRequest, 'claim'>,
): RedriveStanding {
  if (stored?.owner !== claim.token) return { kind: 'lost' };
  if (hasCompleted(stored)) return { kind: 'committed' };
  return isHeld(stored) ? { kind: 'free' } : { kind: 'lost' };
}
