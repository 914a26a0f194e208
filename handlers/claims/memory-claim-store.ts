import { STATUS } from '../../contract/idempotency-table';
import type { Clock } from '../ports';
import type { Claim, ClaimAnswer, ClaimRequest, ClaimStore, WriteAnswer } from './claim-store';
import { judge, RELEASED, type StoredClaim } from './judge';

export interface MemoryClaimStoreOptions {
  readonly clock: Clock;
  readonly clockSkewMs: number;
  readonly rememberForSeconds: number;
}

/** The laws of {@link ClaimStore} in this process's memory: for unit tests. */
export class MemoryClaimStore implements ClaimStore {
  readonly items = new Map<string, StoredClaim>();
  readonly #options: MemoryClaimStoreOptions;

  constructor(options: MemoryClaimStoreOptions) {
    this.#options = options;
  }

  async claim(batch: readonly ClaimRequest[]): Promise<ClaimAnswer[]> {
    return batch.map((request) => this.#claim(request));
  }

  async renew(batch: readonly { readonly claim: Claim; readonly leaseUntilMs: number }[]): Promise<WriteAnswer[]> {
    return batch.map(({ claim, leaseUntilMs }) => {
      const landed = (item: StoredClaim) =>
        item.status === STATUS.inProgress && item.leaseUntilMs !== undefined && item.leaseUntilMs >= leaseUntilMs;
      const expiration = this.#expiration(leaseUntilMs);
      return this.#write(claim, landed, (item) => ({ ...item, leaseUntilMs, expiration }));
    });
  }

  async complete(batch: readonly { readonly claim: Claim }[]): Promise<WriteAnswer[]> {
    const completed = {
      status: STATUS.completed,
      outcome: 'done',
      leaseUntilMs: undefined,
      expiration: this.#expiration(this.#options.clock.now()),
    };
    const landed = (item: StoredClaim) => item.status === STATUS.completed;
    return batch.map(({ claim }) => this.#write(claim, landed, (item) => ({ ...item, ...completed })));
  }

  async fail(batch: readonly { readonly claim: Claim }[]): Promise<WriteAnswer[]> {
    return batch.map(({ claim }) => {
      const attempts = claim.attempts + 1;
      const landed = (item: StoredClaim) => item.leaseUntilMs === RELEASED && item.attempts === attempts;
      return this.#write(claim, landed, (item) => ({ ...item, attempts, leaseUntilMs: RELEASED }));
    });
  }

  async release(batch: readonly { readonly claim: Claim }[]): Promise<WriteAnswer[]> {
    const landed = (item: StoredClaim) => item.leaseUntilMs === RELEASED;
    return batch.map(({ claim }) => this.#write(claim, landed, (item) => ({ ...item, leaseUntilMs: RELEASED })));
  }

  #claim(request: ClaimRequest): ClaimAnswer {
    const stored = this.items.get(request.id);
    const verdict = stored && judge(stored, request, this.#options.clock.now(), this.#options.clockSkewMs);
    if (verdict && verdict.kind !== 'takeover') return verdict;
    const attempts = verdict?.attempts ?? 0;
    const { token: owner, partition, offset, payloadDigest, leaseUntilMs } = request;
    this.items.set(request.id, {
      status: STATUS.inProgress,
      owner,
      partition,
      offset,
      payloadDigest,
      attempts,
      leaseUntilMs,
      expiration: this.#expiration(leaseUntilMs),
      outcome: undefined,
    });
    return { kind: 'claimed', claim: { ...request, attempts }, takeover: verdict !== undefined };
  }

  /** Changes an item that we own, unless an earlier copy of the same write has `landed`. */
  #write(
    claim: Claim,
    landed: (item: StoredClaim) => boolean,
    change: (item: StoredClaim) => StoredClaim,
  ): WriteAnswer {
    const item = this.items.get(claim.id);
    if (item?.owner !== claim.token) return { kind: 'lost' };
    if (landed(item)) return { kind: 'written' };
    if (item.status !== STATUS.inProgress || item.leaseUntilMs === RELEASED) return { kind: 'lost' };
    this.items.set(claim.id, change(item));
    return { kind: 'written' };
  }

  #expiration(fromMs: number): number {
    return Math.ceil(fromMs / 1_000) + this.#options.rememberForSeconds;
  }
}
