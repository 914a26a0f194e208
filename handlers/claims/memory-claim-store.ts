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
    return batch.map(({ claim, leaseUntilMs }) =>
      this.#update(claim, (item) => ({ ...item, leaseUntilMs: Math.max(item.leaseUntilMs ?? 0, leaseUntilMs) })),
    );
  }

  async complete(batch: readonly { readonly claim: Claim }[]): Promise<WriteAnswer[]> {
    return batch.map(({ claim }) =>
      this.#update(claim, (item) => ({
        ...item,
        status: STATUS.completed,
        outcome: 'done',
        leaseUntilMs: undefined,
        expiration: this.#expiration(),
      })),
    );
  }

  async fail(batch: readonly { readonly claim: Claim }[]): Promise<WriteAnswer[]> {
    return batch.map(({ claim }) =>
      this.#update(claim, (item) => ({ ...item, attempts: claim.attempts + 1, leaseUntilMs: RELEASED })),
    );
  }

  async release(batch: readonly { readonly claim: Claim }[]): Promise<WriteAnswer[]> {
    return batch.map(({ claim }) => this.#update(claim, (item) => ({ ...item, leaseUntilMs: RELEASED })));
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
      expiration: this.#expiration(),
      outcome: undefined,
    });
    return { kind: 'claimed', claim: { ...request, attempts }, takeover: verdict !== undefined };
  }

  #update(claim: Claim, change: (item: StoredClaim) => StoredClaim): WriteAnswer {
    const item = this.items.get(claim.id);
    if (item?.owner !== claim.token || item.status !== STATUS.inProgress || item.leaseUntilMs === RELEASED) {
      return { kind: 'lost' };
    }
    this.items.set(claim.id, change(item));
    return { kind: 'written' };
  }

  #expiration(): number {
    return Math.ceil(this.#options.clock.now() / 1_000) + this.#options.rememberForSeconds;
  }
}
