import { STATUS } from '../../contract/idempotency-table';
import type { StoredParked } from '../parking/judge-parked';
import { parkInMemory } from '../parking/park-in-memory';
import type { Clock } from '../ports';
import type {
  Claim,
  ClaimAnswer,
  ClaimRequest,
  ClaimStore,
  Failure,
  LookUp,
  LookUpAnswer,
  Parking,
  WriteAnswer,
} from './claim-store';
import { keyTwice } from './distinct';
import {
  hasCompleted,
  hasFailed,
  hasParked,
  hasReleased,
  hasRenewed,
  isHeld,
  judge,
  judgeLookUp,
  RELEASED,
  type StoredClaim,
} from './judge';

export interface MemoryClaimStoreOptions {
  readonly clock: Clock;
  readonly clockSkewMs: number;
  readonly rememberForSeconds: number;
  /** The parked items; shared with the stores of the ledger and of parked records. */
  readonly parked?: Map<string, StoredParked>;
}

/** The laws of {@link ClaimStore} in this process's memory: for unit tests. */
export class MemoryClaimStore implements ClaimStore {
  readonly items = new Map<string, StoredClaim>();
  readonly parked: Map<string, StoredParked>;
  readonly #options: MemoryClaimStoreOptions;

  constructor(options: MemoryClaimStoreOptions) {
    this.#options = options;
    this.parked = options.parked ?? new Map();
  }

  async lookUp(batch: readonly LookUp[]): Promise<LookUpAnswer[]> {
    return batch.map((member) => judgeLookUp(this.items.get(member.id), member, this.#options.clock.now()));
  }

  async claim(batch: readonly ClaimRequest[]): Promise<ClaimAnswer[]> {
    const twice = keyTwice(batch.map(({ id }) => id));
    return batch.map((request) => twice ?? this.#claim(request));
  }

  async renew(batch: readonly { readonly claim: Claim; readonly leaseUntilMs: number }[]): Promise<WriteAnswer[]> {
    return this.#write(
      batch,
      (item, { leaseUntilMs }) => hasRenewed(item, leaseUntilMs),
      (item, { leaseUntilMs }) => ({ ...item, leaseUntilMs, expiration: this.#expiration(leaseUntilMs) }),
    );
  }

  async complete(batch: readonly { readonly claim: Claim }[]): Promise<WriteAnswer[]> {
    const completed = this.#completed('done');
    return this.#write(batch, hasCompleted, (item) => ({ ...item, ...completed }));
  }

  /** Nothing in it waits, so nobody sees one of both without the other. */
  async park(batch: readonly Parking[]): Promise<WriteAnswer[]> {
    const completed = this.#completed('parked');
    return this.#write(batch, hasParked, (item, { parked }) => {
      parkInMemory(this.parked, [parked]);
      return { ...item, ...completed };
    });
  }

  async fail(batch: readonly Failure[]): Promise<WriteAnswer[]> {
    return this.#write(
      batch,
      (item, { claim }) => hasFailed(item, claim.attempts + 1),
      (item, { claim, atMs }) => ({
        ...item,
        attempts: claim.attempts + 1,
        firstFailureMs: claim.attempts === 0 ? atMs : item.firstFailureMs,
        leaseUntilMs: RELEASED,
      }),
    );
  }

  async release(batch: readonly { readonly claim: Claim }[]): Promise<WriteAnswer[]> {
    return this.#write(batch, hasReleased, (item) => ({ ...item, leaseUntilMs: RELEASED }));
  }

  #claim(request: ClaimRequest): ClaimAnswer {
    const stored = this.items.get(request.id);
    const verdict = stored && judge(stored, request, this.#options.clock.now(), this.#options.clockSkewMs);
    if (verdict && verdict.kind !== 'takeover') return verdict;
    const { attempts = 0, firstFailureMs } = verdict ?? {};
    const { token: owner, partition, offset, payloadDigest, validation, leaseUntilMs } = request;
    this.items.set(request.id, {
      status: STATUS.inProgress,
      owner,
      partition,
      offset,
      payloadDigest,
      attempts,
      firstFailureMs,
      leaseUntilMs,
      expiration: this.#expiration(leaseUntilMs),
      outcome: undefined,
      validation,
    });
    return { kind: 'claimed', claim: { ...request, attempts, firstFailureMs }, takeover: verdict !== undefined };
  }

  /** Changes the items that their claims own, unless an earlier copy of the same write has `landed`. */
  #write<Member extends { readonly claim: Claim }>(
    batch: readonly Member[],
    landed: (item: StoredClaim, member: Member) => boolean,
    change: (item: StoredClaim, member: Member) => StoredClaim,
  ): WriteAnswer[] {
    const twice = keyTwice(batch.map(({ claim }) => claim.id));
    return batch.map((member) => {
      if (twice) return twice;
      const { id, token } = member.claim;
      const item = this.items.get(id);
      if (item?.owner !== token) return { kind: 'lost' };
      if (landed(item, member)) return { kind: 'written' };
      if (!isHeld(item)) return { kind: 'lost' };
      this.items.set(id, change(item, member));
      return { kind: 'written' };
    });
  }

  #completed(outcome: 'done' | 'parked') {
    const expiration = this.#expiration(this.#options.clock.now());
    return { status: STATUS.completed, outcome, leaseUntilMs: undefined, expiration };
  }

  #expiration(fromMs: number): number {
    return Math.ceil(fromMs / 1_000) + this.#options.rememberForSeconds;
  }
}
