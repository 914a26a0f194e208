import { AssertionError } from 'node:assert';
import { assertTookEffectOnce } from '../../testing';

const faultsOf = (effects: Parameters<typeof assertTookEffectOnce>[0], expected: typeof effects) => {
  try {
    assertTookEffectOnce(effects, expected);
  } catch (error) {
    expect(error).toBeInstanceOf(AssertionError);
    return (error as Error).message.split('\n').slice(1);
  }
  return [];
};

test('each once is right, in any order', () => {
  expect(faultsOf(['b', 'a'], ['a', 'b'])).toEqual([]);
  expect(faultsOf([], [])).toEqual([]);
  expect(faultsOf(new Set([1, 2n]), [2, 1])).toEqual([]);
});

test('what was lost, what was repeated and what nobody expected is named, each by itself', () => {
  expect(faultsOf(['a', 'b', 'b', 'b', 'x'], ['a', 'b', 'c'])).toEqual([
    '  did not happen: c',
    '  happened more than once: b (3 times)',
    '  nobody expected: x',
  ]);
  expect(faultsOf(['a', 'a'], ['a'])).toEqual(['  happened more than once: a (2 times)']);
  expect(faultsOf([], ['a'])).toEqual(['  did not happen: a']);
});

test('records are told apart by their place, and a name is one', () => {
  const record = { topic: 't', partition: 0, offset: 3, value: 'x' };

  expect(faultsOf([record], ['t-0@3'])).toEqual([]);
  expect(faultsOf([record, { ...record, offset: 4 }], [record])).toEqual(['  nobody expected: t-0@4']);
});

test('of many only the first are named', () => {
  const [line] = faultsOf([], [...Array(25).keys()]);

  expect(line).toBe(
    '  did not happen: 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, and 5 more',
  );
});
