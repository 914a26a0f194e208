import { ERROR_CODES } from '../../contract/error-codes';
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
  Release,
  WriteAnswer,
} from './claim-store';
import { keyTwice } from './distinct';
import {
  hasCompleted,
  hasCutOff,
  hasFailed,
  hasParked,
  hasReleased,
  hasRenewed,
  isHeld,
  isSuspected,
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
      (item, failure) => ({
        ...item,
        ...NO_UNCLEAN_ENDS,
        ...counted(item, failure),
        leaseUntilMs: RELEASED,
      }),
    );
  }

  async release(batch: readonly Release[]): Promise<WriteAnswer[]> {
    return this.#write(batch, hasReleased, (item, { hasRun, isSingle }) => ({
      ...item,
      ...(isSingle && { lastError: ERROR_CODES.batchFailed }),
      ...(hasRun ? NO_UNCLEAN_ENDS : NO_SUSPECT),
      leaseUntilMs: RELEASED,
    }));
  }

  async suspect(batch: readonly { readonly claim: Claim }[]): Promise<WriteAnswer[]> {
    return this.#write(batch, isSuspected, (item, { claim }) =>
      item.attempts === claim.attempts ? { ...item, suspect: claim.offset } : undefined,
    );
  }

  async cutOff(batch: readonly Failure[]): Promise<WriteAnswer[]> {
    return this.#write(
      batch,
      (item, { claim }) => hasCutOff(item, claim.attempts + 1),
      (item, failure) => ({ ...item, ...NO_SUSPECT, ...counted(item, failure) }),
    );
  }

  #claim(request: ClaimRequest): ClaimAnswer {
    const stored = this.items.get(request.id);
    const verdict = stored && judge(stored, request, this.#options.clock.now(), this.#options.clockSkewMs);
    if (verdict && verdict.kind !== 'takeover') return verdict;
    const { attempts = 0, firstFailureMs, lastError, unclean } = verdict ?? {};
    const { token: owner, partition, offset, payloadDigest, validation, leaseUntilMs } = request;
    this.items.set(request.id, {
      status: STATUS.inProgress,
      owner,
      partition,
      offset,
      payloadDigest,
      attempts,
      firstFailureMs,
      lastError: attempts > 0 ? lastError : undefined,
      unclean,
      suspect: undefined,
      leaseUntilMs,
      expiration: this.#expiration(leaseUntilMs),
      outcome: undefined,
      validation,
    });
    const claim: Claim = { ...request, attempts, firstFailureMs, lastError, unclean };
    return { kind: 'claimed', claim, takeover: verdict !== undefined };
  }

  /**
   * Changes the items that their claims own, unless an earlier copy of the same write has `landed`.
   * @param change undefined: not this item
   */
  #write<Member extends { readonly claim: Claim }>(
    batch: readonly Member[],
    landed: (item: StoredClaim, member: Member) => boolean,
    change: (item: StoredClaim, member: Member) => StoredClaim | undefined,
  ): WriteAnswer[] {
    const twice = keyTwice(batch.map(({ claim }) => claim.id));
    return batch.map((member) => {
      if (twice) return twice;
      const { id, token } = member.claim;
      const item = this.items.get(id);
      if (item?.owner !== token) return { kind: 'lost' };
      if (landed(item, member)) return { kind: 'written' };
      const changed = isHeld(item) ? change(item, member) : undefined;
      if (changed === undefined) return { kind: 'lost' };
      this.items.set(id, changed);
      return { kind: 'written' };
    });
  }

  #completed(outcome: 'done' | 'parked') {
    const expiration = this.#expiration(this.#options.clock.now());
    return { ...NO_UNCLEAN_ENDS, status: STATUS.completed, outcome, leaseUntilMs: undefined, expiration };
  }

  #expiration(fromMs: number): number {
    return Math.ceil(fromMs / 1_000) + this.#options.rememberForSeconds;
  }
}

const NO_SUSPECT = { suspect: undefined };
const NO_UNCLEAN_ENDS = { ...NO_SUSPECT, unclean: undefined };

/** One more attempt; the moment of the first failure stays. */
function counted({ firstFailureMs }: StoredClaim, { claim: { attempts }, error, atMs }: Failure) {
  return {
    attempts: attempts + 1,
    lastError: error,
    firstFailureMs: attempts === 0 ? atMs : firstFailureMs,
  };
}
