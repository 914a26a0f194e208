import type { StandardSchemaV1 } from '@standard-schema/spec';
import { reasonOf, valueInvalid, valueUndecodable } from '../errors';
import type { Codec } from './codec';

const utf8 = new TextDecoder('utf-8', { fatal: true });

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
      if (schema === undefined) return value;
      const result = schema['~standard'].validate(value);
      return result instanceof Promise ? result.then((later) => valid(schema, later)) : valid(schema, result);
    },
  };
}

function parse(bytes: Buffer): unknown {
  try {
    return JSON.parse(utf8.decode(bytes));
  } catch (error) {
    // V8 quotes the text in a syntax error's message: that would be payload in a log.
    const reason = error instanceof SyntaxError ? 'not JSON text' : reasonOf(error);
    throw valueUndecodable({ codec: 'JSON', bytes: bytes.length, reason });
  }
}

function valid(schema: StandardSchemaV1, result: StandardSchemaV1.Result<unknown>): unknown {
  if (result.issues === undefined) return result.value;
  throw valueInvalid({ vendor: schema['~standard'].vendor, issues: result.issues.map(describeIssue) });
}

function describeIssue({ message, path }: StandardSchemaV1.Issue): string {
  const keys = (path ?? []).map((segment) => String(typeof segment === 'object' ? segment.key : segment));
  return keys.length === 0 ? message : `${keys.join('.')}: ${message}`;
}
