import { ERROR_CODES } from '../../contract/error-codes';
import { WOKEN } from '../core/woken';
import type { Lane, Step } from '../engine/lane';
import type { RecordState } from '../engine/record-state';
import { codeOf } from '../engine/runs';
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
import type { MarkOnItsWay, Partition } from './partition';
import type { PartitionKeeper } from './partition-keeper';

/** A record whose writes wait for their transaction. */
interface Queued<T> extends Waiting {
  readonly state: RecordState<T>;
  readonly lane: Lane<T>;
  readonly identity: IdentityInsert | undefined;
  readonly items: number;
  readonly sinceMs: number;
  /** Tells the lane, where it waits. */
  readonly settled: (step: Step) => void;
}

/** Commits what ran on one partition, in groups, one after the other (T1, T2). */
export class CommitQueue<T> {
  readonly #partition: Partition<T>;
  readonly #keeper: PartitionKeeper<T>;
  readonly #scope: Scope<T>;
  readonly #own: OwnItems;
  #waiting: Queued<T>[] = [];
  /** Of all that wait. */
  #items = 0;
  /** Lanes with a record that stays open, and its offset: nothing behind it is committed (O1). */
  readonly #broken = new Map<Lane<T>, number>();
  #committing: Promise<void> | undefined;
  /** A group was refused as a whole: the next one has at most so many records (T4). */
  #atMost = Number.POSITIVE_INFINITY;
  #isHurried = false;
  #wake = new AbortController();

  constructor(partition: Partition<T>, keeper: PartitionKeeper<T>, scope: Scope<T>) {
    this.#partition = partition;
    this.#keeper = keeper;
    this.#scope = scope;
    this.#own = { table: scope.ports.store.table, ledgerId: partition.id };
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
      this.#items += items;
      this.#partition.waiting = this.#waiting.length;
      if (this.#isFull) this.#wake.abort(WOKEN);
      if (state.isAwaited) this.hurry();
      this.#committing ??= this.#commitAll();
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
      const { group } = nextGroup(this.#waiting.slice(0, this.#atMost), this.#own);
      if (group.length > 0 && !this.#partition.isOver) await this.#commit(group);
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

  /** Independent records wait for others, since no lane waits for them: for a whole group, or for the checkpoint. */
  async #gather(): Promise<void> {
    const { settings, ports } = this.#scope;
    const [oldest] = this.#waiting;
    while (settings.independent && oldest && this.#partition.lanes > 0 && !this.#isFull && !this.#isHurried) {
      const leftMs = oldest.sinceMs + settings.checkpointMs - ports.clock.now();
      if (leftMs <= 0 || this.#scope.stopped.aborted) return;
      this.#wake = new AbortController();
      await ports.sleep(leftMs, this.#wake.signal);
    }
  }

  async #commit(group: readonly Queued<T>[]): Promise<void> {
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
    this.#answered(group, onItsWay, answer);
  }

  #answered(group: readonly Queued<T>[], onItsWay: MarkOnItsWay<T>, answer: TransactionAnswer): void {
    const now = this.#scope.ports.clock.now();
    const found = blame(group, answer, ({ lane }) => lane);
    if (found.kind !== 'split') this.#atMost = Number.POSITIVE_INFINITY;
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
        this.#hold(found.held);
        break;
      case 'split':
        this.#partition.notWritten(onItsWay, now);
        this.#atMost = found.halves[0].length;
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
    const { state, lane } = record;
    if (verdict.kind === 'close' && verdict.outcome === 'done' && record.identity) {
      // The fact stands; that its identity is done is still to be written, and goes with the next commit.
      const index = this.#waiting.indexOf(record);
      this.#items += 1 - record.items;
      this.#waiting[index] = { ...record, writes: [], items: 1 };
      return;
    }
    if (verdict.kind === 'close') {
      this.#partition.close(state, verdict.outcome, now);
      this.#settle([record], 'next');
      return;
    }
    const { error } = verdict;
    state.isConflict = error.code === ERROR_CODES.identityConflict;
    state.leaveOpen(error);
    if (verdict.kind === 'fail') this.#partition.fail(state, codeOf(error), now);
    this.#broken.set(lane, Math.min(this.#broken.get(lane) ?? Number.POSITIVE_INFINITY, state.record.offset));
    this.#settle([record], 'stop');
  }

  /** An earlier transaction may have come late; and behind a record that stays open nothing of its lane is committed. */
  #tidy(): void {
    const closed = this.#waiting.filter(({ state }) => this.#partition.hasClosed(state));
    for (const { state } of closed) state.close('done');
    this.#settle(closed, 'next');
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

  #settle(records: readonly Queued<T>[], step: Step): void {
    if (records.length === 0) return;
    this.#remove(records);
    for (const { settled } of records) settled(step);
  }

  #remove(records: readonly Queued<T>[]): void {
    const gone = new Set(records);
    this.#waiting = this.#waiting.filter((queued) => !gone.has(queued));
    for (const { items } of records) this.#items -= items;
    this.#partition.waiting = this.#waiting.length;
  }

  /** Nothing of the partition runs or waits behind this group: its mark gives the partition back (L5). */
  #isLast(group: readonly Queued<T>[]): boolean {
    const ending = group.filter(({ lane, state }) => lane.phase !== 'ended' && lane.records.at(-1) === state);
    return this.#partition.lanes === ending.length && group.length === this.#waiting.length;
  }
}
