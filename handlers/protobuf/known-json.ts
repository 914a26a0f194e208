import type { Field, Type } from 'protobufjs';
import { Unreadable } from '../wire/unreadable';

type Json = Readonly<Record<string, unknown>>;

const LONGS: readonly string[] = ['int64', 'uint64', 'sint64', 'fixed64', 'sfixed64'];

/**
 * The members of a ProtoJSON object that the type knows. protobufjs passes unknown ones over only together with unknown
 * symbols of enums, which would then be read as the first symbol; and it takes a number that JSON.parse has rounded.
 */
export function knownJson(type: Type, json: unknown): unknown {
  // Messages of google.protobuf have forms of their own, texts for most of them.
  if (!isObject(json) || type.fullName.startsWith('.google.protobuf.')) return json;
  const fields = fieldsOf(type);
  const known = Object.entries(json).flatMap(([name, value]) => {
    const field = fields.get(name);
    return field === undefined ? [] : [[name, memberOf(field, value)] as const];
  });
  return Object.fromEntries(known);
}

function memberOf(field: Field, json: unknown): unknown {
  const { map, repeated, type, resolvedType, name } = field;
  if (map && isObject(json)) {
    return Object.fromEntries(Object.entries(json).map(([key, value]) => [key, known(value)]));
  }
  return repeated && Array.isArray(json) ? json.map(known) : known(json);

  function known(value: unknown): unknown {
    if (resolvedType && 'fieldsArray' in resolvedType) return knownJson(resolvedType, value);
    if (LONGS.includes(type) && typeof value === 'number' && !Number.isSafeInteger(value)) {
      throw new Unreadable(`its JSON form has a number beyond 2^53-1 that is not in quotes at ${name}`);
    }
    return value;
  }
}

function fieldsOf(type: Type): ReadonlyMap<string, Field> {
  return new Map(
    type.fieldsArray.flatMap((field) => {
      const { name, jsonName, protoName } = field.resolve() as Field & { jsonName: string; protoName: string };
      return [name, jsonName, protoName].map((one) => [one, field] as const);
    }),
  );
}

const isObject = (json: unknown): json is Json => typeof json === 'object' && json !== null && !Array.isArray(json);
