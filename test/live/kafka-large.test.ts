import { EXIT } from '../../contract/error-codes';
import type { GroupMember, TopicRecord } from '../../local/broker/broker';
import { connectKafka, type KafkaBroker } from '../../local/broker/kafka';
import { KAFKA } from '../../local/servers/kafka-server';
import { otherClient, withAdmin } from '../support/kafka-others';
import { type LiveServers, liveServers } from '../support/live-servers';

const MB = 1024 * 1024;

let servers: LiveServers;
let broker: KafkaBroker;
beforeAll(async () => {
  servers = await liveServers({ servers: [KAFKA] });
  broker = await connectKafka(servers.kafka);
});
afterAll(async () => {
  await broker?.close();
  await servers?.stop();
});

let topics = 0;
async function topicFor(largestMessage: number, partitions: number): Promise<string> {
  topics += 1;
  const topic = `large-${Date.now()}-${topics}`;
  const configEntries = [{ name: 'max.message.bytes', value: String(largestMessage) }];
  await withAdmin(otherClient(servers.kafka), (admin) =>
    admin.createTopics({ waitForLeaders: true, topics: [{ topic, numPartitions: partitions, configEntries }] }),
  );
  return topic;
}

async function join(topic: string): Promise<GroupMember> {
  return broker.join({ groupId: `${topic}-g`, topic, startingPosition: 'TRIM_HORIZON' });
}

test('10,000 small records can be taken at once', async () => {
  const topic = await topicFor(MB, 1);
  const values = Array.from({ length: 10_500 }, (_, index) => ({
    partition: 0,
    key: null,
    value: Buffer.from(`${index}`),
  }));
  await broker.produce(topic, values);
  const member = await join(topic);

  while (member.ready(0) < 10_000) await member.changed(1_000);
  const batch = member.take(0, 10_000);

  expect(batch.map(({ value }) => Number(value))).toEqual(Array.from({ length: 10_000 }, (_, index) => index));
  await member.leave();
});

test('records of several MB in several partitions are sent and read, and those that follow them', async () => {
  const topic = await topicFor(8 * MB, 3);
  const sizes = [5 * MB, 3 * MB, 1, 7 * MB, 2 * MB, 1];
  for (const [index, size] of sizes.entries()) {
    await broker.produce(topic, [{ partition: index % 3, key: null, value: Buffer.alloc(size, index) }]);
  }
  const member = await join(topic);

  const given: TopicRecord[] = [];
  while (given.length < sizes.length) {
    given.push(...member.assigned().flatMap(({ partition }) => member.take(partition, 10)));
    await member.changed(100);
  }
  const read = await broker.readAll(topic);

  const described = (records: readonly TopicRecord[]) =>
    records.map(({ partition, offset, value }) => [partition, offset, value?.length, value?.[0]].join(' ')).sort();
  const expected = sizes.map((size, index) => [index % 3, Math.floor(index / 3), size, index].join(' ')).sort();
  expect(described(given)).toEqual(expected);
  expect(described(read)).toEqual(expected);
  await member.leave();
});

test('a message that the topic does not take is refused with the setting to change, and the next one is sent', async () => {
  const topic = await topicFor(MB, 1);

  const tooLarge = broker.produce(topic, [{ partition: 0, key: null, value: Buffer.alloc(2 * MB) }]);

  await expect(tooLarge).rejects.toMatchObject({
    exitCode: EXIT.usage,
    message: expect.stringMatching(new RegExp(`"${topic}" .*max\\.message\\.bytes`)),
  });
  await broker.produce(topic, [{ partition: 0, key: null, value: Buffer.from('small') }]);
  expect((await broker.readAll(topic)).map(({ value }) => String(value))).toEqual(['small']);
});

test('a destination topic that is not there is named, and the source goes on', async () => {
  const source = await topicFor(MB, 1);

  const sent = broker.produce('no-such-letters', [{ key: Buffer.from('k'), value: Buffer.from('v') }]);

  await expect(sent).rejects.toMatchObject({
    exitCode: EXIT.usage,
    message: expect.stringContaining('There is no topic "no-such-letters"'),
  });
  await broker.produce(source, [{ key: Buffer.from('k'), value: null }]);
  expect(await broker.readAll(source)).toHaveLength(1);
});

test('200,000 records are read back whole, in order, and in memory that fits them', async () => {
  const topic = await topicFor(MB, 4);
  const count = 200_000;
  for (let from = 0; from < count; from += 20_000) {
    const messages = Array.from({ length: 20_000 }, (_, index) => ({
      partition: (from + index) % 4,
      key: Buffer.from(`key-${from + index}`),
      value: Buffer.from(JSON.stringify({ index: from + index })),
    }));
    await broker.produce(topic, messages);
  }
  const before = process.memoryUsage().rss;

  const records = await broker.readAll(topic);

  expect(records).toHaveLength(count);
  for (const partition of [0, 1, 2, 3]) {
    const indexes = records
      .filter((record) => record.partition === partition)
      .map(({ value }) => JSON.parse(String(value)).index);
    expect(indexes).toEqual(Array.from({ length: count / 4 }, (_, index) => 4 * index + partition));
  }
  expect((process.memoryUsage().rss - before) / count).toBeLessThan(4_000);
});
