import type { Claim, ClaimAnswer, ClaimRequest, Release, WriteAnswer } from '../claims/claim-store';
import type { RecordState } from '../engine/record-state';
import type { Scope } from '../engine/scope';
import { IdentityReader } from '../remember/identity-reader';
import { LeaseKeeper } from '../remember/lease-keeper';
import { isUnknown, type Unknown } from '../store/unknown';

/** What stands of the identity of a record that is redriven. */
export type IdentityStanding =
  /** None is declared or it could not be computed, or it is parked with its record: the parked item is the fence (P6). */
  | { readonly kind: 'fenced'; readonly turns: string | undefined }
  /** It was absent, had expired, or nobody's: now it is ours. */
  | { readonly kind: 'claimed'; readonly claim: Claim }
  | { readonly kind: 'done' }
  | { readonly kind: 'conflict' }
  | Extract<ClaimAnswer, { readonly kind: 'busy' }>
  | Unknown;

const NO_IDENTITY: IdentityStanding = { kind: 'fenced', turns: undefined };

/** The identities of redriven records, where those are remembered (protocol P6, C). */
export class RedrivenIdentities<T> {
  readonly #scope: Scope<T>;
  readonly #reader: IdentityReader<T>;
  readonly #keeper: LeaseKeeper;

  constructor(scope: Scope<T>) {
    this.#scope = scope;
    this.#reader = new IdentityReader(scope);
    const { ports, patience, settings } = scope;
    this.#keeper = new LeaseKeeper({
      clock: ports.clock,
      sleep: ports.sleep,
      leaseMs: settings.leaseMs,
      renew: (batch) => patience.save(batch, (members) => ports.store.claims.renew(members)),
    });
  }

  /** Looks, and claims what is nobody's. What is parked stays parked. */
  async take(state: RecordState<T>): Promise<IdentityStanding> {
    const { content } = state;
    // In a transaction the commit itself meets the identity.
    if (this.#scope.settings.remember !== 'identity' || content?.kind !== 'ready' || content.id === undefined) {
      return NO_IDENTITY;
    }
    const { id, payloadDigest } = content;
    const stored = await this.#reader.read(state);
    if (stored.kind === 'closed') return stored.outcome === 'parked' ? { kind: 'fenced', turns: id } : { kind: 'done' };
    if (stored.kind !== 'open') return stored;
    const { ports, patience, settings, stopped } = this.#scope;
    const { partition, offset } = state.record;
    const leaseUntilMs = ports.clock.now() + settings.leaseMs;
    const request = { id, token: ports.random.token(), partition, offset, payloadDigest, leaseUntilMs };
    const { answers } = patience.start<ClaimRequest, ClaimAnswer>(
      [request],
      (members) => ports.store.claims.claim(members),
      stopped,
    );
    const answer = (await answers[0]) as ClaimAnswer;
    if (answer.kind === 'closed') return answer.outcome === 'parked' ? { kind: 'fenced', turns: id } : { kind: 'done' };
    if (answer.kind === 'claimed' && answer.takeover) this.#scope.observer.noticed('takeovers', state.record.topic);
    return answer;
  }

  /** Renews the lease; `lost` is called once that was refused. Gives a function that ends it. */
  keep(claim: Claim, lost: () => void): () => void {
    return this.#keeper.keep(claim, lost);
  }

  async complete(claim: Claim): Promise<WriteAnswer> {
    const { patience, ports } = this.#scope;
    const { answers } = patience.save([{ claim }], (members) => ports.store.claims.complete(members));
    return (await answers[0]) as WriteAnswer;
  }

  /** With no attempt counted: those of a parked record are counted on its parked item. */
  async release(claim: Claim, hasRun: boolean): Promise<void> {
    const { patience, ports } = this.#scope;
    const { answers } = patience.save<Release, WriteAnswer>([{ claim, hasRun }], (members) =>
      ports.store.claims.release(members),
    );
    const answer = (await answers[0]) as WriteAnswer;
    if (isUnknown(answer)) this.#scope.unanswered('release', answer);
  }

  stop(): void {
    this.#reader.stop();
    this.#keeper.stop();
  }
}
