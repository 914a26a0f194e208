import type { Claim, ClaimAnswer, LookUpAnswer, WriteAnswer } from '../claims/claim-store';
import { runsAlone } from '../claims/judge';
import { backoffMs } from '../core/backoff';
import { previousTwins } from '../core/twins';
import { WOKEN } from '../core/woken';
import type { BatchMemory, Hold } from '../engine/batch-memory';
import type { Lane, Step } from '../engine/lane';
import type { EventArray } from '../engine/memory';
import type { RecordState } from '../engine/record-state';
import type { Scope } from '../engine/scope';
import { claimBusy, identityConflict } from '../errors';
import { isUnknown } from '../store/unknown';
import { ClaimWindow } from './claim-window';
import { HeldSlot } from './held-slot';
import { IdentityHolds } from './identity-holds';
import { IdentityMarks } from './identity-marks';
import { LetterDesk } from './letter-desk';
import { hasEndedInvocation, LoneRecords, type Renewed } from './lone-records';
import { samePayload, twinsAllow } from './twin-gate';
import { UnclaimedRecords } from './unclaimed-records';

/** Keys that are looked up to find out whether the batch was delivered before (C2). */
const PROBE = 100;
const BUSY_BASE_MS = 100;
const BUSY_CAP_MS = 1_000;

/** Remembers by identity: a claim before each record, a conditional completion after it (protocol section 5). */
export class IdentityMemory<T> implements BatchMemory<T> {
  readonly #scope: Scope<T>;
  readonly #states: readonly RecordState<T>[];
  readonly #window: ClaimWindow<T>;
  readonly #marks: IdentityMarks<T>;
  readonly #unclaimed: UnclaimedRecords<T>;
  readonly #lone: LoneRecords<T>;
  readonly #holds: IdentityHolds<T>;

  constructor(arrays: readonly EventArray<T>[], scope: Scope<T>) {
    this.#scope = scope;
    this.#states = arrays.flatMap(({ states }) => states);
    const desk = new LetterDesk(scope);
    this.#marks = new IdentityMarks(scope, desk);
    this.#unclaimed = new UnclaimedRecords(scope, desk);
    const { ports, patience, settings } = scope;
    const { claims } = ports.store;
    this.#window = new ClaimWindow({
      clock: ports.clock,
      random: ports.random,
      leaseMs: settings.leaseMs,
      ask: (batch, over) => patience.start(batch, (members) => claims.claim(members), over),
      release: (batch) => this.#marks.release(batch),
    });
    this.#holds = new IdentityHolds(scope, this.#window, this.#marks);
    const halfLease = (claim: Claim) => this.#halfLease(claim);
    this.#lone = new LoneRecords(scope, { marks: this.#marks, window: this.#window, halfLease });
  }

  async open(lanes: readonly Lane<T>[]): Promise<void> {
    // Where several records run in one call, their claims are asked for together anyway.
    if (!this.#scope.settings.processBatch) this.#window.lanes = lanes;
    await this.#scope.runs.decode(this.#states);
    const twins = previousTwins(this.#states);
    this.#states.forEach((state, index) => {
      state.previousTwin = twins[index];
    });
    await Promise.all([this.#lookUp(), this.#unclaimed.lookUp(this.#states)]);
    // What was found for the first twin holds for those behind it, and their lanes may never come to them (A1).
    for (const state of this.#states) {
      const { previousTwin } = state;
      if (!previousTwin?.isSettled || previousTwin.outcome === 'open' || !samePayload(state, previousTwin)) continue;
      state.close(previousTwin.outcome);
    }
  }

  advance(lane: Lane<T>, state: RecordState<T>): Step | Promise<Step> {
    const { content } = state;
    if (content?.kind === 'skip') {
      state.close('done');
      return 'next';
    }
    if (content?.kind !== 'ready') return this.#unclaimed.failed(state, content?.error);
    if (state.previousTwin) return this.#behindTwins(lane, state);
    return this.#admit(lane, state);
  }

  async ready(): Promise<void> {}

  mayShare(_: Lane<T>, state: RecordState<T>): boolean {
    return this.#holds.mayShare(state);
  }

  hold(_: Lane<T>, states: readonly RecordState<T>[]): Promise<Hold<T>[]> {
    return this.#holds.hold(states);
  }

  /** Its claim stays: whoever takes it over sees that nobody gave it back. */
  cutOffTogether(): void {}

  laneEnded(lane: Lane<T>): void {
    this.#window.releaseBehind(lane);
  }

  cutOff(state: RecordState<T>): void {
    this.#marks.cutOff(state);
  }

  async marked(): Promise<void> {
    const { isPastDeadline, runs } = this.#scope;
    // Where the process is to be ended, nobody gives back later what did not start.
    const isEnding = isPastDeadline && runs.count > 0;
    await Promise.all([this.#marks.drained(), isEnding ? this.#window.close() : undefined]);
  }

  close(): Promise<void> {
    return this.#window.close();
  }

  stop(): void {
    this.#marks.stop();
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
    const isPlain = answer.claim.unclean === undefined;
    if (!isFresh || !isPlain || !this.#scope.mayStart) return this.#claimAndRun(lane, state, answer);
    if (answer.takeover) this.#scope.observer.noticed('takeovers', state.record.topic);
    return this.#marks.run(state, answer.claim);
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
      if (answer.kind !== 'claimed') return this.#refused(state, answer, slot);
      if (answer.takeover) this.#scope.observer.noticed('takeovers', state.record.topic);
      const blamed = this.#blamed(lane, state, answer.claim, slot);
      if (blamed) {
        const step = await blamed;
        if (step === 'lost') continue;
        return step;
      }
      await slot.acquire();
      const lease = await this.#halfLease(answer.claim);
      if (isUnknown(lease)) return this.#leaveOpen(state, this.#scope.unanswered('renew', lease));
      if (lease.kind === 'lost') continue;
      if (slot.isHeld && this.#scope.mayStart) {
        slot.handOver();
        return this.#marks.run(state, lease.claim);
      }
      await this.#marks.release([lease.claim]);
      return this.#leaveOpen(state, this.#scope.tooLate());
    }
  }

  /** Parked, or run alone, if earlier processes may have died of it (P3). */
  #blamed(lane: Lane<T>, state: RecordState<T>, claim: Claim, slot: HeldSlot): Promise<Step | 'lost'> | undefined {
    const parked = this.#marks.exhausted(state, claim);
    if (!parked && !runsAlone(claim)) return undefined;
    slot.release();
    if (parked) return parked;
    if (hasEndedInvocation(claim)) this.#wait(lane);
    return this.#lone.run(state, claim);
  }

  /** Asks for the claim, and again while a live foreign claim is in the way, at most a lease (C6). */
  async #claim(lane: Lane<T>, state: RecordState<T>, slot: HeldSlot): Promise<ClaimAnswer> {
    const { clock, sleep, random } = this.#scope.ports;
    const { leaseMs, clockSkewMs } = this.#scope.settings;
    let giveUpAtMs: number | undefined;
    let waitedSinceMs: number | undefined;
    const waited = () => {
      if (waitedSinceMs !== undefined) this.#scope.observer.laneWaited(state.record.topic, clock.now() - waitedSinceMs);
    };
    for (let tries = 1; ; tries += 1) {
      const answer = await this.#window.claim(state);
      if (answer.kind !== 'busy') {
        waited();
        lane.phase = 'running';
        return answer;
      }
      // A lease that nobody renews can be taken over once it has run out by more than twice the skew.
      waitedSinceMs ??= clock.now();
      giveUpAtMs ??= clock.now() + leaseMs + 3 * clockSkewMs;
      slot.release();
      this.#wait(lane);
      const pauseMs = BUSY_BASE_MS / 2 + backoffMs(tries, random.fraction(), BUSY_BASE_MS, BUSY_CAP_MS);
      if (clock.now() + pauseMs >= Math.min(giveUpAtMs, this.#scope.deadline.atMs)) {
        waited();
        return answer;
      }
      await sleep(pauseMs, this.#scope.stopped);
      if (!this.#scope.mayStart) {
        waited();
        return answer;
      }
    }
  }

  #wait(lane: Lane<T>): void {
    lane.phase = 'waiting';
    this.#window.releaseBehind(lane);
  }

  #waitForTwin(lane: Lane<T>): void {
    this.#wait(lane);
    this.#marks.hurry();
  }

  #refused(
    state: RecordState<T>,
    answer: Exclude<ClaimAnswer, { kind: 'claimed' }>,
    slot: HeldSlot,
  ): Step | Promise<Step> {
    const id = state.id ?? '';
    if (answer.kind === 'closed') {
      state.close(answer.outcome === 'parked' ? 'parked' : 'duplicate');
      return 'next';
    }
    if (answer.kind === 'conflict') {
      state.isConflict = true;
      slot.release();
      return this.#unclaimed.failed(state, identityConflict({ id }));
    }
    if (answer.kind === 'busy') return this.#leaveOpen(state, claimBusy({ ...answer, id }));
    return this.#leaveOpen(state, this.#scope.unanswered('claim', answer));
  }

  /** A record starts only with at least half its lease left (C4); a claim that waited too long is asked for anew. */
  async #halfLease(claim: Claim): Promise<Renewed> {
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

  #leaveOpen(state: RecordState<T>, error: unknown): Step {
    state.leaveOpen(error);
    return 'stop';
  }
}
