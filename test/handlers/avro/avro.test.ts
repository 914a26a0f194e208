import { deflateSync } from 'node:zlib';
import { types } from 'avsc';
import fc from 'fast-check';
import * as z from 'zod';
import { ERROR_CODES } from '../../../contract/error-codes';
import { OutageError } from '../../../handlers';
import { avro } from '../../../handlers/avro';
import { refusalOf } from '../../support/refusal-of';
import { longBytes, SAMPLES, TEXT, written } from './schemas';

const hex = (text: string) => Buffer.from(text.replaceAll(' ', ''), 'hex');
const record = (fields: object[], name = 'Order') => ({ type: 'record', name, fields });
const field = (name: string, type: unknown, rest = {}) => ({ name, type, ...rest });

/** The record of the Avro specification's own example, and its bytes there. */
const SPEC = record([field('a', 'long'), field('b', 'string')], 'test');
const SPEC_BYTES = hex('36 06 66 6f 6f');
const SPEC_VALUE = { a: 27, b: 'foo' };
const UUID = 'b7b4a7f0-9c96-4e4a-a687-fb5de9ef0c63';
const UUID_HEX = UUID.replaceAll('-', '');

describe('avro({ schema })', () => {
  test('reads the bytes of the specification', () => {
    expect(avro({ schema: SPEC }).decode(SPEC_BYTES)).toEqual(SPEC_VALUE);
    expect(avro({ schema: { type: 'array', items: 'long' } }).decode(hex('04 06 36 00'))).toEqual([3, 27]);
    expect(avro({ schema: ['null', 'string'] }).decode(hex('02 02 61'))).toBe('a');
    expect(avro({ schema: ['null', 'string'] }).decode(hex('00'))).toBeNull();
  });

  test('takes a schema as JSON text too, and the name of a primitive type', () => {
    expect(avro({ schema: JSON.stringify(SPEC) }).decode(SPEC_BYTES)).toEqual(SPEC_VALUE);
    expect(avro({ schema: 'string' }).decode(hex('06 66 6f 6f'))).toBe('foo');
  });

  test('reads every value as avsc wrote it', () => {
    fc.assert(
      fc.property(SAMPLES, (sample) => {
        expect(avro({ schema: sample.schema }).decode(written(sample))).toEqual(sample.value);
      }),
      { numRuns: 300 },
    );
  });

  test('records are plain objects, which DynamoDB takes', () => {
    const schema = record([field('inner', record([field('s', 'string')], 'Inner'))]);

    const value = avro<{ inner: object }>({ schema }).decode(hex('02 61')) as { inner: object };

    for (const part of [value, value.inner]) expect(Object.getPrototypeOf(part)).toBe(Object.prototype);
  });

  test.each([
    ['no bytes', ''],
    ['a cut value', '36 06 66 6f'],
    ['bytes behind the value', '36 06 66 6f 6f 00'],
    ['the value twice', '36 06 66 6f 6f 36 06 66 6f 6f'],
    ['a negative length', '36 05 66 6f 6f'],
    ['text that is not UTF-8', '36 06 66 ff 6f'],
    ['an integer beyond 64 bits', 'ffffffffffffffffff7f 06 66 6f 6f'],
  ])('%s is a permanent error that says codec and bytes', async (_, bytes) => {
    const error = await refusalOf(() => avro({ schema: SPEC }).decode(hex(bytes)));

    expect(error).toMatchObject({ code: ERROR_CODES.valueUndecodable, errorClass: 'permanent' });
    expect(error.message).toContain(`The value (${hex(bytes).length} bytes) is not Avro: `);
  });

  test('whatever bytes come, the record has a value or a permanent error, soon, and no other record notices', async () => {
    const schema = record([
      field('n', { type: 'array', items: 'null' }),
      field('e', { type: 'array', items: record([], 'Empty') }),
      field('m', { type: 'map', values: ['null', 'long', 'Order'] }),
      field('k', { type: 'enum', name: 'K', symbols: ['A', 'B'] }),
      field('x', { type: 'fixed', name: 'X', size: 2 }),
      field('b', ['bytes', 'boolean', 'double']),
    ]);
    const codec = avro({ schema });
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 80 }), async (random) => {
        const outcome = await Promise.resolve()
          .then(() => codec.decode(Buffer.from(random)))
          .then(
            () => 'a value',
            (error) => `${error.code} ${error.errorClass}`,
          );

        expect(['a value', 'MSK_ONCE_VALUE_UNDECODABLE permanent']).toContain(outcome);
      }),
      { numRuns: 2_000 },
    );
  });

  test('a value with a byte changed, cut or added is never read as something that its bytes do not say', () => {
    fc.assert(
      fc.property(SAMPLES, fc.nat(), fc.nat(255), (sample, at, byte) => {
        const bytes = written(sample);
        fc.pre(bytes.length > 0);
        bytes[at % bytes.length] = byte;
        const codec = avro({ schema: sample.schema });
        let value: unknown;
        try {
          value = codec.decode(bytes);
        } catch (error) {
          expect(error).toMatchObject({ code: ERROR_CODES.valueUndecodable });
          return;
        }
        // What was read is what those bytes say: written again it reads the same.
        expect(codec.decode(written({ schema: sample.schema, value }))).toEqual(value);
      }),
      { numRuns: 300 },
    );
  });

  test('errors quote nothing of the value', async () => {
    await fc.assert(
      fc.asyncProperty(fc.stringMatching(/^[A-Z]{6,20}$/), async (secret) => {
        const bytes = written({ schema: SPEC as never, value: { a: 1, b: secret } });
        const error = await refusalOf(() => avro({ schema: SPEC }).decode(Buffer.concat([bytes, bytes])));

        expect(`${error.message} ${error.stack} ${error.cause}`).not.toContain(secret);
      }),
    );
  });

  test('a wrong option is refused where the codec is made', () => {
    const make = (options: object) => () => avro({ schema: SPEC, ...options });

    expect(make({ schema: { type: 'recrod' } })).toThrow(/avro\(\): schema is an object; accepted is a schema of Avro/);
    expect(make({ schema: '{"type":' })).toThrow(ERROR_CODES.optionsInvalid);
    expect(make({ wire: 'kafka' })).toThrow(/avro\(\): wire is "kafka"; accepted is 'plain', 'confluent' or 'glue'/);
    expect(make({ longs: 'long' })).toThrow(/longs is "long"/);
  });
});

describe('a long', () => {
  const SAFE = fc.bigInt({ min: -(2n ** 53n) + 1n, max: 2n ** 53n - 1n });
  const EDGES = [0n, 2n ** 52n, -(2n ** 52n) - 1n, 2n ** 53n - 1n, -(2n ** 53n) + 1n].map((long) => [long]);
  const ALL = fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n });
  const TOO_LONG = [2n ** 53n, -(2n ** 53n), 2n ** 63n - 1n, -(2n ** 63n)];

  test.each(EDGES)('%d is the number that it is', (long) => {
    expect(avro({ schema: 'long' }).decode(longBytes(long))).toBe(Number(long));
  });

  test('is exact as a number up to 2^53-1', () => {
    fc.assert(
      fc.property(SAFE, (long) => {
        expect(BigInt(avro({ schema: 'long' }).decode(longBytes(long)) as number)).toBe(long);
      }),
    );
  });

  test.each(TOO_LONG)('%d is refused as a number, never rounded, and the remedy named', async (long) => {
    const schema = record([field('id', { type: 'long', logicalType: 'local-timestamp-micros' })]);

    const error = await refusalOf(() => avro({ schema }).decode(longBytes(long)));

    expect(error).toMatchObject({ code: ERROR_CODES.valueUndecodable, errorClass: 'permanent' });
    expect(error.message).toContain("longs: 'bigint'");
  });

  test("is exact over all 64 bits with longs: 'bigint', in every place", () => {
    const schema = record([
      field('plain', 'long'),
      field('object', { type: 'long' }),
      field('logical', { type: 'long', logicalType: 'timestamp-micros' }),
      field('union', ['null', 'long']),
      field('list', { type: 'array', items: 'long' }),
      field('map', { type: 'map', values: 'long' }),
    ]);
    fc.assert(
      fc.property(fc.tuple(ALL, ALL, ALL, ALL, ALL, ALL), (longs) => {
        const [a, b, c, d, e, f] = longs.map(longBytes) as [Buffer, Buffer, Buffer, Buffer, Buffer, Buffer];
        const bytes = Buffer.concat([a, b, c, hex('02'), d, hex('02'), e, hex('00 02 02 6b'), f, hex('00')]);

        expect(avro({ schema, longs: 'bigint' }).decode(bytes)).toEqual({
          plain: longs[0],
          object: longs[1],
          logical: longs[2],
          union: longs[3],
          list: [longs[4]],
          map: { k: longs[5] },
        });
      }),
    );
  });

  test.each(['number', 'bigint'] as const)(
    'that is read as a double is exact or refused (longs: %s)',
    async (longs) => {
      const codec = avro({ schema: 'double', wire: 'confluent', longs, writers: () => 'long' });
      const framed = (long: bigint) => Buffer.concat([hex('00 00000001'), longBytes(long)]);

      expect(codec.decode(framed(-(2n ** 52n) - 1n))).toBe(-4503599627370497);
      await expect(refusalOf(() => codec.decode(framed(2n ** 53n + 1n)))).resolves.toMatchObject({
        errorClass: 'permanent',
      });
    },
  );

  test('a default of the schema is a long like any other', () => {
    const schema = record([field('a', 'string'), field('n', 'long', { default: 7 })]);
    const writer = record([field('a', 'string')]);
    const value = hex('00 00000001 02 61');

    expect(avro({ schema, wire: 'confluent', writers: () => writer }).decode(value)).toEqual({ a: 'a', n: 7 });
    expect(avro({ schema, wire: 'confluent', longs: 'bigint', writers: () => writer }).decode(value)).toEqual({
      a: 'a',
      n: 7n,
    });
  });
});

describe('logical types', () => {
  class DateType extends types.LogicalType {
    protected override _fromValue(value: number) {
      return new Date(value);
    }
    protected override _toValue(value: Date) {
      return value.getTime();
    }
    protected override _resolve() {
      return undefined;
    }
  }
  const timestamp = { type: 'long', logicalType: 'timestamp-millis' };
  const schema = record([field('at', timestamp), field('again', timestamp)]);
  const bytes = Buffer.concat([longBytes(1_790_000_000_000n), longBytes(0n)]);

  test('are their underlying values by default', () => {
    expect(avro({ schema }).decode(bytes)).toEqual({ at: 1_790_000_000_000, again: 0 });
  });

  test('are what an implementation makes of them', () => {
    const logicalTypes = { 'timestamp-millis': DateType };

    expect(avro({ schema, logicalTypes }).decode(bytes)).toEqual({
      at: new Date(1_790_000_000_000),
      again: new Date(0),
    });
  });

  test('an implementation that throws is the error of its record, and its text no part of the message', async () => {
    class Fails extends DateType {
      protected override _fromValue(value: number): never {
        throw new RangeError(`bad ${value}`);
      }
    }
    const error = await refusalOf(() => avro({ schema, logicalTypes: { 'timestamp-millis': Fails } }).decode(bytes));

    expect(error).toMatchObject({ errorClass: 'permanent', cause: new RangeError('bad 1790000000000') });
    expect(error.message).toContain('reading it failed with RangeError');
    expect(error.message).not.toContain('1790000000000');
  });
});

describe('wire formats', () => {
  test("Confluent's, Glue's, and Glue's compressed", () => {
    const glue = avro({ schema: SPEC, wire: 'glue' });

    expect(avro({ schema: SPEC, wire: 'confluent' }).decode(Buffer.concat([hex('00 00000064'), SPEC_BYTES]))).toEqual(
      SPEC_VALUE,
    );
    expect(glue.decode(Buffer.concat([hex(`03 00 ${UUID_HEX}`), SPEC_BYTES]))).toEqual(SPEC_VALUE);
    expect(glue.decode(Buffer.concat([hex(`03 05 ${UUID_HEX}`), deflateSync(SPEC_BYTES)]))).toEqual(SPEC_VALUE);
  });

  test.each([
    ['plain', hex('36 06 66 6f 6f'), 'confluent'],
    ['plain', hex('36 06 66 6f 6f'), 'glue'],
    ['Confluent', hex('00 00000064 36 06 66 6f 6f'), 'glue'],
    ['Glue', Buffer.concat([hex(`03 00 ${UUID_HEX}`), SPEC_BYTES]), 'confluent'],
  ] as const)('a %s value under another declaration is refused', async (_, bytes, wire) => {
    await expect(refusalOf(() => avro({ schema: SPEC, wire }).decode(bytes))).resolves.toMatchObject({
      code: ERROR_CODES.valueUndecodable,
    });
  });

  test('a header that nobody has declared is named', async () => {
    const decode = (bytes: Buffer) => refusalOf(() => avro({ schema: SPEC }).decode(bytes));

    expect((await decode(Buffer.concat([hex('00 00000064'), SPEC_BYTES]))).message).toContain("(wire: 'confluent')");
    expect((await decode(Buffer.concat([hex(`03 00 ${UUID_HEX}`), SPEC_BYTES]))).message).toContain("(wire: 'glue')");
  });
});

describe("what the mapping's schema registry hands over", () => {
  const about = { schema: { dataFormat: 'AVRO', schemaId: '42' } };

  test('the bytes without their header (SOURCE), whatever wire says', () => {
    for (const wire of ['plain', 'confluent', 'glue'] as const) {
      expect(avro({ schema: SPEC, wire }).decode(SPEC_BYTES, about)).toEqual(SPEC_VALUE);
    }
  });

  test('their JSON form (JSON) becomes the same value', () => {
    expect(avro({ schema: SPEC }).decode(Buffer.from('{"b":"foo","a":27,"more":1}'), about)).toEqual(SPEC_VALUE);
    expect(avro({ schema: SPEC, longs: 'bigint' }).decode(Buffer.from('{"a":27,"b":"foo"}'), about)).toEqual({
      a: 27n,
      b: 'foo',
    });
  });

  test('JSON text without metadata is what the producer wrote: not Avro', async () => {
    await refusalOf(() => avro({ schema: SPEC }).decode(Buffer.from('{"a":27,"b":"foo"}')));
  });

  test('JSON text is never taken for bytes, even where its bytes would be a value', () => {
    // As bytes: a is -62, and b the 17 characters that follow.
    const json = Buffer.from('{"a":12,"b":"abcd"}');

    expect(avro({ schema: SPEC }).decode(json)).toEqual({ a: -62, b: 'a":12,"b":"abcd"}' });
    expect(avro({ schema: SPEC }).decode(json, about)).toEqual({ a: 12, b: 'abcd' });
  });

  test('a value of another format is an error that names it', async () => {
    const json = { schema: { dataFormat: 'JSON', schemaId: '42' } };

    expect((await refusalOf(() => avro({ schema: SPEC }).decode(Buffer.from('{}'), json))).message).toContain(
      "the mapping's schema registry says that it is JSON",
    );
  });
});

describe("writers' schemas", () => {
  const old = record([field('b', 'string'), field('gone', 'string')], 'test');
  const oldBytes = hex('06 66 6f 6f 02 78');
  const schema = record([field('a', 'long', { default: 27 }), field('b', 'string')], 'test');
  const framed = (id: string, body: Buffer) => Buffer.concat([hex(`00 ${id}`), body]);
  const schemas: Record<string, object> = { 1: old, 2: SPEC };

  test('a value is read with the schema of its id, and resolved to ours', () => {
    const codec = avro({ schema, wire: 'confluent', writers: (id) => schemas[id] });

    expect(codec.decode(framed('00000001', oldBytes))).toEqual(SPEC_VALUE);
    expect(codec.decode(framed('00000002', SPEC_BYTES))).toEqual(SPEC_VALUE);
  });

  test("by Glue's UUID, and by the id of the mapping's registry", () => {
    const asked: string[] = [];
    const writers = (id: string) => {
      asked.push(id);
      return old;
    };

    expect(avro({ schema, wire: 'glue', writers }).decode(Buffer.concat([hex(`03 00 ${UUID_HEX}`), oldBytes]))).toEqual(
      SPEC_VALUE,
    );
    expect(avro({ schema, writers }).decode(oldBytes, { schema: { dataFormat: 'AVRO', schemaId: '42' } })).toEqual(
      SPEC_VALUE,
    );
    expect(asked).toEqual([UUID, '42']);
  });

  test('an id is asked for once, also by those who come while the answer is under way', async () => {
    const asked: string[] = [];
    const codec = avro({
      schema,
      wire: 'confluent',
      writers: async (id) => {
        asked.push(id);
        return schemas[id];
      },
    });

    const values = await Promise.all([
      codec.decode(framed('00000001', oldBytes)),
      codec.decode(framed('00000001', oldBytes)),
      codec.decode(framed('00000002', SPEC_BYTES)),
    ]);

    expect(values).toEqual([SPEC_VALUE, SPEC_VALUE, SPEC_VALUE]);
    expect(asked).toEqual(['1', '2']);
    // Known from now on, and so nothing to wait for.
    expect(codec.decode(framed('00000001', oldBytes))).toEqual(SPEC_VALUE);
  });

  test.each([
    [
      'throws',
      () => {
        throw new TypeError('no route');
      },
    ],
    ['rejects', () => Promise.reject(new TypeError('no route'))],
  ])('a look-up that %s leaves the record open, and is asked again', async (_, fail) => {
    let fails = true;
    const codec = avro({ schema, wire: 'confluent', writers: () => (fails ? fail() : old) });

    const error = await refusalOf(() => codec.decode(framed('00000001', oldBytes)));
    fails = false;

    expect(error).toMatchObject({ code: ERROR_CODES.schemaUnavailable, errorClass: 'transient' });
    expect(await codec.decode(framed('00000001', oldBytes))).toEqual(SPEC_VALUE);
  });

  test('a look-up may say itself what its failure means', async () => {
    const codec = avro({ schema, wire: 'confluent', writers: () => Promise.reject(new OutageError('registry down')) });

    await expect(codec.decode(framed('00000001', oldBytes))).rejects.toEqual(new OutageError('registry down'));
  });

  test.each([
    ['an id that nobody knows', () => undefined, 'writers() knows no schema 1'],
    ['a schema that ours cannot read', () => record([field('b', 'long')], 'test'), 'yours cannot read'],
    ['something that is no schema', () => ({ type: 'recrod' }), 'gave a schema that avsc refuses'],
    ['a schema that the bytes are not of', () => SPEC, 'is not Avro: '],
  ])('%s is a permanent error of the record', async (_, writers, text) => {
    for (const ask of [writers, async () => writers()]) {
      const codec = avro({ schema, wire: 'confluent', writers: ask as never });
      const error = await refusalOf(() => codec.decode(framed('00000001', hex('06 66 6f 6f 02 78 ff'))));

      expect(error).toMatchObject({ code: ERROR_CODES.valueUndecodable, errorClass: 'permanent' });
      expect(error.message).toContain(text);
    }
  });

  test('without writers() a value of another schema is refused', async () => {
    await refusalOf(() => avro({ schema: SPEC, wire: 'confluent' }).decode(framed('00000001', oldBytes)));
  });

  test('every value is read through its own schema as it is without one', () => {
    fc.assert(
      fc.property(SAMPLES, (sample) => {
        const codec = avro({ schema: sample.schema, wire: 'confluent', writers: () => sample.schema });

        expect(codec.decode(framed('00000001', written(sample)))).toEqual(sample.value);
      }),
      { numRuns: 200 },
    );
  });
});

describe('avro({ schema, validate })', () => {
  const validate = z.object({ a: z.int().transform(String), b: z.literal('foo') });

  test('gives what the validator puts out, now or later', async () => {
    const later = validate.refine(async () => true);

    expect(avro({ schema: SPEC, validate }).decode(SPEC_BYTES)).toEqual({ a: '27', b: 'foo' });
    expect(await avro({ schema: SPEC, validate: later }).decode(SPEC_BYTES)).toEqual({ a: '27', b: 'foo' });
  });

  test('what the validator refuses is a permanent error that quotes nothing', async () => {
    await fc.assert(
      fc.asyncProperty(TEXT, async (text) => {
        fc.pre(text.length > 3 && text !== 'foo');
        const bytes = written({ schema: SPEC as never, value: { a: 1, b: text } });
        const error = await refusalOf(() => avro({ schema: SPEC, validate }).decode(bytes));

        expect(error.code).toBe(ERROR_CODES.valueInvalid);
        expect(error.message).toContain('zod schema at b');
      }),
      { numRuns: 20 },
    );
  });
});
