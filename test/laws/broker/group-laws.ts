import type { GroupMember } from '../../../local/broker/broker';
import { CommitRefused } from '../../../local/broker/commit-refused';
import {
  epochsOf,
  expectCommitted,
  fresh,
  message,
  numbers,
  offsetsOf,
  ofPartition,
  partitionsOf,
  range,
  startingPosition,
  takeAll,
  textOf,
  topicOf,
  until,
} from './broker-steps';
import type { BrokerLaw } from './broker-world';

/** Who owns a partition, and whose commit counts. */
export const GROUP_LAWS: readonly BrokerLaw[] = [
  {
    name: 'commits are seen by partition, and only those that were made',
    async holds(world) {
      const [topic, groupId] = [await topicOf(world, 3, 10), fresh('group')];
      const member = await world.broker.join({ groupId, topic, startingPosition });
      await takeAll(world, member, 30);
      const before = await world.broker.committedOffsets(groupId, topic);

      await member.commit(2, 4);
      await member.commit(0, 10);
      await member.commit(2, 7);

      expect([...before]).toEqual([]);
      await expectCommitted(world, groupId, topic, [
        [0, 10],
        [2, 7],
      ]);
      await member.leave();
    },
  },
  {
    name: 'the next member goes on where commits ended, and is given what was taken and not committed',
    async holds(world) {
      const [topic, groupId] = [await topicOf(world, 2, 10), fresh('group')];
      const first = await world.broker.join({ groupId, topic, startingPosition });
      await takeAll(world, first, 20);
      await first.commit(0, 6);
      await first.leave();

      const second = await world.broker.join({ groupId, topic, startingPosition });
      const records = await takeAll(world, second, 14);

      expect(offsetsOf(ofPartition(records, 0))).toEqual([6, 7, 8, 9]);
      expect(offsetsOf(ofPartition(records, 1))).toEqual(range(10));
      await second.leave();
    },
  },
  {
    name: 'a member that has left owns nothing and commits nothing, and may leave again without harm to others',
    async holds(world) {
      const [topic, groupId] = [await topicOf(world, 2, 4), fresh('group')];
      const [first, second] = [
        await world.broker.join({ groupId, topic, startingPosition }),
        await world.broker.join({ groupId, topic, startingPosition }),
      ];
      await until(world, () => partitionsOf(first).length === 1, 'the second member has its share');

      await first.leave();
      await first.leave();

      expect(first.assigned()).toEqual([]);
      expect(first.take(0, 10)).toEqual([]);
      await expect(first.commit(0, 1)).rejects.toBeInstanceOf(CommitRefused);
      await until(world, () => partitionsOf(second).length === 2, 'the other member owns everything');
      expect(await takeAll(world, second, 8)).toHaveLength(8);
      const third = await world.broker.join({ groupId, topic, startingPosition });
      await until(world, () => partitionsOf(second).length === 1, 'the third member has its share');
      expect(numbers([...partitionsOf(second), ...partitionsOf(third)])).toEqual([0, 1]);
      await Promise.all([second.leave(), third.leave()]);
    },
  },
  {
    name: 'every partition has one owner, whoever joins and leaves; the n-th member takes every n-th partition',
    async holds(world) {
      const [topic, groupId] = [await topicOf(world, 6), fresh('group')];
      const members: GroupMember[] = [];
      for (let count = 0; count < 3; count += 1) {
        members.push(await world.broker.join({ groupId, topic, startingPosition }));
      }
      const owned = (who: readonly GroupMember[]) => numbers(who.flatMap(partitionsOf));
      await until(world, () => members.every((member) => partitionsOf(member).length === 2), 'all have their shares');

      const shares = members.map(partitionsOf);
      const [first, second, third] = members as [GroupMember, GroupMember, GroupMember];
      await second.leave();
      await until(world, () => owned([first, third]).length === 6, 'the rest is shared by two');

      expect(shares).toEqual([
        [0, 3],
        [1, 4],
        [2, 5],
      ]);
      expect(owned([first, third])).toEqual(range(6));
      expect([partitionsOf(first), partitionsOf(third)]).toEqual([
        [0, 2, 4],
        [1, 3, 5],
      ]);
      await Promise.all([first.leave(), third.leave()]);
    },
  },
  {
    name: 'a partition that moves has another epoch, is read again from its commit, and the old owner cannot commit it',
    async holds(world) {
      const [topic, groupId] = [await topicOf(world, 2, 10), fresh('group')];
      const first = await world.broker.join({ groupId, topic, startingPosition });
      const epochs = epochsOf(first);
      await takeAll(world, first, 20);
      await first.commit(0, 3);
      await first.commit(1, 5);

      const second = await world.broker.join({ groupId, topic, startingPosition });
      await until(world, () => partitionsOf(first).length === 1, 'the partition is revoked');
      const [again, moved] = [await takeAll(world, first, 7), await takeAll(world, second, 5)];
      const late = first.commit(1, 10);

      await expect(late).rejects.toBeInstanceOf(CommitRefused);
      expect(offsetsOf(ofPartition(again, 0))).toEqual([3, 4, 5, 6, 7, 8, 9]);
      expect(offsetsOf(ofPartition(moved, 1))).toEqual([5, 6, 7, 8, 9]);
      const all = [...epochs, ...epochsOf(first), ...epochsOf(second)];
      expect(new Set(all).size).toBe(all.length);
      await second.commit(1, 8);
      await expectCommitted(world, groupId, topic, [
        [0, 3],
        [1, 8],
      ]);
      await Promise.all([first.leave(), second.leave()]);
    },
  },
  {
    name: 'groups do not know of each other',
    async holds(world) {
      const [topic, groups] = [await topicOf(world, 1, 5), [fresh('group'), fresh('group')] as const];
      const [one, other] = [
        await world.broker.join({ groupId: groups[0], topic, startingPosition }),
        await world.broker.join({ groupId: groups[1], topic, startingPosition }),
      ];

      const taken = [await takeAll(world, one, 5), await takeAll(world, other, 5)];
      await one.commit(0, 5);

      expect(taken.map(offsetsOf)).toEqual([range(5), range(5)]);
      await expectCommitted(world, groups[0], topic, [[0, 5]]);
      await expectCommitted(world, groups[1], topic, []);
      await Promise.all([one.leave(), other.leave()]);
    },
  },
  {
    name: 'a partition that is added gets an owner, and is read from its beginning',
    async holds(world) {
      const [topic, groupId] = [await topicOf(world, 1, 2), fresh('group')];
      const member = await world.broker.join({ groupId, topic, startingPosition });
      await takeAll(world, member, 2);
      await member.commit(0, 2);

      await world.cluster.addPartitions(topic, 2);
      await until(world, () => world.broker.endOffsets(topic).then(({ size }) => size === 3), 'they are there');
      await world.broker.produce(topic, [message(2, '2@0'), message(1, '1@0'), message(0, '0@2')]);
      const values = new Set<string>();
      const look = () => {
        for (const partition of partitionsOf(member))
          for (const record of member.take(partition, 9)) values.add(textOf(record));
        return values.size === 3;
      };
      await until(world, look, 'all three are given; a rebalance may give one of them again');

      expect(partitionsOf(member)).toEqual([0, 1, 2]);
      expect([...values].sort()).toEqual(['0@2', '1@0', '2@0']);
      await member.leave();
    },
  },
  {
    name: 'a member that is thrown out commits nothing before it has joined again, and is then given the same again',
    async holds(world) {
      const [topic, groupId] = [await topicOf(world, 1, 5), fresh('group')];
      const member = await world.broker.join({ groupId, topic, startingPosition });
      const [epoch] = epochsOf(member);
      await takeAll(world, member, 5);
      await member.commit(0, 2);

      await world.cluster.expel(groupId, topic);
      const late = member.commit(0, 5);

      await expect(late).rejects.toBeInstanceOf(CommitRefused);
      await expectCommitted(world, groupId, topic, [[0, 2]]);
      await until(world, () => epochsOf(member).some((one) => one !== epoch), 'it has joined again');
      expect(offsetsOf(await takeAll(world, member, 3))).toEqual([2, 3, 4]);
      await member.commit(0, 5);
      await expectCommitted(world, groupId, topic, [[0, 5]]);
      await member.leave();
    },
  },
];
