import fc from 'fast-check';
import { withoutPayload } from '../../../handlers/observe/without-payload';

describe('a foreign text without what it quotes of the record', () => {
  test.each<[string, string[], string]>([
    ['Card 4111111111111111 was declined', ['4111111111111111'], 'Card … was declined'],
    ['no customer ALICE@SHOP.EXAMPLE', ['alice@shop.example'], 'no customer …'],
    // V8 quotes a part of the text.
    [
      `Unexpected token 'S', ..."{"id": SECRET12"... is not valid JSON`,
      ['{"id": SECRET12345}'],
      `Unexpected token 'S', ..."…"... is not valid JSON`,
    ],
    ['airport ATL is closed', ['ATL'], 'airport … is closed'],
    ['airports of ATLANTIS', ['ATL'], 'airports of ATLANTIS'],
    ['amount 42 is too low', ['42'], 'amount … is too low'],
    ['Cannot read properties of undefined', ['b', ''], 'Cannot read properties of undefined'],
    ['nothing of it', [], 'nothing of it'],
  ])('%j with %j', (text, payload, expected) => {
    expect(withoutPayload(text, payload)).toBe(expected);
  });

  test('a value of 5 characters and more is never told, nor any 5 of them, whatever stands around', () => {
    const printable = fc.string({ unit: fc.constantFrom(...'abcXYZ019 .:-"@é', '😀') });
    fc.assert(
      fc.property(
        printable,
        fc.string({ minLength: 5, maxLength: 40, unit: fc.constantFrom(...'abcXYZ019 .@é') }),
        printable,
        (before, value, behind) => {
          const told = withoutPayload(`${before}${value}${behind}`, [value]);

          for (let at = 0; at + 5 <= value.length; at += 1) expect(told).not.toContain(value.slice(at, at + 5));
        },
      ),
      { numRuns: 300 },
    );
  });

  test('a text that has nothing in common is left as it is', () => {
    fc.assert(
      fc.property(
        fc.stringMatching(/^[a-z ]{0,200}$/),
        fc.array(fc.stringMatching(/^[0-9]{1,30}$/)),
        (text, payload) => {
          expect(withoutPayload(text, payload)).toBe(text);
        },
      ),
    );
  });

  test('beside a record that is too large to look at, nothing foreign is told', () => {
    expect(withoutPayload('some SECRET text', ['x'.repeat(20_000), 'y'.repeat(20_000)])).toMatch(/^\(withheld: .*\)$/);
  });

  test('a long text is cut, and a secret at the cut stays hidden', () => {
    const told = withoutPayload(`${'.'.repeat(990)} SECRET12345`, ['SECRET12345']);

    expect(told).not.toContain('SECRET');
    expect(told.length).toBeLessThan(1_010);
  });

  test('letters that change their length with their case do no harm', () => {
    // The lower case of İ has two code units.
    expect(withoutPayload('İİİ SECRET12345', ['SECRET12345'])).toBe('İİİ …');
  });
});
