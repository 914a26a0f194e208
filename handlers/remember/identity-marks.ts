import type { Claim, Failure, WriteAnswer } from '../claims/claim-store';
import { isThenable } from '../core/thenable';
import type { Step } from '../engine/lane';
import type { RecordState } from '../engine/record-state';
import type { Run } from '../engine/run';
import { codeOf } from '../engine/runs';
import type { Scope } from '../engine/scope';
import type { Tried } from '../engine/tries';
import { claimLost } from '../errors';
import { isUnknown } from '../store/unknown';
import { Gatherer } from './gatherer';
import { LeaseKeeper } from './lease-keeper';
import type { LetterDesk } from './letter-desk';

/** Marks that travel together: a batch of statements. */
const GATHERED = 25;

interface Owned {
  readonly claim: Claim;
}

interface Held<T> {
  readonly state: RecordState<T>;
  readonly claim: Claim;
  /** Ends the keeping of the lease. */
  readonly letGo: () => void;
}

/** Runs the records whose identities are claimed, and marks how they ended (C5, P5). */
export class IdentityMarks<T> {
  readonly #scope: Scope<T>;
  readonly #desk: LetterDesk<T>;
  readonly #keeper: LeaseKeeper;
  readonly #completions: Gatherer<Owned, WriteAnswer>;
  readonly #failures: Gatherer<Failure, WriteAnswer>;
  /** Claims of records that were cut off: given back with no attempt counted. */
  readonly #cutOffs: Gatherer<Owned, WriteAnswer>;
  /** Effects that have happened and are not marked yet. */
  readonly #unsaved = new Set<RecordState<T>>();

  constructor(scope: Scope<T>, desk: LetterDesk<T>) {
    this.#scope = scope;
    this.#desk = desk;
    const { ports, patience, settings } = scope;
    const { claims } = ports.store;
    this.#keeper = new LeaseKeeper({
      clock: ports.clock,
      sleep: ports.sleep,
      leaseMs: settings.leaseMs,
      renew: (batch) => patience.save(batch, (members) => claims.renew(members)),
    });
    const gathered = { size: GATHERED, delayMs: settings.checkpointMs, sleep: ports.sleep };
    this.#completions = new Gatherer({
      ...gathered,
      send: (batch) => patience.save<Owned, WriteAnswer>(batch, (members) => claims.complete(members)),
    });
    this.#failures = new Gatherer({
      ...gathered,
      send: (batch) => patience.save<Failure, WriteAnswer>(batch, (members) => claims.fail(members)),
    });
    this.#cutOffs = new Gatherer({
      ...gathered,
      send: (batch) => patience.save<Owned, WriteAnswer>(batch, (members) => claims.release(members)),
    });
  }

  /** In a slot that is held, and given back when the record ends. */
  run(state: RecordState<T>, claim: Claim): Step | Promise<Step> {
    let lost: Error | undefined;
    let current: Run<T> | undefined;
    const letGo = this.#keeper.keep(claim, () => {
      lost = claimLost({ id: claim.id });
      this.#scope.observer.noticed('staleOwner', state.record.topic);
      current?.abort(lost);
    });
    const ended = this.#scope.tries.call(state, {
      attempt: claim.attempts + 1,
      nowMs: this.#scope.ports.clock.now(),
      refusal: (nowMs) => lost ?? this.#scope.refusal(nowMs),
      begun: (run) => {
        current = run;
      },
    });
    const held: Held<T> = { state, claim, letGo };
    return isThenable(ended) ? ended.then((later) => this.#ended(held, later)) : this.#ended(held, ended);
  }

  #ended(held: Held<T>, ended: Tried): Step | Promise<Step> {
    if (ended.ok) {
      this.#complete(held);
      return 'next';
    }
    const { state, claim } = held;
    const { error, errorClass } = ended;
    if (errorClass === 'outage') this.#scope.outageOf(state, error);
    else if (this.#desk.takes(ended, claim.attempts + 1)) return this.#park(held, error);
    state.error = error;
    this.#fail(held, error, ended.counts && errorClass !== 'outage');
    return 'stop';
  }

  /** The lane goes on once the closing mark is durable (P5). */
  async #park(held: Held<T>, error: unknown): Promise<Step> {
    const { state, claim, letGo } = held;
    const parked = await this.#desk.write(state, {
      error,
      attempts: claim.attempts + 1,
      firstFailureMs: claim.firstFailureMs,
    });
    if (parked === undefined) {
      state.error = error;
      this.#fail(held, error, false);
      return 'stop';
    }
    const { claims } = this.#scope.ports.store;
    const { answers } = this.#scope.patience.save([{ claim, parked }], (members) => claims.park(members));
    const answer = (await answers[0]) as WriteAnswer;
    letGo();
    if (answer.kind === 'written') {
      state.error = error;
      state.close('parked');
      return 'next';
    }
    if (isUnknown(answer)) this.#scope.unanswered('park', answer);
    state.leaveOpen(error);
    return 'stop';
  }

  #complete({ state, claim, letGo }: Held<T>): void {
    this.#unsaved.add(state);
    this.#completions.add({ claim }, (answer) => {
      letGo();
      if (answer.kind === 'written') {
        this.#unsaved.delete(state);
        return state.close('done');
      }
      const error = isUnknown(answer) ? this.#scope.unanswered('complete', answer) : claimLost({ id: claim.id });
      this.#reportUnsaved(state, error.message);
      state.leaveOpen(error);
    });
    if (state.isAwaited) this.#completions.hurry();
  }

  #fail({ state, claim, letGo }: Held<T>, error: unknown, counts: boolean): void {
    const answered = (answer: WriteAnswer) => {
      letGo();
      if (isUnknown(answer)) this.#scope.unanswered('fail', answer);
      state.leaveOpen(error);
    };
    if (counts) this.#failures.add({ claim, error: codeOf(error), atMs: this.#scope.ports.clock.now() }, answered);
    else this.#cutOffs.add({ claim }, answered);
    if (state.isAwaited) for (const marks of [this.#failures, this.#cutOffs]) marks.hurry();
  }

  /** Gives back claims of records that did not start. */
  release(batch: readonly Claim[]): Promise<WriteAnswer[]> {
    const { claims } = this.#scope.ports.store;
    const members = batch.map((claim) => ({ claim }));
    return Promise.all(this.#scope.patience.save(members, (some) => claims.release(some)).answers);
  }

  /** Somebody waits for a mark, and it may be among those that are gathered. */
  hurry(): void {
    for (const marks of [this.#completions, this.#failures, this.#cutOffs]) marks.hurry();
  }

  async drained(): Promise<void> {
    await Promise.all([this.#completions.drained(), this.#failures.drained(), this.#cutOffs.drained()]);
  }

  stop(): void {
    this.#keeper.stop();
    for (const marks of [this.#completions, this.#failures, this.#cutOffs]) marks.stop();
    for (const state of this.#unsaved) this.#reportUnsaved(state, 'the store did not answer before the end');
  }

  #reportUnsaved(state: RecordState<T>, reason: string): void {
    if (!this.#unsaved.delete(state)) return;
    this.#scope.tellUnsaved(state, reason);
  }
}
