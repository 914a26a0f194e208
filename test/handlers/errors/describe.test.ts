import { describeKind, describe as describeValue, nameOf, reasonOf, tombstone } from '../../../handlers/errors';

describe('a value in a message', () => {
  test.each<[unknown, string]>([
    [undefined, 'undefined'],
    [null, 'null'],
    [0, '0'],
    [7n, '7n'],
    ['a"b', '"a\\"b"'],
    ['x'.repeat(100), `"${'x'.repeat(80)}…"`],
    [[1, 2], 'an array of 2'],
    [{ card: 4111 }, 'an object'],
    [Promise.resolve(1), 'a Promise'],
    [() => 1, 'a function'],
    [Symbol('s'), 'an object'],
  ])('describe(%p) is %s', (value, expected) => {
    expect(describeValue(value)).toBe(expected);
  });

  test.each<[unknown, string]>([
    ['4111 1111 1111 1111', 'a string of 19 characters'],
    [4111, 'a number'],
    [true, 'a boolean'],
    [{ card: 4111 }, 'an object'],
    [['4111'], 'an array of 1'],
  ])('describeKind(%p) is %s, and nothing of what is in it', (value, expected) => {
    expect(describeKind(value)).toBe(expected);
  });

  test.each<[unknown, string]>([
    [new TypeError('4111 is not a card'), 'TypeError'],
    [Object.assign(new Error('x'), { name: 'CardDeclined' }), 'CardDeclined'],
    [Object.assign(new Error('x'), { name: 'the card 4111 was declined' }), 'an Error'],
    [Object.assign(new Error('x'), { name: { card: 4111 } }), 'an Error'],
    ['4111', 'a string'],
    [undefined, 'undefined'],
    [{ card: 4111 }, 'an object'],
    [4111n, 'a bigint'],
  ])('nameOf(%p) is %s: what was thrown, and nothing of what it says', (value, expected) => {
    expect(nameOf(value)).toBe(expected);
  });

  test.each<[unknown, string]>([
    [new TypeError('x is not a function'), 'TypeError: x is not a function'],
    // Ours say who they are by their code.
    [tombstone({}), tombstone({}).message],
    ['thrown', '"thrown"'],
    [undefined, 'undefined'],
  ])('reasonOf(%p) is %s', (value, expected) => {
    expect(reasonOf(value)).toBe(expected);
  });
});
