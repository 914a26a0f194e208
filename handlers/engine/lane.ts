import type { RecordState } from './record-state';

/** Records that run one after the other, and how far this lane has come. They are all of one partition. */
export interface Lane<T> {
  readonly records: readonly RecordState<T>[];
  /** Index of the partition's array in the event. */
  readonly array: number;
  /** Index of the first record that the lane has not asked a claim for. */
  position: number;
  /** A waiting lane holds no claims behind its record (C6); an ended one needs none. */
  phase: 'running' | 'waiting' | 'ended';
}

/** Whether the lane goes on behind a record. */
export type Step = 'next' | 'stop';
