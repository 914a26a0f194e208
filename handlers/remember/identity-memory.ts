import type { Claim, ClaimAnswer, Failure, LookUpAnswer, WriteAnswer } from '../claims/claim-store';
import { backoffMs } from '../core/backoff';
import { isThenable } from '../core/thenable';
import { previousTwins } from '../core/twins';
import { WOKEN } from '../core/woken';
import type { Lane, Step } from '../engine/lane';
import type { EventArray, Memory } from '../engine/memory';
import type { RecordState } from '../engine/record-state';
import { codeOf, type Ended } from '../engine/runs';
import type { Scope } from '../engine/scope';
import { claimBusy, claimLost, identityConflict } from '../errors';
import { isUnknown } from '../store/unknown';
import { ClaimWindow } from './claim-window';
import { Gatherer } from './gatherer';
import { HeldSlot } from './held-slot';
import { LeaseKeeper } from './lease-keeper';
import { twinsAllow } from './twin-gate';

/** Keys that are looked up to find out whether the batch was delivered before (C2). */
const PROBE = 100;
/** Marks that travel together: a batch of statements. */
const GATHERED = 25;
const BUSY_BASE_MS = 100;
const BUSY_CAP_MS = 1_000;

interface Owned {
  readonly claim: Claim;
}

interface Held<T> {
  readonly state: RecordState<T>;
  readonly claim: Claim;
  /** Ends the keeping of the lease. */
  readonly letGo: () => void;
}

/** Remembers by identity: a claim before each record, a conditional completion after it (protocol section 5). */
export class IdentityMemory<T> implements Memory<T> {
  readonly #scope: Scope<T>;
  readonly #states: readonly RecordState<T>[];
  readonly #window: ClaimWindow<T>;
  readonly #keeper: LeaseKeeper;
  readonly #completions: Gatherer<Owned, WriteAnswer>;
  readonly #failures: Gatherer<Failure, WriteAnswer>;
  /** Claims of records that were cut off: given back with no attempt counted. */
  readonly #cutOffs: Gatherer<Owned, WriteAnswer>;
  /** Effects that have happened and are not marked yet. */
  readonly #unsaved = new Set<RecordState<T>>();
  #takeovers = 0;

  constructor(arrays: readonly EventArray<T>[], scope: Scope<T>) {
    this.#scope = scope;
    this.#states = arrays.flatMap(({ states }) => states);
    const { ports, patience, settings } = scope;
    const { claims } = ports.store;
    this.#window = new ClaimWindow({
      clock: ports.clock,
      random: ports.random,
      leaseMs: settings.leaseMs,
      ask: (batch, over) => patience.start(batch, (members) => claims.claim(members), over),
      release: (batch) => this.#release(batch),
    });
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

  get noticed() {
    return this.#takeovers > 0 ? { takeovers: this.#takeovers } : {};
  }

  async open(lanes: readonly Lane<T>[]): Promise<void> {
    this.#window.lanes = lanes;
    await this.#scope.runs.decode(this.#states);
    const twins = previousTwins(this.#states);
    this.#states.forEach((state, index) => {
      state.previousTwin = twins[index];
    });
    await this.#lookUp();
  }

  advance(lane: Lane<T>, state: RecordState<T>): Step | Promise<Step> {
    const { content } = state;
    if (content?.kind === 'skip') {
      state.close('done');
      return 'next';
    }
    if (content?.kind !== 'ready') return this.#leaveOpen(state, content?.error);
    if (state.previousTwin) return this.#behindTwins(lane, state);
    return this.#admit(lane, state);
  }

  laneEnded(lane: Lane<T>): void {
    this.#window.releaseBehind(lane);
  }

  async marked(): Promise<void> {
    await Promise.all([this.#completions.drained(), this.#failures.drained(), this.#cutOffs.drained()]);
  }

  close(): Promise<void> {
    return this.#window.close();
  }

  stop(): void {
    this.#keeper.stop();
    this.#completions.stop();
    this.#failures.stop();
    this.#cutOffs.stop();
    for (const state of this.#unsaved) this.#reportUnsaved(state, 'the store did not answer before the end');
  }

  /** A few keys tell whether the batch was delivered before; only then the rest is worth reading (C2). */
  async #lookUp(): Promise<void> {
    const ready = this.#states.filter(({ content, previousTwin }) => content?.kind === 'ready' && !previousTwin);
    const every = Math.ceil(ready.length / PROBE);
    const probe = ready.filter((_, index) => index % every === 0);
    if (!(await this.#closeDone(probe))) return;
    await this.#closeDone(ready.filter((_, index) => index % every !== 0));
  }

  /** Whether any of them was done before. */
  async #closeDone(states: readonly RecordState<T>[]): Promise<boolean> {
    if (states.length === 0) return false;
    const { patience, ports } = this.#scope;
    const batch = states.map(({ content }) => ({
      id: content?.kind === 'ready' ? (content.id ?? '') : '',
      payloadDigest: content?.kind === 'ready' ? content.payloadDigest : undefined,
    }));
    const { answers } = patience.start<(typeof batch)[number], LookUpAnswer>(
      batch,
      (members) => ports.store.claims.lookUp(members),
      // Asked once: what stays unknown is judged by its claim.
      AbortSignal.abort(WOKEN),
    );
    const found = await Promise.all(answers);
    found.forEach((answer, index) => {
      if (answer.kind === 'closed') states[index]?.close(answer.outcome === 'parked' ? 'parked' : 'duplicate');
      else if (isUnknown(answer) && answer.reason === 'refused') this.#scope.unanswered('look up', answer);
    });
    return found.some(({ kind }) => kind === 'closed');
  }

  async #behindTwins(lane: Lane<T>, state: RecordState<T>): Promise<Step> {
    if (!(await twinsAllow(state, () => this.#waitForTwin(lane)))) return 'stop';
    lane.phase = 'running';
    return this.#admit(lane, state);
  }

  /** Where slot and claim are at hand, as they are for most records, nothing is waited for. */
  #admit(lane: Lane<T>, state: RecordState<T>): Step | Promise<Step> {
    state.isReached = true;
    const { slots, settings, ports } = this.#scope;
    if (!slots.tryAcquire()) return this.#waitForSlot(lane, state);
    lane.position += 1;
    const answer = this.#window.take(state);
    if (answer?.kind !== 'claimed') return this.#claimAndRun(lane, state, answer);
    const isFresh = answer.claim.leaseUntilMs - ports.clock.now() >= settings.leaseMs / 2;
    if (!isFresh || !this.#scope.mayStart) return this.#claimAndRun(lane, state, answer);
    if (answer.takeover) this.#takeovers += 1;
    return this.#run(state, answer.claim, () => slots.release());
  }

  async #waitForSlot(lane: Lane<T>, state: RecordState<T>): Promise<Step> {
    if (!(await this.#scope.slots.acquire())) return this.#leaveOpen(state, this.#scope.tooLate());
    lane.position += 1;
    return this.#claimAndRun(lane, state, undefined);
  }

  async #claimAndRun(lane: Lane<T>, state: RecordState<T>, known: ClaimAnswer | undefined): Promise<Step> {
    const slot = new HeldSlot(this.#scope.slots);
    try {
      return await this.#untilClaimed(lane, state, slot, known);
    } finally {
      slot.release();
    }
  }

  async #untilClaimed(
    lane: Lane<T>,
    state: RecordState<T>,
    slot: HeldSlot,
    known: ClaimAnswer | undefined,
  ): Promise<Step> {
    for (let answer = known; ; answer = undefined) {
      answer ??= await this.#claim(lane, state, slot);
      if (answer.kind !== 'claimed') return this.#refused(state, answer);
      if (answer.takeover) this.#takeovers += 1;
      await slot.acquire();
      const lease = await this.#halfLease(answer.claim);
      if (isUnknown(lease)) return this.#leaveOpen(state, this.#scope.unanswered('renew', lease));
      if (lease.kind === 'lost') continue;
      if (slot.isHeld && this.#scope.mayStart) return this.#run(state, lease.claim, () => slot.release());
      await this.#release([lease.claim]);
      return this.#leaveOpen(state, this.#scope.tooLate());
    }
  }

  /** Asks for the claim, and again while a live foreign claim is in the way, at most a lease (C6). */
  async #claim(lane: Lane<T>, state: RecordState<T>, slot: HeldSlot): Promise<ClaimAnswer> {
    const { clock, sleep, random } = this.#scope.ports;
    const { leaseMs, clockSkewMs } = this.#scope.settings;
    let giveUpAtMs: number | undefined;
    for (let tries = 1; ; tries += 1) {
      const answer = await this.#window.claim(state);
      if (answer.kind !== 'busy') {
        lane.phase = 'running';
        return answer;
      }
      // A lease that nobody renews can be taken over once it has run out by more than twice the skew.
      giveUpAtMs ??= clock.now() + leaseMs + 3 * clockSkewMs;
      slot.release();
      this.#wait(lane);
      const pauseMs = BUSY_BASE_MS / 2 + backoffMs(tries, random.fraction(), BUSY_BASE_MS, BUSY_CAP_MS);
      if (clock.now() + pauseMs >= Math.min(giveUpAtMs, this.#scope.deadline.atMs)) return answer;
      await sleep(pauseMs, this.#scope.stopped);
      if (!this.#scope.mayStart) return answer;
    }
  }

  #wait(lane: Lane<T>): void {
    lane.phase = 'waiting';
    this.#window.releaseBehind(lane);
  }

  /** The mark that a twin waits for may be among those that are gathered. */
  #waitForTwin(lane: Lane<T>): void {
    this.#wait(lane);
    this.#completions.hurry();
    this.#failures.hurry();
    this.#cutOffs.hurry();
  }

  #refused(state: RecordState<T>, answer: Exclude<ClaimAnswer, { kind: 'claimed' }>): Step {
    const id = state.id ?? '';
    if (answer.kind === 'closed') {
      state.close(answer.outcome === 'parked' ? 'parked' : 'duplicate');
      return 'next';
    }
    if (answer.kind === 'conflict') {
      state.isConflict = true;
      return this.#leaveOpen(state, identityConflict({ id }));
    }
    if (answer.kind === 'busy') return this.#leaveOpen(state, claimBusy({ ...answer, id }));
    return this.#leaveOpen(state, this.#scope.unanswered('claim', answer));
  }

  /** A record starts only with at least half its lease left (C4); a claim that waited too long is asked for anew. */
  async #halfLease(
    claim: Claim,
  ): Promise<{ readonly kind: 'claimed'; readonly claim: Claim } | Exclude<WriteAnswer, { kind: 'written' }>> {
    const { leaseMs } = this.#scope.settings;
    const { claims } = this.#scope.ports.store;
    let held = claim;
    for (;;) {
      const now = this.#scope.ports.clock.now();
      if (held.leaseUntilMs - now >= leaseMs / 2 || !this.#scope.mayStart) return { kind: 'claimed', claim: held };
      const leaseUntilMs = now + leaseMs;
      const renewal = { claim: held, leaseUntilMs };
      const { answers } = this.#scope.patience.save([renewal], (members) => claims.renew(members));
      const answer = (await answers[0]) as WriteAnswer;
      if (answer.kind !== 'written') return answer;
      // The renewal itself may have taken longer than half a lease.
      held = { ...held, leaseUntilMs };
    }
  }

  #run(state: RecordState<T>, claim: Claim, releaseSlot: () => void): Step | Promise<Step> {
    let letGo = () => {};
    const ended = this.#scope.runs.call(state, claim.attempts + 1, (run) => {
      letGo = this.#keeper.keep(claim, () => run.abort(claimLost({ id: claim.id })));
    });
    const settle = (end: Ended): Step => {
      releaseSlot();
      const held: Held<T> = { state, claim, letGo };
      if (end.ok) {
        this.#complete(held);
        return 'next';
      }
      state.error = end.error;
      this.#fail(held, end.error, end.counts);
      return 'stop';
    };
    return isThenable(ended) ? ended.then(settle) : settle(ended);
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

  #release(batch: readonly Claim[]): Promise<WriteAnswer[]> {
    const { claims } = this.#scope.ports.store;
    const members = batch.map((claim) => ({ claim }));
    return Promise.all(this.#scope.patience.save(members, (some) => claims.release(some)).answers);
  }

  #reportUnsaved(state: RecordState<T>, reason: string): void {
    if (!this.#unsaved.delete(state)) return;
    this.#scope.ports.log.error(`The effect of ${state.name} happened, and its mark was not saved`, { reason });
  }

  #leaveOpen(state: RecordState<T>, error: unknown): Step {
    state.leaveOpen(error);
    return 'stop';
  }
}
