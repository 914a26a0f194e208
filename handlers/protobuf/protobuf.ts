import type { StandardSchemaV1 } from '@standard-schema/spec';
import type { Type } from 'protobufjs';
import protojson from 'protobufjs/ext/protojson.js';
import { codecOptionInvalid } from '../errors';
import type { Codec } from '../record/codec';
import { validate } from '../record/validate';
import { jsonObjectIn } from '../wire/json-form';
import { refusal } from '../wire/refusal';
import { Unreadable } from '../wire/unreadable';
import { unwrap, WIRE_FORMATS, type WireFormat, wireHint } from '../wire/unwrap';
import { withNumbers } from './exact-numbers';
import { knownJson } from './known-json';
import { type MessagePath, takeMessageIndex } from './message-index';

const NAME = 'Protobuf';

/** A message type of protobufjs 8: one of a `Root` (`root.lookupType('shop.Order')`), or a class of a static module. */
export interface ProtobufType {
  decode(bytes: Uint8Array): object;
  toObject(message: object, options: object): object;
}

export interface ProtobufOptions {
  readonly type: ProtobufType;
  /**
   * What the producer puts before the message. A mapping with a schema registry takes it off; then this does not count.
   * @default 'plain': nothing
   */
  readonly wire?: WireFormat;
  /**
   * Which message of its file `type` is, as serializers of a registry number them: the path of places for Confluent
   * (`[1, 0]` is the first message within the second), the place in alphabetical order for Glue. A record that says
   * otherwise holds another message, and that is its permanent error. @default 0: the first
   */
  readonly message?: number | readonly number[];
  /**
   * What a 64-bit integer becomes. One beyond 2^53-1 is never rounded: as a `'number'` it is a permanent error of its
   * record. @default 'bigint'
   */
  readonly longs?: 'bigint' | 'number';
  /** Fields that are not there get the default of their type; a message gets null, `optional` ones none. @default true */
  readonly defaults?: boolean;
}

export interface ValidatedProtobufOptions<Schema extends StandardSchemaV1> extends ProtobufOptions {
  /** Any Standard Schema (zod, valibot, arktype): validates what was decoded, and its output is the value. */
  readonly validate: Schema;
}

/**
 * Decodes Protobuf's binary encoding, and its JSON form where the mapping's schema registry hands that over. The value
 * is a plain object: enums are the names of their symbols, bytes are Buffers.
 *
 * @example protobuf<Order>({ type: root.lookupType('shop.Order'), wire: 'glue' })
 */
export function protobuf<Schema extends StandardSchemaV1>(
  options: ValidatedProtobufOptions<Schema>,
): Codec<StandardSchemaV1.InferOutput<Schema>>;
export function protobuf<Value = unknown>(options: ProtobufOptions): Codec<Value>;
export function protobuf(options: ProtobufOptions & { readonly validate?: StandardSchemaV1 }): Codec<unknown> {
  const { type, wire = 'plain', message = 0, longs = 'bigint', defaults = true, validate: schema } = options;
  checkOptions({ type, wire, message, longs });
  const path: MessagePath = typeof message === 'number' ? [message] : message;
  return {
    name: NAME,
    decode(bytes, about) {
      let hint = '';
      let value: unknown;
      try {
        const unwrapped = unwrap(bytes, wire, about, 'PROTOBUF');
        hint = wireHint(bytes, unwrapped);
        const json = unwrapped.byMapping ? jsonObjectIn(unwrapped.body) : undefined;
        const read = json === undefined ? readMessage(type, takeMessageIndex(unwrapped, path)) : fromJson(type, json);
        const plain = type.toObject(read, { longs: BigInt, enums: String, defaults });
        value = longs === 'bigint' ? plain : withNumbers(plain);
      } catch (error) {
        throw refusal(NAME, bytes, error, hint);
      }
      return schema === undefined ? value : validate(schema, value);
    },
  };
}

/** What protobufjs says of broken bytes names places and fields, and quotes nothing. */
function readMessage(type: ProtobufType, body: Buffer): object {
  try {
    return type.decode(body);
  } catch (error) {
    throw new Unreadable(error instanceof Error ? error.message : String(error));
  }
}

function fromJson(type: ProtobufType, json: unknown): object {
  if (!('fieldsArray' in type)) {
    throw new Unreadable('it is its JSON form, which a class of a static module cannot read: use json()');
  }
  const reflected = type as unknown as Type;
  return protojson.fromJson(reflected, knownJson(reflected, json));
}

function checkOptions({
  type,
  wire,
  message,
  longs,
}: Required<Pick<ProtobufOptions, 'type' | 'wire' | 'message' | 'longs'>>) {
  const check = (option: string, received: unknown, ok: boolean, accepted: string) => {
    if (!ok) throw codecOptionInvalid({ codec: 'protobuf', option, received, accepted });
  };
  const isType = typeof type?.decode === 'function' && typeof type.toObject === 'function';
  check('type', type, isType, "a message type of protobufjs, such as root.lookupType('shop.Order')");
  check('wire', wire, WIRE_FORMATS.includes(wire), "'plain', 'confluent' or 'glue'");
  const indexes: readonly unknown[] = Array.isArray(message) ? message : [message];
  const isPath = indexes.length > 0 && indexes.every((index) => Number.isSafeInteger(index) && (index as number) >= 0);
  check('message', message, isPath, 'a whole number from 0, or an array of them');
  check('longs', longs, longs === 'bigint' || longs === 'number', "'bigint' or 'number'");
}
