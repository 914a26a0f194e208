import type { Admin } from 'kafkajs';
import type { GroupOptions } from './broker';
import { committedOffsets, offsetsAt, rangesOf } from './kafka-offsets';

export interface StartOffset {
  readonly offset: number;
  /**
   * To be committed before reading begins: Kafka alone would look for the end again at each rebalance until the first
   * commit, and so skip what was written in between.
   */
  readonly isToCommit: boolean;
}

/**
 * Where a member of the group begins in each partition of the topic: at its commit, else by the starting position. A
 * commit that retention has passed counts as none.
 */
export async function startOffsets(admin: Admin, options: GroupOptions): Promise<ReadonlyMap<number, StartOffset>> {
  const { groupId, topic } = options;
  const [committed, ranges, first] = await Promise.all([
    committedOffsets(admin, groupId, topic),
    rangesOf(admin, topic),
    firstOffsets(admin, options),
  ]);
  return new Map(
    [...first].map(([partition, start]) => {
      const offset = committed.get(partition) ?? -1;
      return [partition, offset < (ranges.get(partition)?.low ?? 0) ? start : { offset, isToCommit: false }];
    }),
  );
}

/** Where a group without commits begins. */
export async function firstOffsets(admin: Admin, options: GroupOptions): Promise<ReadonlyMap<number, StartOffset>> {
  const { topic, startingPosition, startingTimestampMs = 0 } = options;
  const isToCommit = startingPosition !== 'TRIM_HORIZON';
  const offsets =
    startingPosition === 'AT_TIMESTAMP'
      ? await offsetsAt(admin, topic, startingTimestampMs)
      : new Map(
          [...(await rangesOf(admin, topic))].map(([partition, { low, high }]) => [
            partition,
            startingPosition === 'LATEST' ? high : low,
          ]),
        );
  return new Map([...offsets].map(([partition, offset]) => [partition, { offset, isToCommit }]));
}
