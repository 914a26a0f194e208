import { ERROR_CODES } from '../../contract/error-codes';
import type { Outcome } from '../core/answer';
import type { EventArray } from '../engine/memory';
import type { RecordState } from '../engine/record-state';
import { ledgerMismatch } from '../errors';
import { advance, type FailedRuns, type NumberRange } from '../ledger/advance';
import { closedIn } from '../ledger/closed';
import type { Attempts, LedgerState, OffsetRun } from '../ledger/ledger-state';
import type { LedgerClaim, LedgerMark } from '../ledger/ledger-store';
import { findReuse } from '../ledger/reuse';
import type { Parked } from '../parking/parked';
import type { RawRecord } from '../record/parse-event';

/** A record whose mark is not durable yet, and what it will be. */
export interface Pending<T> {
  readonly state: RecordState<T>;
  readonly outcome: Exclude<Outcome, 'open'>;
  /** Written beside the mark that closes it. */
  readonly parked?: Parked;
}

/** A record whose letter is durable, and what is written beside its closing mark. */
interface ToPark<T> {
  readonly state: RecordState<T>;
  readonly parked: Parked;
}

/** After so many ends without a release and without progress, records run alone (P3). */
const UNCLEAN_ENDS = 2;
const PROCESS_DIED = ERROR_CODES.processDied;
/** Parked items in one mark: with it they are one transaction. */
const PARKED_IN_A_MARK = 50;

/** A mark on its way, and the records that it closes. */
export interface MarkOnItsWay<T> {
  readonly mark: LedgerMark;
  readonly pending: readonly Pending<T>[];
  readonly holesClosed: number;
  readonly abandoned: readonly OffsetRun[];
}

/** One partition in one invocation: what was claimed, and what has happened since. Knows no store. */
export class Partition<T> {
  readonly id: string;
  readonly array: EventArray<T>;
  readonly token: string;
  /** Lanes that have not ended. */
  lanes = 0;
  /** Records whose letters and closing marks are on their way. */
  parkings = 0;
  /** Records whose commit is waited for. */
  waiting = 0;
  /** Nothing starts any more, and why: without a claim, stale, another topic's offsets. */
  refusal: Error | undefined;
  /** A write is on its way: writes of one partition go one at a time (L2). */
  isWriting = false;
  /** Given back, or never ours: nothing is written any more. */
  isOver = false;
  leaseUntilMs = 0;
  /** No mark is sent before. */
  notBeforeMs = Number.NEGATIVE_INFINITY;
  /** Since when something waits for its mark. */
  dirtySinceMs: number | undefined;
  pending: Pending<T>[] = [];
  holesClosed = 0;
  /** What the bound closed is the same in every mark, and told once. */
  hasToldAbandoned = false;
  /** The array starts above an offset that is known to be open (O2). */
  hasOrderGap = false;
  #claimed: LedgerClaim | undefined;
  /** What the write on its way is to close. */
  #onItsWay: readonly Pending<T>[] = [];
  #isMismatch = false;
  #seq = 0;
  #attempts: ReadonlyMap<number, Attempts> = new Map();
  /** A mark takes no more of them than fit in a transaction. */
  #toPark: ToPark<T>[] = [];
  readonly #closed = new Set<number>();
  readonly #failed = new Map<number, FailedRuns>();
  /** The record that runs alone, its start to be written first (P3). */
  #suspect: number | undefined;
  /** From the first to the last record of calls that failed as a whole, or were cut off. */
  #singly: NumberRange | undefined;
  #isWanted = false;
  #isWantedOnItsWay = false;
  /** The record that an earlier process died of: its attempt is counted with the first mark. */
  #died: number | undefined;
  /** Its records run alone, one at a time: earlier processes ended while it was claimed, and closed nothing (P3). */
  isAlone = false;

  constructor(id: string, array: EventArray<T>, token: string) {
    this.id = id;
    this.array = array;
    this.token = token;
  }

  get first(): bigint {
    return BigInt(this.array.states[0]?.record.offset ?? 0);
  }

  get last(): bigint {
    return BigInt(this.array.states.at(-1)?.record.offset ?? 0);
  }

  get isClaimed(): boolean {
    return this.#claimed !== undefined;
  }

  /** The claim has come: what is closed already is a duplicate, unless the offsets are another topic's (L7). */
  begin(claim: LedgerClaim, nowMs: number): void {
    this.#claimed = claim;
    this.#seq = claim.seq;
    this.leaseUntilMs = claim.leaseUntilMs;
    const { state } = claim;
    const records = this.array.states.map(({ record }) => record);
    const reuse = findReuse(state, records);
    if (reuse) {
      this.refusal = ledgerMismatch({ partition: this.array.name, ...reuse });
      this.#isMismatch = true;
      return;
    }
    closedIn(state, records).forEach((isClosed, index) => {
      if (isClosed) this.array.states[index]?.close('duplicate');
    });
    this.#attempts = new Map(state.attempts.map((attempts) => [Number(attempts.offset), attempts]));
    const { suspect, unclean } = state;
    this.isAlone = suspect !== undefined || unclean > UNCLEAN_ENDS;
    if (suspect !== undefined) this.#countDeath(Number(suspect), nowMs);
    this.hasOrderGap = state.attempts.some(({ offset }) => offset < this.first);
  }

  get topic(): string {
    return this.array.states[0]?.record.topic ?? '';
  }

  attempt({ record: { offset } }: RecordState<T>): number {
    return (this.#attempts.get(offset)?.count ?? 0) + (offset === this.#died ? 1 : 0) + 1;
  }

  /** Whether the process of an earlier invocation died of it. */
  hasDiedOf({ record: { offset } }: RecordState<T>): boolean {
    return offset === this.#died;
  }

  /** Code or name of the error of its last attempt, in an earlier invocation. */
  lastError({ record: { offset } }: RecordState<T>): string | undefined {
    return offset === this.#died ? PROCESS_DIED : this.#attempts.get(offset)?.lastError;
  }

  /** When a run of it first ended without success, in an earlier invocation. */
  firstFailureMs({ record: { offset } }: RecordState<T>): number | undefined {
    return this.#attempts.get(offset)?.firstFailureMs;
  }

  /** The record has had its effect, or needs none: the next mark closes it. */
  close(state: RecordState<T>, outcome: Pending<T>['outcome'], nowMs: number): void {
    this.#closed.add(state.record.offset);
    this.#failed.delete(state.record.offset);
    this.pending.push({ state, outcome });
    this.dirtySinceMs ??= nowMs;
  }

  /** Its letter is durable: the next mark closes it, and writes its parked item (P5). Somebody waits for that. */
  park(state: RecordState<T>, parked: Parked, nowMs: number): void {
    this.#toPark.push({ state, parked });
    this.dirtySinceMs ??= nowMs;
  }

  /** Whether somebody waits for the next mark. */
  get isUrgent(): boolean {
    return this.#toPark.length > 0 || this.#isWanted;
  }

  /** Somebody waits for the next mark. */
  want(nowMs: number): void {
    this.#isWanted = true;
    this.dirtySinceMs ??= nowMs;
  }

  /** The record is about to run alone: the next mark says so (P3). */
  suspect({ record: { offset } }: RecordState<T>): void {
    this.#suspect = offset;
  }

  /** User code is over: the next mark says so. */
  acquit(): void {
    this.#suspect = undefined;
  }

  /** Whether it runs in a call of its own: an earlier invocation had it in one that failed as a whole. */
  isSingle({ record: { offset } }: RecordState<T>): boolean {
    const [singly] = this.#claimed?.state.singly ?? [];
    return singly !== undefined && singly.first <= offset && offset <= singly.last;
  }

  /** It was in a call with others that failed as a whole: the next mark says that it runs alone in its call. */
  runSingly({ record: { offset } }: RecordState<T>, nowMs: number): void {
    const { first, last } = this.#singly ?? { first: offset, last: offset };
    this.#singly = { first: Math.min(first, offset), last: Math.max(last, offset) };
    this.dirtySinceMs ??= nowMs;
  }

  #countDeath(offset: number, nowMs: number): void {
    this.#died = offset;
    this.#failed.set(offset, { error: PROCESS_DIED, atMs: nowMs });
    this.dirtySinceMs ??= nowMs;
  }

  /** One more attempt of the record, counted by the next mark. */
  fail({ record: { offset } }: RecordState<T>, error: string, atMs: number): void {
    this.#failed.set(offset, { error, atMs, count: offset === this.#died ? 2 : 1 });
    this.dirtySinceMs ??= atMs;
  }

  /** Nothing of it runs or will run. */
  get isFinal(): boolean {
    return this.lanes === 0 && this.waiting === 0 && this.parkings === 0;
  }

  /**
   * The mark of everything so far, on top of the last write.
   * @param also records that the same request closes; they are not pending
   * @param leaseUntilMs undefined: gives the partition back
   */
  mark(also: readonly RecordState<T>[], leaseUntilMs: number | undefined): MarkOnItsWay<T> {
    if (!this.#claimed) throw new Error(`${this.array.name} is marked before it was claimed: report this bug`);
    const { id, token } = this;
    // The records of another topic under the same offsets must leave no trace in what is remembered (L7).
    if (this.#isMismatch) {
      const mark = { id, token, seq: this.#seq, state: this.#claimed.state, leaseUntilMs };
      return { mark, pending: [], holesClosed: 0, abandoned: [] };
    }
    // Beside the writes of a commit there may be no room.
    if (also.length === 0) this.#park();
    const closed =
      also.length === 0 ? this.#closed : new Set([...this.#closed, ...also.map(({ record }) => record.offset)]);
    const records = this.array.states.map(({ record }) => record);
    const { state, holesClosed, abandoned } = advance(this.#claimed.state, records, {
      closed,
      failed: this.#failed,
      suspect: this.#suspect,
      singly: this.#singly,
    });
    const { pending } = this;
    this.#onItsWay = pending;
    this.pending = [];
    this.#isWantedOnItsWay = this.#isWanted;
    this.#isWanted = false;
    if (!this.isUrgent) this.dirtySinceMs = undefined;
    const parked = pending.flatMap((each) => each.parked ?? []);
    const mark = { id, token, seq: this.#seq, state, leaseUntilMs, ...(parked.length > 0 && { parked }) };
    return { mark, pending, holesClosed, abandoned };
  }

  #park(): void {
    for (const { state, parked } of this.#toPark.splice(0, PARKED_IN_A_MARK)) {
      this.#closed.add(state.record.offset);
      this.#failed.delete(state.record.offset);
      this.pending.push({ state, outcome: 'parked', parked });
    }
  }

  /** The mark stands. */
  written({ pending, mark, holesClosed }: MarkOnItsWay<T>, also: readonly RecordState<T>[] = []): void {
    this.#seq += 1;
    this.#onItsWay = [];
    this.holesClosed = holesClosed;
    this.leaseUntilMs = mark.leaseUntilMs ?? 0;
    this.isOver = mark.leaseUntilMs === undefined;
    for (const { state, outcome } of pending) state.close(outcome);
    for (const state of also) {
      this.#closed.add(state.record.offset);
      state.close('done');
    }
  }

  /** The request did nothing: what was on its way goes with the next one. */
  notWritten({ pending }: MarkOnItsWay<T>, nowMs: number): void {
    this.#onItsWay = [];
    this.pending = [...pending.filter(({ parked }) => parked === undefined), ...this.pending];
    const parkings = pending.flatMap(({ state, parked }) => (parked ? [{ state, parked }] : []));
    for (const { state } of parkings) this.#closed.delete(state.record.offset);
    this.#toPark = [...parkings, ...this.#toPark];
    this.#isWanted ||= this.#isWantedOnItsWay;
    if (this.isUrgent) this.dirtySinceMs ??= nowMs;
    if (this.pending.length > 0 || this.#failed.size > 0 || this.#singly) this.dirtySinceMs ??= nowMs;
  }

  /**
   * An earlier write of ours, with another state, came late and stands: adopts what it closed, and the rest goes again
   * on top of it (L3).
   */
  overtaken(
    onItsWay: MarkOnItsWay<T>,
    { seq, state }: { readonly seq: number; readonly state: LedgerState },
    nowMs: number,
  ): void {
    this.#seq = seq;
    const records = this.array.states.map(({ record }) => record);
    closedIn(state, records).forEach((isClosed, index) => {
      if (isClosed) this.#closed.add((records[index] as RawRecord).offset);
    });
    this.notWritten(onItsWay, nowMs);
  }

  /** Whether a mark of this invocation closes it, or is about to. */
  hasClosed({ record }: RecordState<T>): boolean {
    return this.#closed.has(record.offset);
  }

  /** Nothing of it is written any more; what waits for its mark is open. Gives those. */
  giveUp(error: Error): RecordState<T>[] {
    this.refusal ??= error;
    this.isOver = true;
    this.dirtySinceMs = undefined;
    const states = [...this.#onItsWay, ...this.pending].map(({ state }) => state);
    for (const { state } of this.#toPark.splice(0)) state.leaveOpen(error);
    this.#onItsWay = [];
    this.pending = [];
    for (const state of states) state.leaveOpen(error);
    return states;
  }
}
