import { Type } from 'avsc';
import fc from 'fast-check';
import { fromJson } from '../../../handlers/avro/from-json';
import { typeOf } from '../../../handlers/avro/type-of';
import { Unreadable } from '../../../handlers/wire/unreadable';
import { SAMPLES } from './schemas';

const read = (schema: unknown, json: unknown, longs: 'number' | 'bigint' = 'number') =>
  fromJson(typeOf(schema as object, longs, {}), json, longs);
const record = (fields: object[]) => ({ type: 'record', name: 'R', fields });

describe('the JSON form of Avro', () => {
  test('as avsc writes it by the specification is read as the value that it was', () => {
    fc.assert(
      fc.property(SAMPLES, ({ schema, value }) => {
        const json: unknown = JSON.parse(Type.forSchema(schema).toString(value));

        // JSON has no minus zero.
        expect(JSON.stringify(read(schema, json))).toBe(JSON.stringify(value));
      }),
      { numRuns: 300 },
    );
  });

  test('a branch of a union may be named or not', () => {
    const union = ['null', 'string', 'long'];

    expect(read(union, { string: 'a' })).toBe('a');
    expect(read(union, 'a')).toBe('a');
    expect(read(union, { long: 5 })).toBe(5);
    expect(read(union, 5)).toBe(5);
    expect(read(union, null)).toBeNull();
  });

  test('a branch that avsc names in values of the union is named here too', () => {
    const union = ['null', 'string', { type: 'enum', name: 'E', symbols: ['A'] }];

    expect(read(union, 'x')).toEqual({ string: 'x' });
    expect(read(union, { E: 'A' })).toEqual({ E: 'A' });
    expect(read(union, null)).toBeNull();
  });

  test('what is missing is its default, or null where that is allowed', () => {
    const schema = record([
      { name: 'a', type: 'long', default: 7 },
      { name: 'b', type: ['null', 'string'] },
    ]);

    expect(read(schema, {})).toEqual({ a: 7, b: null });
    expect(read(schema, {}, 'bigint')).toEqual({ a: 7n, b: null });
  });

  test('a long may stand as digits, and is never what JSON.parse has rounded', () => {
    expect(read('long', '9223372036854775807', 'bigint')).toBe(9223372036854775807n);
    expect(read('long', 2 ** 53 - 1)).toBe(2 ** 53 - 1);
    for (const [json, longs] of [
      [JSON.parse('9007199254740993'), 'bigint'],
      [JSON.parse('9007199254740993'), 'number'],
      ['9007199254740993', 'number'],
      ['9223372036854775808', 'bigint'],
      [1.5, 'number'],
      ['1.5', 'bigint'],
    ] as const) {
      expect(() => read('long', json, longs)).toThrow(Unreadable);
    }
  });

  test.each<[string, unknown, unknown, RegExp]>([
    ['a number for a string', 'string', 1, /not a string/],
    ['an int beyond 32 bits', 'int', 2 ** 31, /not an int/],
    ['text for bytes that are none', 'bytes', 'ā', /not bytes/],
    ['a fixed of another size', { type: 'fixed', name: 'F', size: 2 }, 'a', /not a fixed of its size/],
    ['an unknown symbol', { type: 'enum', name: 'E', symbols: ['A'] }, 'B', /not a symbol/],
    ['an object for an array', { type: 'array', items: 'int' }, {}, /not an array/],
    ['an array for a map', { type: 'map', values: 'int' }, [], /not an object/],
    ['a missing field', record([{ name: 'a', type: 'int' }]), {}, /not there at a/],
    ['an inherited field', record([{ name: 'constructor', type: 'int' }]), {}, /not there at constructor/],
    ['no branch', ['null', 'int'], 'secret', /not of any branch of its union/],
    [
      'a place',
      record([{ name: 'a', type: { type: 'array', items: 'int' } }]),
      { a: [1, 'secret'] },
      /not an int at a$/,
    ],
  ])('%s is refused without being quoted', (_, schema, json, text) => {
    expect(() => read(schema, json)).toThrow(text);
    expect(() => read(schema, json)).not.toThrow(/secret/);
  });

  test('a key of a map that objects have already is a key like another', () => {
    const value = read({ type: 'map', values: 'int' }, JSON.parse('{"__proto__":1,"constructor":2}')) as object;

    expect(Object.entries(value)).toEqual([
      ['__proto__', 1],
      ['constructor', 2],
    ]);
    expect(Object.getPrototypeOf(value)).toBe(Object.prototype);
  });
});
