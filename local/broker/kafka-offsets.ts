import type { Admin } from 'kafkajs';
import { retrying } from './kafka-errors';
import { toOffset } from './kafka-records';

export interface Range {
  readonly low: number;
  /** Next offset to be written as of now; with an open transaction, the first offset of it. */
  readonly high: number;
}

export async function rangesOf(admin: Admin, topic: string): Promise<ReadonlyMap<number, Range>> {
  // A partition that is new has no leader for a moment.
  const offsets = await retrying(() => admin.fetchTopicOffsets(topic));
  return new Map(
    offsets
      .map(({ partition, low, high }): [number, Range] => [
        partition,
        { low: toOffset(low, topic, partition), high: toOffset(high, topic, partition) },
      ])
      .sort(([a], [b]) => a - b),
  );
}

/** Of the first record that is not older, or the end. */
export async function offsetsAt(
  admin: Admin,
  topic: string,
  timestampMs: number,
): Promise<ReadonlyMap<number, number>> {
  const offsets = await retrying(() => admin.fetchTopicOffsetsByTimestamp(topic, timestampMs));
  return new Map(
    offsets
      .map(({ partition, offset }): [number, number] => [partition, toOffset(offset, topic, partition)])
      .sort(([a], [b]) => a - b),
  );
}

/** Without those that were never committed. */
export async function committedOffsets(
  admin: Admin,
  groupId: string,
  topic: string,
): Promise<ReadonlyMap<number, number>> {
  const topics = await retrying(() => admin.fetchOffsets({ groupId, topics: [topic], resolveOffsets: false }));
  const committed = new Map<number, number>();
  for (const { partition, offset } of topics.flatMap(({ partitions }) => partitions)) {
    // -1: nothing was committed.
    if (Number(offset) >= 0) committed.set(partition, toOffset(offset, topic, partition));
  }
  return new Map([...committed].sort(([a], [b]) => a - b));
}
