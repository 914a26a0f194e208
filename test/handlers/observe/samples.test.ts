import fc from 'fast-check';
import { Samples } from '../../../handlers/observe/samples';

/** Specification of the embedded metric format: an array of values has at most 100 members. */
const CLOUDWATCH_TAKES = 100;

function sampled(values: readonly number[]): Samples {
  const samples = new Samples();
  for (const value of values) samples.add(value);
  return samples;
}

describe('values of a metric in bounded memory', () => {
  test('nothing was added: nothing is there', () => {
    expect(new Samples().values).toEqual([]);
    expect(new Samples().highest).toBeUndefined();
  });

  test('up to 98 are all kept, in their order', () => {
    const values = Array.from({ length: 98 }, (_, n) => (n * 37) % 98);

    expect(sampled(values).values).toEqual(values);
  });

  test('of any number at most 100 are given, each was added, and the highest is among them', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: 1_000_000_000 }), { minLength: 1, maxLength: 3_000, size: 'max' }),
        (values) => {
          const { values: given, highest } = sampled(values);

          expect(given.length).toBeLessThanOrEqual(CLOUDWATCH_TAKES);
          expect(given.filter((value) => !values.includes(value))).toEqual([]);
          expect(given).toContain(Math.max(...values));
          expect(highest).toBe(Math.max(...values));
        },
      ),
      { numRuns: 50 },
    );
  });

  test.each([99, 196, 197, 1_000, 10_000])('of %i they are spread evenly over all', (count) => {
    // The position is the value, so that the last is the highest.
    const given = sampled(Array.from({ length: count }, (_, n) => n)).values.slice(0, -1);
    const gaps = new Set(given.slice(1).map((value, index) => value - (given[index] as number)));

    expect([...gaps]).toHaveLength(1);
    expect(given.length).toBeGreaterThan(40);
  });
});
