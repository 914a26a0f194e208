import { setMaxListeners } from 'node:events';
import type { Claim, ClaimAnswer, Unknown, WriteAnswer } from '../claims/claim-store';
import { ClaimWindow } from '../claims/claim-window';
import { LeaseKeeper } from '../claims/lease-keeper';
import { isUnknown } from '../claims/settle';
import { backoffMs } from '../core/backoff';
import type { Deadline } from '../core/deadline';
import { planLanes } from '../core/lanes';
import { previousTwins } from '../core/twins';
import {
  claimBusy,
  claimLost,
  deadlinePassed,
  identityConflict,
  isOnceError,
  reasonOf,
  storeUnavailable,
  unsettled,
} from '../errors';
import type { Settings } from '../options';
import type { Ports } from '../ports';
import { PatientStore } from './patient-store';
import type { Lane, RecordState } from './record-state';
import { Slots } from './slots';

const BUSY_BASE_MS = 100;
const BUSY_CAP_MS = 1_000;
/** What is given back late costs the next worker a wait; an answer that waits for it costs this one (D1). */
const CLOSING_MS = 1_000;

/** User code that is running. */
interface Run {
  readonly abort: AbortController;
  readonly startedAtMs: number;
}

/** The run of one event's records; its state is born and dies here. */
export class Invocation<T> {
  readonly #settings: Settings<T>;
  readonly #ports: Ports;
  readonly #deadline: Deadline;
  readonly #store: PatientStore;
  readonly #slots: Slots;
  readonly #lanes: readonly Lane<T>[];
  readonly #window: ClaimWindow<T>;
  readonly #keeper: LeaseKeeper;
  readonly #runs = new Map<RecordState<T>, Run>();
  /** Marks on their way. */
  readonly #marks = new Set<Promise<void>>();
  /** Effects that have happened and are not marked yet. */
  readonly #unsaved = new Set<RecordState<T>>();
  /** Aborted past the deadline and in an outage: nothing starts any more, and nobody waits. */
  readonly #stop = new AbortController();
  #outage: Error | undefined;

  constructor(states: readonly RecordState<T>[], settings: Settings<T>, ports: Ports, deadline: Deadline) {
    this.#settings = settings;
    this.#ports = ports;
    this.#deadline = deadline;
    this.#store = new PatientStore(ports, deadline);
    this.#slots = new Slots(settings.concurrency);
    const twins = previousTwins(states);
    states.forEach((state, index) => {
      state.previousTwin = twins[index];
    });
    this.#lanes = planLanes(states, settings.order).map((records) => ({ records, position: 0, phase: 'running' }));
    this.#window = new ClaimWindow({
      lanes: this.#lanes,
      clock: ports.clock,
      random: ports.random,
      leaseMs: settings.leaseMs,
      ask: (batch, over) => this.#store.claim(batch, over),
      release: (claims) => this.#store.release(claims),
    });
    this.#keeper = new LeaseKeeper({
      clock: ports.clock,
      sleep: ports.sleep,
      leaseMs: settings.leaseMs,
      renew: (batch) => this.#store.renew(batch),
    });
    this.#stop.signal.addEventListener('abort', () => this.#slots.close(), { once: true });
    // One for each lane that waits: that is no leak.
    setMaxListeners(0, this.#stop.signal);
  }

  /** Resolves when every record has its outcome. Ends the process when user code outlives its grace (A5). */
  async run(): Promise<void> {
    const over = new AbortController();
    try {
      const watch = this.#watchDeadline(over.signal);
      const lanes = Promise.all(this.#lanes.map((lane) => this.#runLane(lane)));
      await Promise.race([lanes, watch]);
      if (this.#pastDeadline) await this.#windUp(lanes);
      const patientUntilMs = this.#ports.clock.now() + CLOSING_MS;
      await this.#within(this.#window.close(), Math.min(patientUntilMs, this.#deadline.lastMarkAtMs));
    } finally {
      this.#keeper.stop();
      over.abort();
      for (const state of this.#unsaved) this.#reportUnsaved(state, 'the store did not answer before the end');
    }
    if (this.#outage) this.#ports.log.error(this.#outage.message, { reason: reasonOf(this.#outage.cause) });
  }

  async #watchDeadline(over: AbortSignal): Promise<void> {
    while (!over.aborted && !this.#pastDeadline) {
      const rearm = new AbortController();
      over.addEventListener('abort', () => rearm.abort(), { once: true });
      this.#deadline.onMoved = () => rearm.abort();
      await this.#ports.sleep(this.#deadline.atMs - this.#ports.clock.now(), rearm.signal);
    }
    if (!over.aborted) this.#stop.abort();
  }

  get #pastDeadline(): boolean {
    return this.#ports.clock.now() >= this.#deadline.atMs;
  }

  get #mayStart(): boolean {
    return !this.#stop.signal.aborted && !this.#pastDeadline;
  }

  /** Past the deadline: abort what runs, wait a short grace, save the marks, and never answer over running code (A5). */
  async #windUp(lanes: Promise<unknown>): Promise<void> {
    this.#stop.abort();
    for (const { abort } of this.#runs.values()) abort.abort(this.#tooLate());
    if (this.#runs.size > 0) await this.#within(lanes, this.#ports.clock.now() + this.#settings.abortGraceMs);
    if (this.#runs.size > 0) await this.#within(this.#marksSaved(), this.#deadline.lastMarkAtMs);
    if (this.#runs.size === 0) return this.#within(lanes, this.#deadline.lastMarkAtMs);
    for (const state of this.#unsaved) this.#reportUnsaved(state, 'the store did not answer before the end');
    const records = [...this.#runs.keys()].map(({ name }) => name);
    const error = unsettled({ records, graceMs: this.#settings.abortGraceMs });
    this.#ports.log.error(error.message, { code: error.code });
    this.#ports.exit(1);
  }

  async #marksSaved(): Promise<void> {
    while (this.#marks.size > 0) await Promise.all(this.#marks);
  }

  async #within(work: Promise<unknown>, untilMs: number): Promise<void> {
    const timer = new AbortController();
    await Promise.race([work, this.#ports.sleep(Math.max(0, untilMs - this.#ports.clock.now()), timer.signal)]);
    timer.abort();
  }

  async #runLane(lane: Lane<T>): Promise<void> {
    for (const [index, state] of lane.records.entries()) {
      lane.position = index;
      lane.phase = 'running';
      if (!this.#mayStart) state.leaveOpen(this.#tooLate());
      // Whatever goes wrong in here must not let this answer run ahead of the other lanes' records.
      else await this.#runRecord(lane, state).catch((error: unknown) => state.leaveOpen(error));
      if (state.outcome === 'open') break;
    }
    lane.phase = 'ended';
    this.#window.releaseBehind(lane);
    for (const state of lane.records) if (!state.isSettled) state.settle();
  }

  async #runRecord(lane: Lane<T>, state: RecordState<T>): Promise<void> {
    if (state.content.kind === 'failed') return state.leaveOpen(state.content.error);
    if (state.content.kind === 'skip') return state.close('done');
    if (!(await this.#twinsAllow(lane, state))) return;
    state.isReached = true;
    if (!(await this.#slots.acquire())) return state.leaveOpen(this.#tooLate());
    let holdsSlot = true;
    const releaseSlot = () => {
      if (holdsSlot) this.#slots.release();
      holdsSlot = false;
    };
    lane.position += 1;
    try {
      for (;;) {
        const answer = await this.#claim(lane, state, releaseSlot);
        if (answer.kind !== 'claimed') return this.#refused(state, answer);
        if (!holdsSlot) holdsSlot = await this.#slots.acquire();
        const lease = await this.#halfLease(answer.claim);
        if (lease.kind === 'unknown') return state.leaveOpen(this.#unanswered('renew', lease));
        if (lease.kind === 'lost') continue;
        if (holdsSlot && this.#mayStart) return await this.#runClaimed(state, lease.claim, releaseSlot);
        await this.#store.release([lease.claim]);
        return state.leaveOpen(this.#tooLate());
      }
    } finally {
      releaseSlot();
    }
  }

  /**
   * Waits for the twins before it; then the store judges this one too, unless one of them ran and stays open (O3).
   * One that its lane never came to, behind a record that is open, says nothing: else partitions would wait for each
   * other, even for a record that was done long ago.
   */
  async #twinsAllow(lane: Lane<T>, state: RecordState<T>): Promise<boolean> {
    for (let twin = state.previousTwin; twin; twin = twin.previousTwin) {
      if (!twin.isSettled) {
        this.#wait(lane);
        await twin.settled;
        lane.phase = 'running';
      }
      if (twin.outcome !== 'open' || twin.isConflict) return true;
      state.openTwin = twin.openTwin ?? (twin.isReached ? twin : undefined);
      if (state.openTwin) break;
    }
    if (state.openTwin === undefined) return true;
    const isSame = samePayload(state, state.openTwin);
    state.leaveOpen(isSame ? state.openTwin.error : identityConflict({ id: state.id ?? '' }));
    return false;
  }

  /** Asks for the claim, and again while a live foreign claim is in the way, at most a lease (C6). */
  async #claim(lane: Lane<T>, state: RecordState<T>, releaseSlot: () => void): Promise<ClaimAnswer> {
    const { clock, sleep, random } = this.#ports;
    const { leaseMs, clockSkewMs } = this.#settings;
    let giveUpAtMs: number | undefined;
    for (let tries = 1; ; tries += 1) {
      const answer = await this.#window.claim(state);
      if (answer.kind !== 'busy') {
        lane.phase = 'running';
        return answer;
      }
      // A lease that nobody renews can be taken over once it has run out by more than twice the skew.
      giveUpAtMs ??= clock.now() + leaseMs + 3 * clockSkewMs;
      releaseSlot();
      this.#wait(lane);
      const pauseMs = BUSY_BASE_MS / 2 + backoffMs(tries, random.fraction(), BUSY_BASE_MS, BUSY_CAP_MS);
      if (clock.now() + pauseMs >= Math.min(giveUpAtMs, this.#deadline.atMs)) return answer;
      await sleep(pauseMs, this.#stop.signal);
      if (!this.#mayStart) return answer;
    }
  }

  #wait(lane: Lane<T>): void {
    lane.phase = 'waiting';
    this.#window.releaseBehind(lane);
  }

  #refused(state: RecordState<T>, answer: Exclude<ClaimAnswer, { kind: 'claimed' }>): void {
    const id = state.id ?? '';
    if (answer.kind === 'closed') state.close(answer.outcome === 'parked' ? 'parked' : 'duplicate');
    else if (answer.kind === 'conflict') {
      state.isConflict = true;
      state.leaveOpen(identityConflict({ id }));
    } else if (answer.kind === 'busy') state.leaveOpen(claimBusy({ id, leaseUntilMs: answer.leaseUntilMs }));
    else state.leaveOpen(this.#unanswered('claim', answer));
  }

  /** A record starts only with at least half its lease left (C4); a claim that waited too long is asked for anew. */
  async #halfLease(
    claim: Claim,
  ): Promise<{ readonly kind: 'claimed'; readonly claim: Claim } | Exclude<WriteAnswer, { kind: 'written' }>> {
    const { leaseMs } = this.#settings;
    let held = claim;
    for (;;) {
      const now = this.#ports.clock.now();
      if (held.leaseUntilMs - now >= leaseMs / 2 || !this.#mayStart) return { kind: 'claimed', claim: held };
      const leaseUntilMs = now + leaseMs;
      const answer = await this.#store.renewOne(held, leaseUntilMs);
      if (answer.kind !== 'written') return answer;
      // The renewal itself may have taken longer than half a lease.
      held = { ...held, leaseUntilMs };
    }
  }

  async #runClaimed(state: RecordState<T>, claim: Claim, releaseSlot: () => void): Promise<void> {
    const run: Run = { abort: new AbortController(), startedAtMs: this.#ports.clock.now() };
    const letGo = this.#keeper.keep(claim, () => run.abort.abort(claimLost({ id: claim.id })));
    this.#runs.set(state, run);
    const failure = await this.#callUser(state, claim, run.abort.signal);
    this.#runs.delete(state);
    releaseSlot();
    const mark = failure === undefined ? this.#complete(state, claim) : this.#fail(state, claim, run, failure.error);
    this.#marks.add(mark);
    await mark;
    this.#marks.delete(mark);
    letGo();
  }

  async #callUser(
    state: RecordState<T>,
    claim: Claim,
    signal: AbortSignal,
  ): Promise<{ readonly error: unknown } | undefined> {
    if (state.content.kind !== 'ready') throw new Error(`${state.name} has no value to process: report this bug`);
    const { value } = state.content;
    try {
      await this.#settings.process({ ...state.record, value, attempt: claim.attempts + 1, signal });
      return undefined;
    } catch (error) {
      return { error: error ?? new Error('process() rejected without a reason') };
    }
  }

  async #complete(state: RecordState<T>, claim: Claim): Promise<void> {
    this.#unsaved.add(state);
    const answer = await this.#store.complete(claim);
    if (answer.kind === 'written') {
      this.#unsaved.delete(state);
      return state.close('done');
    }
    const error = isUnknown(answer) ? this.#unanswered('complete', answer) : claimLost({ id: claim.id });
    this.#reportUnsaved(state, error.message);
    state.leaveOpen(error);
  }

  #reportUnsaved(state: RecordState<T>, reason: string): void {
    if (!this.#unsaved.delete(state)) return;
    this.#ports.log.error(`The effect of ${state.name} happened, and its mark was not saved`, { reason });
  }

  async #fail(state: RecordState<T>, claim: Claim, run: Run, error: unknown): Promise<void> {
    const atMs = this.#ports.clock.now();
    // Cut off by us: it counts only if it had a fair share of an invocation (P2).
    const cutOff = isOnceError(run.abort.signal.reason) && atMs - run.startedAtMs < this.#deadline.budgetMs / 2;
    const answer = cutOff
      ? (await this.#store.release([claim]))[0]
      : await this.#store.fail({ claim, error: codeOf(error), atMs });
    if (answer && isUnknown(answer)) this.#unanswered('fail', answer);
    state.leaveOpen(error);
  }

  /** Throttling alone is no outage: those members were asked until the deadline. */
  #unanswered(operation: string, { reason, error }: Unknown): Error {
    const outage = storeUnavailable({ operation, reason: reasonOf(error) }, { cause: error });
    if (reason !== 'throttled') {
      this.#outage ??= outage;
      this.#stop.abort();
    }
    return outage;
  }

  #tooLate(): Error {
    return this.#outage ?? deadlinePassed({ remainingMs: this.#deadline.endsAtMs - this.#ports.clock.now() });
  }
}

function samePayload<T>({ content: a }: RecordState<T>, { content: b }: RecordState<T>): boolean {
  if (a.kind !== 'ready' || b.kind !== 'ready') return true;
  return a.payloadDigest === undefined || b.payloadDigest === undefined || a.payloadDigest === b.payloadDigest;
}

/** What the table remembers of an error: never its text, which may hold payload. */
function codeOf(error: unknown): string {
  if (isOnceError(error)) return error.code;
  return error instanceof Error ? error.name : typeof error;
}
