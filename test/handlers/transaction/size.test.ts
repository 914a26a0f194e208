import fc from 'fast-check';
import { marshalAttributes } from '../../../handlers/transaction/marshal';
import { attributesBytes } from '../../../handlers/transaction/size';
import { valueBytes } from '../../../local/dynamodb/engine/value-size';

describe('sizes as DynamoDB counts them', () => {
  test.each<[string, Record<string, unknown>, number]>([
    ['nothing', {}, 0],
    ['names and texts in UTF-8', { é: 'aé' }, 2 + 3],
    ['bytes', { b: Buffer.from('abc') }, 1 + 3],
    ['a boolean and null', { t: true, n: null }, 1 + 1 + 1 + 1],
    ['a list: three, and one for each element', { l: ['a', 'bc'] }, 1 + 3 + 1 + 1 + 1 + 2],
    ['a map: three, and one for each entry', { m: { k: 'v' } }, 1 + 3 + 1 + 1 + 1],
    ['a set', { s: new Set(['a', 'bc']) }, 1 + 3],
  ])('%s', (_, values, expected) => {
    const attributes = marshalAttributes(values, 'Item');

    expect([attributesBytes(attributes, 'least'), attributesBytes(attributes, 'most')]).toEqual([expected, expected]);
  });

  test('property: a number is never counted as more or less than it may take', () => {
    const number = fc.oneof(
      fc.integer(),
      fc
        .double({ noNaN: true, noDefaultInfinity: true, min: -1e15, max: 1e15 })
        .filter((n) => Math.abs(n) > 1e-120 || n === 0),
      fc.bigInt({ min: -(10n ** 37n), max: 10n ** 37n }),
    );
    fc.assert(
      fc.property(fc.array(number, { minLength: 1, maxLength: 5 }), (numbers) => {
        const attributes = marshalAttributes({ numbers }, 'Item');
        const counted = 'numbers'.length + valueBytes(JSON.parse(JSON.stringify(attributes.numbers)));

        expect(attributesBytes(attributes, 'least')).toBeLessThanOrEqual(counted);
        expect(attributesBytes(attributes, 'most')).toBeGreaterThanOrEqual(counted);
      }),
    );
  });
});
