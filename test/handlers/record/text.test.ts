import fc from 'fast-check';
import { ERROR_CODES } from '../../../contract/error-codes';
import { bytes, text } from '../../../handlers';

function refusal(act: () => unknown): unknown {
  try {
    act();
  } catch (error) {
    return error;
  }
  throw new Error('it was decoded');
}

describe('text()', () => {
  test('gives back any text there is', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (value) => {
        fc.pre(!value.startsWith('\ufeff'));

        expect(text().decode(Buffer.from(value))).toBe(value);
      }),
    );
  });

  test('no bytes are the empty text, which is no tombstone', () => {
    expect(text().decode(Buffer.alloc(0))).toBe('');
  });

  test('a byte order mark is not part of the text', () => {
    expect(text().decode(Buffer.from('\ufeffa'))).toBe('a');
  });

  test.each([
    ['a byte that UTF-8 does not know', 'ff'],
    ['a cut character', 'e282'],
    ['an overlong form', 'c0af'],
    ['half of a surrogate pair', 'eda080'],
    ['UTF-16', 'fffe6100'],
  ])('%s is a permanent error, and never a replacement character', (_, hex) => {
    const value = Buffer.concat([Buffer.from('4111111111111111'), Buffer.from(hex, 'hex')]);

    const error = refusal(() => text().decode(value));

    expect(error).toMatchObject({ code: ERROR_CODES.valueUndecodable, errorClass: 'permanent' });
    expect(String(error)).toContain(`The value (${value.length} bytes) is not UTF-8 text: `);
    expect(String(error)).not.toContain('4111');
  });

  test('what Node takes for UTF-8 is text, and nothing else is', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 20 }), (random) => {
        const value = Buffer.from(random);
        const isText = Buffer.from(value.toString('utf8')).equals(value);

        if (isText) expect(text().decode(value)).toBe(value.toString('utf8').replace(/^\ufeff/, ''));
        else expect(refusal(() => text().decode(value))).toMatchObject({ code: ERROR_CODES.valueUndecodable });
      }),
    );
  });
});

describe('bytes()', () => {
  test('hands over the very bytes, whatever they are', () => {
    for (const value of [Buffer.alloc(0), Buffer.from('00ff80', 'hex')]) expect(bytes().decode(value)).toBe(value);
  });
});
