import { AssertionError } from 'node:assert';
import { type AnyHandler, deliverUntilDone, kafkaEvent, openRecords, READINGS, recordNames } from '../../testing';

const event = kafkaEvent({
  topic: 't',
  records: [{ value: 0 }, { value: 1 }, { value: 2 }, { value: 3, partition: 1 }, { value: 4, partition: 1 }],
});
const failure = (partition: string, offset: number) => ({ itemIdentifier: { partition, offset } });

/** Answers one after the other what it is told, and remembers what it was given. */
function scripted(...answers: readonly unknown[]) {
  const given: string[][] = [];
  const handler: AnyHandler = (delivered) => {
    given.push(recordNames(delivered));
    const answer = answers[given.length - 1];
    if (answer instanceof Error) throw answer;
    return answer;
  };
  return { handler, given };
}

describe('what comes again', () => {
  const answer = { batchItemFailures: [failure('t-0', 1), failure('t-1', 1)] };

  test.each([
    ['listed', ['t-0@1', 't-1@1']],
    ['from-lowest', ['t-0@1', 't-0@2', 't-1@1']],
  ] as const)('%s: %j', async (reading, again) => {
    const { handler, given } = scripted(answer, { batchItemFailures: [] });

    const deliveries = await deliverUntilDone(handler, event, { reading });

    expect(given).toEqual([['t-0@0', 't-0@1', 't-0@2', 't-1@0', 't-1@1'], again]);
    expect(deliveries.map(({ open }) => open)).toEqual([['t-0@1', 't-1@1'], []]);
  });

  test.each(READINGS)('%s: a partition that is not listed is done', async (reading) => {
    const { handler, given } = scripted({ batchItemFailures: [failure('t-1', 0)] }, undefined);

    await deliverUntilDone(handler, event, { reading });

    expect(given[1]).toEqual(reading === 'listed' ? ['t-1@0'] : ['t-1@0', 't-1@1']);
  });

  test.each(['partial', 'throw'] as const)('%s: everything after a failure', async (mode) => {
    const { handler, given } = scripted(new Error('down'), undefined);

    const [first, second] = await deliverUntilDone(handler, event, { mode });

    expect(given).toEqual([recordNames(event), recordNames(event)]);
    expect(first).toMatchObject({ error: new Error('down'), open: recordNames(event) });
    expect(second?.open).toEqual([]);
  });

  test('nothing after what the service takes for success', async () => {
    for (const answer of [undefined, null, {}, { batchItemFailures: null }, { batchItemFailures: [] }]) {
      expect(await deliverUntilDone(scripted(answer).handler, event)).toHaveLength(1);
    }
  });

  test('what a handler does to its event does not change what comes again', async () => {
    const { handler, given } = scripted(new Error('down'), undefined);
    const spoiling: AnyHandler = (delivered, context) => {
      try {
        return handler(delivered, context);
      } finally {
        for (const name of Object.keys(delivered.records)) delete (delivered.records as Record<string, unknown>)[name];
      }
    };

    await deliverUntilDone(spoiling, event);

    expect(given[1]).toEqual(recordNames(event));
  });
});

test('the context says the mode', async () => {
  const arns: string[] = [];
  for (const mode of ['partial', 'throw'] as const) {
    await deliverUntilDone((_, { invokedFunctionArn }) => void arns.push(invokedFunctionArn), event, { mode });
  }

  expect(arns.map((arn) => arn.split(':').at(-1))).toEqual(['Test-partial', 'Test-throw']);
});

describe('a test fails', () => {
  const failing = async (...answers: readonly unknown[]) => {
    const error: unknown = await deliverUntilDone(scripted(...answers).handler, event, { max: answers.length }).then(
      () => undefined,
      (caught: unknown) => caught,
    );
    expect(error).toBeInstanceOf(AssertionError);
    return error as AssertionError;
  };

  test('when something stays open for good: it names the records and the cause', async () => {
    const listed = { batchItemFailures: [failure('t-0', 2)] };
    const cause = new Error('down');

    expect(await failing(listed, listed)).toMatchObject({
      message: '1 records are still open after 2 deliveries: t-0@2',
      actual: ['t-0@2'],
      expected: [],
    });
    expect(await failing(cause)).toMatchObject({
      message: expect.stringMatching(/^5 records are still open after 1 deliveries: t-0@0, .*failed with Error: down$/),
      cause,
    });
  });

  test.each<[unknown, string]>([
    ['ok', 'The handler returned a string, which the service takes for success'],
    [7, 'a number'],
    [[failure('t-0', 0)], 'an array'],
    [{ batchItemFailure: [] }, 'an object with batchItemFailure and no batchItemFailures'],
    [{ batchItemFailures: 'all' }, 'batchItemFailures is no array'],
    [{ batchItemFailures: [{ itemIdentifier: '3' }] }, 'batchItemFailures[0] names no record'],
    [{ batchItemFailures: [{ itemIdentifier: { partition: 't-0', offset: '1' } }] }, 'batchItemFailures[0]'],
    [{ batchItemFailures: [{ itemIdentifier: { partition: 0, offset: 1 } }] }, 'batchItemFailures[0]'],
    [{ batchItemFailures: [null] }, 'batchItemFailures[0]'],
    [{ batchItemFailures: [failure('t-0', 9)] }, 'lists t-0@9, which was not delivered'],
  ])('when the handler answers %j', async (answer, message) => {
    expect((await failing(answer)).message).toContain(message);
  });

  test('when a list goes to a mapping that ignores lists', async () => {
    const { handler } = scripted({ batchItemFailures: [failure('t-0', 0)] });

    await expect(deliverUntilDone(handler, event, { mode: 'throw' })).rejects.toThrow('the records are lost');
  });
});

test('openRecords names what is listed, in its order', () => {
  expect(openRecords({ batchItemFailures: [failure('a-b-1', 4), failure('t-0', 0)] })).toEqual(['a-b-1@4', 't-0@0']);
  expect(openRecords(undefined)).toEqual([]);
  expect(() => openRecords('ok')).toThrow(AssertionError);
});
