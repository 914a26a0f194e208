/**
 * The laws of Broker and GroupMember, written once and run on every implementation. A law is a value, so that broken
 * brokers can be shown to break it (`broker-mutants.test.ts`).
 */

import type { Broker, GroupMember, ProducerMessage, TopicRecord } from '../../local/broker/broker';
import { CommitRefused } from '../../local/broker/commit-refused';
import { LocalError } from '../../local/errors';

export interface BrokerWorld {
  readonly broker: Broker;
  /** How long something that has to come may take: commits and assignments travel over a network. */
  readonly patienceMs: number;
}

export interface BrokerLaw {
  readonly name: string;
  /** Rejects when the law does not hold. */
  holds(world: BrokerWorld): Promise<void>;
}

/** Runs every law in a test of its own. */
export function testBrokerLaws(open: () => BrokerWorld): void {
  test.each(BROKER_LAWS)('$name', ({ holds }) => holds(open()));
}

let names = 0;
function fresh(prefix: string): string {
  names += 1;
  return `${prefix}-${process.pid}-${Date.now().toString(36)}-${names}`;
}

async function topicOf({ broker }: BrokerWorld, partitions: number, recordsPerPartition = 0): Promise<string> {
  const topic = fresh('topic');
  await broker.createTopic(topic, partitions);
  await append(broker, topic, partitions, recordsPerPartition);
  return topic;
}

/** The same number of records to every partition; a value says where it should lie. */
async function append(broker: Broker, topic: string, partitions: number, count: number, from = 0): Promise<void> {
  const messages = range(partitions).flatMap((partition) =>
    range(count).map((index) => message(partition, `${partition}@${from + index}`)),
  );
  await broker.produce(topic, messages);
}

const message = (partition: number, value: string): ProducerMessage => ({
  partition,
  key: Buffer.from(`key-${value}`),
  value: Buffer.from(value),
});

const range = (length: number) => Array.from({ length }, (_, index) => index);
const textOf = ({ value }: TopicRecord) => String(value);
const offsetsOf = (records: readonly TopicRecord[]) => records.map(({ offset }) => offset);
const ofPartition = (records: readonly TopicRecord[], wanted: number) =>
  records.filter(({ partition }) => partition === wanted);
const partitionsOf = (member: GroupMember) => numbers(member.assigned().map(({ partition }) => partition));
const epochsOf = (member: GroupMember) => member.assigned().map(({ epoch }) => epoch);
const numbers = (values: readonly number[]) => [...values].sort((a, b) => a - b);

async function until(world: BrokerWorld, condition: () => boolean | Promise<boolean>, what: string): Promise<void> {
  const end = Date.now() + world.patienceMs;
  while (!(await condition())) {
    if (Date.now() > end) throw new Error(`waited in vain until ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

async function inTime(world: BrokerWorld, work: Promise<void>, what: string): Promise<void> {
  let resolved = false;
  work.then(
    () => {
      resolved = true;
    },
    () => {},
  );
  await until(world, () => resolved, `changed() resolves on ${what}`);
}

/** Takes what the member is given until it has `count` records. */
async function takeAll(world: BrokerWorld, member: GroupMember, count: number): Promise<TopicRecord[]> {
  const records: TopicRecord[] = [];
  await until(
    world,
    () => {
      records.push(...member.assigned().flatMap(({ partition }) => member.take(partition, 7)));
      return records.length >= count;
    },
    `${count} records were given`,
  );
  expect(records).toHaveLength(count);
  return records;
}

async function expectCommitted(
  world: BrokerWorld,
  groupId: string,
  topic: string,
  expected: readonly (readonly [number, number])[],
): Promise<void> {
  let committed: [number, number][] = [];
  const look = async () => {
    committed = [...(await world.broker.committedOffsets(groupId, topic))].sort(([a], [b]) => a - b);
    return JSON.stringify(committed) === JSON.stringify(expected);
  };
  await until(world, look, 'the commits are seen').catch(() => expect(committed).toEqual(expected));
}

const startingPosition = 'TRIM_HORIZON';

export const BROKER_LAWS: readonly BrokerLaw[] = [
  {
    name: 'a new topic has the partitions asked for, empty',
    async holds(world) {
      const topic = await topicOf(world, 3);

      const ends = await world.broker.endOffsets(topic);

      expect([...ends]).toEqual([
        [0, 0],
        [1, 0],
        [2, 0],
      ]);
      expect(await world.broker.readAll(topic)).toEqual([]);
    },
  },
  {
    name: 'a topic that exists is refused and keeps what it has',
    async holds(world) {
      const topic = await topicOf(world, 1, 2);

      const again = world.broker.createTopic(topic, 4);

      await expect(again).rejects.toBeInstanceOf(LocalError);
      expect([...(await world.broker.endOffsets(topic))]).toEqual([[0, 2]]);
    },
  },
  {
    name: 'a topic that is not there is named by whatever needs it',
    async holds({ broker }) {
      const topic = fresh('absent');
      const refusal = { code: 'MSK_ONCE_USAGE', message: expect.stringContaining(topic) };

      const attempts = [
        () => broker.readAll(topic),
        () => broker.endOffsets(topic),
        () => broker.produce(topic, [message(0, 'a')]),
        () => broker.join({ groupId: fresh('group'), topic, startingPosition }),
      ];

      for (const attempt of attempts) await expect(attempt()).rejects.toMatchObject(refusal);
    },
  },
  {
    name: 'a record lies in the partition that its message names, at the next offset, with all it came with',
    async holds(world) {
      const topic = await topicOf(world, 2);
      const sent: ProducerMessage[] = [
        {
          partition: 1,
          key: Buffer.from([0, 128, 255]),
          value: Buffer.from('a'),
          timestamp: 1_700_000_000_123,
          headers: [
            ['h', Buffer.from([254, 0])],
            ['h', Buffer.alloc(0)],
          ],
        },
        { partition: 0, key: null, value: Buffer.from('b') },
        { partition: 1, key: Buffer.alloc(0), value: null },
      ];

      await world.broker.produce(topic, sent);
      const records = await world.broker.readAll(topic);

      expect(records.map(({ partition, offset }) => `${partition}@${offset}`)).toEqual(['0@0', '1@0', '1@1']);
      expect(records[0]).toMatchObject({ topic, key: null, value: Buffer.from('b'), headers: [] });
      expect(records[1]).toMatchObject({
        key: Buffer.from([0, 128, 255]),
        timestamp: 1_700_000_000_123,
        timestampType: 'CREATE_TIME',
        headers: [
          ['h', Buffer.from([254, 0])],
          ['h', Buffer.alloc(0)],
        ],
      });
      expect(records[2]).toMatchObject({ key: Buffer.alloc(0), value: null });
    },
  },
  {
    name: 'a send that names a partition which is not there leaves nothing behind',
    async holds(world) {
      const topic = await topicOf(world, 2);

      const sent = world.broker.produce(topic, [message(0, 'a'), message(2, 'b')]);

      await expect(sent).rejects.toBeInstanceOf(LocalError);
      expect(await world.broker.readAll(topic)).toEqual([]);
    },
  },
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
];
