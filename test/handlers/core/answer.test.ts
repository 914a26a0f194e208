import fc from 'fast-check';
import { ERROR_CODES, ERROR_SYMBOL } from '../../../contract/error-codes';
import { type ArrayOutcomes, answerFor, type Outcome } from '../../../handlers/core/answer';

const OUTCOMES: readonly Outcome[] = ['done', 'duplicate', 'parked', 'open'];

/** Partitions with offsets that rise and leave gaps, as they come from a compacted topic. */
const arrays: fc.Arbitrary<ArrayOutcomes[]> = fc
  .array(
    fc.array(fc.record({ gap: fc.integer({ min: 1, max: 1e9 }), outcome: fc.constantFrom(...OUTCOMES) }), {
      maxLength: 30,
    }),
    { maxLength: 8 },
  )
  .map((partitions) =>
    partitions.map((steps, partition) => {
      let offset = -1;
      const records = steps.map(({ gap, outcome }) => {
        offset += gap;
        return { offset, outcome };
      });
      return { name: `orders-${partition}`, records };
    }),
  );

/** Written down again, slowly, and not with the code under test. */
function openOf(given: readonly ArrayOutcomes[]): string[] {
  const open: string[] = [];
  for (const array of given) {
    for (const record of array.records) if (record.outcome === 'open') open.push(`${array.name}@${record.offset}`);
  }
  return open;
}

describe('A1: the partial response', () => {
  test('lists exactly the open records, each once, per partition in offset order', () => {
    fc.assert(
      fc.property(arrays, (given) => {
        const answer = answerFor(given, 'partial');

        if (answer.kind !== 'return') throw new Error('a partial answer is returned');
        const listed = answer.response?.batchItemFailures ?? [];
        expect(listed.map(({ itemIdentifier: { partition, offset } }) => `${partition}@${offset}`)).toEqual(
          openOf(given),
        );
      }),
    );
  });

  test('has the shape that the service reads: a partition name and a number', () => {
    const given: ArrayOutcomes[] = [{ name: 'a-b-0', records: [{ offset: 41, outcome: 'open' }] }];

    const answer = answerFor(given, 'partial');

    expect(JSON.stringify(answer.kind === 'return' && answer.response)).toBe(
      '{"batchItemFailures":[{"itemIdentifier":{"partition":"a-b-0","offset":41}}]}',
    );
  });

  test('is an empty list, not nothing, when every record is closed', () => {
    const given: ArrayOutcomes[] = [{ name: 'a-0', records: [{ offset: 1, outcome: 'parked' }] }];

    const answer = answerFor(given, 'partial');

    expect(answer).toEqual({ kind: 'return', response: { batchItemFailures: [] } });
  });
});

describe('A3: the throw answer', () => {
  test('fails exactly when a record is open, counts them, and names the first 20', () => {
    fc.assert(
      fc.property(arrays, (given) => {
        const open = openOf(given);
        const total = given.reduce((sum, { records }) => sum + records.length, 0);

        const answer = answerFor(given, 'throw');

        if (open.length === 0) return expect(answer).toEqual({ kind: 'return', response: undefined });
        if (answer.kind !== 'throw') throw new Error('open records must fail the invocation');
        expect(answer.error.message).toContain(`${open.length} of ${total} records are open`);
        const named = answer.error.message.match(/orders-\d+@\d+/g);
        expect(named).toEqual(open.slice(0, 20));
      }),
    );
  });

  test('says how many it does not name', () => {
    const records = Array.from({ length: 23 }, (_, offset) => ({ offset, outcome: 'open' as const }));

    const answer = answerFor([{ name: 'a-0', records }], 'throw');

    if (answer.kind !== 'throw') throw new Error('open records must fail the invocation');
    expect(answer.error.message).toContain('a-0@19 and 3 more');
    expect(answer.error.message).not.toContain('a-0@20');
    expect(answer.error[ERROR_SYMBOL]).toBe(ERROR_CODES.recordsOpen);
  });
});
