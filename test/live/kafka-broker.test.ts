import { setTimeout as delay } from 'node:timers/promises';
import { CompressionTypes, type Kafka } from 'kafkajs';
import { ERROR_CODES, EXIT } from '../../contract/error-codes';
import type { Assignment, GroupMember, ProducerMessage, TopicRecord } from '../../local/broker/broker';
import { CommitRefused } from '../../local/broker/commit-refused';
import { connectKafka, type KafkaBroker } from '../../local/broker/kafka';
import { HIGH_MARK } from '../../local/broker/partition-buffer';
import { KAFKA } from '../../local/servers/kafka-server';
import { membersOf, otherClient, removeMember, withAdmin } from '../support/kafka-others';
import { type LiveServers, liveServers } from '../support/live-servers';

let servers: LiveServers;
let broker: KafkaBroker;
/** A client beside the adapter, for what the adapter does not do itself. */
let foreign: Kafka;

beforeAll(async () => {
  servers = await liveServers({ servers: [KAFKA] });
  broker = await connectKafka(servers.kafka);
  foreign = otherClient(servers.kafka);
});

afterAll(async () => {
  await broker?.close();
  await servers?.stop();
});

let names = 0;
function uniqueName(): string {
  names += 1;
  return `t-${Date.now()}-${names}`;
}

async function newTopic(partitions: number): Promise<string> {
  const topic = uniqueName();
  await broker.createTopic(topic, partitions);
  return topic;
}

function message(partition: number, value: string): ProducerMessage {
  return { partition, key: Buffer.from(`k${value}`), value: Buffer.from(value) };
}

function messages(count: number, partitions: number): ProducerMessage[] {
  return Array.from({ length: count }, (_, index) => message(index % partitions, String(index)));
}

function values(records: readonly TopicRecord[]): string[] {
  return records.map(({ value }) => String(value));
}

/** Kafka writes the marker of a transaction some time after it has answered that the transaction has ended. */
async function endsAt(topic: string, offset: number): Promise<void> {
  while ((await broker.endOffsets(topic)).get(0) !== offset) await delay(20);
}

describe('topics', () => {
  test('a new topic can be used at once', async () => {
    const topic = await newTopic(5);
    expect(await broker.endOffsets(topic)).toEqual(new Map([0, 1, 2, 3, 4].map((partition) => [partition, 0])));
  });

  test('a topic that exists is refused', async () => {
    const topic = await newTopic(1);
    await expect(broker.createTopic(topic, 1)).rejects.toMatchObject({
      exitCode: EXIT.refused,
      message: expect.stringContaining(`"${topic}"`),
    });
  });

  test('a name or a number that Kafka does not take is refused in words', async () => {
    await expect(broker.createTopic('no spaces', 1)).rejects.toThrow(/refused to create topic "no spaces"/);
    await expect(broker.createTopic(uniqueName(), 0)).rejects.toThrow(/with 0 partitions/);
  });

  test('a topic that does not exist is named, and not created', async () => {
    const expected = { exitCode: EXIT.usage, message: expect.stringContaining('There is no topic "absent"') };
    await expect(broker.endOffsets('absent')).rejects.toMatchObject(expected);
    await expect(broker.readAll('absent')).rejects.toMatchObject(expected);
    await expect(broker.produce('absent', [message(0, 'a')])).rejects.toMatchObject(expected);
    await expect(
      broker.join({ groupId: uniqueName(), topic: 'absent', startingPosition: 'LATEST' }),
    ).rejects.toMatchObject(expected);
  });
});

describe('produce and readAll', () => {
  test('everything of a record comes back', async () => {
    const topic = await newTopic(2);
    const sent: ProducerMessage[] = [
      {
        partition: 1,
        key: Buffer.from([0, 255, 128]),
        value: Buffer.from('{"a":1}'),
        timestamp: 1_700_000_000_123,
        headers: [
          ['trace', Buffer.from('1')],
          ['trace', Buffer.from([254, 0])],
          ['trace', Buffer.alloc(0)],
          ['other', Buffer.from('x')],
        ],
      },
      { partition: 1, key: null, value: Buffer.from('no key') },
      { partition: 1, key: Buffer.from('tombstone'), value: null },
      { partition: 0, key: Buffer.alloc(0), value: Buffer.alloc(0) },
    ];
    await broker.produce(topic, sent);
    const records = await broker.readAll(topic);
    expect(
      records.map(({ partition, offset, key, value, headers }) => ({ partition, offset, key, value, headers })),
    ).toEqual(
      [sent[3], sent[0], sent[1], sent[2]].map((one, index) => ({
        partition: one?.partition,
        offset: Math.max(0, index - 1),
        key: one?.key,
        value: one?.value,
        headers: one?.headers ?? [],
      })),
    );
    expect(records[1]).toMatchObject({ topic, timestamp: 1_700_000_000_123, timestampType: 'CREATE_TIME' });
    expect(Math.abs((records[0]?.timestamp ?? 0) - Date.now())).toBeLessThan(60_000);
  });

  test("the type of the timestamp is the topic's", async () => {
    const topic = uniqueName();
    await withAdmin(foreign, (admin) =>
      admin.createTopics({
        topics: [
          { topic, numPartitions: 1, configEntries: [{ name: 'message.timestamp.type', value: 'LogAppendTime' }] },
        ],
      }),
    );
    await broker.produce(topic, [{ ...message(0, 'a'), timestamp: 1_000 }]);
    const [record] = await broker.readAll(topic);
    expect(record?.timestampType).toBe('LOG_APPEND_TIME');
    expect(record?.timestamp).toBeGreaterThan(1_000_000);
  });

  test('an empty topic, and one with an empty partition', async () => {
    const topic = await newTopic(3);
    expect(await broker.readAll(topic)).toEqual([]);
    await broker.produce(topic, [message(2, 'only')]);
    expect(values(await broker.readAll(topic))).toEqual(['only']);
  });

  test('20,000 records stay in order, from overlapping calls too', async () => {
    const topic = await newTopic(3);
    const all = messages(20_000, 3);
    await Promise.all([broker.produce(topic, all.slice(0, 12_000)), broker.produce(topic, all.slice(12_000))]);
    const records = await broker.readAll(topic);
    for (const partition of [0, 1, 2]) {
      const expected = all.filter((one) => one.partition === partition).map(({ value }) => String(value));
      expect(values(records.filter((record) => record.partition === partition))).toEqual(expected);
    }
    expect(await broker.endOffsets(topic)).toEqual(
      new Map([
        [0, 6_667],
        [1, 6_667],
        [2, 6_666],
      ]),
    );
  });

  test('messages that are larger together than a broker takes at once', async () => {
    const topic = await newTopic(1);
    const large = Array.from({ length: 10 }, () => ({ partition: 0, key: null, value: Buffer.alloc(500_000, 1) }));
    await broker.produce(topic, large);
    expect(await broker.readAll(topic)).toHaveLength(10);
  });

  test('a partition that the topic does not have is refused before anything is sent', async () => {
    const topic = await newTopic(2);
    await expect(broker.produce(topic, [message(0, 'a'), message(2, 'b')])).rejects.toMatchObject({
      exitCode: EXIT.usage,
      message: expect.stringContaining('Message 1 names partition 2'),
    });
    expect(await broker.readAll(topic)).toEqual([]);
  });

  test('what a group is not asked for leaves no group behind', async () => {
    const topic = await newTopic(1);
    await broker.produce(topic, [message(0, 'a')]);
    await broker.readAll(topic);
    const { groups } = await withAdmin(foreign, (admin) => admin.listGroups());
    expect(groups.filter(({ groupId }) => groupId.startsWith('msk-once-read'))).toEqual([]);
  });
});

describe('gaps between offsets', () => {
  test('aborted records and transaction markers are invisible, also at the end of the topic', async () => {
    const topic = await newTopic(1);
    const producer = foreign.producer({ transactionalId: uniqueName(), idempotent: true, maxInFlightRequests: 1 });
    await producer.connect();
    for (const outcome of ['commit', 'abort', 'commit', 'abort'] as const) {
      const transaction = await producer.transaction();
      await transaction.send({ topic, messages: [1, 2].map((n) => ({ partition: 0, value: `${outcome} ${n}` })) });
      await transaction[outcome]();
    }
    await producer.disconnect();
    await endsAt(topic, 12);
    const records = await broker.readAll(topic);
    expect(records.map(({ offset, value }) => [offset, String(value)])).toEqual([
      [0, 'commit 1'],
      [1, 'commit 2'],
      [6, 'commit 1'],
      [7, 'commit 2'],
    ]);

    const member = await broker.join({ groupId: uniqueName(), topic, startingPosition: 'TRIM_HORIZON' });
    expect((await takeAll(member, 4)).map(({ offset }) => offset)).toEqual([0, 1, 6, 7]);
    await broker.produce(topic, [message(0, 'after the gap')]);
    expect(values(await takeAll(member, 1))).toEqual(['after the gap']);
    await member.leave();
  });

  test('a transaction that is open ends what can be read', async () => {
    const topic = await newTopic(1);
    await broker.produce(topic, [message(0, 'before')]);
    const producer = foreign.producer({ transactionalId: uniqueName(), idempotent: true, maxInFlightRequests: 1 });
    await producer.connect();
    const transaction = await producer.transaction();
    await transaction.send({ topic, messages: [{ partition: 0, value: 'open' }] });
    expect(values(await broker.readAll(topic))).toEqual(['before']);
    await transaction.commit();
    await producer.disconnect();
    await endsAt(topic, 3);
    expect(values(await broker.readAll(topic))).toEqual(['before', 'open']);
  });

  test.each([true, false])('a compacted topic (written by an idempotent producer: %s)', async (idempotent) => {
    const topic = uniqueName();
    const configEntries = Object.entries({
      'cleanup.policy': 'compact',
      'min.cleanable.dirty.ratio': '0.01',
      'segment.ms': '100',
      'min.compaction.lag.ms': '0',
      'max.compaction.lag.ms': '100',
      'delete.retention.ms': '100',
      'file.delete.delay.ms': '100',
    }).map(([name, value]) => ({ name, value }));
    await withAdmin(foreign, (admin) => admin.createTopics({ topics: [{ topic, numPartitions: 1, configEntries }] }));
    const producer = foreign.producer({ idempotent, maxInFlightRequests: 1 });
    await producer.connect();
    for (let round = 0; round < 6; round += 1) {
      await producer.send({
        topic,
        compression: CompressionTypes.None,
        messages: Array.from({ length: 20 }, (_, n) => ({ partition: 0, key: `k${n % 10}`, value: `${round}` })),
      });
      await delay(150);
    }
    await producer.disconnect();
    const deadline = Date.now() + 60_000;
    let records = await broker.readAll(topic);
    while (records.length > 40 && Date.now() < deadline) {
      await delay(1_000);
      await broker.produce(topic, [message(0, 'roll')]);
      records = await broker.readAll(topic);
    }
    expect(records.length).toBeLessThanOrEqual(40);
    const offsets = records.map(({ offset }) => offset);
    expect(offsets).toEqual([...offsets].sort((a, b) => a - b));
    expect((offsets.at(-1) ?? 0) + 1).toBe((await broker.endOffsets(topic)).get(0));
    expect(new Set(records.map(({ key }) => String(key))).size).toBe(
      records.some(({ key }) => String(key) === 'kroll') ? 11 : 10,
    );

    const member = await broker.join({ groupId: uniqueName(), topic, startingPosition: 'TRIM_HORIZON' });
    await until(() => member.position(0) === (offsets.at(-1) ?? 0) + 1);
    const taken = member.take(0, 1_000).map(({ offset }) => offset);
    await member.leave();

    // Compaction goes on meanwhile: what it had left before, and all that it has left since.
    const left = (await broker.readAll(topic)).map(({ offset }) => offset);
    expect(offsets).toEqual(expect.arrayContaining(taken));
    expect(taken).toEqual(expect.arrayContaining(left));
    expect(taken).toEqual([...taken].sort((a, b) => a - b));
  });
});

describe('a consumer group', () => {
  test('one member takes everything in order, commits, and the next one goes on there', async () => {
    const topic = await newTopic(3);
    const groupId = uniqueName();
    await broker.produce(topic, messages(300, 3));
    expect(await broker.committedOffsets(groupId, topic)).toEqual(new Map());

    const first = await broker.join({ groupId, topic, startingPosition: 'TRIM_HORIZON' });
    expect(first.assigned().map(({ partition }) => partition)).toEqual([0, 1, 2]);
    const records = await takeAll(first, 300);
    for (const partition of [0, 1, 2]) {
      expect(records.filter((record) => record.partition === partition).map(({ offset }) => offset)).toEqual(
        range(100),
      );
    }
    await first.commit(0, 100);
    await first.commit(2, 40);
    await expectCommitted(groupId, topic, [
      [0, 100],
      [2, 40],
    ]);
    await first.leave();
    expect(first.assigned()).toEqual([]);
    expect(first.take(0, 10)).toEqual([]);
    await expect(first.commit(0, 1)).rejects.toBeInstanceOf(CommitRefused);

    const second = await broker.join({ groupId, topic, startingPosition: 'TRIM_HORIZON' });
    const again = await takeAll(second, 160);
    expect(again.filter(({ partition }) => partition === 0)).toEqual([]);
    expect(again.filter(({ partition }) => partition === 1).map(({ offset }) => offset)).toEqual(range(100));
    expect(again.filter(({ partition }) => partition === 2).map(({ offset }) => offset)).toEqual(range(100).slice(40));
    await second.leave();
  });

  test('a member that joins gets its share, and what was not committed comes again', async () => {
    const topic = await newTopic(4);
    const groupId = uniqueName();
    await broker.produce(topic, messages(400, 4));
    const first = await broker.join({ groupId, topic, startingPosition: 'TRIM_HORIZON' });
    const before = first.assigned();
    await takeAll(first, 400);
    for (const partition of [0, 1, 2, 3]) await first.commit(partition, 50);

    const second = await broker.join({ groupId, topic, startingPosition: 'TRIM_HORIZON' });
    await until(() => first.assigned().length === 2);
    expect(partitionsOf(first)).toEqual([0, 2]);
    expect(partitionsOf(second)).toEqual([1, 3]);
    for (const { partition, epoch } of before) {
      const now = [...first.assigned(), ...second.assigned()].find((one) => one.partition === partition);
      expect(now?.epoch).not.toBe(epoch);
    }

    const [ofFirst, ofSecond] = await Promise.all([takeAll(first, 100), takeAll(second, 100)]);
    for (const [records, partitions] of [
      [ofFirst, [0, 2]],
      [ofSecond, [1, 3]],
    ] as const) {
      for (const partition of partitions) {
        expect(records.filter((record) => record.partition === partition).map(({ offset }) => offset)).toEqual(
          range(100).slice(50),
        );
      }
    }
    await expect(first.commit(1, 100)).rejects.toBeInstanceOf(CommitRefused);
    await second.commit(1, 100);
    await expectCommitted(groupId, topic, [
      [0, 50],
      [1, 100],
      [2, 50],
      [3, 50],
    ]);

    await first.leave();
    await until(() => second.assigned().length === 4);
    await second.leave();
  });

  test('partitions follow the number of the member', async () => {
    const topic = await newTopic(12);
    const groupId = uniqueName();
    const members: GroupMember[] = [];
    for (let count = 0; count < 11; count += 1) {
      members.push(await broker.join({ groupId, topic, startingPosition: 'TRIM_HORIZON' }));
    }
    await until(() => members.every((member, index) => partitionsOf(member).length === (index === 0 ? 2 : 1)));
    expect(members.map(partitionsOf)).toEqual([[0, 11], [1], [2], [3], [4], [5], [6], [7], [8], [9], [10]]);
    await Promise.all(members.map((member) => member.leave()));
  });

  test('work of longer than the session time-out keeps the membership', async () => {
    const topic = await newTopic(2);
    const groupId = uniqueName();
    await broker.produce(topic, messages(10, 2));
    const member = await broker.join({ groupId, topic, startingPosition: 'TRIM_HORIZON' });
    const epochs = member.assigned();
    await takeAll(member, 10);
    await delay(14_000);
    expect(member.assigned()).toEqual(epochs);
    await member.commit(0, 5);
    await expectCommitted(groupId, topic, [[0, 5]]);
    await member.leave();
  });

  test('a commit that the coordinator refuses rejects, although the member does not know yet', async () => {
    const topic = await newTopic(1);
    const groupId = uniqueName();
    await broker.produce(topic, messages(10, 1));
    const member = await broker.join({ groupId, topic, startingPosition: 'TRIM_HORIZON' });
    await takeAll(member, 10);
    const [one] = await membersOf(foreign, groupId);
    // Nobody tells the member that it was thrown out; it finds out at its next heartbeat.
    await removeMember(foreign, groupId, one ?? '');
    await expect(member.commit(0, 10)).rejects.toBeInstanceOf(CommitRefused);
    await until(() => member.assigned().length === 1);
    expect((await takeAll(member, 10)).map(({ offset }) => offset)).toEqual(range(10));
    await member.commit(0, 10);
    await expectCommitted(groupId, topic, [[0, 10]]);
    await member.leave();
  });

  test('LATEST begins at the end as it was at the first join, whatever rebalances come', async () => {
    const topic = await newTopic(2);
    const groupId = uniqueName();
    await broker.produce(topic, messages(20, 2));
    const first = await broker.join({ groupId, topic, startingPosition: 'LATEST' });
    await broker.produce(topic, messages(4, 2));
    const second = await broker.join({ groupId, topic, startingPosition: 'LATEST' });
    await until(() => first.assigned().length === 1);
    const records = await Promise.all([takeAll(first, 2), takeAll(second, 2)]);
    expect(records.flat().map(({ partition, offset }) => [partition, offset])).toEqual([
      [0, 10],
      [0, 11],
      [1, 10],
      [1, 11],
    ]);
    await Promise.all([first.leave(), second.leave()]);
  });

  test('members that come and go: each epoch begins at the last commit, and no commit of an old owner is accepted', async () => {
    const topic = await newTopic(6);
    const groupId = uniqueName();
    const join = () => broker.join({ groupId, topic, startingPosition: 'TRIM_HORIZON' });
    const accepted: { partition: number; epoch: number; nextOffset: number }[] = [];
    const tried = new Set<string>();
    const firstTaken = new Map<number, { partition: number; offset: number }>();

    const work = async (member: GroupMember, stop: AbortSignal) => {
      const next = new Map<number, number>();
      while (!stop.aborted) {
        for (const { partition, epoch } of member.assigned()) {
          const records = member.take(partition, 10);
          for (const { offset } of records) {
            if (!firstTaken.has(epoch)) firstTaken.set(epoch, { partition, offset });
            expect(offset).toBe(next.get(epoch) ?? offset);
            next.set(epoch, offset + 1);
          }
          if (records.length === 0) continue;
          await delay(Math.random() * 25);
          const nextOffset = next.get(epoch) ?? 0;
          // The caller's part: records of an earlier epoch of a partition that came back are not its own any more.
          const now = member.assigned().find((one) => one.partition === partition);
          if (now && now.epoch !== epoch) continue;
          tried.add(`${partition}@${nextOffset}`);
          try {
            await member.commit(partition, nextOffset);
            accepted.push({ partition, epoch, nextOffset });
          } catch (error) {
            expect(error).toBeInstanceOf(CommitRefused);
          }
        }
        await member.changed(20, stop);
      }
      await member.leave();
    };

    const running: { stop: AbortController; done: Promise<void> }[] = [];
    const add = async () => {
      const member = await join();
      const stop = new AbortController();
      running.push({ stop, done: work(member, stop.signal) });
    };
    await Promise.all([add(), add()]);
    let produced = 0;
    for (let round = 0; round < 12; round += 1) {
      await broker.produce(topic, messages(600, 6));
      produced += 600;
      if (round % 2 === 0) await add();
      else {
        const leaver = running.shift();
        leaver?.stop.abort();
        await leaver?.done;
      }
      await delay(250);
    }
    const complete = [0, 1, 2, 3, 4, 5].map((partition): [number, number] => [partition, produced / 6]);
    const deadline = Date.now() + 30_000;
    while (Date.now() < deadline && !isEqual(await broker.committedOffsets(groupId, topic), complete)) await delay(100);
    expect([...(await broker.committedOffsets(groupId, topic))]).toEqual(complete);
    for (const { stop } of running) stop.abort();
    await Promise.all(running.map(({ done }) => done));

    for (const partition of [0, 1, 2, 3, 4, 5]) {
      // Answers may come in another order than the commits did, or never; positions only rise.
      const commits = accepted
        .filter((commit) => commit.partition === partition)
        .sort((one, other) => one.nextOffset - other.nextOffset);
      const owners = commits.flatMap(({ epoch }, index) => (commits[index - 1]?.epoch === epoch ? [] : [epoch]));
      expect(owners).toEqual([...new Set(owners)]);
      for (const [index, { epoch }] of commits.entries()) {
        const previous = commits[index - 1];
        if (!previous || previous.epoch === epoch) continue;
        const first = firstTaken.get(epoch);
        expect(first?.partition).toBe(partition);
        expect(first?.offset).toBeGreaterThanOrEqual(previous.nextOffset);
        expect(tried).toContain(`${partition}@${first?.offset}`);
      }
    }
    expect(new Set(accepted.map(({ epoch }) => epoch)).size).toBeGreaterThan(20);
  });

  test('a full buffer pauses the partition and loses nothing', async () => {
    const topic = await newTopic(1);
    const large = Array.from({ length: 4_000 }, () => ({ partition: 0, key: null, value: Buffer.alloc(10_000) }));
    await broker.produce(topic, large);
    const member = await broker.join({ groupId: uniqueName(), topic, startingPosition: 'TRIM_HORIZON' });
    await until(() => member.ready(0) * 10_000 > HIGH_MARK.bytes);
    await delay(500);
    expect(member.ready(0)).toBeLessThan(2_000);
    expect((await takeAll(member, 4_000)).map(({ offset }) => offset)).toEqual(range(4_000));
    await member.leave();
  });

  test('changed() resolves on arrival, on time-out, on abort', async () => {
    const topic = await newTopic(1);
    const member = await broker.join({ groupId: uniqueName(), topic, startingPosition: 'TRIM_HORIZON' });
    const begun = Date.now();
    await member.changed(200);
    expect(Date.now() - begun).toBeGreaterThanOrEqual(190);
    const abort = new AbortController();
    const aborted = member.changed(60_000, abort.signal);
    abort.abort();
    await aborted;
    const arrived = member.changed(60_000);
    await broker.produce(topic, [message(0, 'a')]);
    await arrived;
    expect(member.ready(0)).toBe(1);
    await member.leave();
  });
});

describe('a broker that does not answer', () => {
  test('is named with the remedy', async () => {
    const begun = Date.now();
    await expect(connectKafka('127.0.0.1:1')).rejects.toMatchObject({
      code: ERROR_CODES.serverUnreachable,
      exitCode: EXIT.unreachable,
      message: expect.stringMatching(/127\.0\.0\.1:1\b.*msk-once servers/),
    });
    expect(Date.now() - begun).toBeLessThan(4_000);
  });
});

async function takeAll(member: GroupMember, count: number): Promise<TopicRecord[]> {
  const records: TopicRecord[] = [];
  const deadline = Date.now() + 30_000;
  while (records.length < count && Date.now() < deadline) {
    const taken = member.assigned().flatMap(({ partition }) => member.take(partition, 700));
    records.push(...taken);
    if (taken.length === 0) await member.changed(1_000);
  }
  expect(records).toHaveLength(count);
  return records;
}

async function until(condition: () => boolean): Promise<void> {
  const deadline = Date.now() + 30_000;
  while (!condition()) {
    if (Date.now() > deadline) throw new Error(`Not so within 30 s: ${condition}`);
    await delay(20);
  }
}

/** A commit shows to other connections a little later. */
async function expectCommitted(groupId: string, topic: string, expected: readonly [number, number][]): Promise<void> {
  const deadline = Date.now() + 5_000;
  let committed = await broker.committedOffsets(groupId, topic);
  while (!isEqual(committed, expected) && Date.now() < deadline) {
    await delay(50);
    committed = await broker.committedOffsets(groupId, topic);
  }
  expect([...committed]).toEqual(expected);
}

function isEqual(offsets: ReadonlyMap<number, number>, expected: readonly [number, number][]): boolean {
  return JSON.stringify([...offsets]) === JSON.stringify(expected);
}

function partitionsOf(member: GroupMember): number[] {
  return member
    .assigned()
    .map(({ partition }: Assignment) => partition)
    .sort((a, b) => a - b);
}

function range(length: number): number[] {
  return Array.from({ length }, (_, index) => index);
}
