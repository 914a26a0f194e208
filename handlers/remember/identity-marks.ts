import { ERROR_CODES } from '../../contract/error-codes';
import type { Claim, Failure, Release, WriteAnswer } from '../claims/claim-store';
import { isThenable } from '../core/thenable';
import type { Hold } from '../engine/batch-memory';
import type { Step } from '../engine/lane';
import type { RecordState } from '../engine/record-state';
import type { Run } from '../engine/run';
import { codeOf } from '../engine/runs';
import type { Scope } from '../engine/scope';
import type { Tried } from '../engine/tries';
import { claimLost, processDied, unsettled } from '../errors';
import { isUnknown } from '../store/unknown';
import { ClaimHold } from './claim-hold';
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
  /** Claims that are given back with no attempt counted. */
  readonly #releases: Gatherer<Release, WriteAnswer>;
  /** Attempts of records whose user code goes on. */
  readonly #cutOffs: Gatherer<Failure, WriteAnswer>;
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
    this.#releases = new Gatherer({
      ...gathered,
      send: (batch) => patience.save<Release, WriteAnswer>(batch, (members) => claims.release(members)),
    });
    this.#cutOffs = new Gatherer({
      ...gathered,
      send: (batch) => patience.save<Failure, WriteAnswer>(batch, (members) => claims.cutOff(members)),
    });
  }

  /** In a slot that is held, and given back when the record ends. */
  run(state: RecordState<T>, claim: Claim, isAlone = false): Step | Promise<Step> {
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
      isAlone,
      refusal: (nowMs) => lost ?? this.#leaseOver(claim, nowMs) ?? this.#scope.refusal(nowMs),
      begun: (run) => {
        current = run;
      },
    });
    const held: Held<T> = { state, claim, letGo };
    return isThenable(ended) ? ended.then((later) => this.#ended(held, later)) : this.#ended(held, ended);
  }

  /** A process that stood still finds its lease over before its keeper does (C4). */
  #leaseOver({ id, token }: Claim, nowMs: number): Error | undefined {
    const held = this.#keeper.find((claim) => claim.id === id && claim.token === token);
    return held && nowMs < held.leaseUntilMs ? undefined : claimLost({ id });
  }

  /** The record may start beside others: its lease is kept from now on. */
  hold(state: RecordState<T>, claim: Claim): Hold<T> {
    return new ClaimHold(this.#scope, this.#keeper, {
      state,
      claim,
      ended: (letGo, tried) => this.#ended({ state, claim, letGo }, tried),
      giveBack: (letGo, error, isSingle) => {
        this.#releases.add({ claim, isSingle }, (answer) => {
          letGo();
          if (isUnknown(answer)) this.#scope.unanswered('release', answer);
          state.leaveOpen(error);
        });
        if (state.isAwaited) this.#releases.hurry();
      },
    });
  }

  /**
   * Parks a record whose last attempt ended with its invocation, by a death or a cut, before it runs once more (P3).
   * undefined: it may run.
   */
  exhausted(state: RecordState<T>, claim: Claim): Promise<Step> | undefined {
    const { attempts, lastError } = claim;
    if (attempts === 0 || !this.#desk.takes({ errorClass: 'transient', counts: true }, attempts)) return undefined;
    const error = this.#endOfInvocation(state, attempts, lastError);
    if (error === undefined) return undefined;
    const letGo = this.#keeper.keep(claim, () => undefined);
    return this.#park({ state, claim, letGo }, error, attempts);
  }

  #endOfInvocation(state: RecordState<T>, times: number, lastError: string | undefined): Error | undefined {
    if (lastError === ERROR_CODES.processDied) return processDied({ times });
    if (lastError !== ERROR_CODES.unsettled) return undefined;
    return unsettled({ records: [state.name], graceMs: this.#scope.settings.abortGraceMs });
  }

  #ended(held: Held<T>, ended: Tried): Step | Promise<Step> {
    if (ended.ok) {
      this.#complete(held);
      return 'next';
    }
    const { state, claim } = held;
    const { error, errorClass } = ended;
    if (errorClass === 'outage') this.#scope.outageOf(state, error);
    else if (this.#desk.takes(ended, claim.attempts + 1) && this.#isKept(claim)) return this.#park(held, error);
    state.error = error;
    this.#fail(held, error, ended.counts && errorClass !== 'outage');
    return 'stop';
  }

  /** A letter of what another worker has taken over would be one too many: it may have written its own, or succeed. */
  #isKept({ id, token }: Claim): boolean {
    return this.#keeper.find((claim) => claim.id === id && claim.token === token) !== undefined;
  }

  /** The lane goes on once the closing mark is durable (P5). */
  async #park(held: Held<T>, error: unknown, attempts = held.claim.attempts + 1): Promise<Step> {
    const { state, claim, letGo } = held;
    const parked = await this.#desk.write(state, { error, attempts, firstFailureMs: claim.firstFailureMs });
    if (parked === undefined) {
      state.error = error;
      this.#fail(held, error, false, attempts > claim.attempts);
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

  #fail({ state, claim, letGo }: Held<T>, error: unknown, counts: boolean, hasRun = true): void {
    const answered = (answer: WriteAnswer) => {
      letGo();
      if (isUnknown(answer)) this.#scope.unanswered('fail', answer);
      state.leaveOpen(error);
    };
    if (counts) this.#failures.add({ claim, error: codeOf(error), atMs: this.#scope.ports.clock.now() }, answered);
    else this.#releases.add({ claim, hasRun }, answered);
    if (state.isAwaited) for (const marks of [this.#failures, this.#releases]) marks.hurry();
  }

  /** Gives back the claim of a record that did not start, with others and with nobody waiting. */
  giveBack(claim: Claim): void {
    this.#releases.add({ claim }, () => undefined);
  }

  /** User code goes on over the record: whoever takes its claim over finds the attempt counted (P2, A5). */
  cutOff({ id, record: { partition, offset } }: RecordState<T>): void {
    const claim = this.#keeper.find((kept) => kept.id === id && kept.partition === partition && kept.offset === offset);
    if (claim === undefined) return;
    const failure = { claim, error: ERROR_CODES.unsettled, atMs: this.#scope.ports.clock.now() };
    this.#cutOffs.add(failure, (answer) => {
      if (isUnknown(answer)) this.#scope.unanswered('count the attempt', answer);
    });
  }

  /**
   * Gives back claims of records that did not start.
   * @param isSingle that they run in calls of their own is to be remembered
   */
  release(batch: readonly Claim[], isSingle = false): Promise<WriteAnswer[]> {
    const { claims } = this.#scope.ports.store;
    const members = batch.map((claim) => ({ claim, isSingle }));
    return Promise.all(this.#scope.patience.save(members, (some) => claims.release(some)).answers);
  }

  /** Somebody waits for a mark, and it may be among those that are gathered. */
  hurry(): void {
    for (const marks of this.#all) marks.hurry();
  }

  async drained(): Promise<void> {
    await Promise.all(this.#all.map((marks) => marks.drained()));
  }

  stop(): void {
    this.#keeper.stop();
    for (const marks of this.#all) marks.stop();
    for (const state of this.#unsaved) this.#reportUnsaved(state, 'the store did not answer before the end');
  }

  get #all() {
    return [this.#completions, this.#failures, this.#releases, this.#cutOffs];
  }

  #reportUnsaved(state: RecordState<T>, reason: string): void {
    if (!this.#unsaved.delete(state)) return;
    this.#scope.tellUnsaved(state, reason);
  }
}
