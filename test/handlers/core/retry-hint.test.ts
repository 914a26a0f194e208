import fc from 'fast-check';
import { retryHintMs } from '../../../handlers/core/retry-hint';

const NOW = Date.UTC(2026, 10, 21, 12, 0, 0);

describe('P1: how long an error asks to wait', () => {
  test.each<[string, unknown, number | undefined]>([
    ['milliseconds', { retryAfterMs: 1_500 }, 1_500],
    ['no time at all', { retryAfterMs: 0 }, 0],
    ['seconds', { retryAfter: 2 }, 2_000],
    ['seconds as text', { retryAfter: '2' }, 2_000],
    ['a date', { retryAfter: new Date(NOW + 7_000) }, 7_000],
    ["a header's date", { retryAfter: 'Sat, 21 Nov 2026 12:00:09 GMT' }, 9_000],
    ['a date that is over', { retryAfter: new Date(NOW - 7_000) }, 0],
    ['the header of an answer of fetch', { response: { headers: new Headers({ 'Retry-After': '3' }) } }, 3_000],
    ['the header of an answer of axios', { response: { headers: { 'retry-after': '4' } } }, 4_000],
    ['the header of an answer of the AWS SDK', { $response: { headers: { 'Retry-After': '5' } } }, 5_000],
    ['the header of an error itself', { headers: { 'retry-after': '6' } }, 6_000],
    ['its cause', new Error('outer', { cause: { retryAfterMs: 8 } }), 8],
    ['nothing', new Error('no'), undefined],
    ['nothing, being a string', 'retry-after: 3', undefined],
    ['nothing that can be read', { retryAfter: 'soon', headers: { 'retry-after': [] } }, undefined],
    ['a negative time', { retryAfterMs: -1, retryAfter: -2 }, undefined],
  ])('is read from %s', (_, error, expected) => {
    expect(retryHintMs(error, NOW)).toBe(expected);
  });

  test('a chain of causes that never ends does not hold it up', () => {
    const error: { cause?: unknown } = {};
    error.cause = error;

    expect(retryHintMs(error, NOW)).toBeUndefined();
  });

  test('whatever was thrown, it is a time from now on or nothing', () => {
    fc.assert(
      fc.property(fc.anything({ withDate: true, withNullPrototype: true }), fc.anything(), (error, retryAfter) => {
        for (const each of [error, { retryAfter, headers: retryAfter, response: { headers: error } }]) {
          const hint = retryHintMs(each, NOW);
          expect(hint === undefined || hint >= 0).toBe(true);
        }
      }),
    );
  });
});
