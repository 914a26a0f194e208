import fc from 'fast-check';
import { itemBytes } from '../../../bench/stub/item-size';
import { itemBytes as bytesOfTheEngine } from '../../../local/dynamodb/engine/value-size';

describe('bytes of an item', () => {
  // By hand, from the Developer Guide's "Item sizes and formats".
  test.each<[string, Parameters<typeof itemBytes>[0], number]>([
    ['a name and a text count their UTF-8 bytes', { id: { S: 'é' } }, 2 + 2],
    ['a number counts a byte for two digits, and one', { n: { N: '1900000000' } }, 1 + 1 + 1],
    ['zeros at its end are not counted', { n: { N: '12500' } }, 1 + 2 + 1],
    ['a sign is', { n: { N: '-123' } }, 1 + 2 + 1 + 1],
    ['bytes count as bytes, not as base64', { b: { B: 'AAAA' } }, 1 + 3],
    ['true and null are one byte each', { t: { BOOL: true }, n: { NULL: true } }, 2 + 2],
    ['a list costs three, and one for each element', { l: { L: [{ S: 'a' }, { S: 'b' }] } }, 1 + 3 + 2 + 2],
    ['a map costs three, and one for each member', { m: { M: { a: { S: 'b' } } } }, 1 + 3 + 1 + 2],
  ])('%s', (_, item, bytes) => {
    expect(itemBytes(item)).toBe(bytes);
  });

  test('are those that the in-process engine finds', () => {
    const number = fc.integer({ min: -(10 ** 15), max: 10 ** 15 }).map(String);
    const { value } = fc.letrec((tie) => ({
      value: fc.oneof(
        { maxDepth: 3 },
        fc.record({ S: fc.string({ unit: 'grapheme' }) }),
        fc.record({ N: number }),
        fc.record({ B: fc.uint8Array().map((bytes) => Buffer.from(bytes).toString('base64')) }),
        fc.record({ SS: fc.array(fc.string(), { minLength: 1 }) }),
        fc.record({ BOOL: fc.boolean() }),
        fc.record({ L: fc.array(tie('value')) }),
        fc.record({ M: fc.dictionary(fc.string(), tie('value')) }),
      ),
    }));

    fc.assert(
      fc.property(fc.dictionary(fc.string({ minLength: 1 }), value), (item) => {
        expect(itemBytes(item as never)).toBe(bytesOfTheEngine(item as never));
      }),
    );
  });
});
