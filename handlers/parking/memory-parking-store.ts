import { STATUS } from '../../contract/idempotency-table';
import type { WriteAnswer } from '../claims/claim-store';
import { keyTwice } from '../claims/distinct';
import type { StoredClaim } from '../claims/judge';
import type { Clock } from '../ports';
import {
  claimedOf,
  GIVEN_BACK,
  hasCompleted,
  hasRenewed,
  hasReturned,
  isHeld,
  judgeRedrive,
  parkedAnswerOf,
  type StoredParked,
} from './judge-parked';
import { parkInMemory } from './park-in-memory';
import type { Parked } from './parked';
import type {
  ParkedAnswer,
  ParkingStore,
  RedriveClaim,
  RedriveClaimAnswer,
  RedriveCompletion,
  RedriveRequest,
} from './parking-store';

export interface MemoryParkingStoreOptions {
  readonly clock: Clock;
  readonly clockSkewMs: number;
  readonly rememberForSeconds: number;
  /** From key to item; shared with the stores of claims and of the ledger, which park beside their marks. */
  readonly items?: Map<string, StoredParked>;
  /** The items of a MemoryClaimStore: a redrive turns the outcome of an identity. */
  readonly claims?: { readonly items: Map<string, StoredClaim> };
}

type Owned = { readonly claim: RedriveClaim };

/** The laws of {@link ParkingStore} in this process's memory: for unit tests. */
export class MemoryParkingStore implements ParkingStore {
  readonly items: Map<string, StoredParked>;
  readonly #options: MemoryParkingStoreOptions;

  constructor(options: MemoryParkingStoreOptions) {
    this.#options = options;
    this.items = options.items ?? new Map();
  }

  async lookUp(ids: readonly string[]): Promise<ParkedAnswer[]> {
    return ids.map((id) => parkedAnswerOf(id, this.items.get(id)));
  }

  async park(batch: readonly Parked[]): Promise<WriteAnswer[]> {
    const twice = keyTwice(batch.map(({ id }) => id));
    if (!twice) parkInMemory(this.items, batch);
    return batch.map(() => twice ?? { kind: 'written' });
  }

  async claim(batch: readonly RedriveRequest[]): Promise<RedriveClaimAnswer[]> {
    const twice = keyTwice(batch.map(({ id }) => id));
    return batch.map((request) => twice ?? this.#claim(request));
  }

  async renew(batch: readonly (Owned & { readonly leaseUntilMs: number })[]): Promise<WriteAnswer[]> {
    return this.#write(
      batch,
      (item, { leaseUntilMs }) => hasRenewed(item, leaseUntilMs),
      (item, { leaseUntilMs }) => ({ ...item, leaseUntilMs }),
    );
  }

  async complete(batch: readonly RedriveCompletion[]): Promise<WriteAnswer[]> {
    const expiration = Math.ceil(this.#options.clock.now() / 1_000) + this.#options.rememberForSeconds;
    return this.#write(batch, hasCompleted, (item, { identityId }) => {
      this.#completeIdentity(identityId, expiration);
      return { ...item, outcome: 'done', leaseUntilMs: undefined, expiration };
    });
  }

  async fail(batch: readonly (Owned & { readonly atMs: number })[]): Promise<WriteAnswer[]> {
    return this.#write(
      batch,
      (item, { claim }) => hasReturned(item, claim.parked.attempts + 1),
      (item, { claim, atMs }) => ({
        ...item,
        outcome: 'parked',
        leaseUntilMs: GIVEN_BACK,
        attempts: claim.parked.attempts + 1,
        lastFailureMs: atMs,
      }),
    );
  }

  async release(batch: readonly Owned[]): Promise<WriteAnswer[]> {
    return this.#write(
      batch,
      (item, { claim }) => hasReturned(item, claim.parked.attempts),
      (item) => ({ ...item, outcome: 'parked', leaseUntilMs: GIVEN_BACK }),
    );
  }

  #claim(request: RedriveRequest): RedriveClaimAnswer {
    const { clock, clockSkewMs } = this.#options;
    const { id, token, leaseUntilMs } = request;
    const stored = this.items.get(id);
    const verdict = judgeRedrive(stored, request, clock.now(), clockSkewMs);
    if (verdict.kind !== 'free' || stored === undefined) return verdict as RedriveClaimAnswer;
    const parked = claimedOf(id, stored, verdict.takeover);
    const { attempts } = parked;
    this.items.set(id, { ...stored, outcome: 'redriving', attempts, owner: token, leaseUntilMs });
    const claim = { parked, token, leaseUntilMs };
    return { kind: 'claimed', claim, takeover: verdict.takeover };
  }

  #completeIdentity(identityId: string | undefined, expiration: number): void {
    const items = this.#options.claims?.items;
    const identity = identityId === undefined ? undefined : items?.get(identityId);
    if (identityId === undefined || identity?.status !== STATUS.completed || identity.outcome !== 'parked') return;
    items?.set(identityId, { ...identity, outcome: 'done', expiration });
  }

  /** Changes the items that their redrives own, unless an earlier copy of the same write has `landed`. */
  #write<Member extends Owned>(
    batch: readonly Member[],
    landed: (item: StoredParked, member: Member) => boolean,
    change: (item: StoredParked, member: Member) => StoredParked,
  ): WriteAnswer[] {
    const twice = keyTwice(batch.map(({ claim }) => claim.parked.id));
    return batch.map((member) => {
      if (twice) return twice;
      const { parked, token } = member.claim;
      const item = this.items.get(parked.id);
      if (item?.owner !== token) return { kind: 'lost' };
      if (landed(item, member)) return { kind: 'written' };
      if (!isHeld(item)) return { kind: 'lost' };
      this.items.set(parked.id, change(item, member));
      return { kind: 'written' };
    });
  }
}
