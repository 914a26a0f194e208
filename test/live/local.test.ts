/** `msk-once local` on Apache Kafka and DynamoDB Local, with a topic that another client has filled. */
import { spawnSync } from 'node:child_process';
import { connectKafka, type KafkaBroker } from '../../local/broker/kafka';
import { handler, local, project, reported, template, temporaryFolder } from '../bin/commands/local-fixture';
import { otherClient } from '../support/kafka-others';
import { type LiveServers, liveServers } from '../support/live-servers';

const folder = temporaryFolder();
let servers: LiveServers;
let broker: KafkaBroker;
beforeAll(async () => {
  servers = await liveServers();
  broker = await connectKafka(servers.kafka);
}, 240_000);
afterAll(async () => {
  await broker?.close();
  await servers?.stop();
  folder.remove();
});
jest.setTimeout(120_000);

const hasKcat = spawnSync('kcat', ['-V']).status === 0;

/** By kcat, else by kafkajs: not by the adapter that the command uses. */
async function fill(topic: string, values: readonly string[]): Promise<void> {
  if (hasKcat) {
    const { status, stderr } = spawnSync('kcat', ['-b', servers.kafka, '-t', topic, '-P'], {
      input: values.map((value) => `${value}\n`).join(''),
    });
    if (status !== 0) throw new Error(`kcat ended with ${status}: ${String(stderr)}`);
    return;
  }
  const producer = otherClient(servers.kafka).producer();
  await producer.connect();
  await producer.send({ topic, messages: values.map((value) => ({ value })) });
  await producer.disconnect();
}

let topics = 0;
async function newTopic(): Promise<string> {
  topics += 1;
  const topic = `local-${Date.now()}-${topics}`;
  await broker.createTopic(topic, 3);
  return topic;
}

const SAYS = handler('for (const { value } of records) console.log("got " + value);');
const consumer = (topic: string) =>
  project(folder.path, {
    'template.json': template({
      Topics: [topic],
      AmazonManagedKafkaEventSourceConfig: { ConsumerGroupId: `${topic}-group` },
    }),
    'code/index.js': SAYS,
  });
const argv = (more: readonly string[] = []) => [
  ...['--template', 'template.json', '--once', '--broker', servers.kafka, '--dynamodb', servers.dynamodb],
  ...more,
];
const gotIn = (out: string) => (out.match(/got \S+/g) ?? []).map((text) => text.slice('got '.length)).sort();

test('delivers what is there, commits it, and a second run delivers only what came since', async () => {
  const topic = await newTopic();
  const cwd = consumer(topic);
  await fill(topic, ['a', 'b', 'c', 'd']);

  const first = await reported(cwd, argv());
  await fill(topic, ['e']);
  const second = await reported(cwd, argv());

  expect([first.code, gotIn(first.out)]).toEqual([0, ['a', 'b', 'c', 'd']]);
  expect(first.report.mappings).toMatchObject([{ consumerGroup: `${topic}-group`, outcomes: { done: 4, open: 0 } }]);
  expect([second.code, gotIn(second.out)]).toEqual([0, ['e']]);
});

test('--group has offsets of its own', async () => {
  const topic = await newTopic();
  const cwd = consumer(topic);
  await fill(topic, ['a', 'b']);
  await local(cwd, argv());

  const { code, out, report } = await reported(cwd, argv(['--group', `${topic}-other`]));

  expect([code, gotIn(out)]).toEqual([0, ['a', 'b']]);
  expect(report.mappings).toMatchObject([{ consumerGroup: `${topic}-other` }]);
});

test('a topic that does not exist: its name, and exit code 2', async () => {
  const { code, err } = await local(consumer('local-nowhere'), argv());

  expect(err).toContain('local-nowhere');
  expect(err).not.toMatch(/^\s+at /m);
  expect(code).toBe(2);
});
