import type { Resolver, Type } from 'avsc';
import { Unreadable } from '../wire/unreadable';
import { checkBytes } from './check-bytes';
import type { AvroSchema } from './type-of';

/** Reads bytes that were written with one schema as a value of another. */
export type Read = (body: Buffer) => unknown;

export function reader(type: Type, writer: Type = type): Read {
  const resolver = writer === type ? undefined : resolve(type, writer);
  return (body) => {
    checkBytes(writer, body);
    return type.fromBuffer(body, resolver);
  };
}

function resolve(type: Type, writer: Type): Resolver {
  try {
    return type.createResolver(writer);
  } catch (error) {
    throw new Unreadable(`it was written with a schema that yours cannot read (${(error as Error).message})`);
  }
}

/** The type of a writer's schema. */
export function writerType(make: (schema: AvroSchema) => Type, schema: AvroSchema): Type {
  try {
    return make(schema);
  } catch (error) {
    throw new Unreadable(`writers() gave a schema that avsc refuses (${(error as Error).message})`);
  }
}
