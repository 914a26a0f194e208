import { deflateSync } from 'node:zlib';
import fc from 'fast-check';
import { unwrapConfluent } from '../../../handlers/wire/confluent';
import { unwrapGlue } from '../../../handlers/wire/glue';
import { jsonObjectIn } from '../../../handlers/wire/json-form';
import { Unreadable } from '../../../handlers/wire/unreadable';
import { unwrap, wireHint } from '../../../handlers/wire/unwrap';

const hex = (text: string) => Buffer.from(text.replaceAll(' ', ''), 'hex');
const UUID = 'b7b4a7f0-9c96-4e4a-a687-fb5de9ef0c63';
const UUID_HEX = 'b7b4a7f0 9c96 4e4a a687 fb5de9ef0c63';

describe("Confluent's header", () => {
  test('is a zero byte and the id, big-endian and without a sign', () => {
    expect(unwrapConfluent(hex('00 00000064 0a0b'))).toEqual({ schemaId: '100', body: hex('0a0b') });
    expect(unwrapConfluent(hex('00 ffffffff'))).toEqual({ schemaId: '4294967295', body: hex('') });
  });

  test.each([
    ['nothing', ''],
    ['half a header', '00 000001'],
    ['another first byte', '01 00000064 0a'],
  ])('%s is refused', (_, bytes) => {
    expect(() => unwrapConfluent(hex(bytes))).toThrow(Unreadable);
  });
});

describe("Glue's header", () => {
  test('is the byte 3, the compression, and the UUID of the schema version', () => {
    expect(unwrapGlue(hex(`03 00 ${UUID_HEX} 0a0b`))).toEqual({ schemaId: UUID, body: hex('0a0b') });
  });

  test('the body is inflated where the header says zlib', () => {
    const body = Buffer.from('a'.repeat(1_000));

    expect(unwrapGlue(Buffer.concat([hex(`03 05 ${UUID_HEX}`), deflateSync(body)])).body).toEqual(body);
  });

  test.each([
    ['nothing', ''],
    ['half a header', `03 00 ${UUID_HEX.slice(0, 20)}`],
    ['another version', `02 00 ${UUID_HEX} 0a`],
    ['another compression', `03 01 ${UUID_HEX} 0a`],
    ['a body that is not deflated', `03 05 ${UUID_HEX} 0a0b0c`],
    ['no body where one is deflated', `03 05 ${UUID_HEX}`],
  ])('%s is refused', (_, bytes) => {
    expect(() => unwrapGlue(hex(bytes))).toThrow(Unreadable);
  });

  test('a small body that would inflate to more than a process can bear is refused', () => {
    const bomb = deflateSync(Buffer.alloc(65 * 1_024 * 1_024));

    expect(bomb.length).toBeLessThan(100_000);
    expect(() => unwrapGlue(Buffer.concat([hex(`03 05 ${UUID_HEX}`), bomb]))).toThrow(/inflates to more than/);
  });
});

describe('which header is taken off', () => {
  const schema = { dataFormat: 'AVRO', schemaId: '42' };

  test('none by default', () => {
    const bytes = hex('00 00000064 0a');

    expect(unwrap(bytes, 'plain', {}, 'AVRO')).toEqual({ body: bytes, byMapping: false });
  });

  test("none where the mapping's schema registry has done it, whatever wire says", () => {
    const bytes = hex('0a0b');

    expect(unwrap(bytes, 'confluent', { schema }, 'AVRO')).toEqual({
      schemaId: '42',
      body: bytes,
      registry: 'confluent',
      byMapping: true,
    });
    expect(unwrap(bytes, 'plain', { schema: { ...schema, schemaId: UUID } }, 'AVRO').registry).toBe('glue');
  });

  test('a value of another format is refused, and the format named', () => {
    expect(() => unwrap(hex('0a'), 'plain', { schema }, 'PROTOBUF')).toThrow(/says that it is AVRO/);
  });

  test('what is not framed is given a hint only where it begins as a framed value does', () => {
    const plain = { registry: undefined };

    expect(wireHint(hex('00 00000064 0a'), plain)).toContain("wire: 'confluent'");
    expect(wireHint(hex(`03 00 ${UUID_HEX} 0a`), plain)).toContain("wire: 'glue'");
    expect(wireHint(hex('00 0000'), plain)).toBe('');
    expect(wireHint(hex('0a 00000064 0a'), plain)).toBe('');
    expect(wireHint(hex('00 00000064 0a'), { registry: 'glue' })).toBe('');
  });

  test('whatever bytes come, they are unwrapped or refused in our own words', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), fc.constantFrom('confluent', 'glue'), (random, wire) => {
        const bytes = Buffer.from(random);
        if (wire === 'glue' && bytes.length > 1) bytes[1] = (bytes[1] as number) % 2 === 0 ? 0 : 5;
        if (bytes.length > 0) bytes[0] = wire === 'glue' ? 3 : 0;
        try {
          expect(unwrap(bytes, wire as 'glue', {}, 'AVRO').registry).toBe(wire);
        } catch (error) {
          expect(error).toBeInstanceOf(Unreadable);
        }
      }),
    );
  });
});

describe('the JSON form', () => {
  test.each<[string, Buffer, unknown]>([
    ['an object', Buffer.from('{"a":[1]}'), { a: [1] }],
    ['an array', Buffer.from('[1]'), undefined],
    ['a string', Buffer.from('"{}"'), undefined],
    ['half an object', Buffer.from('{"a":'), undefined],
    ['an object and more', Buffer.from('{}{}'), undefined],
    ['an object whose text is no UTF-8', Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d]), undefined],
    ['nothing', Buffer.alloc(0), undefined],
  ])('%s', (_, bytes, expected) => {
    expect(jsonObjectIn(bytes)).toEqual(expected);
  });
});
