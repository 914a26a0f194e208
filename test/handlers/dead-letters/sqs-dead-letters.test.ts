import fc from 'fast-check';
import { LetterBucket } from '../../../handlers/dead-letters/bucket';
import { readLetter } from '../../../handlers/dead-letters/read-letter';
import { SqsDeadLetters } from '../../../handlers/dead-letters/sqs-dead-letters';
import { isOnceError } from '../../../handlers/errors';
import { FakeQueue, named } from './fake-queue';
import { letter, letterOfBytes, lettersAt, RECORD } from './letters';

const MIB = 1_048_576;
const URL = 'https://sqs.eu-west-1.amazonaws.com/111122223333/orders-letters';
const WRITTEN = { kind: 'written' };

/** A queue, and a bucket for what is too large for it unless there is none. */
function world({ url = URL, bucket = true } = {}) {
  const queue = new FakeQueue();
  const objects = new Map<string, string>();
  const store = new LetterBucket({ bucket: 'letters', prefix: 'dead' }, async ({ bucket: name, key, text }) => {
    objects.set(`${name}/${key}`, text);
  });
  const isFifo = url.endsWith('.fifo');
  return { queue, objects, deadLetters: new SqsDeadLetters({ url, isFifo }, queue.send, bucket ? store : undefined) };
}

const offsetIn = (body: string) => {
  const document = readLetter(body);
  return document.mskOnce === 'letter/1' ? document.record.offset : document;
};

describe('letters in a queue', () => {
  test('are its messages, as they are', async () => {
    const { deadLetters, queue } = world();

    expect(await deadLetters.put([letter()])).toEqual([WRITTEN]);

    expect(queue.bodies.map((body) => JSON.parse(body))).toEqual([letter()]);
    expect(Object.keys(queue.requests[0]?.[0] ?? {}).toSorted()).toEqual(['Id', 'MessageBody']);
  });

  test('go in requests of 10', async () => {
    const { deadLetters, queue } = world();
    const letters = lettersAt(...Array.from({ length: 23 }, (_, offset) => offset));

    expect(await deadLetters.put(letters)).toEqual(letters.map(() => WRITTEN));

    expect(queue.requests.map(({ length }) => length)).toEqual([10, 10, 3]);
    expect(queue.bodies.map(offsetIn).toSorted()).toEqual(letters.map(({ record }) => record.offset).toSorted());
  });

  test('of a whole call that is empty make no request', async () => {
    const { deadLetters, queue } = world();

    expect(await deadLetters.put([])).toEqual([]);
    expect(queue.requests).toEqual([]);
  });

  test('have one answer each, in their order, whatever the service says to each', async () => {
    const answer = fc.constantFrom('written', 'throttled', 'failed', 'refused');
    const codes = { throttled: 'RequestThrottled', failed: 'InternalError', refused: 'KmsAccessDenied' } as const;
    await fc.assert(
      fc.asyncProperty(fc.array(answer, { maxLength: 35 }), async (wanted) => {
        const { deadLetters, queue } = world();
        queue.refuse = (body) => {
          const kind = wanted[offsetIn(body) as number];
          return kind === undefined || kind === 'written' ? undefined : { Code: codes[kind], Message: 'no' };
        };

        const answers = await deadLetters.put(lettersAt(...wanted.keys()));

        expect(answers.map((given) => (given.kind === 'unknown' ? given.reason : given.kind))).toEqual(wanted);
      }),
    );
  });

  test('that the answer leaves out are unknown', async () => {
    const { deadLetters, queue } = world();
    const answered = new SqsDeadLetters({ url: URL, isFifo: false }, async () => ({ Successful: [{ Id: '1' }] }));

    expect(await answered.put(lettersAt(0, 1, 2))).toMatchObject([
      { kind: 'unknown', reason: 'failed' },
      WRITTEN,
      { kind: 'unknown', reason: 'failed' },
    ]);
    expect(await deadLetters.put(lettersAt(0))).toEqual([WRITTEN]);
    expect(queue.requests).toHaveLength(1);
  });

  test.each([
    ['ThrottlingException', 'throttled'],
    ['RequestThrottled', 'throttled'],
    ['KmsThrottled', 'throttled'],
    ['TimeoutError', 'failed'],
    ['InternalFailure', 'failed'],
    ['ECONNREFUSED', 'failed'],
    ['AccessDenied', 'refused'],
    ['AccessDeniedException', 'refused'],
    ['QueueDoesNotExist', 'refused'],
    ['AWS.SimpleQueueService.NonExistentQueue', 'refused'],
    ['InvalidMessageContents', 'refused'],
  ])('of a request that fails with %s are %s, all of them, and it says what was tried', async (name, reason) => {
    const { deadLetters, queue } = world();
    queue.fail = () => (queue.requests.length === 2 ? named(name, 'because') : undefined);

    const answers = await deadLetters.put(lettersAt(...Array.from({ length: 12 }, (_, offset) => offset)));

    expect(answers.slice(0, 10)).toEqual(Array.from({ length: 10 }, () => WRITTEN));
    expect(answers.slice(10)).toMatchObject([
      { kind: 'unknown', reason },
      { kind: 'unknown', reason },
    ]);
    const { error } = answers[11] as { error: Error };
    expect(error.message).toContain(`send 2 letters to the queue ${URL}): ${name}: because`);
    expect(isOnceError(error) && error.code).toBe('MSK_ONCE_DEAD_LETTERS_UNAVAILABLE');
    expect(queue.requests).toHaveLength(2);
  });

  test('whatever is thrown, nothing rejects', async () => {
    for (const thrown of [undefined, 'text', null, {}]) {
      const deadLetters = new SqsDeadLetters({ url: URL, isFifo: false }, () => Promise.reject(thrown));

      expect(await deadLetters.put([letter()])).toMatchObject([{ kind: 'unknown', reason: 'failed' }]);
    }
  });
});

describe('a letter of the size', () => {
  const sizes = [1_048_575, MIB, 1_048_577, 6_000_000];

  test.each(sizes)('%d bytes arrives: in the queue up to 1 MiB, else in the bucket with a pointer', async (bytes) => {
    const { deadLetters, queue, objects } = world();
    const given = letterOfBytes(bytes, 7);

    expect(await deadLetters.put([given])).toEqual([WRITTEN]);

    expect(queue.bodies).toHaveLength(1);
    const [body = ''] = queue.bodies;
    if (bytes <= MIB) {
      expect(JSON.parse(body)).toEqual(given);
      expect(objects.size).toBe(0);
    } else {
      const key = 'dead/parked/shop-orders/u-1/1/orders/2/00000000000000000007.json';
      expect(readLetter(body)).toEqual({
        mskOnce: 'letter-pointer/1',
        id: given.id,
        consumer: 'shop-orders',
        source: 'u-1',
        s3: { bucket: 'letters', key },
        bytes,
      });
      expect(readLetter(objects.get(`letters/${key}`) ?? '')).toEqual(given);
    }
  });

  test('over 1 MiB without a bucket is refused alone, and the error says what to configure', async () => {
    const { deadLetters, queue } = world({ bucket: false });

    const [, answer, last] = await deadLetters.put([letter(), letterOfBytes(MIB + 1, 8), ...lettersAt(9)]);

    expect(answer).toMatchObject({ kind: 'unknown', reason: 'refused' });
    const { message } = (answer as { error: Error }).error;
    expect(message).toContain(`The dead letter of orders-2@8 has 1048577 bytes, and the queue ${URL} takes 1048576.`);
    expect(message).toMatch(/bucket .*MSK_ONCE_DEAD_LETTERS: sqs:<queue URL>,s3:.*\(MSK_ONCE_LETTER_TOO_LARGE\)/);
    expect(last).toEqual(WRITTEN);
    expect(queue.bodies.map(offsetIn)).toEqual([4711, 9]);
  });

  test('over 1 MiB is not in the queue where the bucket did not take it', async () => {
    const queue = new FakeQueue();
    const bucket = new LetterBucket({ bucket: 'letters', prefix: '' }, async () => {
      throw named('SlowDown', 'Please reduce your request rate.');
    });
    const deadLetters = new SqsDeadLetters({ url: URL, isFifo: false }, queue.send, bucket);

    const answers = await deadLetters.put([letterOfBytes(MIB + 1, 8), ...lettersAt(9)]);

    expect(answers).toMatchObject([{ kind: 'unknown', reason: 'throttled' }, WRITTEN]);
    expect(queue.bodies.map(offsetIn)).toEqual([9]);
  });

  test('300 KB goes to the bucket where the queue takes 256 KiB, and the small ones beside it do not', async () => {
    const { deadLetters, queue, objects } = world();
    queue.maximumBytes = 262_144;
    const letters = [letterOfBytes(300_000, 1), letterOfBytes(262_144, 2), ...lettersAt(3)];

    expect(await deadLetters.put(letters)).toEqual([WRITTEN, WRITTEN, WRITTEN]);

    expect(objects.size).toBe(1);
    expect(queue.bodies.map(offsetIn)).toEqual([2, 3, expect.objectContaining({ bytes: 300_000 })]);
  });

  test('300 KB is refused where the queue takes 256 KiB and there is no bucket, naming its limit', async () => {
    const { deadLetters, queue } = world({ bucket: false });
    queue.maximumBytes = 262_144;

    const answers = await deadLetters.put([letterOfBytes(300_000, 1), ...lettersAt(3)]);

    expect(answers).toMatchObject([{ kind: 'unknown', reason: 'refused' }, WRITTEN]);
    const { message } = (answers[0] as { error: Error }).error;
    expect(message).toContain('has 300000 bytes, and the queue');
    expect(message).toContain('takes 262144');
  });

  test('300 KB is taken by a queue whose limit was raised meanwhile', async () => {
    const { deadLetters, queue } = world({ bucket: false });
    queue.maximumBytes = 262_144;
    const [before] = await deadLetters.put([letterOfBytes(300_000, 1)]);
    queue.maximumBytes = MIB;

    const [after] = await deadLetters.put([letterOfBytes(300_000, 1)]);

    expect(before?.kind).toBe('unknown');
    expect(after).toEqual(WRITTEN);
  });

  test('any, for a service whose requests are smaller than ours think, arrives all the same', async () => {
    const size = fc.integer({ min: 1_000, max: 400_000 });
    await fc.assert(
      fc.asyncProperty(
        fc.array(size, { minLength: 1, maxLength: 25 }),
        fc.constantFrom(20_000, 262_144, MIB),
        fc.constantFrom(20_000, 262_144, MIB),
        async (bytes, requestBytes, maximumBytes) => {
          const { deadLetters, queue, objects } = world();
          Object.assign(queue, { requestBytes, maximumBytes });
          const letters = bytes.map((each, offset) => letterOfBytes(each, offset));

          expect(await deadLetters.put(letters)).toEqual(letters.map(() => WRITTEN));

          const limit = Math.min(requestBytes, maximumBytes);
          expect(queue.bodies.filter((body) => Buffer.byteLength(body) > limit)).toEqual([]);
          const read = queue.bodies.map((body) => readLetter(body).id);
          expect(read.toSorted()).toEqual(letters.map(({ id }) => id).toSorted());
          expect(objects.size).toBe(bytes.filter((each) => each > limit).length);
        },
      ),
      { numRuns: 40 },
    );
  });

  test.each([
    ['InvalidParameterValue', 'Message must be shorter, it says, and not than what.'],
    ['BatchRequestTooLong', 'too long'],
    ['BatchRequestTooLong', 'Batch requests cannot be longer than 1048576 bytes.'],
  ])('that is always refused with %s ("%s") ends unknown, and not in a loop', async (name, text) => {
    const { deadLetters, queue } = world();
    queue.fail = () => named(name, text);

    const answers = await deadLetters.put([...lettersAt(1, 2, 3), letterOfBytes(500_000, 4)]);

    expect(answers).toHaveLength(4);
    for (const answer of answers) expect(answer).toMatchObject({ kind: 'unknown', reason: 'refused' });
    expect(queue.requests.length).toBeLessThan(40);
  });
});

describe('a FIFO queue', () => {
  const url = `${URL}.fifo`;

  test('gets the partition as the group, and the id of the letter against duplicates', async () => {
    const { deadLetters, queue } = world({ url });

    await deadLetters.put([letter(), letter(), ...lettersAt(5)]);

    const [first, same, other] = queue.requests.flat();
    expect(first?.MessageGroupId).toBe('orders-2');
    expect(first?.MessageDeduplicationId).toMatch(/^[0-9a-f]{64}$/);
    expect(same?.MessageDeduplicationId).toBe(first?.MessageDeduplicationId);
    expect(other?.MessageDeduplicationId).not.toBe(first?.MessageDeduplicationId);
    expect(other?.MessageGroupId).toBe('orders-2');
  });

  test('gets a group that it accepts from the longest topic', async () => {
    const { deadLetters, queue } = world({ url });

    await deadLetters.put([letter({ record: { ...RECORD, topic: 't'.repeat(249) } })]);

    // SQS API Reference, SendMessageBatchRequestEntry: at most 128 characters.
    expect(queue.requests[0]?.[0]?.MessageGroupId).toMatch(/^[\w.-]{1,128}$/);
  });

  test('gets a pointer in the group of its letter', async () => {
    const { deadLetters, queue } = world({ url });

    await deadLetters.put([letterOfBytes(MIB + 1, 8)]);

    expect(queue.requests.flat()).toMatchObject([{ MessageGroupId: 'orders-2' }]);
    expect(queue.bodies.map(offsetIn)).toEqual([expect.objectContaining({ mskOnce: 'letter-pointer/1' })]);
  });
});
