import { spawnSync } from 'node:child_process';
import type { ProducerMessage } from '../../local/broker/broker';
import { connectKafka, type KafkaBroker } from '../../local/broker/kafka';
import { KAFKA } from '../../local/servers/kafka-server';
import { type LiveServers, liveServers } from '../support/live-servers';

const hasKcat = spawnSync('kcat', ['-V']).status === 0;
if (!hasKcat) console.warn('Skipped: kcat, another client. It is not on the PATH (Debian: apt-get install kcat).');

(hasKcat ? describe : describe.skip)('kcat, another client', () => {
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
  async function newTopic(partitions: number): Promise<string> {
    topics += 1;
    const topic = `kcat-${Date.now()}-${topics}`;
    await broker.createTopic(topic, partitions);
    return topic;
  }

  function kcat(topic: string, options: readonly string[], input = ''): string {
    const { status, stdout, stderr } = spawnSync('kcat', ['-b', servers.kafka, '-t', topic, ...options], { input });
    if (status !== 0) throw new Error(`kcat ended with ${status}: ${stderr}`);
    return String(stdout);
  }

  test('what it writes is read: keys, tombstones, headers of one name, null and empty ones, compressed', async () => {
    const topic = await newTopic(1);
    const headers = ['a=1', 'a=2', 'empty=', 'null', 'constructor=x'].flatMap((header) => ['-H', header]);

    kcat(topic, ['-P', '-p', '0', '-K', ':', '-Z', '-z', 'gzip', ...headers], 'k1:v1\nk2:\n:v3\n');
    const records = await broker.readAll(topic);
    const member = await broker.join({ groupId: `${topic}-g`, topic, startingPosition: 'TRIM_HORIZON' });
    while (member.ready(0) < 3) await member.changed(1_000);

    // -Z: an empty key or value is sent as null.
    expect(records.map(({ key, value }) => [key && String(key), value && String(value)])).toEqual([
      ['k1', 'v1'],
      ['k2', null],
      [null, 'v3'],
    ]);
    expect(records[0]?.headers).toEqual([
      ['a', Buffer.from('1')],
      ['a', Buffer.from('2')],
      ['empty', Buffer.alloc(0)],
      ['null', null],
      ['constructor', Buffer.from('x')],
    ]);
    expect(member.take(0, 10)).toEqual(records);
    await member.leave();
  });

  test('what the broker writes it reads: lengths of -1 for null and 0 for empty, headers in order', async () => {
    const topic = await newTopic(1);
    const messages: ProducerMessage[] = [
      {
        partition: 0,
        key: Buffer.from('k'),
        value: null,
        headers: [
          ['a', Buffer.from('1')],
          ['a', Buffer.from('2')],
        ],
      },
      { partition: 0, key: null, value: Buffer.alloc(0), headers: [['b', Buffer.alloc(0)]] },
      { partition: 0, key: Buffer.alloc(0), value: Buffer.from('v'), timestamp: 1_700_000_000_123 },
    ];

    await broker.produce(topic, messages);
    const lines = kcat(topic, ['-C', '-e', '-q', '-f', '%p@%o key %K value %S headers %h\n']).trimEnd().split('\n');

    expect(lines).toEqual(
      ['0@0 key 1 value -1 headers a=1,a=2', '0@1 key -1 value 0 headers b=', '0@2 key 0 value 1 headers '].map(
        (line) => line.trimEnd(),
      ),
    );
    expect(kcat(topic, ['-C', '-e', '-q', '-o', '2', '-f', '%T'])).toBe('1700000000123');
  });

  test('it puts keys where the broker does', async () => {
    const [mine, its] = [await newTopic(7), await newTopic(7)];
    const keys = Array.from({ length: 300 }, (_, index) => `key-${index * 7919}`);

    await broker.produce(
      mine,
      keys.map((key) => ({ key: Buffer.from(key), value: Buffer.from('v') })),
    );
    kcat(its, ['-P', '-K', ':', '-X', 'topic.partitioner=murmur2_random'], keys.map((key) => `${key}:v\n`).join(''));

    const placed = async (topic: string) =>
      new Map((await broker.readAll(topic)).map(({ key, partition }) => [String(key), partition]));
    const [byBroker, byKcat] = [await placed(mine), await placed(its)];
    expect(byBroker.size).toBe(300);
    expect(keys.map((key) => byBroker.get(key))).toEqual(keys.map((key) => byKcat.get(key)));
  });

  test('a codec that cannot be read is named', async () => {
    const topic = await newTopic(1);
    kcat(topic, ['-P', '-z', 'snappy'], `${'v'.repeat(1_000)}\n`);

    await expect(broker.readAll(topic)).rejects.toMatchObject({
      exitCode: 2,
      message: expect.stringMatching(new RegExp(`"${topic}" .*snappy`, 'i')),
    });
    const joined = broker.join({ groupId: `${topic}-g`, topic, startingPosition: 'TRIM_HORIZON' });
    const reading = joined.then(async (member) => {
      for (;;) await member.changed(1_000);
    });
    await expect(reading).rejects.toMatchObject({ exitCode: 2, message: expect.stringMatching(/snappy/i) });
  });
});
