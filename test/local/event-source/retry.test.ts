import fc from 'fast-check';
import type { TopicRecord } from '../../../local/broker/broker';
import type { Verdict } from '../../../local/event-source/response';
import { retryPauseMs, toRetry } from '../../../local/event-source/retry';
import { nameOf, topicRecord } from './topic-records';

interface Given {
  readonly batch: readonly TopicRecord[];
  /** Names of the records that the report lists: never none. */
  readonly listed: ReadonlySet<string>;
}

/** A batch over some partitions, offsets with gaps, arrays in any order; some of its records failed. */
const partialReport: fc.Arbitrary<Given> = fc
  .uniqueArray(
    fc.record({
      partition: fc.nat(5),
      gaps: fc.array(fc.integer({ min: 1, max: 1_000 }), { minLength: 1, maxLength: 12 }),
    }),
    { minLength: 1, maxLength: 5, selector: ({ partition }) => partition },
  )
  .chain((arrays) => {
    const batch = arrays.flatMap(({ partition, gaps }) => {
      let offset = -1;
      return gaps.map((gap) => {
        offset += gap;
        return topicRecord(partition, offset);
      });
    });
    return fc
      .uniqueArray(fc.constantFrom(...batch.map(nameOf)), { minLength: 1, maxLength: batch.length })
      .map((listed) => ({ batch, listed: new Set(listed) }));
  });

function verdictOf({ batch, listed }: Given): Verdict {
  const failed = new Map<number, Set<number>>();
  for (const record of batch) {
    if (!listed.has(nameOf(record))) continue;
    failed.set(record.partition, (failed.get(record.partition) ?? new Set()).add(record.offset));
  }
  return { kind: 'partial', failed };
}

describe('what comes again after a partial response', () => {
  test('listed: exactly the listed records, in the order of the batch', () => {
    fc.assert(
      fc.property(partialReport, (given) => {
        const again = toRetry(given.batch, verdictOf(given), 'listed');

        expect(again.map(nameOf)).toEqual(given.batch.map(nameOf).filter((name) => given.listed.has(name)));
      }),
    );
  });

  test('checkpoint: a record comes again exactly if it or one before it in its partition is listed', () => {
    fc.assert(
      fc.property(partialReport, (given) => {
        const again = toRetry(given.batch, verdictOf(given), 'checkpoint');

        const expected = given.batch.filter((record) =>
          given.batch.some(
            (other) =>
              other.partition === record.partition && other.offset <= record.offset && given.listed.has(nameOf(other)),
          ),
        );
        expect(again.map(nameOf)).toEqual(expected.map(nameOf));
      }),
    );
  });

  test('by hand: 41, 43 and 47 of one partition, 43 listed, and another partition without a failure', () => {
    const batch = [topicRecord(3, 7), topicRecord(0, 41), topicRecord(0, 43), topicRecord(0, 47)];
    const verdict: Verdict = { kind: 'partial', failed: new Map([[0, new Set([43])]]) };

    const [listed, checkpoint] = [toRetry(batch, verdict, 'listed'), toRetry(batch, verdict, 'checkpoint')];

    expect(listed.map(nameOf)).toEqual(['0@43']);
    expect(checkpoint.map(nameOf)).toEqual(['0@43', '0@47']);
  });
});

describe.each(['listed', 'checkpoint'] as const)('under the reading %s', (reading) => {
  const batch = [topicRecord(0, 41), topicRecord(1, 2)];

  test('nothing comes again after a success', () => {
    expect(toRetry(batch, { kind: 'success' }, reading)).toEqual([]);
  });

  test('everything comes again after a failure of the batch', () => {
    expect(toRetry(batch, { kind: 'failed', reason: 'Error: no' }, reading)).toEqual(batch);
  });
});

describe('row 19: the pause before a retry', () => {
  test.each([
    // retries, random fraction, base, cap, pause by hand
    [1, 0, 1_000, 30_000, 500],
    [1, 1, 1_000, 30_000, 1_000],
    [2, 0.5, 1_000, 30_000, 1_500],
    [5, 0, 1_000, 30_000, 8_000],
    [6, 0, 1_000, 30_000, 15_000],
    [6, 1, 1_000, 30_000, 30_000],
    [500, 1, 1_000, 30_000, 30_000],
    [5_000, 0, 1_000, 30_000, 15_000],
  ])('retry %d, fraction %d, base %d, cap %d: %d ms', (retries, fraction, baseMs, capMs, expected) => {
    expect(retryPauseMs(retries, fraction, baseMs, capMs)).toBe(expected);
  });
});
