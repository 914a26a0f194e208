/** Dead letters against what speaks the real protocols: ElasticMQ and s3rver. */
import { CreateQueueCommand, ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import type { Letter, LetterPointer } from '../../contract/letter';
import type { DeadLetters } from '../../handlers/dead-letters/dead-letters';
import { deadLettersFrom } from '../../handlers/dead-letters/dead-letters-from';
import { readLetter } from '../../handlers/dead-letters/read-letter';
import { readEnvironment } from '../../handlers/environment';
import { settle } from '../../handlers/store/settle';
import { SQS } from '../../local/servers/sqs-server';
import { letter, letterOfBytes, lettersAt } from '../handlers/dead-letters/letters';
import { type LiveServers, liveServers } from '../support/live-servers';
import { realPorts } from '../support/real-ports';
import { S3_KEYS, type S3StandIn, startS3 } from '../support/s3-stand-in';

const WRITTEN = { kind: 'written' };

let servers: LiveServers;
let s3: S3StandIn;
let sqs: SQSClient;
const before = { ...process.env };

beforeAll(async () => {
  servers = await liveServers({ servers: [SQS] });
  s3 = await startS3();
  Object.assign(process.env, S3_KEYS, {
    AWS_REGION: 'us-east-1',
    AWS_ENDPOINT_URL_SQS: servers.sqs,
    AWS_ENDPOINT_URL_S3: s3.endpoint,
  });
  sqs = new SQSClient({ useQueueUrlAsEndpoint: false });
});

afterAll(async () => {
  process.env = before;
  sqs?.destroy();
  await s3?.stop();
  await servers?.stop();
});

let names = 0;
function uniqueName(): string {
  names += 1;
  return `letters-${Date.now()}-${names}`;
}

async function newQueue(Attributes: Record<string, string> = {}): Promise<string> {
  const QueueName = `${uniqueName()}${Attributes.FifoQueue ? '.fifo' : ''}`;
  const { QueueUrl = '' } = await sqs.send(new CreateQueueCommand({ QueueName, Attributes }));
  return QueueUrl;
}

async function newBucket(): Promise<string> {
  const name = uniqueName();
  await s3.createBucket(name);
  return name;
}

function configured(MSK_ONCE_DEAD_LETTERS: string): DeadLetters {
  const environment = readEnvironment({
    MSK_ONCE_TABLE: 'Idempotency',
    MSK_ONCE_MAPPINGS: '{"Orders":{"consumer":"shop-orders","source":"u-1","generation":1}}',
    MSK_ONCE_REMEMBER_FOR_S: '1209600',
    ...process.env,
    MSK_ONCE_DEAD_LETTERS,
  });
  const deadLetters = deadLettersFrom(environment) as DeadLetters;
  // A stand-in takes its time with a megabyte, on a machine that has more to do.
  return { put: (letters) => deadLetters.put(letters, { requestTimeoutMs: 20_000 }) };
}

/** Asks again as an invocation does. */
function settled(deadLetters: DeadLetters, letters: readonly Letter[]) {
  const untilMs = Date.now() + 60_000;
  const ports = realPorts({} as never);
  return Promise.all(
    settle(
      letters,
      (some) => deadLetters.put(some),
      () => untilMs,
      ports,
    ).answers,
  );
}

/** All messages of the queue: those that were expected, and what else is there. */
async function documents(QueueUrl: string, count: number) {
  const found: (Letter | LetterPointer)[] = [];
  for (;;) {
    const { Messages = [] } = await sqs.send(
      new ReceiveMessageCommand({
        QueueUrl,
        MaxNumberOfMessages: 10,
        WaitTimeSeconds: found.length < count ? 5 : 0,
        VisibilityTimeout: 600,
      }),
    );
    if (Messages.length === 0) return found;
    found.push(...Messages.map(({ Body = '' }) => readLetter(Body)));
  }
}

const byId = (a: { id: string }, b: { id: string }) => a.id.localeCompare(b.id);
const offsets = (count: number) => Array.from({ length: count }, (_, offset) => offset);

describe('a queue', () => {
  test('holds every letter as it was written, in any characters', async () => {
    const url = await newQueue();
    const headers = [{ 'Größe 😀 \ufffe\uffff\u0001\ud800': [-1, 0, 127] }];
    const given: Letter[] = lettersAt(...offsets(25)).map((each) => ({ ...each, record: { ...each.record, headers } }));

    expect(await configured(`sqs:${url}`).put(given)).toEqual(given.map(() => WRITTEN));

    expect((await documents(url, given.length)).toSorted(byId)).toEqual(given.toSorted(byId));
  });

  test('takes a letter of exactly 1 MiB, and ten that fill a request', async () => {
    const url = await newQueue();
    const large = letterOfBytes(1_048_576, 100);
    const tenths = offsets(10).map((offset) => letterOfBytes(104_857, offset));

    const answers = await settled(configured(`sqs:${url}`), [large, ...tenths]);

    expect(answers).toEqual(Array.from({ length: 11 }, () => WRITTEN));
    // A request that was given up may have arrived: then its letters lie there twice, with the same ids.
    const found = new Map((await documents(url, 11)).map((document) => [document.id, document]));
    expect([...found.values()].toSorted(byId)).toEqual([large, ...tenths].toSorted(byId));
  });

  test('holds a pointer to what is too large for it, which is in the bucket', async () => {
    const url = await newQueue();
    const bucket = await newBucket();
    const large = letterOfBytes(1_048_577, 100);

    expect(await configured(`sqs:${url},s3://${bucket}/large`).put([large, letter()])).toEqual([WRITTEN, WRITTEN]);

    const found = await documents(url, 2);
    const pointer = found.find((document) => document.mskOnce === 'letter-pointer/1');
    const objects = await s3.objects(bucket);
    expect(found).toHaveLength(2);
    expect(pointer).toMatchObject({ id: large.id, bytes: 1_048_577, s3: { bucket, key: Object.keys(objects)[0] } });
    expect(readLetter(Object.values(objects)[0]?.text ?? '')).toEqual(large);
  });

  test('without a bucket refuses what is too large for it, and that alone', async () => {
    const url = await newQueue();

    const answers = await configured(`sqs:${url}`).put([letterOfBytes(1_048_577, 100), letter()]);

    expect(answers).toMatchObject([{ kind: 'unknown', reason: 'refused' }, WRITTEN]);
    expect(String((answers[0] as { error: unknown }).error)).toContain('MSK_ONCE_LETTER_TOO_LARGE');
    expect(await documents(url, 1)).toEqual([letter()]);
  });

  test('of FIFO kind takes a letter that is put again only once', async () => {
    const url = await newQueue({ FifoQueue: 'true' });
    const deadLetters = configured(`sqs:${url}`);
    const given = lettersAt(1, 2, 3);

    expect(await deadLetters.put(given)).toEqual(given.map(() => WRITTEN));
    expect(await deadLetters.put(given.toReversed())).toEqual(given.map(() => WRITTEN));

    // Only one message of a group is in flight at a time, unless they come together.
    expect(await documents(url, 3)).toEqual(given);
  });

  test('that is not there refuses, and the error names it', async () => {
    const url = `${await newQueue()}-gone`;

    const [answer] = await configured(`sqs:${url}`).put([letter()]);

    expect(answer).toMatchObject({ kind: 'unknown', reason: 'refused' });
    expect(String((answer as { error: unknown }).error)).toContain(url);
  });
});

test('a bucket holds every letter at its own key, put again at the same', async () => {
  const bucket = await newBucket();
  const deadLetters = configured(`s3://${bucket}/dead`);
  const given = [...lettersAt(...offsets(25)), letterOfBytes(6_000_000, 100)];

  await settled(deadLetters, given);
  expect(await settled(deadLetters, given)).toEqual(given.map(() => WRITTEN));

  const objects = await s3.objects(bucket);
  expect(Object.values(objects).map(({ text }) => readLetter(text))).toEqual(given);
});
