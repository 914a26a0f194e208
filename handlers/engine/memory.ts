import type { Lane, Step } from './lane';
import type { RecordState } from './record-state';

/** One partition of the event. */
export interface EventArray<T> {
  /** `<topic>-<partition>`. */
  readonly name: string;
  /** By ascending offset. */
  readonly states: readonly RecordState<T>[];
}

/**
 * A way of remembering, in one invocation: it decides whether a record runs, and marks what ran. Lanes ask it, one
 * record after the other.
 */
export interface Memory<T> {
  /** Before the lanes start. Rejects never; what it learns it tells the records. */
  open(lanes: readonly Lane<T>[]): void | Promise<void>;
  /**
   * Brings the record that a lane has come to as far as the lane has to wait for. The record may be settled later,
   * when its mark is durable; if the lane stops, it is open.
   */
  advance(lane: Lane<T>, state: RecordState<T>): Step | Promise<Step>;
  laneEnded(lane: Lane<T>): void;
  /** User code outlives its invocation: the run counts as an attempt, if it can still be written (P2, A5). */
  cutOff(state: RecordState<T>): void;
  /** Resolves when every mark on its way is durable or given up. */
  marked(): Promise<void>;
  /** Gives back what is held and did not start. Nothing is asked of it afterwards. */
  close(): Promise<void>;
  /** Ends renewals and timers, whatever is still under way. */
  stop(): void;
}
