/** `msk-once redrive` against what speaks the real protocols: ElasticMQ and s3rver. */
import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CreateQueueCommand, GetQueueAttributesCommand, ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { redrive } from '../../bin/commands/redrive';
import type { DeadLetters } from '../../handlers/dead-letters/dead-letters';
import { deadLettersFrom } from '../../handlers/dead-letters/dead-letters-from';
import { readEnvironment } from '../../handlers/environment';
import { SQS } from '../../local/servers/sqs-server';
import { letterOfBytes, lettersAt } from '../handlers/dead-letters/letters';
import { type LiveServers, liveServers } from '../support/live-servers';
import { S3_KEYS, type S3StandIn, startS3 } from '../support/s3-stand-in';

const REPORT = join(tmpdir(), `msk-once-live-redrive-${process.pid}.json`);
const before = { ...process.env };

let servers: LiveServers;
let s3: S3StandIn;
let sqs: SQSClient;
let lambda: Server;
/** Letters that the function has answered for. */
let redriven: string[] = [];
/** Those that fail again. */
const failing = new Set<string>();

beforeAll(async () => {
  servers = await liveServers({ servers: [SQS] });
  s3 = await startS3();
  lambda = createServer((request, response) => {
    void (async () => {
      let text = '';
      for await (const chunk of request) text += chunk;
      const { letters } = JSON.parse(text).mskOnce.redrive as { letters: string[] };
      redriven.push(...letters);
      const answers = letters.map((id) => ({ id, outcome: failing.has(id) ? 'parked' : 'done' }));
      response.end(JSON.stringify({ mskOnce: { redriven: answers } }));
    })();
  });
  await new Promise<void>((resolve) => lambda.listen(0, '127.0.0.1', resolve));
  Object.assign(process.env, S3_KEYS, {
    AWS_REGION: 'us-east-1',
    AWS_ENDPOINT_URL_SQS: servers.sqs,
    AWS_ENDPOINT_URL_S3: s3.endpoint,
    AWS_ENDPOINT_URL_LAMBDA: `http://127.0.0.1:${(lambda.address() as AddressInfo).port}`,
  });
  sqs = new SQSClient({ useQueueUrlAsEndpoint: false });
});

beforeEach(() => {
  redriven = [];
  failing.clear();
});

afterAll(async () => {
  process.env = before;
  sqs?.destroy();
  lambda?.closeAllConnections();
  lambda?.close();
  await s3?.stop();
  await servers?.stop();
});

function configured(MSK_ONCE_DEAD_LETTERS: string): DeadLetters {
  const environment = readEnvironment({
    MSK_ONCE_TABLE: 'Idempotency',
    MSK_ONCE_MAPPINGS: '{"Orders":{"consumer":"shop-orders","source":"u-1","generation":1}}',
    MSK_ONCE_REMEMBER_FOR_S: '1209600',
    ...process.env,
    MSK_ONCE_DEAD_LETTERS,
  });
  const deadLetters = deadLettersFrom(environment) as DeadLetters;
  return { put: (letters) => deadLetters.put(letters, { requestTimeoutMs: 20_000 }) };
}

async function run(from: string, ...argv: string[]) {
  const silent = [process.stdout, process.stderr].map((stream) => jest.spyOn(stream, 'write').mockReturnValue(true));
  const code = await redrive(['--from', from, '--function', 'orders:Orders-partial', '--json', REPORT, ...argv]);
  for (const spy of silent) spy.mockRestore();
  return { code, report: JSON.parse(readFileSync(REPORT, 'utf8')) };
}

async function newQueue(): Promise<string> {
  const { QueueUrl = '' } = await sqs.send(new CreateQueueCommand({ QueueName: `redrive-${Date.now()}` }));
  return QueueUrl;
}

async function countsOf(QueueUrl: string): Promise<readonly (string | undefined)[]> {
  const names = ['ApproximateNumberOfMessages', 'ApproximateNumberOfMessagesNotVisible'] as const;
  const { Attributes } = await sqs.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames: [...names] }));
  return names.map((name) => Attributes?.[name]);
}

const offsets = (count: number) => Array.from({ length: count }, (_, offset) => offset);

test('a queue with copies and pointers is read once, redriven, and emptied of what is done', async () => {
  const url = await newQueue();
  const bucket = `redrive-${Date.now()}`;
  await s3.createBucket(bucket);
  const deadLetters = configured(`sqs:${url},s3://${bucket}/large`);
  const letters = [...lettersAt(...offsets(34)), letterOfBytes(1_200_000, 99)];
  await deadLetters.put(letters);
  await deadLetters.put(letters.slice(0, 5));
  const ids = letters.map(({ id }) => id);
  failing.add(ids[7] as string);

  const dry = await run(url);
  expect([dry.code, dry.report.letters, dry.report.copies, redriven]).toEqual([0, 35, 40, []]);
  expect(await countsOf(url)).toEqual(['40', '0']);

  const applied = await run(url, '--apply');
  expect([applied.code, applied.report.outcomes]).toEqual([1, expect.objectContaining({ done: 34, parked: 1 })]);
  expect(redriven.toSorted()).toEqual(ids.toSorted());
  expect(await countsOf(url)).toEqual(['1', '0']);
  expect(await s3.objects(bucket)).toEqual({});

  failing.clear();
  expect((await run(url, '--apply')).code).toBe(0);
  expect(await countsOf(url)).toEqual(['0', '0']);
});

test('messages that a run that died had hidden are waited for', async () => {
  const url = await newQueue();
  await configured(`sqs:${url}`).put(lettersAt(1, 2, 3));
  await sqs.send(new ReceiveMessageCommand({ QueueUrl: url, MaxNumberOfMessages: 2, VisibilityTimeout: 4 }));

  const { code, report } = await run(url, '--apply', '--hold-s', '4');

  expect([code, report.outcomes.done]).toEqual([0, 3]);
});

test('a bucket', async () => {
  const bucket = `redrive-${Date.now()}`;
  await s3.createBucket(bucket);
  await configured(`s3://${bucket}/dead`).put(lettersAt(...offsets(120)));

  const { code, report } = await run(`s3://${bucket}/dead`, '--apply');

  expect([code, report.outcomes.done, report.invocations]).toEqual([0, 120, 2]);
  expect(await s3.objects(bucket)).toEqual({});
});
