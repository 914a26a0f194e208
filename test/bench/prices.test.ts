import { dollarsPerMillion, lambdaDollarsPerMillion } from '../../bench/prices';

// Figures of the performance study that came before the project, section 9.
describe('the cost of a million records', () => {
  test.each<[string, number, number, number]>([
    ['stock, two writes', 2, 0, 1.25],
    ['one write and one consistent read', 1, 1, 0.75],
    ['a ledger over ten partitions in batches of 1,000', 0.02, 0, 0.0125],
  ])('%s', (_, writeUnitsPerRecord, readUnitsPerRecord, dollars) => {
    expect(dollarsPerMillion({ writeUnitsPerRecord, readUnitsPerRecord })).toBeCloseTo(dollars, 10);
  });

  test('of Lambda at 106 records a second is 27 cents', () => {
    expect(lambdaDollarsPerMillion(1_000_000 / 9_452)).toBeCloseTo(0.272, 3);
  });
});
