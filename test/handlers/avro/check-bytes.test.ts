import { type Schema, Type } from 'avsc';
import { checkBytes } from '../../../handlers/avro/check-bytes';
import { Unreadable } from '../../../handlers/wire/unreadable';
import { longBytes } from './schemas';

const hex = (text: string) => Buffer.from(text.replaceAll(' ', ''), 'hex');
const check = (schema: unknown, bytes: Buffer) => () => checkBytes(Type.forSchema(schema as Schema), bytes);
const record = (name: string, fields: object[]) => ({ type: 'record', name, fields });
const LIST = record('List', [{ name: 'next', type: ['null', 'List'] }]);

describe('bytes that are one value of their type', () => {
  test.each<[string, unknown, string]>([
    ['nothing of null', 'null', ''],
    ['a block with its size', { type: 'array', items: 'long' }, '03 04 06 36 00'],
    ['several blocks', { type: 'array', items: 'long' }, '02 06 02 36 00'],
    ['an array of nulls', { type: 'array', items: 'null' }, '06 00'],
    ['a map in a block with its size', { type: 'map', values: 'int' }, '01 06 02 6b 02 00'],
    ['the lowest int', 'int', 'ffffffff0f'],
    ['a long in more bytes than it needs', 'long', '8000'],
    ['the lowest long', 'abstract', 'ffffffffffffffffff01'],
  ])('%s', (_, schema, bytes) => {
    const type = schema === 'abstract' ? { ...Type.forSchema('long'), typeName: 'abstract:long' } : undefined;

    if (type) expect(() => checkBytes(type as Type, hex(bytes))).not.toThrow();
    else expect(check(schema, hex(bytes))).not.toThrow();
  });

  test('a list of 400 elements', () => {
    expect(check(LIST, Buffer.concat([Buffer.alloc(400, 2), hex('00')]))).not.toThrow();
  });
});

describe('bytes that are not are refused with the place', () => {
  const array = (items: unknown) => ({ type: 'array', items });

  test.each<[string, unknown, Buffer, RegExp]>([
    ['a boolean of 2', 'boolean', hex('02'), /boolean/],
    ['an int beyond 32 bits', 'int', hex('8080808010'), /beyond 32 bits/],
    ["a long that avsc's own type would read wrong", 'long', longBytes(-(2n ** 52n) - 1n), /beyond 2\^52/],
    ['an integer of eleven bytes', 'long', hex('80808080808080808080 01'), /beyond 64 bits/],
    ['an integer without end', 'long', hex('808080'), /bytes end/],
    ['a cut float', 'float', hex('0000'), /bytes end/],
    ['a cut double', 'double', hex('00000000'), /bytes end/],
    ['a cut fixed', { type: 'fixed', name: 'F', size: 3 }, hex('0000'), /bytes end/],
    ['a length beyond the end', 'bytes', hex('08 00'), /beyond the end/],
    ['an enum without that symbol', { type: 'enum', name: 'E', symbols: ['A'] }, hex('02'), /no symbol 1/],
    ['an enum below its first', { type: 'enum', name: 'E', symbols: ['A'] }, hex('01'), /no symbol -1/],
    ['a union without that branch', ['null', 'int'], hex('04'), /no branch 2/],
    ['a union below its first', ['null', 'int'], hex('01'), /no branch -1/],
    ['an array without its end', array('int'), hex('02 02'), /bytes end/],
    ['a block of another size', array('int'), hex('01 04 02 00'), /another size/],
    ['a count that no bytes follow', array('int'), Buffer.concat([longBytes(2n ** 40n), hex('02')]), /bytes end/],
    ['2^40 nulls', array('null'), Buffer.concat([longBytes(2n ** 40n), hex('00')]), /elements without bytes/],
    [
      '2^62 nulls in a block with its size',
      array('null'),
      Buffer.concat([longBytes(-(2n ** 62n)), hex('00 00')]),
      /elements without bytes/,
    ],
    [
      '2^40 records without fields',
      array(record('R', [])),
      Buffer.concat([longBytes(2n ** 40n), hex('00')]),
      /elements without/,
    ],
    [
      'a hundred times a thousand nulls and more',
      array(array('null')),
      Buffer.concat([longBytes(101n), ...Array(101).fill(Buffer.concat([longBytes(1_000n), hex('00')])), hex('00')]),
      /elements without/,
    ],
    [
      'a map key that is the prototype',
      { type: 'map', values: 'int' },
      Buffer.concat([hex('02 12'), Buffer.from('__proto__'), hex('02 00')]),
      /__proto__/,
    ],
    ['a list of 100,000 elements', LIST, Buffer.concat([Buffer.alloc(100_000, 2), hex('00')]), /nested more than/],
  ])('%s', (_, schema, bytes, text) => {
    expect(check(schema, bytes)).toThrow(Unreadable);
    expect(check(schema, bytes)).toThrow(text);
  });

  test('the place is that of the schema', () => {
    const schema = record('Order', [
      { name: 'id', type: 'string' },
      { name: 'lines', type: array(record('Line', [{ name: 'paid', type: 'boolean' }])) },
    ]);

    expect(check(schema, hex('02 61 04 01 07 00'))).toThrow(/at lines\.paid$/);
  });
});
