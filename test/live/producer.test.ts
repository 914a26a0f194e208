import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TopicRecord } from '../../local/broker/broker';
import { connectKafka, type KafkaBroker } from '../../local/broker/kafka';
import { KAFKA } from '../../local/servers/kafka-server';
import { bundleFunction } from '../support/bundled-function';
import { type LiveServers, liveServers } from '../support/live-servers';

const TOPIC = `produced-${Date.now()}`;

let servers: LiveServers;
let broker: KafkaBroker;
let folder: string;

beforeAll(async () => {
  servers = await liveServers({ servers: [KAFKA] });
  broker = await connectKafka(servers.kafka);
  await broker.createTopic(TOPIC, 3);
  folder = mkdtempSync(join(tmpdir(), 'msk-once-producer-'));
  await bundleFunction('handlers/entry/producer.ts', folder);
});
afterAll(async () => {
  rmSync(folder, { recursive: true });
  await broker?.close();
  await servers?.stop();
});

/** What the bundled function answers to orders, one invocation after the other. */
function ordered(...orders: object[]): object[] {
  const script = join(folder, 'run.mjs');
  writeFileSync(
    script,
    `import { handler } from './index.mjs';
     const answers = [];
     for (const order of ${JSON.stringify(orders)}) answers.push(await handler(order));
     console.log(JSON.stringify(answers));
     process.exit();`,
  );
  const env = {
    PATH: process.env.PATH,
    FLIGHTS_BROKERS: servers.kafka,
    FLIGHTS_TOPIC: TOPIC,
    FLIGHTS_SECURITY: 'none',
  };
  return JSON.parse(execFileSync(process.execPath, [script], { cwd: folder, env, encoding: 'utf8' }));
}

const flightIn = ({ value }: TopicRecord) => JSON.parse(String(value));

test('the bundled producer writes the flights that it is ordered, and the same ones for the same seed', async () => {
  const answers = ordered({ flights: 700, seed: 3 }, { flights: 700, seed: 3 });
  const records = await broker.readAll(TOPIC);

  expect(answers).toEqual([
    { topic: TOPIC, flights: 700 },
    { topic: TOPIC, flights: 700 },
  ]);
  expect(records).toHaveLength(1_400);
  expect(new Set(records.map(({ value }) => String(value))).size).toBe(700);
  expect(records.map(({ key }) => String(key))).toEqual(records.map((record) => flightIn(record).origin));
});

test('the flights of an airport are on the partition that Kafka chooses for its key', async () => {
  const written = new Map((await broker.readAll(TOPIC)).map(({ key, partition }) => [String(key), partition]));
  const other = `${TOPIC}-other`;
  await broker.createTopic(other, 3);
  await broker.produce(
    other,
    [...written.keys()].map((key) => ({ key: Buffer.from(key), value: null })),
  );

  const chosen = new Map((await broker.readAll(other)).map(({ key, partition }) => [String(key), partition]));
  expect(written).toEqual(chosen);
});
