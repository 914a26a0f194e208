/** On-failure destinations against what speaks the real protocols: ElasticMQ, s3rver and Apache Kafka. */
import { mkdtempSync, rmSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { GetObjectCommand, ListObjectsV2Command, S3Client } from '@aws-sdk/client-s3';
import {
  CreateQueueCommand,
  DeleteQueueCommand,
  GetQueueUrlCommand,
  ReceiveMessageCommand,
  SendMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import S3rver from 's3rver';
import { connectKafka, type KafkaBroker } from '../../local/broker/kafka';
import { deliveryFor } from '../../local/destinations/delivery-for';
import type { FailureDelivery } from '../../local/destinations/failure';
import { batchDocument, objectDocument } from '../../local/destinations/failure-document';
import { KAFKA } from '../../local/servers/kafka-server';
import { SQS } from '../../local/servers/sqs-server';
import type { FailureDestination } from '../../local/template/failure-destination';
import { failureOf } from '../local/destinations/failure-fixture';
import { topicRecord } from '../local/event-source/topic-records';
import { type LiveServers, liveServers } from '../support/live-servers';

// What s3rver knows.
const KEYS = { AWS_ACCESS_KEY_ID: 'S3RVER', AWS_SECRET_ACCESS_KEY: 'S3RVER' };

let servers: LiveServers;
let broker: KafkaBroker;
let s3Directory: string;
let s3rver: S3rver;
let s3Endpoint: string;
let sqs: SQSClient;
let s3: S3Client;

beforeAll(async () => {
  servers = await liveServers({ servers: [KAFKA, SQS] });
  broker = await connectKafka(servers.kafka);
  s3Directory = mkdtempSync(path.join(tmpdir(), 'msk-once-s3-'));
  s3rver = new S3rver({ address: '127.0.0.1', port: 0, silent: true, directory: s3Directory });
  s3Endpoint = `http://127.0.0.1:${(await s3rver.run()).port}`;
  const credentials = { accessKeyId: KEYS.AWS_ACCESS_KEY_ID, secretAccessKey: KEYS.AWS_SECRET_ACCESS_KEY };
  sqs = new SQSClient({ endpoint: servers.sqs, region: 'us-east-1', credentials });
  s3 = new S3Client({ endpoint: s3Endpoint, region: 'us-east-1', credentials, forcePathStyle: true });
});

afterAll(async () => {
  sqs?.destroy();
  s3?.destroy();
  await s3rver?.close();
  if (s3Directory) rmSync(s3Directory, { recursive: true, force: true });
  await broker?.close();
  await servers?.stop();
});

let names = 0;
function uniqueName(): string {
  names += 1;
  return `orders-failed-${Date.now()}-${names}`;
}

function delivery(destination: FailureDestination, env: NodeJS.ProcessEnv = {}): FailureDelivery {
  return deliveryFor(destination, {
    env: { ...KEYS, AWS_ENDPOINT_URL_SQS: servers.sqs, AWS_ENDPOINT_URL_S3: s3Endpoint, ...env },
    broker,
    report: () => {
      throw new Error('It went to the report.');
    },
  });
}

const BATCH = [topicRecord(0, 40), topicRecord(0, 41, { value: null }), topicRecord(3, 7, { key: null })];
const FIRST = failureOf({ records: BATCH });
const SECOND = failureOf({ records: [topicRecord(2, 1)], atMs: FIRST.atMs + 1 });
const sent = (document: unknown) => JSON.parse(JSON.stringify(document));

describe('SQS', () => {
  const queue = (queueName: string, env?: NodeJS.ProcessEnv) =>
    delivery({ kind: 'sqs', queueName, queueArn: `arn:aws:sqs:eu-west-1:111122223333:${queueName}` }, env);

  async function bodies(QueueName: string, count: number): Promise<unknown[]> {
    const { QueueUrl } = await sqs.send(new GetQueueUrlCommand({ QueueName }));
    const found: unknown[] = [];
    while (found.length < count) {
      const { Messages = [] } = await sqs.send(
        new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10, WaitTimeSeconds: 5 }),
      );
      if (Messages.length === 0) throw new Error(`Only ${found.length} of ${count} messages are on ${QueueName}.`);
      found.push(...Messages.map(({ Body = '' }) => JSON.parse(Body)));
    }
    return found;
  }

  test('receives each document, in a queue that was not there before', async () => {
    const name = uniqueName();
    const destination = queue(name);

    await destination.deliver(FIRST);
    await destination.deliver(SECOND);

    const found = await bodies(name, 2);
    expect(found).toHaveLength(2);
    expect(found).toEqual(expect.arrayContaining([sent(batchDocument(FIRST)), sent(batchDocument(SECOND))]));
  });

  test('a queue that is there is used as it is', async () => {
    const name = uniqueName();
    const { QueueUrl } = await sqs.send(
      new CreateQueueCommand({ QueueName: name, Attributes: { MessageRetentionPeriod: '1209600' } }),
    );
    await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: '"here before"' }));

    await queue(name).deliver(FIRST);

    expect(await bodies(name, 2)).toEqual(expect.arrayContaining(['here before', sent(batchDocument(FIRST))]));
  });

  test('a queue that vanished costs one delivery, and the next one makes it again', async () => {
    const name = uniqueName();
    const destination = queue(name);
    await destination.deliver(FIRST);
    const { QueueUrl } = await sqs.send(new GetQueueUrlCommand({ QueueName: name }));
    await sqs.send(new DeleteQueueCommand({ QueueUrl }));

    await expect(destination.deliver(FIRST)).rejects.toThrow(new RegExp(`the SQS queue ${name} at http`));
    await destination.deliver(SECOND);

    expect(await bodies(name, 1)).toEqual([sent(batchDocument(SECOND))]);
  });

  test('a stand-in that never answers is a rejection', async () => {
    const silent = createServer(() => undefined);
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
    const { port } = silent.address() as AddressInfo;
    try {
      const destination = queue('any', { AWS_ENDPOINT_URL_SQS: `http://127.0.0.1:${port}` });

      await expect(destination.deliver(FIRST)).rejects.toThrow(/the SQS queue any .* did not take the failed records/);
    } finally {
      silent.close();
    }
  });
});

describe('S3', () => {
  const bucket = (bucketName: string, env?: NodeJS.ProcessEnv) => delivery({ kind: 's3', bucketName }, env);

  async function objects(Bucket: string): Promise<Record<string, unknown>> {
    const { Contents = [] } = await s3.send(new ListObjectsV2Command({ Bucket }));
    const found: Record<string, unknown> = {};
    for (const { Key = '' } of Contents) {
      const { Body } = await s3.send(new GetObjectCommand({ Bucket, Key }));
      found[Key] = JSON.parse((await Body?.transformToString()) ?? '');
    }
    return found;
  }

  test('receives an object per failure, with the whole event, in a bucket that was not there before', async () => {
    const name = uniqueName();
    const destination = bucket(name);

    await destination.deliver(FIRST);
    await destination.deliver(SECOND);

    const found = Object.entries(await objects(name));
    expect(found.map(([key]) => key)).toEqual([
      expect.stringMatching(/^aws\/lambda\/OrdersMapping\/orders-0\/2026\/11\/02\//),
      expect.stringMatching(/^aws\/lambda\/OrdersMapping\/orders-2\/2026\/11\/02\//),
    ]);
    expect(found.map(([, document]) => document)).toEqual([sent(objectDocument(FIRST)), sent(objectDocument(SECOND))]);
  });

  test('a payload of the greatest size arrives whole', async () => {
    const name = uniqueName();
    const value = Buffer.alloc(4_400_000, 'x');
    const failure = failureOf({ records: [topicRecord(0, 1, { value })] });

    await bucket(name).deliver(failure);

    const [document] = Object.values(await objects(name)) as [{ payload: string }];
    expect(JSON.parse(document.payload).records['orders-0'][0].value).toBe(value.toString('base64'));
  });

  test('keys that the stand-in does not know are a rejection with its reason', async () => {
    const destination = bucket(uniqueName(), { AWS_ACCESS_KEY_ID: '', AWS_SECRET_ACCESS_KEY: '' });

    await expect(destination.deliver(FIRST)).rejects.toThrow(
      /the S3 bucket orders-failed-.* did not take the failed records: \S/,
    );
  });
});

describe('Kafka', () => {
  test('receives every record once, where its key belongs', async () => {
    const [source, failed] = [uniqueName(), uniqueName()];
    await broker.createTopic(source, 3);
    await broker.createTopic(failed, 3);
    const keys = ['a', 'b', 'c', 'd', 'e', 'f', null, null, null];
    await broker.produce(
      source,
      keys.map((key, index) => ({ key: key === null ? null : Buffer.from(key), value: Buffer.from(`v${index}`) })),
    );
    const records = await broker.readAll(source);

    await delivery({ kind: 'kafka', topic: failed }).deliver(failureOf({ records, event: undefined }));

    const found = await broker.readAll(failed);
    const contents = found.map((record) => {
      const { KafkaBatchInfo, payload } = JSON.parse(String(record.value));
      const [[original]] = Object.values<{ partition: number; offset: number; value: string }[]>(payload.records) as [
        [{ partition: number; offset: number; value: string }],
      ];
      expect(KafkaBatchInfo.recordInfo.offset).toBe(String(original.offset));
      // Both topics have as many partitions: a key lies in the same one.
      if (record.key !== null) expect(record.partition).toBe(original.partition);
      return [
        record.key?.toString(),
        original.partition,
        original.offset,
        Buffer.from(original.value, 'base64').toString(),
      ];
    });
    expect(contents.toSorted()).toEqual(
      records
        .map(({ key, partition, offset, value }) => [key?.toString(), partition, offset, String(value)])
        .toSorted(),
    );
    expect(new Set(found.filter(({ key }) => key === null).map(({ partition }) => partition)).size).toBeGreaterThan(1);
  });

  test('a document that the broker finds too large is a rejection', async () => {
    const topic = uniqueName();
    await broker.createTopic(topic, 1);
    const records = [topicRecord(0, 1), topicRecord(0, 2, { value: Buffer.alloc(1_000_000) })];

    await expect(delivery({ kind: 'kafka', topic }).deliver(failureOf({ records }))).rejects.toThrow(
      new RegExp(`the topic ${topic}, did not take the failed records: `),
    );
  });

  test('a topic that is not there is a rejection that names it', async () => {
    const topic = uniqueName();

    await expect(delivery({ kind: 'kafka', topic }).deliver(FIRST)).rejects.toThrow(
      new RegExp(`the topic ${topic}, did not take the failed records: `),
    );
  });
});
