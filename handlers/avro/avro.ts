import type { StandardSchemaV1 } from '@standard-schema/spec';
import type { Type } from 'avsc';
import { isThenable } from '../core/thenable';
import { codecOptionInvalid } from '../errors';
import type { Codec, ValueContext } from '../record/codec';
import { validate } from '../record/validate';
import { jsonObjectIn } from '../wire/json-form';
import { refusal } from '../wire/refusal';
import { unwrap, WIRE_FORMATS, type WireFormat, wireHint } from '../wire/unwrap';
import { fromJson } from './from-json';
import type { Longs } from './long-types';
import { type Read, reader, writerType } from './reader';
import { type AvroSchema, type LogicalTypes, typeOf } from './type-of';
import { rememberFound } from './writers';

const NAME = 'Avro';

export interface AvroOptions {
  /** What `process` gets values of: a schema of Avro as an object or as JSON text. */
  readonly schema: AvroSchema;
  /**
   * What the producer puts before the value. A mapping with a schema registry takes it off; then this does not count.
   * @default 'plain': nothing
   */
  readonly wire?: WireFormat;
  /**
   * Finds the schema that a value was written with by its id: decimal digits from Confluent's registry, a UUID from
   * Glue's. Its fields are then resolved to those of `schema` as Avro says. Asked once per id and process; where it
   * throws, the record stays open and is tried again; where it gives undefined, that is a permanent error of the record.
   * @default every value is taken as written with `schema`
   */
  readonly writers?: (schemaId: string) => AvroSchema | undefined | PromiseLike<AvroSchema | undefined>;
  /**
   * What a `long` becomes. A long beyond 2^53-1 is never rounded: as a `'number'` it is a permanent error of its record.
   * @default 'number'
   */
  readonly longs?: Longs;
  /** Implementations of logical types, as avsc takes them. @default none: the underlying values */
  readonly logicalTypes?: LogicalTypes;
}

export interface ValidatedAvroOptions<Schema extends StandardSchemaV1> extends AvroOptions {
  /** Any Standard Schema (zod, valibot, arktype): validates what was decoded, and its output is the value. */
  readonly validate: Schema;
}

/**
 * Decodes Avro's binary encoding, and its JSON form where the mapping's schema registry hands that over.
 *
 * @example avro<Order>({ schema: orderSchema, wire: 'confluent' })
 */
export function avro<Schema extends StandardSchemaV1>(
  options: ValidatedAvroOptions<Schema>,
): Codec<StandardSchemaV1.InferOutput<Schema>>;
export function avro<Value = unknown>(options: AvroOptions): Codec<Value>;
export function avro(options: AvroOptions & { readonly validate?: StandardSchemaV1 }): Codec<unknown> {
  const { wire = 'plain', longs = 'number', logicalTypes = {}, writers, validate: schema } = options;
  if (!WIRE_FORMATS.includes(wire)) {
    throw codecOptionInvalid({
      codec: 'avro',
      option: 'wire',
      received: wire,
      accepted: "'plain', 'confluent' or 'glue'",
    });
  }
  if (longs !== 'number' && longs !== 'bigint') {
    throw codecOptionInvalid({ codec: 'avro', option: 'longs', received: longs, accepted: "'number' or 'bigint'" });
  }
  const make = (one: AvroSchema) => typeOf(one, longs, logicalTypes);
  const type = readerType(make, options.schema);
  const own = reader(type);
  const find = writers && rememberFound(writers, (one: AvroSchema): Read => reader(type, writerType(make, one)));
  return {
    name: NAME,
    decode(bytes, about) {
      const decoded = decode(bytes, about);
      if (schema === undefined) return decoded;
      return isThenable(decoded) ? decoded.then((value) => validate(schema, value)) : validate(schema, decoded);
    },
  };

  function decode(bytes: Buffer, about: ValueContext | undefined): unknown {
    let hint = '';
    const refused = (error: unknown) => refusal(NAME, bytes, error, hint);
    try {
      const unwrapped = unwrap(bytes, wire, about, 'AVRO');
      hint = wireHint(bytes, unwrapped);
      const { schemaId, body, byMapping } = unwrapped;
      const json = byMapping && isObjectLike(type) ? jsonObjectIn(body) : undefined;
      if (json !== undefined) return fromJson(type, json, longs);
      const read = schemaId === undefined || find === undefined ? own : find(schemaId);
      if (!isThenable(read)) return read(body);
      return read
        .then((later) => later(body))
        .catch((error: unknown) => {
          throw refused(error);
        });
    } catch (error) {
      throw refused(error);
    }
  }
}

function readerType(make: (schema: AvroSchema) => Type, schema: AvroSchema): Type {
  try {
    return make(schema);
  } catch (error) {
    throw codecOptionInvalid({
      codec: 'avro',
      option: 'schema',
      received: schema,
      accepted: `a schema of Avro (${(error as Error).message})`,
    });
  }
}

/** The JSON form of its values is an object. */
function isObjectLike({ typeName }: Type): boolean {
  return typeName === 'record' || typeName === 'map' || typeName.startsWith('union:');
}
