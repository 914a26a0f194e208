import { isDeepStrictEqual } from 'node:util';
import { fromItem } from '../claims/claim-item';
import type { StoredClaim } from '../claims/judge';
import type { StoredParked } from '../parking/judge-parked';
import type { Clock } from '../ports';
import { doneItem, type IdentityRules, refusalOfIdentity } from './identity-insert';
import { type Apply, REQUEST_TOKEN_MS } from './memory-transaction-store';
import type { PreparedWrite } from './prepared-write';
import { redriveStandingOf } from './redrive-standing';
import type { RedriveCommitAnswer, RedriveCommitRequest, RedriveStore } from './redrive-store';
import { worstOf } from './refusals';
import { MAXIMUM_TRANSACTION_ITEMS, type MemberRefusal } from './transaction-store';

export interface MemoryRedriveStoreOptions extends IdentityRules {
  readonly clock: Clock;
  /** The items of a MemoryParkingStore and of a MemoryClaimStore. */
  readonly parking: { readonly items: Map<string, StoredParked> };
  readonly claims: { readonly items: Map<string, StoredClaim> };
  /** The committed writes of a MemoryTransactionStore: these go behind them. */
  readonly transactions: { readonly written: PreparedWrite[] };
  /** @default takes every write */
  readonly apply?: Apply;
}

/** The laws of {@link RedriveStore} in this process's memory: for unit tests. */
export class MemoryRedriveStore implements RedriveStore {
  readonly #options: MemoryRedriveStoreOptions;
  readonly #tokens = new Map<string, { readonly request: RedriveCommitRequest; readonly untilMs: number }>();

  constructor(options: MemoryRedriveStoreOptions) {
    this.#options = options;
  }

  /** Nothing in it waits, so nobody sees a part of a transaction. */
  async commit(request: RedriveCommitRequest): Promise<RedriveCommitAnswer> {
    const { parking, claims, transactions, clock, apply, rememberForSeconds } = this.#options;
    const { requestToken, atMs, claim, identity, writes } = request;
    const stored = parking.items.get(claim.parked.id);
    const standing = redriveStandingOf(stored, request);
    const known = this.#tokens.get(requestToken);
    if (known && clock.now() < known.untilMs) {
      if (isDeepStrictEqual(known.request, request)) return { kind: 'committed' };
      const error = new Error(`The request token ${requestToken} has stood for another content`);
      return standing.kind === 'free' ? { kind: 'unknown', reason: 'failed', error } : standing;
    }
    if (standing.kind !== 'free') return standing;
    if (stored === undefined) return { kind: 'lost' };
    if (1 + (identity ? 1 : 0) + writes.length > MAXIMUM_TRANSACTION_ITEMS) {
      const error = new Error(`Member must have length less than or equal to ${MAXIMUM_TRANSACTION_ITEMS}`);
      return { kind: 'invalid', error };
    }
    const ofIdentity =
      identity && refusalOfIdentity(claims.items.get(identity.id), identity, atMs, this.#options, 'redrive');
    if (ofIdentity) return { kind: 'refused', refusals: [ofIdentity] };
    const applied = apply?.(writes) ?? [];
    if ('kind' in applied) return applied;
    const refusals = applied.flatMap((refusal, write): MemberRefusal[] => (refusal ? [{ ...refusal, write }] : []));
    const refusal = worstOf(refusals, writes);
    if (refusal) return { kind: 'refused', refusals: [refusal] };

    transactions.written.push(...writes);
    if (identity) claims.items.set(identity.id, fromItem(doneItem(identity, atMs, this.#options)));
    const expiration = Math.ceil(atMs / 1_000) + rememberForSeconds;
    parking.items.set(claim.parked.id, { ...stored, outcome: 'done', leaseUntilMs: undefined, expiration });
    this.#tokens.set(requestToken, { request, untilMs: clock.now() + REQUEST_TOKEN_MS });
    return { kind: 'committed' };
  }
}
