import type { TopicRecord } from '../broker/broker';
import type { FailureCondition } from '../destinations/failure';
import type { InvocationResult } from '../worker/invocation-result';
import type { Complaint } from './complaint';
import type { Verdict } from './response';

/** Records that the event source has given up. */
export interface Discarded {
  readonly condition: FailureCondition;
  /** What the last attempt ended with, or why there was none. */
  readonly reason: string;
  /** Whether an on-failure destination took them; `false`: they are lost. */
  readonly delivered: boolean;
}

/** The answer did not reach the poller: a fault of the delivery. */
export const LOST = { kind: 'lost' } as const;

/** What becomes of a poller's batches, for whoever watches. */
export interface PollerEvents {
  /** The function is invoked with these records; `retries` attempts of theirs have failed before. */
  delivered(poller: string, records: readonly TopicRecord[], retries: number): void;
  /** The invocation has ended, and `again` is what this poller will deliver again of it. */
  answered(
    poller: string,
    result: InvocationResult,
    verdict: Verdict | typeof LOST,
    again: readonly TopicRecord[],
  ): void;
  complained(poller: string, complaint: Complaint): void;
  discarded(poller: string, records: readonly TopicRecord[], discarded: Discarded): void;
  /** The records hold their partitions for good, as far as the run shows it. */
  blocked(poller: string, records: readonly TopicRecord[], reason: string): void;
  committed(poller: string, partition: number, nextOffset: number): void;
  /** The filter dropped these records. */
  filtered(poller: string, records: readonly TopicRecord[]): void;
}
