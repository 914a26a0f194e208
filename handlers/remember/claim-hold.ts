import type { Claim } from '../claims/claim-store';
import type { Hold } from '../engine/batch-memory';
import type { Step } from '../engine/lane';
import type { RecordState } from '../engine/record-state';
import type { Run } from '../engine/run';
import type { Scope } from '../engine/scope';
import type { Tried } from '../engine/tries';
import { claimLost } from '../errors';
import type { LeaseKeeper } from './lease-keeper';

/** What is held, and what ends the hold. */
export interface Holding<T> {
  readonly state: RecordState<T>;
  readonly claim: Claim;
  /** @param letGo ends the keeping of the lease */
  readonly ended: (letGo: () => void, tried: Tried) => Step | Promise<Step>;
  readonly giveBack: (letGo: () => void, error: unknown, isSingle: boolean) => void;
}

/** A record whose identity is claimed, and whose lease is kept. */
export class ClaimHold<T> implements Hold<T> {
  readonly #scope: Scope<T>;
  readonly #keeper: LeaseKeeper;
  readonly #holding: Holding<T>;
  readonly #letGo: () => void;
  #run: Run<T> | undefined;
  #lost: Error | undefined;

  constructor(scope: Scope<T>, keeper: LeaseKeeper, holding: Holding<T>) {
    this.#scope = scope;
    this.#keeper = keeper;
    this.#holding = holding;
    this.#letGo = keeper.keep(holding.claim, () => this.#lose());
  }

  get state(): RecordState<T> {
    return this.#holding.state;
  }

  get attempt(): number {
    return this.#holding.claim.attempts + 1;
  }

  refusal(nowMs: number): Error | undefined {
    return this.#lost ?? this.#scope.refusal(nowMs);
  }

  isFresh(nowMs: number): boolean {
    const { token, leaseUntilMs } = this.#holding.claim;
    const enoughUntilMs = nowMs + this.#scope.settings.leaseMs / 2;
    if (leaseUntilMs >= enoughUntilMs) return true;
    const kept = this.#keeper.find((claim) => claim.token === token);
    return kept === undefined || kept.leaseUntilMs >= enoughUntilMs;
  }

  begun(run: Run<T>): void {
    this.#run = run;
  }

  ended(tried: Tried): Step | Promise<Step> {
    return this.#holding.ended(this.#letGo, tried);
  }

  giveBack(error: unknown, isSingle: boolean): void {
    this.#holding.giveBack(this.#letGo, error, isSingle);
  }

  #lose(): void {
    const { claim, state } = this.#holding;
    this.#lost = claimLost({ id: claim.id });
    this.#scope.observer.noticed('staleOwner', state.record.topic);
    this.#run?.abort(this.#lost);
  }
}
