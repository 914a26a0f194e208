/** Row 8 of section 8: up to where a partition is resolved. */
import type { GroupMember } from '../../../local/broker/broker';
import { OwnedPartition, OwnedPartitions } from '../../../local/event-source/owned-partition';
import { topicRecord } from './topic-records';

/** A member that sees so many more records, and has read past what nobody sees up to `position`. */
const memberAt = (position: number | undefined, ready = 0) =>
  ({ ready: () => ready, position: () => position }) as Partial<GroupMember> as GroupMember;

function partitionWith(taken: readonly number[], resolved: readonly number[]): OwnedPartition {
  const owned = new OwnedPartition(0, 1);
  owned.progress.take(taken.map((offset) => topicRecord(0, offset)));
  for (const offset of resolved) owned.progress.resolve(topicRecord(0, offset));
  return owned;
}

describe('a partition is resolved', () => {
  test.each<[string, OwnedPartition, GroupMember, number | undefined]>([
    ['up to its lowest unresolved record', partitionWith([3, 4, 5], [3, 5]), memberAt(9), 4],
    ['up to what was taken, while more is ready', partitionWith([3, 4], [3, 4]), memberAt(9, 2), 5],
    ['past what nobody sees behind the last record', partitionWith([3, 4], [3, 4]), memberAt(9), 9],
    ['past what nobody sees, where nothing else ever was', partitionWith([], []), memberAt(9), 9],
    ['as far as is known, where the position is not', partitionWith([3], [3]), memberAt(undefined), 4],
    ['nowhere, where nothing is known', partitionWith([], []), memberAt(undefined), undefined],
    ['nowhere, where something is ready and nothing was taken', partitionWith([], []), memberAt(9, 1), undefined],
    ['nowhere, where nothing was ever written', partitionWith([], []), memberAt(0), undefined],
    ['never below what was taken', partitionWith([3], [3]), memberAt(2), 4],
  ])('%s', (_, owned, member, expected) => {
    expect(owned.resolvedUpTo(member)).toBe(expected);
  });
});

describe('the partitions of a member', () => {
  test('are followed: who is assigned anew begins anew, who stays keeps what it has', () => {
    const partitions = new OwnedPartitions();
    partitions.follow([
      { partition: 0, epoch: 1 },
      { partition: 1, epoch: 2 },
    ]);
    const [stays, leaves] = [partitions.get(0), partitions.get(1)];

    const changes = [
      partitions.follow([
        { partition: 0, epoch: 1 },
        { partition: 1, epoch: 3 },
      ]),
      partitions.follow([
        { partition: 1, epoch: 3 },
        { partition: 0, epoch: 1 },
      ]),
    ];

    expect(changes).toEqual([true, false]);
    expect(partitions.get(0)).toBe(stays);
    expect(partitions.get(1)).not.toBe(leaves);
    expect([
      partitions.owns(1, 3),
      partitions.owns(1, 2),
      partitions.owns(1, undefined),
      partitions.owns(5, 1),
    ]).toEqual([true, false, false, false]);
  });

  test('that are not assigned any more are gone', () => {
    const partitions = new OwnedPartitions();
    partitions.follow([{ partition: 0, epoch: 1 }]);

    expect(partitions.follow([])).toBe(true);
    expect(partitions.all).toEqual([]);
  });
});
