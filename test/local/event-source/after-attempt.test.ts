/** Rows 14 to 18 and 36 of section 8: what an attempt leaves of a batch. */
import fc from 'fast-check';
import { type AfterAttempt, afterAttempt, type RetryRules } from '../../../local/event-source/after-attempt';
import { defaultChoices } from '../../../local/event-source/choices';
import type { Verdict } from '../../../local/event-source/response';
import { nameOf, topicRecord } from './topic-records';

const FAILED: Verdict = { kind: 'failed', reason: 'Error: no' };
const CHOICES = { ...defaultChoices(), 'blocked-after-retries': 3 };
const RULES: RetryRules = { retryLimit: Number.POSITIVE_INFINITY, bisect: false, choices: CHOICES };
const NOTHING: AfterAttempt = { next: [], givenUp: [], blocked: false };

const mixed = [topicRecord(1, 4), topicRecord(1, 5), topicRecord(0, 7), topicRecord(0, 8), topicRecord(0, 9)];
const partial = (...failed: [number, number[]][]): Verdict => ({
  kind: 'partial',
  failed: new Map(failed.map(([partition, offsets]) => [partition, new Set(offsets)])),
});
const shown = ({ next, givenUp, blocked }: AfterAttempt) => ({
  next: next.map(({ records, retries }) => [records.map(nameOf).join(' '), retries]),
  givenUp: givenUp.map(nameOf).join(' '),
  blocked,
});

test('nothing is left of a success', () => {
  expect(afterAttempt({ records: mixed, retries: 2 }, { kind: 'success' }, RULES)).toEqual(NOTHING);
});

describe('row 14: the count of a batch', () => {
  test.each([
    ['a function error', FAILED, '1@4 1@5 0@7 0@8 0@9'],
    ['a partial failure', partial([0, [8]]), '0@8'],
  ])('%s adds one', (_, verdict, left) => {
    expect(shown(afterAttempt({ records: mixed, retries: 4 }, verdict, { ...RULES, retryLimit: 10 }))).toEqual({
      next: [[left, 5]],
      givenUp: '',
      blocked: false,
    });
  });

  test.each([
    [0, 0],
    [1, 1],
    [10, 10],
  ])('a limit of %d gives up what fails for the time after', (retryLimit, retries) => {
    const rules = { ...RULES, retryLimit };

    expect(shown(afterAttempt({ records: mixed, retries }, partial([1, [4]]), rules)).givenUp).toBe('1@4');
    if (retries > 0) {
      expect(shown(afterAttempt({ records: mixed, retries: retries - 1 }, FAILED, rules)).givenUp).toBe('');
    }
  });
});

describe('bisect', () => {
  const bisecting = { ...RULES, bisect: true };

  test('row 17: floor(n/2) records in payload order, and the rest', () => {
    expect(shown(afterAttempt({ records: mixed, retries: 0 }, FAILED, bisecting)).next).toEqual([
      ['1@4 1@5', 1],
      ['0@7 0@8 0@9', 1],
    ]);
  });

  test('row 15: both halves go on with the count of the whole, the error included or, by choice, not', () => {
    const free = { ...bisecting, choices: { ...CHOICES, 'error-before-split': 'not-counted' as const } };

    const counts = [bisecting, free].map((rules) =>
      afterAttempt({ records: mixed, retries: 2 }, FAILED, { ...rules, retryLimit: 9 }).next.map(
        ({ retries }) => retries,
      ),
    );

    expect(counts).toEqual([
      [3, 3],
      [2, 2],
    ]);
  });

  test('a single record is not split: it uses its retries up alone', () => {
    const rules = { ...bisecting, retryLimit: 1 };
    const records = [topicRecord(0, 7)];

    expect(shown(afterAttempt({ records, retries: 0 }, FAILED, rules)).next).toEqual([['0@7', 1]]);
    expect(shown(afterAttempt({ records, retries: 1 }, FAILED, rules)).givenUp).toBe('0@7');
  });

  test('row 18: a partial response is not split, under either reading', () => {
    const checkpoint = { ...bisecting, choices: { ...CHOICES, 'partial-response': 'checkpoint' as const } };

    expect(shown(afterAttempt({ records: mixed, retries: 0 }, partial([0, [8]], [1, [4]]), bisecting)).next).toEqual([
      ['1@4 0@8', 1],
    ]);
    expect(shown(afterAttempt({ records: mixed, retries: 0 }, partial([0, [8]], [1, [4]]), checkpoint)).next).toEqual([
      ['1@4 1@5 0@8 0@9', 1],
    ]);
  });

  test('splitting ends, and every record is in one part, in order, whatever the size', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 300 }), fc.constantFrom('counted', 'not-counted'), (count, choice) => {
        const rules = { ...bisecting, choices: { ...CHOICES, 'error-before-split': choice } } as RetryRules;
        const whole = Array.from({ length: count }, (_, offset) => topicRecord(0, offset));
        let parts = [{ records: whole as readonly (typeof whole)[number][], retries: 0 }];
        for (let depth = 0; depth < 9; depth += 1) {
          parts = parts.flatMap((part) =>
            part.records.length > 1 ? [...afterAttempt(part, FAILED, rules).next] : [part],
          );
        }

        expect(parts.map(({ records }) => records.map(nameOf).join())).toEqual(whole.map(nameOf));
      }),
    );
  });
});

describe('row 36: endless retries', () => {
  test('are shown so often, and then they block', () => {
    const blocked = [0, 1, 2, 3].map((retries) => afterAttempt({ records: mixed, retries }, FAILED, RULES).blocked);

    expect(blocked).toEqual([false, false, false, true]);
  });

  test('do not block what can still be split', () => {
    const rules = { ...RULES, bisect: true };

    expect(afterAttempt({ records: mixed, retries: 9 }, FAILED, rules).blocked).toBe(false);
    expect(afterAttempt({ records: [topicRecord(0, 7)], retries: 9 }, FAILED, rules).blocked).toBe(true);
  });

  test('are not blocked where a limit is set', () => {
    expect(afterAttempt({ records: mixed, retries: 9 }, FAILED, { ...RULES, retryLimit: 20 }).blocked).toBe(false);
  });
});
