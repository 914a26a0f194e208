import {
  append,
  consumeAll,
  fresh,
  message,
  offsetsOf,
  partitionsOf,
  range,
  startingPosition,
  takeAll,
  textOf,
  timeOf,
  topicOf,
  topicOverTime,
  until,
} from './broker-steps';
import type { BrokerLaw } from './broker-world';

/** Where a group begins. */
export const START_LAWS: readonly BrokerLaw[] = [
  {
    name: 'LATEST begins at the end as it was at the first join, whatever rebalances come before the first commit',
    async holds(world) {
      const [topic, groupId] = [await topicOf(world, 2, 10), fresh('group')];
      const first = await world.broker.join({ groupId, topic, startingPosition: 'LATEST' });
      await append(world.broker, topic, 2, 3, 10);

      const second = await world.broker.join({ groupId, topic, startingPosition: 'LATEST' });
      await until(world, () => partitionsOf(first).length === 1, 'the second member has its share');
      const records = [...(await takeAll(world, first, 3)), ...(await takeAll(world, second, 3))];

      expect(records.map(textOf).sort()).toEqual(['0@10', '0@11', '0@12', '1@10', '1@11', '1@12']);
      await Promise.all([first.leave(), second.leave()]);
    },
  },
  {
    name: 'LATEST is for a group without commits: one that has some goes on there',
    async holds(world) {
      const [topic, groupId] = [await topicOf(world, 1, 10), fresh('group')];
      const first = await world.broker.join({ groupId, topic, startingPosition });
      await takeAll(world, first, 10);
      await first.commit(0, 4);
      await first.leave();

      const second = await world.broker.join({ groupId, topic, startingPosition: 'LATEST' });

      expect(offsetsOf(await takeAll(world, second, 6))).toEqual([4, 5, 6, 7, 8, 9]);
      await second.leave();
    },
  },
  {
    name: 'AT_TIMESTAMP begins at the first record that is not older',
    async holds(world) {
      const topic = await topicOverTime(world, 6);
      const begins = async (startingTimestampMs: number) => {
        const groupId = fresh('group');
        const options = { groupId, topic, startingPosition: 'AT_TIMESTAMP', startingTimestampMs } as const;
        const member = await world.broker.join(options);
        await until(world, () => member.position(0) === 6, 'the end is reached');
        const offsets = offsetsOf(member.take(0, 100));
        await member.leave();
        return offsets;
      };

      const offsets = [
        await begins(0),
        await begins(timeOf(2)),
        await begins(timeOf(2) + 1),
        await begins(timeOf(5) + 1),
      ];

      expect(offsets).toEqual([range(6), [2, 3, 4, 5], [3, 4, 5], []]);
    },
  },
  {
    name: 'AT_TIMESTAMP with nothing so new begins at the end of the first join, and is for a group without commits',
    async holds(world) {
      const [topic, groups] = [await topicOverTime(world, 4), [fresh('group'), fresh('group')] as const];
      const at = (groupId: string) =>
        ({ groupId, topic, startingPosition: 'AT_TIMESTAMP', startingTimestampMs: timeOf(100) }) as const;
      const first = await world.broker.join(at(groups[0]));
      await world.broker.produce(topic, [{ ...message(0, 'old'), timestamp: timeOf(4) }]);
      await consumeAll(world, groups[1], topic, 5);
      await world.broker.produce(topic, [{ ...message(0, 'older'), timestamp: timeOf(0) }]);

      const [second, other] = [await world.broker.join(at(groups[0])), await world.broker.join(at(groups[1]))];
      await until(world, () => first.position(0) === 6 || second.position(0) === 6, 'the end is reached');
      const ofGroup = [...first.take(0, 10), ...second.take(0, 10)];

      expect(offsetsOf(ofGroup)).toEqual([4, 5]);
      expect(offsetsOf(await takeAll(world, other, 1))).toEqual([5]);
      await Promise.all([first.leave(), second.leave(), other.leave()]);
    },
  },
  {
    name: 'a group whose commit retention has passed begins by its starting position',
    async holds(world) {
      const topic = await topicOf(world, 1, 10);
      const groups = [fresh('group'), fresh('group')] as const;
      for (const groupId of groups) {
        const member = await world.broker.join({ groupId, topic, startingPosition });
        await takeAll(world, member, 10);
        await member.commit(0, 3);
        await member.leave();
      }
      await world.cluster.deleteBefore(topic, 0, 6);

      const oldest = await world.broker.join({ groupId: groups[0], topic, startingPosition });
      const latest = await world.broker.join({ groupId: groups[1], topic, startingPosition: 'LATEST' });
      await until(world, () => latest.position(0) === 10, 'the end is known');
      await append(world.broker, topic, 1, 1, 10);

      expect(offsetsOf(await takeAll(world, oldest, 5))).toEqual([6, 7, 8, 9, 10]);
      expect(offsetsOf(await takeAll(world, latest, 1))).toEqual([10]);
      expect(offsetsOf(await world.broker.readAll(topic))).toEqual([6, 7, 8, 9, 10]);
      await Promise.all([oldest.leave(), latest.leave()]);
    },
  },
  {
    name: 'what a partition that was added holds before the group first sees it is read from TRIM_HORIZON, and skipped by LATEST',
    async holds(world) {
      const [topic, groups] = [await topicOf(world, 1, 2), [fresh('group'), fresh('group')] as const];
      const oldest = { groupId: groups[0], topic, startingPosition } as const;
      const latest = { groupId: groups[1], topic, startingPosition: 'LATEST' } as const;
      await consumeAll(world, groups[0], topic, 2);
      await (await world.broker.join(latest)).leave();
      await world.cluster.addPartitions(topic, 1);
      await until(world, () => world.broker.endOffsets(topic).then(({ size }) => size === 2), 'it is there');
      await world.broker.produce(topic, [message(0, '0@2'), message(1, '1@0')]);

      const [first, second] = [await world.broker.join(oldest), await world.broker.join(latest)];
      await until(world, () => first.position(1) === 1 && second.position(1) === 1, 'the end is known');

      expect((await takeAll(world, first, 2)).map(textOf).sort()).toEqual(['0@2', '1@0']);
      expect((await takeAll(world, second, 1)).map(textOf)).toEqual(['0@2']);
      await Promise.all([first.leave(), second.leave()]);
    },
  },
];
