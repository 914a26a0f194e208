import type { ForSchemaOptions, Schema, Type } from 'avsc';
import avscTypes from 'avsc/lib/types.js';
import { DOUBLE_TYPE, FLOAT_TYPE, type Longs, longTypeOf } from './long-types';

const { builtins } = avscTypes;

/** A schema of Avro, as an object, as its JSON text, or the name of a primitive type. */
export type AvroSchema = object | string;

export type LogicalTypes = ForSchemaOptions['logicalTypes'];

/** The type of a schema. Its records are plain objects, its longs are exact. Throws what avsc says of a wrong schema. */
export function typeOf(schema: AvroSchema, longs: Longs, logicalTypes: LogicalTypes): Type {
  const replaced: Readonly<Record<string, Type>> = {
    long: longTypeOf(longs),
    double: DOUBLE_TYPE,
    float: FLOAT_TYPE,
  };
  // A schema may name what every object has.
  const known: LogicalTypes = Object.assign(Object.create(null), logicalTypes);
  const underlying = new Set<unknown>();
  const typeHook = (part: unknown): Type | undefined => {
    if (typeof part === 'string') return replaced[part];
    const { type, logicalType } = part as { readonly type?: unknown; readonly logicalType?: string };
    const own = typeof type === 'string' ? replaced[type] : undefined;
    if (own === undefined || logicalType === undefined || !known[logicalType]) return own;
    // A logical type asks for its underlying one with the very same schema.
    if (underlying.delete(part)) return own;
    underlying.add(part);
    return undefined;
  };
  const type = avscTypes.Type.forSchema(parsed(schema), { logicalTypes: known, typeHook });
  makeRecordsPlain(type, new Set());
  return type;
}

function parsed(schema: AvroSchema): Schema {
  // A type that somebody has made with avsc reads longs as avsc does.
  if (avscTypes.Type.isType(schema)) return (schema as Type).schema({ exportAttrs: true });
  const isJson = typeof schema === 'string' && /^\s*[{["]/.test(schema);
  return isJson ? JSON.parse(schema) : (schema as Schema);
}

/** Records of avsc are instances of classes of its own, which DynamoDB's marshalling and deep comparisons refuse. */
function makeRecordsPlain(type: Type, seen: Set<Type>): void {
  if (seen.has(type)) return;
  seen.add(type);
  if (type instanceof builtins.RecordType) {
    (type.recordConstructor as unknown as { prototype: object }).prototype = Object.prototype;
  }
  for (const part of partsOf(type)) makeRecordsPlain(part, seen);
}

function partsOf(type: Type): readonly Type[] {
  if (type instanceof builtins.RecordType) return type.fields.map((field) => field.type);
  if (type instanceof builtins.ArrayType) return [type.itemsType];
  if (type instanceof builtins.MapType) return [type.valuesType];
  if (type instanceof builtins.LogicalType) return [type.underlyingType];
  if (type instanceof builtins.UnwrappedUnionType || type instanceof builtins.WrappedUnionType) return type.types;
  return [];
}
