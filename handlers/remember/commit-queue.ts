import { ERROR_CODES } from '../../contract/error-codes';
import { CLAIM_LEASE_MS } from '../claims/claim-store';
import { type BusyWait, waitAgain } from '../core/busy-wait';
import { WOKEN } from '../core/woken';
import type { Lane, Step } from '../engine/lane';
import type { RecordState } from '../engine/record-state';
import type { Scope } from '../engine/scope';
import { blame, type Settled } from '../transaction/blame';
import { errorOf, nextGroup, type OwnItems, type Waiting } from '../transaction/group';
import type { PreparedWrite } from '../transaction/prepared-write';
import {
  type IdentityInsert,
  MAXIMUM_TRANSACTION_ITEMS,
  type TransactionAnswer,
  type TransactionRequest,
} from '../transaction/transaction-store';
import { type Turns, turnsOf } from '../transaction/turns';
import type { MarkOnItsWay, Partition } from './partition';
import type { PartitionFailures } from './partition-failures';
import type { PartitionKeeper } from './partition-keeper';

/** A record whose writes wait for their transaction. */
interface Queued<T> extends Waiting {
  readonly state: RecordState<T>;
  readonly lane: Lane<T>;
  readonly identity: IdentityInsert | undefined;
  readonly items: number;
  readonly sinceMs: number;
  /** Tells the lane, where it waits. */
  readonly settled: (step: Step | Promise<Step>) => void;
}

/** A live foreign claim stands in its way (C6). */
interface Busy extends BusyWait {
  readonly error: Error;
}

/** Which of those that may go: see {@link Turns}. */
type Turn = 'first' | 'again';

/** Commits what ran on one partition, in groups, one after the other (T1, T2). */
export class CommitQueue<T> {
  readonly #partition: Partition<T>;
  readonly #keeper: PartitionKeeper<T>;
  readonly #failures: PartitionFailures<T>;
  readonly #scope: Scope<T>;
  readonly #own: OwnItems;
  #waiting: Queued<T>[] = [];
  /** Of all that wait, but for the lanes of those that are busy. */
  #items = 0;
  readonly #busy = new Map<RecordState<T>, Busy>();
  #busyLanes: ReadonlySet<Lane<T>> = new Set();
  /** Lanes with a record that stays open, and its offset: nothing behind it is committed (O1). */
  readonly #broken = new Map<Lane<T>, number>();
  #committing: Promise<void> | undefined;
  /** A group was refused as a whole: the next one of its kind has at most so many records (T4). */
  readonly #atMost: Record<Turn, number> = { first: Number.POSITIVE_INFINITY, again: Number.POSITIVE_INFINITY };
  #isHurried = false;
  #wake = new AbortController();

  constructor(partition: Partition<T>, keeper: PartitionKeeper<T>, failures: PartitionFailures<T>, scope: Scope<T>) {
    this.#partition = partition;
    this.#keeper = keeper;
    this.#failures = failures;
    this.#scope = scope;
    this.#own = { table: scope.ports.store.table, ledgerId: partition.id };
    scope.stopped.addEventListener('abort', () => this.#wake.abort(WOKEN), { once: true });
  }

  isBroken(lane: Lane<T>): boolean {
    return this.#broken.has(lane);
  }

  /** No lane is left that could add to a group. */
  lanesEnded(): void {
    this.#wake.abort(WOKEN);
  }

  /** Resolves when the record is closed, or stays open. Throws the permanent error of what no transaction can hold. */
  add(lane: Lane<T>, state: RecordState<T>, writes: readonly PreparedWrite[]): Promise<Step> {
    const identity = this.#identityOf(state);
    const waiting: Waiting = { identityId: identity?.id, writes };
    const error = errorOf(waiting, this.#own);
    if (error) throw error;
    return new Promise((settled) => {
      const sinceMs = this.#scope.ports.clock.now();
      const items = writes.length + (identity ? 1 : 0);
      this.#waiting.push({ identityId: identity?.id, writes, state, lane, identity, items, sinceMs, settled });
      if (!this.#busyLanes.has(lane)) this.#items += items;
      this.#partition.waiting = this.#waiting.length;
      if (this.#isFull) this.#wake.abort(WOKEN);
      if (state.isAwaited) this.hurry();
      this.#committing ??= this.#commitAll().catch((error: unknown) => this.#broke(error));
    });
  }

  /** Somebody waits: commits what is there. */
  hurry(): void {
    this.#isHurried = true;
    this.#wake.abort(WOKEN);
  }

  /** Resolves when nothing waits for its commit. */
  async drained(): Promise<void> {
    while (this.#committing) {
      this.hurry();
      await this.#committing;
    }
  }

  /** What still waits is open. */
  stop(): void {
    this.#wake.abort(WOKEN);
    for (const { state } of this.#waiting) if (!state.isSettled) state.leaveOpen(this.#scope.tooLate());
  }

  get #isFull(): boolean {
    return this.#items >= MAXIMUM_TRANSACTION_ITEMS - 1;
  }

  #identityOf({ content, record }: RecordState<T>): IdentityInsert | undefined {
    if (content?.kind !== 'ready' || content.id === undefined) return undefined;
    const { id, payloadDigest } = content;
    const { partition, offset } = record;
    return { id, token: this.#partition.token, partition, offset, payloadDigest };
  }

  async #commitAll(): Promise<void> {
    // Records that end in the same turn go together.
    await this.#scope.ports.sleep(0);
    while (this.#waiting.length > 0 && !this.#partition.isOver) {
      await this.#gather();
      await this.#keeper.turn(this.#partition);
      this.#tidy();
      const turns = this.#turns();
      const turn = turns.again.length > 0 ? 'again' : 'first';
      const { group } = nextGroup(turns[turn].slice(0, this.#atMost[turn]), this.#own);
      if (group.length > 0 && !this.#partition.isOver) await this.#commit(group, turn);
    }
    for (const { state, settled } of this.#waiting) {
      state.leaveOpen(this.#partition.refusal);
      settled('stop');
    }
    this.#remove(this.#waiting);
    this.#isHurried = false;
    this.#committing = undefined;
    this.#keeper.changed(this.#partition);
  }

  /** Whatever goes wrong in here must not take the other partitions with it. */
  #broke(error: unknown): void {
    this.#partition.giveUp(error instanceof Error ? error : new Error(String(error)));
    for (const { state, settled } of this.#waiting) {
      state.leaveOpen(error);
      settled('stop');
    }
    this.#remove(this.#waiting);
    this.#committing = undefined;
    this.#keeper.look();
  }

  #turns(): Turns<Queued<T>> {
    if (this.#busy.size === 0) return { first: this.#waiting, again: [], againAtMs: Number.POSITIVE_INFINITY };
    return turnsOf(
      this.#waiting,
      ({ lane }) => lane,
      ({ state }) => this.#busy.get(state)?.againAtMs,
      this.#scope.ports.clock.now(),
    );
  }

  /** Waits until there is something to send. */
  async #gather(): Promise<void> {
    const { ports, stopped } = this.#scope;
    for (;;) {
      const turns = this.#turns();
      // What somebody waits for has gone, or cannot go yet.
      if (turns.first.length === 0) this.#isHurried = false;
      const leftMs = this.#dueAtMs(turns) - ports.clock.now();
      if (leftMs <= 0 || stopped.aborted || this.#partition.isOver) return;
      // What is closed without a commit is marked meanwhile.
      this.#keeper.changed(this.#partition);
      this.#wake = new AbortController();
      await ports.sleep(leftMs, this.#wake.signal);
    }
  }

  /** Independent records wait for others, since no lane waits for them: for a whole group, or for the checkpoint. */
  #dueAtMs({ first: [oldest], againAtMs }: Turns<Queued<T>>): number {
    const { independent, checkpointMs } = this.#scope.settings;
    if (!oldest) return againAtMs;
    const mayGather = independent && this.#partition.lanes > 0 && !this.#isFull && !this.#isHurried;
    return mayGather ? Math.min(againAtMs, oldest.sinceMs + checkpointMs) : Number.NEGATIVE_INFINITY;
  }

  async #commit(group: readonly Queued<T>[], turn: Turn): Promise<void> {
    const { ports, settings, patience } = this.#scope;
    const states = group.map(({ state }) => state);
    const now = ports.clock.now();
    const onItsWay = this.#partition.mark(states, this.#isLast(group) ? undefined : now + settings.leaseMs);
    this.#keeper.tellAbandoned(this.#partition, onItsWay);
    const request: TransactionRequest = {
      requestToken: ports.random.token(),
      atMs: now,
      mark: onItsWay.mark,
      members: group.map(({ identity, writes }) => ({ identity, writes })),
    };
    this.#partition.isWriting = true;
    const { answers } = patience.save<TransactionRequest, TransactionAnswer>([request], (requests) =>
      Promise.all(requests.map((one) => ports.store.transactions.commit(one))),
    );
    const answer = (await answers[0]) as TransactionAnswer;
    this.#partition.isWriting = false;
    this.#answered(group, turn, onItsWay, answer);
  }

  #answered(group: readonly Queued<T>[], turn: Turn, onItsWay: MarkOnItsWay<T>, answer: TransactionAnswer): void {
    const now = this.#scope.ports.clock.now();
    const found = blame(group, answer, ({ lane }) => lane);
    if (found.kind !== 'split') this.#atMost[turn] = Number.POSITIVE_INFINITY;
    switch (found.kind) {
      case 'committed':
        this.#partition.written(
          onItsWay,
          group.map(({ state }) => state),
        );
        this.#settle(group, 'next');
        break;
      case 'refused':
        this.#partition.notWritten(onItsWay, now);
        for (const settled of found.settled) this.#judged(settled, now);
        this.#dropBehindOpen();
        this.#count();
        break;
      case 'split':
        this.#partition.notWritten(onItsWay, now);
        this.#atMost[turn] = found.halves[0].length;
        break;
      case 'overtaken':
        this.#partition.overtaken(onItsWay, found, now);
        break;
      case 'lost':
        this.#keeper.lost(
          this.#partition,
          group.map(({ state }) => state),
        );
        this.#settle(group, 'stop');
        break;
      case 'again': {
        const error = this.#keeper.unanswered(this.#partition, found.unknown);
        for (const { state } of group) state.leaveOpen(error);
        this.#settle(group, 'stop');
        break;
      }
    }
  }

  #judged({ record, verdict }: Settled<Queued<T>>, now: number): void {
    const { state } = record;
    switch (verdict.kind) {
      case 'close':
        if (verdict.outcome === 'done' && record.identity) {
          // The fact stands; that its identity is done is still to be written, and goes with the next commit.
          this.#waiting[this.#waiting.indexOf(record)] = { ...record, writes: [], items: 1 };
          break;
        }
        this.#partition.close(state, verdict.outcome, now);
        this.#settle([record], 'next');
        break;
      case 'busy': {
        const wait = this.#waitAgain(this.#busy.get(state), now);
        if (wait) this.#busy.set(state, { ...wait, error: verdict.error });
        else this.#leaveOpen(record, verdict.error);
        break;
      }
      case 'fail':
        state.isConflict = verdict.error.code === ERROR_CODES.identityConflict;
        this.#failed(record, verdict.error);
        break;
    }
  }

  #waitAgain(before: BusyWait | undefined, now: number): BusyWait | undefined {
    const { settings, deadline, ports } = this.#scope;
    const rules = {
      // The claim is another function's, and a ledger's lease is shorter.
      leaseMs: Math.max(CLAIM_LEASE_MS, settings.leaseMs),
      clockSkewMs: settings.clockSkewMs,
      deadlineAtMs: deadline.atMs,
    };
    return waitAgain(before, rules, now, ports.random.fraction());
  }

  /** Where the lane does not wait for it, nothing behind it is committed in this invocation: it may be parked (P5). */
  #failed(record: Queued<T>, error: Error): void {
    const step = this.#failures.commitFailed(this.#partition, record.state, error);
    if (step === 'stop' || this.#scope.settings.independent) this.#break(record);
    this.#settle([record], step);
  }

  #leaveOpen(record: Queued<T>, error: Error): void {
    record.state.leaveOpen(error);
    this.#break(record);
    this.#settle([record], 'stop');
  }

  #break({ lane, state }: Queued<T>): void {
    this.#broken.set(lane, Math.min(this.#broken.get(lane) ?? Number.POSITIVE_INFINITY, state.record.offset));
  }

  /** An earlier transaction may have come late; and nobody waits for a claim past the deadline or in an outage (C6). */
  #tidy(): void {
    const closed = this.#waiting.filter(({ state }) => this.#partition.hasClosed(state));
    for (const { state } of closed) state.close('done');
    this.#settle(closed, 'next');
    if (!this.#scope.mayStart) {
      for (const record of this.#waiting) {
        const busy = this.#busy.get(record.state);
        if (busy) this.#leaveOpen(record, busy.error);
      }
    }
    this.#dropBehindOpen();
  }

  /** Behind a record that stays open nothing of its lane is committed (O1). */
  #dropBehindOpen(): void {
    const dropped = this.#waiting.filter(({ lane, state }) => {
      const open = this.#broken.get(lane);
      return open !== undefined && open < state.record.offset;
    });
    this.#hold(dropped);
  }

  /** Behind a record of its lane that stays open: it ran, and has never had its turn. */
  #hold(records: readonly Queued<T>[]): void {
    for (const { state } of records) {
      state.isReached = false;
      state.settle();
    }
    this.#settle(records, 'stop');
  }

  #settle(records: readonly Queued<T>[], step: Step | Promise<Step>): void {
    if (records.length === 0) return;
    this.#remove(records);
    for (const { settled } of records) settled(step);
  }

  #remove(records: readonly Queued<T>[]): void {
    const gone = new Set(records);
    this.#waiting = this.#waiting.filter((queued) => !gone.has(queued));
    for (const { state } of records) this.#busy.delete(state);
    this.#partition.waiting = this.#waiting.length;
    if (this.#busyLanes.size > 0) this.#count();
    else for (const { items } of records) this.#items -= items;
  }

  #count(): void {
    const busy = this.#waiting.filter(({ state }) => this.#busy.has(state));
    this.#busyLanes = new Set(busy.map(({ lane }) => lane));
    this.#items = this.#waiting.reduce((sum, { lane, items }) => sum + (this.#busyLanes.has(lane) ? 0 : items), 0);
  }

  /** Nothing of the partition runs or waits behind this group: its mark gives the partition back (L5). */
  #isLast(group: readonly Queued<T>[]): boolean {
    const ending = group.filter(({ lane, state }) => lane.phase !== 'ended' && lane.records.at(-1) === state);
    const { lanes, parkings } = this.#partition;
    return lanes === ending.length && parkings === 0 && group.length === this.#waiting.length;
  }
}
