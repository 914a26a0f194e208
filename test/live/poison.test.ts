/** A poison record among thousands that another client has written: Apache Kafka, DynamoDB Local, a bucket. */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type AttributeValue, type DynamoDBClient, paginateScan } from '@aws-sdk/client-dynamodb';
import { readLetter } from '../../handlers/dead-letters/read-letter';
import { connectKafka, type KafkaBroker } from '../../local/broker/kafka';
import { lambda, local, mapping, project, temporaryFolder } from '../bin/commands/local-fixture';
import { bundleFunction } from '../support/bundled-function';
import { otherClient } from '../support/kafka-others';
import { type LiveServers, liveServers } from '../support/live-servers';
import { S3_KEYS, type S3StandIn, startS3 } from '../support/s3-stand-in';
import { testClient } from '../support/test-dynamodb';

const PARTITIONS = 3;
const MAX_ATTEMPTS = '3';

const hasKcat = spawnSync('kcat', ['-V']).status === 0;
if (!hasKcat) console.warn('kcat is not on the PATH (Debian: apt-get install kcat): kafkajs writes the topic instead.');

const folder = temporaryFolder();
let servers: LiveServers;
let broker: KafkaBroker;
let s3: S3StandIn;
let client: DynamoDBClient;
beforeAll(async () => {
  servers = await liveServers();
  broker = await connectKafka(servers.kafka);
  s3 = await startS3();
  client = testClient(servers.dynamodb);
}, 240_000);
afterAll(async () => {
  client?.destroy();
  await broker?.close();
  await s3?.stop();
  await servers?.stop();
  folder.remove();
});

/** By kcat, else by kafkajs: not by the adapter that delivers. */
async function fill(topic: string, values: readonly string[]): Promise<void> {
  if (hasKcat) {
    const { status, stderr } = spawnSync('kcat', ['-b', servers.kafka, '-t', topic, '-P', '-K', ':'], {
      input: values.map((value) => `${value}:${value}\n`).join(''),
    });
    if (status !== 0) throw new Error(`kcat ended with ${status}: ${String(stderr)}`);
    return;
  }
  const producer = otherClient(servers.kafka).producer();
  await producer.connect();
  await producer.send({ topic, messages: values.map((value) => ({ key: value, value })) });
  await producer.disconnect();
}

/** What `msk-once local` runs: one function behind one mapping, called through the alias of its mode. */
function application(mode: 'partial' | 'throw', topic: string, variables: Readonly<Record<string, string>>) {
  const isPartial = mode === 'partial';
  return {
    Resources: {
      Consumer: lambda('./code', { Timeout: 60, Environment: { Variables: variables } }),
      Alias: {
        Type: 'AWS::Lambda::Alias',
        Properties: { FunctionName: { Ref: 'Consumer' }, FunctionVersion: '$LATEST', Name: `Orders-${mode}` },
      },
      Orders: mapping('Alias', {
        Topics: [topic],
        BatchSize: 4_000,
        AmazonManagedKafkaEventSourceConfig: { ConsumerGroupId: topic },
        ProvisionedPollerConfig: isPartial ? { MinimumPollers: 1, MaximumPollers: 1 } : undefined,
        FunctionResponseTypes: isPartial ? ['ReportBatchItemFailures'] : undefined,
      }),
      Table: {
        Type: 'AWS::DynamoDB::Table',
        Properties: {
          TableName: topic,
          BillingMode: 'PAY_PER_REQUEST',
          AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
          KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
        },
      },
    },
  };
}

async function items(TableName: string): Promise<Record<string, AttributeValue>[]> {
  const found: Record<string, AttributeValue>[] = [];
  for await (const { Items = [] } of paginateScan({ client }, { TableName, ConsistentRead: true }))
    found.push(...Items);
  return found;
}

/** Attempts that an item of any kind remembers: a number, or bytes that are empty where there are none. */
const hasAttempts = ({ attempts }: Record<string, AttributeValue>) =>
  attempts !== undefined && Number(attempts.N ?? attempts.B?.length) > 0;

test.each([
  [10_000, 'partial', 'ledger'],
  [10_000, 'throw', 'ledger'],
  // Two writes for each: DynamoDB Local takes its time.
  [2_000, 'throw', 'identity'],
] as const)(
  'P1, P2: %i innocents are done once with no attempt in the database, and the poison among them is a letter (%s, %s)',
  async (count, mode, REMEMBER) => {
    const topic = `poison-${Date.now()}-${mode}-${REMEMBER}`;
    const effectsFile = join(folder.path, topic);
    const innocents = Array.from({ length: count }, (_, n) => `order-${n}`);
    await broker.createTopic(topic, PARTITIONS);
    await s3.createBucket(topic);
    await fill(topic, [...innocents.slice(0, count / 2), 'poison', ...innocents.slice(count / 2)]);
    const cwd = project(folder.path, {
      'template.json': application(mode, topic, {
        MSK_ONCE_TABLE: topic,
        MSK_ONCE_MAPPINGS: JSON.stringify({ Orders: { consumer: topic, source: 'live', generation: 1 } }),
        MSK_ONCE_REMEMBER_FOR_S: '1209600',
        MSK_ONCE_DEAD_LETTERS: `s3://${topic}/letters`,
        STAND_IN_KEYS: JSON.stringify(S3_KEYS),
        REMEMBER,
        MAX_ATTEMPTS,
        EFFECTS: effectsFile,
      }),
    });
    await bundleFunction('test/live/functions/poison.ts', join(cwd, 'code'));

    const { code, out, err } = await local(cwd, [
      ...['--template', 'template.json', '--once', '--broker', servers.kafka, '--dynamodb', servers.dynamodb],
      ...['--s3', s3.endpoint, '--choose', 'retry-base-ms=10', '--choose', 'retry-cap-ms=10', '--timeout-s', '100'],
    ]);

    if (code !== 0) console.error(out.slice(-4_000), err);
    expect(code).toBe(0);
    const effects = readFileSync(effectsFile, 'utf8').trim().split('\n');
    expect(effects.toSorted()).toEqual(innocents.map((id) => `${id} 1`).toSorted());
    const remembered = await items(topic);
    const parked = remembered.filter(({ id }) => id?.S?.startsWith('parked#'));
    expect(parked.map(({ attempts }) => attempts?.N)).toEqual([MAX_ATTEMPTS]);
    const hash = createHash('sha256').update('"poison"').digest('base64');
    const innocent = remembered.filter((item) => !parked.includes(item) && item.id?.S !== `${topic}#${topic}#${hash}`);
    expect(innocent.length).toBe(REMEMBER === 'identity' ? count : PARTITIONS);
    expect(innocent.filter(hasAttempts)).toEqual([]);
    const letters = Object.values(await s3.objects(topic)).map(({ text }) => readLetter(text));
    const value = Buffer.from('poison').toString('base64');
    expect(letters).toMatchObject([{ record: { value }, attempts: Number(MAX_ATTEMPTS) }]);
  },
);
