import type { StandardSchemaV1 } from '@standard-schema/spec';
import { reasonOf, valueUndecodable } from '../errors';
import type { Codec } from './codec';
import { readUtf8 } from './utf8';
import { validate } from './validate';

/**
 * Decodes JSON in UTF-8; with a schema (zod, valibot, arktype: any Standard Schema) also validates it.
 * The type of the schema's output is the type of `value` in `process`.
 */
export function json(): Codec<unknown>;
export function json<Schema extends StandardSchemaV1>(schema: Schema): Codec<StandardSchemaV1.InferOutput<Schema>>;
export function json(schema?: StandardSchemaV1): Codec<unknown> {
  return {
    name: 'JSON',
    decode(bytes) {
      const value = parse(bytes);
      return schema === undefined ? value : validate(schema, value);
    },
  };
}

function parse(bytes: Buffer): unknown {
  try {
    return JSON.parse(readUtf8(bytes));
  } catch (error) {
    // V8 quotes the text in a syntax error's message: that would be payload in a log.
    const reason = error instanceof SyntaxError ? 'not JSON text' : reasonOf(error);
    throw valueUndecodable({ codec: 'JSON', bytes: bytes.length, reason });
  }
}
