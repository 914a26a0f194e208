import type { KafkaEvent } from '../../contract/event';
import type { TopicRecord } from '../broker/broker';
import type { InvocationResult } from '../worker/invocation-result';
import type { NextBatch } from './after-attempt';

/** The last invocation of a batch. */
export interface LastInvocation {
  readonly event: KafkaEvent;
  readonly result: InvocationResult;
}

/** A batch that is not resolved: it waits for its first attempt, for a retry, or it is blocked. */
export interface PendingBatch extends NextBatch {
  /** Partitions that bring no new records meanwhile, as they were assigned when the batch was formed. */
  readonly holds: ReadonlyMap<number, number>;
  /** The partitions of its records. */
  readonly partitions: ReadonlySet<number>;
  /** Counted or not. */
  readonly invocations: number;
  readonly last: LastInvocation | undefined;
  /** Throttles and service errors since the last invocation. */
  readonly refusals: number;
  /** Infinity: blocked. */
  readonly dueAtMs: number;
}

/** A batch that was never delivered; `holds` are its partitions with their epochs. */
export function newBatch(records: readonly TopicRecord[], holds: ReadonlyMap<number, number>): PendingBatch {
  const partitions = new Set(holds.keys());
  return { records, retries: 0, holds, partitions, invocations: 0, last: undefined, refusals: 0, dueAtMs: 0 };
}

/** The same batch, or half of it, with fewer records; `holdsAll`: what it let go still waits for it (row 7). */
export function withRecords(batch: PendingBatch, records: readonly TopicRecord[], holdsAll: boolean): PendingBatch {
  const partitions = new Set(records.map(({ partition }) => partition));
  const holds = holdsAll ? batch.holds : new Map([...batch.holds].filter(([partition]) => partitions.has(partition)));
  return { ...batch, records, partitions, holds };
}

export const isBlocked = ({ dueAtMs }: PendingBatch): boolean => dueAtMs === Number.POSITIVE_INFINITY;
