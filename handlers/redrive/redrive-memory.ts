import { previousTwins } from '../core/twins';
import type { Lane, Step } from '../engine/lane';
import type { EventArray, Memory } from '../engine/memory';
import type { RecordState } from '../engine/record-state';
import type { Scope } from '../engine/scope';
import type { Failed, Tried } from '../engine/tries';
import { claimBusy, claimLost, identityConflict, redriveBusy, redriveLost } from '../errors';
import { parkedId } from '../parking/parked';
import type { RedriveClaimAnswer } from '../parking/parking-store';
import { HeldSlot } from '../remember/held-slot';
import { isUnknown } from '../store/unknown';
import { HeldLetter } from './held-letter';
import { ParkedItems } from './parked-items';
import { RedriveCommits } from './redrive-commits';
import { RedrivenIdentities } from './redriven-identities';

/**
 * Runs parked records again (protocol P6): each is claimed by its parked item and by nothing of its partition, so that a
 * poller at work is not disturbed. Every record has a lane of its own; twins go one after the other.
 */
export class RedriveMemory<T> implements Memory<T> {
  readonly #scope: Scope<T>;
  readonly #states: readonly RecordState<T>[];
  readonly #parked: ParkedItems<T>;
  readonly #identities: RedrivenIdentities<T>;
  readonly #commits: RedriveCommits<T>;
  /** Of records whose run is over: what becomes of them. */
  readonly #ends = new Set<Promise<Step>>();
  /** Effects that have happened and are not marked yet. */
  readonly #unsaved = new Set<RecordState<T>>();

  constructor(arrays: readonly EventArray<T>[], scope: Scope<T>) {
    this.#scope = scope;
    this.#states = arrays.flatMap(({ states }) => states);
    this.#parked = new ParkedItems(scope);
    this.#identities = new RedrivenIdentities(scope);
    this.#commits = new RedriveCommits(scope);
  }

  async open(): Promise<void> {
    if (this.#scope.settings.identity === undefined) return;
    await this.#scope.runs.decode(this.#states);
    const twins = previousTwins(this.#states);
    this.#states.forEach((state, index) => {
      state.previousTwin = twins[index];
    });
  }

  async advance(_lane: Lane<T>, state: RecordState<T>): Promise<Step> {
    await state.previousTwin?.settled;
    const { slots } = this.#scope;
    if (!(await slots.acquire())) return this.#leaveOpen(state, this.#scope.tooLate());
    state.isReached = true;
    const slot = new HeldSlot(slots);
    try {
      return await this.#claimAndRun(state, slot);
    } finally {
      slot.release();
    }
  }

  laneEnded(): void {}

  /** Its claim is not given back while user code may go on: who takes it over counts what became of it. */
  cutOff(): void {}

  async marked(): Promise<void> {
    while (this.#ends.size > 0) await Promise.all(this.#ends);
  }

  async close(): Promise<void> {}

  stop(): void {
    this.#parked.stop();
    this.#identities.stop();
    for (const state of this.#unsaved) this.#tellUnsaved(state, 'the store did not answer before the end');
  }

  async #claimAndRun(state: RecordState<T>, slot: HeldSlot): Promise<Step> {
    const { topic, partition, offset } = state.record;
    const answer = await this.#parked.claim(parkedId(this.#scope.caller, topic, partition, offset));
    if (answer.kind !== 'claimed') return this.#refused(state, answer);
    if (answer.takeover) this.#scope.observer.noticed('takeovers', topic);
    const held = new HeldLetter(state, answer.claim);
    held.until(this.#parked.keep(held.claim, () => this.#lose(held, redriveLost({ id: held.claim.parked.id }))));
    try {
      return (await this.#admit(held)) ?? (await this.#run(held, slot));
    } finally {
      held.letGo();
    }
  }

  #refused(state: RecordState<T>, answer: Exclude<RedriveClaimAnswer, { kind: 'claimed' }>): Step {
    switch (answer.kind) {
      case 'done':
        state.close('duplicate');
        return 'next';
      case 'absent':
        state.isAbsent = true;
        state.settle();
        return 'next';
      case 'busy': {
        const { topic, partition, offset } = state.record;
        const id = parkedId(this.#scope.caller, topic, partition, offset);
        return this.#leaveOpen(state, redriveBusy({ id, leaseUntilMs: answer.leaseUntilMs }));
      }
      case 'unknown':
        return this.#leaveOpen(state, this.#scope.unanswered('claim', answer));
    }
  }

  /** undefined: it may run. */
  async #admit(held: HeldLetter<T>): Promise<Step | undefined> {
    const { state } = held;
    const id = state.id ?? '';
    const standing = await this.#identities.take(state);
    switch (standing.kind) {
      case 'fenced':
        held.turns = standing.turns;
        break;
      case 'claimed':
        held.identity = standing.claim;
        held.until(this.#identities.keep(standing.claim, () => this.#lose(held, claimLost({ id }))));
        break;
      case 'done':
        return this.#complete(held, 'duplicate');
      case 'conflict': {
        state.isConflict = true;
        const error = identityConflict({ id });
        const errorClass = this.#scope.tries.classOf(error, state);
        return this.#failed(held, { ok: false, error, errorClass, counts: true, ran: false });
      }
      case 'busy':
        return this.#giveBack(held, claimBusy({ ...standing, id }));
      case 'unknown':
        return this.#giveBack(held, this.#scope.unanswered('claim', standing));
    }
    const nowMs = this.#scope.ports.clock.now();
    const refusal = held.lost ?? this.#scope.refusal(nowMs);
    if (refusal) return this.#giveBack(held, refusal);
    // A record starts only with at least half its lease left (C4).
    const leases = [held.claim, ...(held.identity ? [held.identity] : [])];
    const isFresh = leases.every(({ leaseUntilMs }) => leaseUntilMs - nowMs >= this.#scope.settings.leaseMs / 2);
    return isFresh ? undefined : this.#giveBack(held, redriveLost({ id: held.claim.parked.id }));
  }

  async #run(held: HeldLetter<T>, slot: HeldSlot): Promise<Step> {
    const { state, claim } = held;
    slot.handOver();
    const ended = await this.#scope.tries.call(state, {
      attempt: claim.parked.attempts + 1,
      nowMs: this.#scope.ports.clock.now(),
      refusal: (nowMs) => held.lost ?? this.#scope.refusal(nowMs),
      begun: (run) => held.begun(run),
    });
    held.hasRun = true;
    const end = this.#end(held, ended);
    this.#ends.add(end);
    return end.finally(() => this.#ends.delete(end));
  }

  #end(held: HeldLetter<T>, ended: Tried): Promise<Step> {
    if (!ended.ok) return this.#failed(held, ended);
    if (this.#scope.settings.remember === 'transaction') return this.#commit(held, ended.result);
    this.#unsaved.add(held.state);
    return this.#complete(held, 'done');
  }

  /** The identity first: a crash behind it finds the record done, and one before it finds it as it was. */
  async #complete(held: HeldLetter<T>, outcome: 'done' | 'duplicate'): Promise<Step> {
    const { state, claim, identity, turns } = held;
    const marked = identity && (await this.#identities.complete(identity));
    // Another worker has it by now; but the effect has happened, and the parked item remembers that (decision 0012).
    if (marked?.kind === 'lost') this.#scope.observer.noticed('staleOwner', state.record.topic);
    const answer =
      marked && isUnknown(marked)
        ? marked
        : await this.#parked.complete({ claim, ...(turns !== undefined && { identityId: turns }) });
    if (answer.kind === 'written') {
      this.#unsaved.delete(state);
      state.close(outcome);
      return 'next';
    }
    const error = isUnknown(answer) ? this.#scope.unanswered('complete', answer) : redriveLost({ id: claim.parked.id });
    this.#tellUnsaved(state, error.message);
    return this.#leaveOpen(state, error);
  }

  async #commit(held: HeldLetter<T>, result: unknown): Promise<Step> {
    const { state, claim } = held;
    const failed = (error: unknown) => {
      const errorClass = this.#scope.tries.classOf(error, state);
      return this.#failed(held, { ok: false, error, errorClass, counts: true, ran: true });
    };
    try {
      const committed = await this.#commits.commit(held, result);
      switch (committed.kind) {
        case 'done':
          state.close('done');
          return 'next';
        case 'duplicate':
          return this.#complete(held, 'duplicate');
        case 'failed':
          return failed(committed.error);
        case 'busy':
          return this.#giveBack(held, committed.error);
        case 'lost':
          return this.#leaveOpen(state, redriveLost({ id: claim.parked.id }));
        case 'unknown':
          // A copy of it may have come, or still be under way: giving back tells, and keeps the latter out (T5).
          return this.#giveBack(held, this.#scope.unanswered('commit', committed));
      }
    } catch (error) {
      return failed(error);
    }
  }

  /** Parked with one more attempt; open where it was no attempt of the record's own (P1, P2). */
  async #failed(held: HeldLetter<T>, { error, errorClass, counts }: Failed): Promise<Step> {
    const { state, claim } = held;
    if (errorClass === 'outage') this.#scope.outageOf(state, error);
    if (errorClass === 'outage' || !counts) return this.#giveBack(held, error);
    await this.#releaseIdentity(held);
    const answer = await this.#parked.fail(claim);
    if (answer.kind === 'written') {
      state.error = error;
      state.close('parked');
      return 'next';
    }
    if (isUnknown(answer)) return this.#leaveOpen(state, this.#scope.unanswered('fail', answer));
    return this.#ended(held, redriveLost({ id: claim.parked.id }));
  }

  async #giveBack(held: HeldLetter<T>, error: unknown): Promise<Step> {
    await this.#releaseIdentity(held);
    const answer = await this.#parked.release(held.claim);
    return answer.kind === 'lost' ? this.#ended(held, error) : this.#leaveOpen(held.state, error);
  }

  /** It is not ours any more. A late copy of our own commit may have done it, whatever its answer was (T5). */
  async #ended({ state, claim }: HeldLetter<T>, error: unknown): Promise<Step> {
    if (this.#scope.settings.remember !== 'transaction') return this.#leaveOpen(state, error);
    const stands = await this.#parked.lookUp(claim.parked.id);
    if (stands.kind !== 'done') return this.#leaveOpen(state, error);
    state.close('done');
    return 'next';
  }

  async #releaseIdentity({ identity, hasRun }: HeldLetter<T>): Promise<void> {
    if (identity) await this.#identities.release(identity, hasRun);
  }

  #lose(held: HeldLetter<T>, error: Error): void {
    this.#scope.observer.noticed('staleOwner', held.state.record.topic);
    held.lose(error);
  }

  #tellUnsaved(state: RecordState<T>, reason: string): void {
    if (this.#unsaved.delete(state)) this.#scope.tellUnsaved(state, reason);
  }

  /** Nothing behind it waits: its lane is its own. */
  #leaveOpen(state: RecordState<T>, error: unknown): Step {
    state.leaveOpen(error);
    return 'stop';
  }
}
