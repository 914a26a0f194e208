import { CommitRefused } from '../../../local/broker/commit-refused';
import {
  append,
  fresh,
  inTime,
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

/** What a member is given, and what it knows of it. */
export const READING_LAWS: readonly BrokerLaw[] = [
  {
    name: 'the only member owns every partition and is given each record once, in offset order',
    async holds(world) {
      const topic = await topicOf(world, 3, 20);

      const member = await world.broker.join({ groupId: fresh('group'), topic, startingPosition });
      const records = await takeAll(world, member, 60);

      expect(partitionsOf(member)).toEqual([0, 1, 2]);
      for (const partition of range(3)) expect(offsetsOf(ofPartition(records, partition))).toEqual(range(20));
      expect(records.map(textOf).sort()).toEqual((await world.broker.readAll(topic)).map(textOf).sort());
      expect(range(3).map((partition) => member.ready(partition))).toEqual([0, 0, 0]);
      await member.leave();
    },
  },
  {
    name: 'no more is taken than asked for, and what is ready says how much is left',
    async holds(world) {
      const topic = await topicOf(world, 1, 5);
      const member = await world.broker.join({ groupId: fresh('group'), topic, startingPosition });
      await until(world, () => member.ready(0) === 5, 'all five are ready');

      const [none, two, rest] = [member.take(0, 0), member.take(0, 2), member.take(0, 100)];

      expect(none).toEqual([]);
      expect(offsetsOf(two)).toEqual([0, 1]);
      expect(offsetsOf(rest)).toEqual([2, 3, 4]);
      expect(member.take(0, 100)).toEqual([]);
      await member.leave();
    },
  },
  {
    name: 'a partition that the member does not own gives it nothing',
    async holds(world) {
      const topic = await topicOf(world, 1, 3);
      const member = await world.broker.join({ groupId: fresh('group'), topic, startingPosition });

      const [ready, taken] = [member.ready(1), member.take(1, 10)];

      expect(ready).toBe(0);
      expect(taken).toEqual([]);
      await expect(member.commit(1, 1)).rejects.toBeInstanceOf(CommitRefused);
      await member.leave();
    },
  },
  {
    name: 'changed() resolves when records arrive, on a time-out, on abort, and at once when aborted before',
    async holds(world) {
      const topic = await topicOf(world, 1);
      const member = await world.broker.join({ groupId: fresh('group'), topic, startingPosition });
      const abort = new AbortController();

      await inTime(world, member.changed(1), 'a time-out');
      const aborted = member.changed(600_000, abort.signal);
      abort.abort();
      await inTime(world, aborted, 'an abort');
      await inTime(world, member.changed(600_000, abort.signal), 'an abort before it');
      const stop = new AbortController();
      const arrived = member.changed(600_000, stop.signal);
      await append(world.broker, topic, 1, 1);
      await inTime(world, arrived, 'an arrival').finally(() => stop.abort());

      await until(world, () => member.ready(0) === 1, 'the record is ready');
      await member.leave();
    },
  },
  {
    name: 'the position is where reading goes on once everything before it is ready, and unknown elsewhere',
    async holds(world) {
      const [topic, groupId] = [await topicOf(world, 2, 6), fresh('group')];
      const first = await world.broker.join({ groupId, topic, startingPosition });
      await until(world, () => first.position(0) === 6 && first.position(1) === 6, 'the end is reached');

      const counts = [first.ready(0), first.take(0, 2).length, first.position(0)];
      await first.commit(0, 6);
      await first.leave();
      const second = await world.broker.join({ groupId, topic, startingPosition });
      await until(
        world,
        () => second.position(0) === 6 && second.position(1) === 6,
        'the end is known, with nothing to read',
      );

      expect(counts).toEqual([6, 2, 6]);
      expect(second.ready(0)).toBe(0);
      expect([first.position(0), second.position(2)]).toEqual([undefined, undefined]);
      await second.leave();
    },
  },
  {
    name: 'a partition that retention has emptied is at its end, whether a member was there before or not',
    async holds(world) {
      const [topic, groups] = [await topicOf(world, 2, 10), [fresh('group'), fresh('group')] as const];
      const there = await world.broker.join({ groupId: groups[0], topic, startingPosition });
      await takeAll(world, there, 20);
      await world.cluster.deleteBefore(topic, 0, 10);
      await world.cluster.deleteBefore(topic, 1, 4);

      const late = await world.broker.join({ groupId: groups[1], topic, startingPosition });
      const records = await takeAll(world, late, 6);
      await until(world, () => late.position(0) === 10 && there.position(0) === 10, 'the end is known');

      expect(records.map(textOf)).toEqual(['1@4', '1@5', '1@6', '1@7', '1@8', '1@9']);
      await append(world.broker, topic, 1, 1, 10);
      expect([await takeAll(world, late, 1), await takeAll(world, there, 1)].flat().map(textOf)).toEqual([
        '0@10',
        '0@10',
      ]);
      await Promise.all([there.leave(), late.leave()]);
    },
  },
];
