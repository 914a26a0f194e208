import fc from 'fast-check';
import { backoffMs } from '../../../handlers/core/backoff';

describe('backoff', () => {
  test.each([
    [1, 0.999_999, 19],
    [2, 0.999_999, 39],
    [3, 0.5, 40],
    [6, 0.999_999, 639],
    [7, 0.999_999, 999],
    [50, 0.999_999, 999],
    [2_000, 0.5, 500],
    [1, 0, 0],
  ])('of try %d with the fraction %d over 20 ms up to 1 s is %d ms', (tries, fraction, expected) => {
    expect(backoffMs(tries, fraction, 20, 1_000)).toBe(expected);
  });

  test('is a whole number below the cap, anywhere from 0', () => {
    const fraction = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 5_000 }),
        fraction,
        fc.integer({ min: 1, max: 1_000 }),
        fc.nat(10_000),
        (tries, f, base, cap) => {
          const pauseMs = backoffMs(tries, f, base, cap);

          expect(Number.isSafeInteger(pauseMs)).toBe(true);
          expect(pauseMs).toBeGreaterThanOrEqual(0);
          expect(pauseMs).toBeLessThanOrEqual(cap);
        },
      ),
    );
  });
});
