import { median, rangeOf } from '../../bench/report/statistics';

describe('median', () => {
  test.each<[number[], number]>([
    [[3], 3],
    [[3, 1, 2], 2],
    [[4, 1, 3, 2], 2.5],
    [[10, 9, 100, 1, 2], 9],
  ])('of %j is %d', (values, expected) => {
    expect(median(values)).toBe(expected);
  });

  test('of nothing is an error, not a number', () => {
    expect(() => median([])).toThrow('no median');
  });

  test('leaves its values as they were', () => {
    const values = [3, 1, 2];

    median(values);

    expect(values).toEqual([3, 1, 2]);
  });
});

test('a range is the smallest and the largest', () => {
  expect(rangeOf([5, 3, 9])).toEqual([3, 9]);
});
