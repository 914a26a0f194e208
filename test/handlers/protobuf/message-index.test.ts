import fc from 'fast-check';
import { takeMessageIndex } from '../../../handlers/protobuf/message-index';
import { Unreadable } from '../../../handlers/wire/unreadable';
import type { Unwrapped } from '../../../handlers/wire/unwrap';

const hex = (text: string) => Buffer.from(text.replaceAll(' ', ''), 'hex');
const from = (registry: Unwrapped['registry'], body: string, byMapping = false): Unwrapped => ({
  schemaId: '1',
  body: hex(body),
  registry,
  byMapping,
});

describe('the index of a message, as a serializer of Confluent writes it', () => {
  test.each<[string, string, readonly number[]]>([
    ['the first message, in its short form', '00 0a01', [0]],
    ['the first message, in its long form', '02 00 0a01', [0]],
    ['the second', '02 02 0a01', [1]],
    ['the first within the second', '04 02 00 0a01', [1, 0]],
    ['the 65th, in two bytes', '02 8001 0a01', [64]],
    ['five deep', '0a 00 02 04 06 08 0a01', [0, 1, 2, 3, 4]],
  ])('%s', (_, body, message) => {
    expect(takeMessageIndex(from('confluent', body), message)).toEqual(hex('0a01'));
  });

  test('another message of the file is refused, and both are named as the option wants them', () => {
    expect(() => takeMessageIndex(from('confluent', '02 02 0a01'), [0])).toThrow(
      'it is the message 1 of its file, and the type stands for 0 (message: 1)',
    );
    expect(() => takeMessageIndex(from('confluent', '00 0a01'), [1, 0])).toThrow(/message 0 .* stands for \[1, 0\]/);
    expect(() => takeMessageIndex(from('confluent', '04 00 02 0a01'), [0])).toThrow(/message: \[0, 1\]/);
  });

  test.each([
    ['nothing', ''],
    ['a negative count', '01 00'],
    ['a count of which nothing follows', '08 00'],
    ['a count of thousands', 'fe7f 00'],
    ['a number without end', '808080808080'],
  ])('%s is refused', (_, body) => {
    expect(() => takeMessageIndex(from('confluent', body), [0])).toThrow(Unreadable);
  });
});

describe('the index of a message, as a serializer of Glue writes it', () => {
  test.each<[string, string, number]>([
    ['the first', '00 0a01', 0],
    ['the second, which is not zig-zag', '01 0a01', 1],
    ['the 201st, in two bytes', 'c801 0a01', 200],
  ])('%s', (_, body, message) => {
    expect(takeMessageIndex(from('glue', body), [message])).toEqual(hex('0a01'));
  });

  test('another message is refused', () => {
    expect(() => takeMessageIndex(from('glue', '02 0a01'), [0])).toThrow(/message 2 .* stands for 0 \(message: 2\)/);
  });
});

describe("where the mapping's schema registry has taken the header off", () => {
  test.each<[string, Unwrapped['registry'], string, readonly number[]]>([
    ['left the short form of Confluent', 'confluent', '00 0a01', [0]],
    ['left the long form of Confluent', 'confluent', '04 02 00 0a01', [1, 0]],
    ['left a path of Confluent that is five long', 'confluent', '0a 00 02 04 06 08 0a01', [0, 1, 2, 3, 4]],
    ['left the number of Glue', 'glue', '02 0a01', [2]],
    ['left a number of Glue that looks like a field', 'glue', '0a 0a01', [10]],
    ['left nothing, for Confluent', 'confluent', '0a01', [0]],
    ['left nothing, for Glue', 'glue', '0a01', [0]],
  ])('and %s, the message is found', (_, registry, body, message) => {
    expect(takeMessageIndex(from(registry, body, true), message)).toEqual(hex('0a01'));
  });

  test('a message without a byte is one, with an index and without', () => {
    expect(takeMessageIndex(from('confluent', '', true), [0])).toHaveLength(0);
    expect(takeMessageIndex(from('confluent', '00', true), [0])).toHaveLength(0);
    expect(takeMessageIndex(from('glue', '00', true), [0])).toHaveLength(0);
  });

  test('another message is refused all the same', () => {
    expect(() => takeMessageIndex(from('confluent', '02 02 0a01', true), [0])).toThrow(/message: 1/);
  });
});

test('whatever bytes come, an index is taken off, or refused in our own words', () => {
  const registries = fc.constantFrom<Unwrapped['registry']>('confluent', 'glue', undefined);
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 12 }), registries, fc.boolean(), (random, registry, byMapping) => {
      const body = Buffer.from(random);
      try {
        const rest = takeMessageIndex({ schemaId: '1', body, registry, byMapping }, [0]);
        expect(body.subarray(body.length - rest.length)).toEqual(rest);
      } catch (error) {
        expect(error).toBeInstanceOf(Unreadable);
      }
    }),
    { numRuns: 1_000 },
  );
});
