import { mergeGlobals } from '../../../local/template/sam-globals';

// The examples of SAM's own documentation of the section Globals, and their limits.
test.each<[string, unknown, unknown, unknown, string[]]>([
  ['a value of the resource holds', 'python', 'nodejs', 'nodejs', []],
  ['a value of Globals fills a gap', 30, undefined, 30, ['']],
  ['nothing stays nothing', undefined, undefined, undefined, []],
  ['objects are merged', { a: 1, b: 1 }, { b: 2, c: 2 }, { a: 1, b: 2, c: 2 }, ['a']],
  [
    'however deep',
    { v: { a: { x: 1 }, b: 1 } },
    { v: { a: { y: 2 } } },
    { v: { a: { x: 1, y: 2 }, b: 1 } },
    ['v.a.x', 'v.b'],
  ],
  ['lists are joined, the global items first', ['a'], ['b', 'a'], ['a', 'b', 'a'], []],
  ['a function is one value', { Ref: 'A' }, { Ref: 'B' }, { Ref: 'B' }, []],
  ['a function is not merged with an object', { a: 1 }, { 'Fn::If': ['X', 1, 2] }, { 'Fn::If': ['X', 1, 2] }, []],
  ['a list is not merged with an object', { a: 1 }, ['b'], ['b'], []],
])('%s', (_, general, local, value, inherited) => {
  expect(mergeGlobals(general, local)).toEqual({ value, inherited });
});
