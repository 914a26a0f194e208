import type { DeadLetters, PutOptions } from '../../../handlers/dead-letters/dead-letters';
import { deadLettersFrom } from '../../../handlers/dead-letters/dead-letters-from';
import { readLetter } from '../../../handlers/dead-letters/read-letter';
import { readEnvironment } from '../../../handlers/environment';
import { S3_KEYS, type S3StandIn, startS3 } from '../../support/s3-stand-in';
import { letter, letterOfBytes, lettersAt } from './letters';
import { type SqsHttp, startSqsHttp } from './sqs-http';

const WRITTEN = { kind: 'written' };
/** As a template has it: nothing answers there, least of all a queue of ours. */
const QUEUE = 'https://sqs.eu-west-1.amazonaws.com/111122223333/orders-letters';

let s3: S3StandIn;
let sqs: SqsHttp;
const before = { ...process.env };

beforeAll(async () => {
  s3 = await startS3();
  sqs = await startSqsHttp();
});
afterAll(async () => {
  await s3?.stop();
  await sqs?.stop();
});
beforeEach(() => {
  sqs.answer = undefined;
  sqs.requests.length = 0;
  Object.assign(process.env, S3_KEYS, {
    AWS_REGION: 'eu-west-1',
    AWS_ENDPOINT_URL_SQS: sqs.endpoint,
    AWS_ENDPOINT_URL_S3: s3.endpoint,
  });
});
afterEach(() => {
  process.env = { ...before };
});

/** As the composition root makes them. Where time is not what the test is about, there is enough of it. */
function configured(MSK_ONCE_DEAD_LETTERS: string, patient: PutOptions = { requestTimeoutMs: 20_000 }): DeadLetters {
  const deadLetters = deadLettersFrom(
    readEnvironment({
      MSK_ONCE_TABLE: 'Idempotency',
      MSK_ONCE_MAPPINGS: '{"Orders":{"consumer":"shop-orders","source":"u-1","generation":1}}',
      MSK_ONCE_REMEMBER_FOR_S: '1209600',
      ...process.env,
      MSK_ONCE_DEAD_LETTERS,
    }),
  );
  if (deadLetters === undefined) throw new Error('there are none');
  return { put: (letters, options = patient) => deadLetters.put(letters, options) };
}

let buckets = 0;
async function newBucket(): Promise<string> {
  buckets += 1;
  const name = `letters-${buckets}`;
  await s3.createBucket(name);
  return name;
}

test('without the variable there are no dead letters', () => {
  expect(deadLettersFrom({ deadLetters: undefined })).toBeUndefined();
});

describe('MSK_ONCE_DEAD_LETTERS=s3://…', () => {
  test('makes each letter an object of JSON, at a key that its id decides', async () => {
    const bucket = await newBucket();

    expect(await configured(`s3://${bucket}/dead/orders`).put([letter(), ...lettersAt(9)])).toEqual([WRITTEN, WRITTEN]);

    const objects = await s3.objects(bucket);
    const folder = 'dead/orders/parked/shop-orders/u-1/1/orders/2';
    expect(Object.keys(objects)).toEqual([
      `${folder}/00000000000000000009.json`,
      `${folder}/00000000000000004711.json`,
    ]);
    const { text, type } = objects[`${folder}/00000000000000004711.json`] ?? {};
    expect(readLetter(text ?? '')).toEqual(letter());
    expect(type).toBe('application/json');
  });

  test('P5: a letter that is put again takes the place of the first', async () => {
    const bucket = await newBucket();
    const deadLetters = configured(`s3://${bucket}`);
    await deadLetters.put([letter()]);

    expect(await deadLetters.put([letter({ attempts: 6 })])).toEqual([WRITTEN]);

    const [object, ...others] = Object.values(await s3.objects(bucket));
    expect(others).toEqual([]);
    expect(readLetter(object?.text ?? '')).toMatchObject({ attempts: 6 });
  });

  test('takes a letter of the largest record that an event can hold, in any characters', async () => {
    const bucket = await newBucket();
    const headers = [{ 'Größe 😀 \ufffe': [-1] }];
    const large = letterOfBytes(6_000_000);
    const given = { ...large, record: { ...large.record, headers } };

    expect(await configured(`s3://${bucket}/x`).put([given])).toEqual([WRITTEN]);

    const [object] = Object.values(await s3.objects(bucket));
    expect(readLetter(object?.text ?? '')).toEqual(given);
  });

  test('a bucket that is not there refuses each letter, and the error says which', async () => {
    const answers = await configured('s3://nowhere/x').put(lettersAt(1, 2));

    for (const answer of answers) {
      expect(answer).toMatchObject({ kind: 'unknown', reason: 'refused' });
      expect(String((answer as { error: unknown }).error)).toMatch(/in the bucket nowhere\): NoSuchBucket: /);
    }
  });

  test('keys that the service does not know are a refusal', async () => {
    process.env.AWS_ACCESS_KEY_ID = 'nobody';
    const bucket = await newBucket();

    expect(await configured(`s3://${bucket}`).put([letter()])).toMatchObject([{ kind: 'unknown', reason: 'refused' }]);
  });
});

describe('MSK_ONCE_DEAD_LETTERS=sqs:…', () => {
  test('sends letters to the endpoint that is configured, never to the host in the URL of the queue', async () => {
    expect(await configured(`sqs:${QUEUE}`).put([letter()])).toEqual([WRITTEN]);

    expect(sqs.requests).toHaveLength(1);
    const [request] = sqs.requests;
    expect(request?.target).toBe('AmazonSQS.SendMessageBatch');
    expect(request?.body.QueueUrl).toBe(QUEUE);
    expect(JSON.parse(request?.body.Entries[0]?.MessageBody ?? '')).toEqual(letter());
  });

  test('so does the endpoint of all services', async () => {
    delete process.env.AWS_ENDPOINT_URL_SQS;
    process.env.AWS_ENDPOINT_URL = sqs.endpoint;

    expect(await configured(`sqs:${QUEUE}`).put([letter()])).toEqual([WRITTEN]);
    expect(sqs.requests).toHaveLength(1);
  });

  test.each([
    [400, 'com.amazonaws.sqs#QueueDoesNotExist', 'refused'],
    [403, 'com.amazon.coral.service#AccessDeniedException', 'refused'],
    [400, 'com.amazonaws.sqs#KmsAccessDenied', 'refused'],
    [400, 'com.amazonaws.sqs#RequestThrottled', 'throttled'],
    [400, 'com.amazon.coral.service#ThrottlingException', 'throttled'],
    [500, 'com.amazon.coral.service#InternalFailure', 'failed'],
    [503, 'com.amazon.coral.service#ServiceUnavailable', 'failed'],
  ])('the answer %d %s is %s, asked once', async (status, code, reason) => {
    sqs.answer = { status, code, text: 'because' };

    const answers = await configured(`sqs:${QUEUE}`).put([letter()]);

    expect(answers).toMatchObject([{ kind: 'unknown', reason }]);
    expect(String((answers[0] as { error: unknown }).error)).toContain('because');
    expect(sqs.requests).toHaveLength(1);
  });

  test('D2: a service that never answers is given up, asked once', async () => {
    sqs.answer = 'silence';

    expect(await configured(`sqs:${QUEUE}`, {}).put([letter()])).toMatchObject([{ kind: 'unknown', reason: 'failed' }]);
    expect(sqs.requests).toHaveLength(1);
  });

  test('D2: a service that answers late is given up too, unless there is time to wait for it', async () => {
    sqs.answer = 'late';
    const deadLetters = configured(`sqs:${QUEUE}`);

    const [impatient, patient] = await Promise.all([
      deadLetters.put([letter()], {}),
      deadLetters.put([letter()], { requestTimeoutMs: 20_000 }),
    ]);

    expect(impatient).toMatchObject([{ kind: 'unknown', reason: 'failed' }]);
    expect(patient).toEqual([WRITTEN]);
  });

  test('nothing there is an answer too, and the next letter finds the service when it is back', async () => {
    const deadLetters = configured(`sqs:${QUEUE}`);
    await sqs.stop();
    const [during] = await deadLetters.put([letter()]);
    sqs = await startSqsHttp(Number(new URL(sqs.endpoint).port));

    const [after] = await deadLetters.put([letter()]);

    expect(during).toMatchObject({ kind: 'unknown', reason: 'failed' });
    expect(String((during as { error: unknown }).error)).toContain('ECONNREFUSED');
    expect(after).toEqual(WRITTEN);
  });

  test('with a bucket beside it: what is too large is there, and its pointer in the queue', async () => {
    const bucket = await newBucket();
    const large = letterOfBytes(1_500_000, 8);

    expect(await configured(`sqs:${QUEUE},s3://${bucket}/large`).put([large, letter()])).toEqual([WRITTEN, WRITTEN]);

    const bodies = sqs.requests.flatMap(({ body }) => body.Entries.map(({ MessageBody }) => readLetter(MessageBody)));
    const pointer = bodies.find((document) => document.mskOnce === 'letter-pointer/1');
    expect(bodies).toHaveLength(2);
    const objects = await s3.objects(bucket);
    expect(Object.keys(objects)).toEqual([pointer?.mskOnce === 'letter-pointer/1' && pointer.s3.key]);
    expect(readLetter(Object.values(objects)[0]?.text ?? '')).toEqual(large);
  });

  test('a FIFO queue is known by its URL', async () => {
    await configured(`sqs:${QUEUE}.fifo`).put([letter()]);

    expect(sqs.requests[0]?.body.Entries[0]).toMatchObject({
      MessageGroupId: 'orders-2',
      MessageDeduplicationId: expect.any(String),
    });
  });
});

test('no payload is logged, whether a letter is taken or not', async () => {
  const lines: unknown[] = [];
  const spies = (['log', 'info', 'warn', 'error', 'debug', 'trace'] as const).map((name) =>
    jest.spyOn(console, name).mockImplementation((...line) => void lines.push(...line)),
  );
  try {
    const bucket = await newBucket();
    const secret = letter({ record: { ...letter().record, value: 'c2VjcmV0' } });
    await configured(`sqs:${QUEUE},s3://${bucket}`).put([secret]);
    await configured(`s3://${bucket}`).put([secret]);
    await configured('s3://nowhere').put([secret]);
    sqs.answer = { status: 400, code: 'InvalidMessageContents', text: 'no' };
    const [refused] = await configured(`sqs:${QUEUE}`).put([secret]);

    expect(JSON.stringify(lines)).not.toContain('c2VjcmV0');
    expect(String((refused as { error: unknown }).error)).not.toContain('c2VjcmV0');
  } finally {
    for (const spy of spies) spy.mockRestore();
  }
});
