import { type Schema, Type } from 'avsc';
import fc from 'fast-check';

/** A schema, values of it, and the same values as avsc writes them. */
export interface Sample {
  readonly schema: Schema;
  readonly value: unknown;
}

let names = 0;
const named = (kind: string) => `${kind}${++names}`;
const ofOne = (schema: Schema, values: fc.Arbitrary<unknown>) => values.map((value): Sample => ({ schema, value }));
const LONGS = fc.integer({ min: -(2 ** 52), max: 2 ** 52 });
const bytesOf = (length: fc.SizeForArbitrary | undefined, exact?: number) =>
  fc
    .uint8Array({ ...(length && { size: length }), ...(exact !== undefined && { minLength: exact, maxLength: exact }) })
    .map((bytes) => Buffer.from(bytes));

/** Text that UTF-8 has bytes for. */
export const TEXT = fc.string({ unit: 'grapheme' });

const PRIMITIVES = fc.oneof(
  ofOne('null', fc.constant(null)),
  ofOne('boolean', fc.boolean()),
  ofOne('int', fc.integer()),
  ofOne('long', LONGS),
  ofOne({ type: 'long', logicalType: 'timestamp-millis' } as Schema, LONGS),
  ofOne('float', fc.float({ noNaN: true })),
  ofOne('double', fc.double({ noNaN: true })),
  ofOne('bytes', bytesOf('small')),
  ofOne('string', TEXT),
);

/** Values of a schema of any depth; those of one array, map or union are of one schema. */
export const SAMPLES: fc.Arbitrary<Sample> = fc.letrec<{ sample: Sample }>((tie) => ({
  sample: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    PRIMITIVES,
    bytesOf(undefined, 3).map((value) => ({ schema: { type: 'fixed', name: named('F'), size: 3 } as Schema, value })),
    fc
      .constantFrom('NEW', 'PAID')
      .map((value) => ({ schema: { type: 'enum', name: named('E'), symbols: ['NEW', 'PAID'] } as Schema, value })),
    fc.tuple(tie('sample'), fc.nat(5)).map(([{ schema, value }, count]) => ({
      schema: { type: 'array', items: schema } as Schema,
      value: Array(count).fill(value),
    })),
    fc.tuple(tie('sample'), fc.uniqueArray(TEXT, { maxLength: 4 })).map(([{ schema, value }, keys]) => ({
      schema: { type: 'map', values: schema } as Schema,
      value: Object.fromEntries(keys.filter((key) => key !== '__proto__').map((key) => [key, value])),
    })),
    fc.array(tie('sample'), { maxLength: 5 }).map((fields) => ({
      schema: {
        type: 'record',
        name: named('R'),
        fields: fields.map(({ schema }, index) => ({ name: `f${index}`, type: schema })),
      } as Schema,
      value: Object.fromEntries(fields.map(({ value }, index) => [`f${index}`, value])),
    })),
    fc.tuple(ofOne('string', TEXT), fc.boolean()).map(([{ schema, value }, isNull]) => ({
      schema: ['null', schema] as unknown as Schema,
      value: isNull ? null : value,
    })),
  ),
})).sample;

/** By another encoder than anything of ours. */
export function written({ schema, value }: Sample): Buffer {
  return Type.forSchema(schema).toBuffer(value);
}

/** The bytes of a long by the Avro specification: zig-zag, then seven bits a byte, lowest first. */
export function longBytes(value: bigint): Buffer {
  const bytes: number[] = [];
  let rest = value >= 0n ? value * 2n : -value * 2n - 1n;
  while (rest > 127n) {
    bytes.push(Number(rest % 128n) + 128);
    rest /= 128n;
  }
  return Buffer.from([...bytes, Number(rest)]);
}
