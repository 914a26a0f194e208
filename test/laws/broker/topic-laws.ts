import type { ProducerMessage } from '../../../local/broker/broker';
import { LocalError } from '../../../local/errors';
import {
  expectCommitted,
  fresh,
  message,
  offsetsOf,
  ofPartition,
  range,
  startingPosition,
  takeAll,
  textOf,
  topicOf,
  until,
} from './broker-steps';
import type { BrokerLaw } from './broker-world';

/** What a topic keeps of what is sent to it. */
export const TOPIC_LAWS: readonly BrokerLaw[] = [
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
    name: 'a message that names no partition goes where its key sends it, and without a key to each in turn',
    async holds(world) {
      const topic = await topicOf(world, 4);
      // Hashes as Kafka's own test of its partitioner has them (UtilsTest.testMurmur2), without their sign.
      const hashes: [key: string, hash: number][] = [
        ['21', -973_932_308],
        ['foobar', -790_332_482],
        ['a-little-bit-long-string', -985_981_536],
        ['a-little-bit-longer-string', -1_486_304_829],
        ['abc', 479_470_107],
      ];

      await world.broker.produce(
        topic,
        hashes.map(([key]) => ({ key: Buffer.from(key), value: null })),
      );
      for (let count = 0; count < 8; count += 1) await world.broker.produce(topic, [{ key: null, value: null }]);
      const records = await world.broker.readAll(topic);

      const byKey = new Map(records.map(({ key, partition }) => [String(key), partition]));
      for (const [key, hash] of hashes) expect([key, byKey.get(key)]).toEqual([key, (hash & 0x7fff_ffff) % 4]);
      const keyless = records.filter(({ key }) => key === null);
      expect(range(4).map((partition) => ofPartition(keyless, partition).length)).toEqual([2, 2, 2, 2]);
    },
  },
  {
    name: 'nobody sees the records of an aborted transaction; they use offsets, markers do, and the position passes both',
    async holds(world) {
      const [topic, groupId] = [await topicOf(world, 1), fresh('group')];
      const two = (value: string) => [message(0, `${value} 1`), message(0, `${value} 2`)];

      await world.cluster.transaction(topic, two('committed'), 'commit');
      await world.cluster.transaction(topic, two('aborted'), 'abort');
      await world.broker.produce(topic, [message(0, 'plain')]);
      await world.cluster.transaction(topic, two('aborted'), 'abort');
      const member = await world.broker.join({ groupId, topic, startingPosition });
      await until(world, () => member.position(0) === 10, 'the position passes the last marker');
      const taken = await takeAll(world, member, 3);

      expect((await world.broker.readAll(topic)).map((record) => `${textOf(record)} @${record.offset}`)).toEqual([
        'committed 1 @0',
        'committed 2 @1',
        'plain @6',
      ]);
      expect(offsetsOf(taken)).toEqual([0, 1, 6]);
      expect([...(await world.broker.endOffsets(topic))]).toEqual([[0, 10]]);
      await member.commit(0, 10);
      await expectCommitted(world, groupId, topic, [[0, 10]]);
      await member.leave();
    },
  },
];
