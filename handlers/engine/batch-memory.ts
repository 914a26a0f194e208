import type { Lane, Step } from './lane';
import type { Memory } from './memory';
import type { RecordState } from './record-state';
import type { Run } from './run';
import type { Tried } from './tries';

/** A record that may start beside others of its partition: nobody else has it, and nothing says yet how it ended. */
export interface Hold<T> {
  readonly state: RecordState<T>;
  /** Of earlier invocations, and one more. */
  readonly attempt: number;
  /** Why it may not start now. */
  refusal(nowMs: number): Error | undefined;
  /** Whether its lease lasts long enough to start in; where not, it is being renewed (C4). */
  isFresh(nowMs: number): boolean;
  /** Is told of each run before user code is called. */
  begun(run: Run<T>): void;
  ended(tried: Tried): Step | Promise<Step>;
  /**
   * It stays open, with no attempt counted, and nothing more happens to it.
   * @param isSingle what is durable says that it runs in a call of its own from now on
   */
  giveBack(error: unknown, isSingle: boolean): void;
}

/** What the records of a lane are asked where several of them run in one call. */
export interface BatchMemory<T> extends Memory<T> {
  /** Resolves when it is known which records of the lane are closed. Rejects never. */
  ready(lane: Lane<T>): Promise<void>;
  /** Whether the record may be in a call with others; if not, it goes on through `advance`. */
  mayShare(lane: Lane<T>, state: RecordState<T>): boolean;
  /**
   * Those that may start, in their order: of an ordered lane all up to the first that has to wait; that one and those
   * behind it go on through `advance`. Closes what it finds closed.
   */
  hold(lane: Lane<T>, states: readonly RecordState<T>[]): Promise<Hold<T>[]>;
  /** Its call with others outlives the invocation: an attempt for nobody (P2, A5). */
  cutOffTogether(state: RecordState<T>): void;
}

export function isBatchMemory<T>(memory: Memory<T>): memory is BatchMemory<T> {
  return 'mayShare' in memory;
}
