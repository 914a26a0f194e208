import { ERROR_CODES } from '../../../contract/error-codes';
import { failuresIn, singly } from '../../../handlers/engine/batch-result';
import { isOnceError } from '../../../handlers/errors';
import type { ProcessedRecord } from '../../../handlers/options';

const at = (offset: number, partition = 0, topic = 'orders') => ({ topic, partition, offset });
const records = [at(3), at(4), at(7)];
const error = new Error('no');

const codeOf = (act: () => unknown) => {
  try {
    act();
  } catch (thrown) {
    return isOnceError(thrown) ? thrown.code : thrown;
  }
  return 'accepted';
};

describe('what a call returns', () => {
  test('nothing, or an empty list: all records are done', () => {
    expect(failuresIn(undefined, records).size).toBe(0);
    expect(failuresIn({ failed: [] }, records).size).toBe(0);
  });

  test('records that failed are known by their places, copies too', () => {
    const failed = [
      { record: { ...at(7) }, error },
      { record: records[0], error: 'text' },
    ];

    expect([...failuresIn({ failed }, records)]).toEqual([
      [2, error],
      [0, 'text'],
    ]);
  });

  test('an error that is nothing is one all the same', () => {
    const [none] = failuresIn({ failed: [{ record: at(4) }] }, records).values();

    expect(none).toMatchObject({ code: ERROR_CODES.processRejected });
  });

  test.each<[string, unknown]>([
    ['null', null],
    ['a text', 'done'],
    ['true', true],
    ['an array', []],
    ["Lambda's own answer", { batchItemFailures: [] }],
    ['the answer of an SDK', { $metadata: {}, UnprocessedItems: {} }],
    ['a list that is none', { failed: 'all' }],
    ['an index', { failed: [{ record: 1, error }] }],
    ['a record alone', { failed: [at(3)] }],
    ['nothing in the list', { failed: [undefined] }],
    ['a record that was not in the call', { failed: [{ record: at(5), error }] }],
    ['a record of another partition', { failed: [{ record: at(3, 1), error }] }],
    ['a record of another topic', { failed: [{ record: at(3, 0, 'others'), error }] }],
    [
      'a record twice',
      {
        failed: [
          { record: at(3), error },
          { record: at(3), error },
        ],
      },
    ],
  ])('%s is refused', (_, result) => {
    expect(codeOf(() => failuresIn(result, records))).toBe(ERROR_CODES.batchResultInvalid);
  });

  test('a refusal quotes nothing of what it was given', () => {
    expect(() => failuresIn('4111111111111111', records)).toThrow(/a string of 16 characters/);
    expect(() => failuresIn({ failed: [{ record: { secret: '4111' }, error }] }, records)).not.toThrow(/4111/);
  });
});

describe('a call of one record', () => {
  const record = { ...at(3), signal: new AbortController().signal } as ProcessedRecord<unknown, unknown>;

  test('ends as the call does, and throws what is said of the record', async () => {
    expect(codeOf(() => singly(() => undefined)(record))).toBe('accepted');
    expect(codeOf(() => singly(([one]) => ({ failed: [{ record: one as typeof record, error }] }))(record))).toBe(
      error,
    );
    await expect(singly(async () => Promise.reject(error))(record)).rejects.toBe(error);
    await expect(singly(async () => ({ failed: [{ record, error }] }))(record)).rejects.toBe(error);
  });

  test('is known by its call though the function empties the array that it gets', () => {
    const drain = (given: readonly unknown[]) => ({
      failed: [{ record: (given as (typeof record)[]).pop() ?? at(0), error }],
    });

    expect(codeOf(() => singly(drain)(record))).toBe(error);
  });

  test('has the signal of its record', () => {
    const seen: AbortSignal[] = [];
    singly((_, { signal }) => void seen.push(signal))(record);

    expect(seen).toEqual([record.signal]);
  });
});
