import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import { describeKind, writeInvalid } from '../errors';

export type Attributes = Record<string, AttributeValue>;

const ACCEPTED =
  'a string, number, bigint, boolean, null, bytes, non-empty Set, array, plain object, Map or NumberValue, ' +
  'nothing undefined within';

/**
 * Plain values as attribute values, the way `@aws-sdk/lib-dynamodb` does it by default: an undefined attribute (and a
 * function) is left out. Bytes are copied. Throws a permanent error that names the place and nothing of the content.
 */
export function marshalAttributes(values: Readonly<Record<string, unknown>>, place: string): Attributes {
  const attributes: Attributes = {};
  for (const [name, value] of Object.entries(values)) {
    if (value === undefined || typeof value === 'function') continue;
    attributes[name] = marshalValue(value, `${place}.${name}`);
  }
  return attributes;
}

function marshalValue(value: unknown, place: string): AttributeValue {
  try {
    return copied(marshall(value, { convertTopLevelContainer: true }));
  } catch (cause) {
    const found = culpritIn(value, place);
    throw writeInvalid({ ...found, accepted: ACCEPTED }, { cause });
  }
}

/** Where the value stands that cannot be turned; the whole of it where it is none of its parts. */
function culpritIn(value: unknown, place: string): { readonly place: string; readonly received: string } {
  for (const [name, part] of partsOf(value)) {
    if (typeof part === 'function') continue;
    try {
      copied(marshall(part, { convertTopLevelContainer: true }));
    } catch {
      return culpritIn(part, `${place}${name}`);
    }
  }
  return { place, received: kindOf(value) };
}

function partsOf(value: unknown): [string, unknown][] {
  if (Array.isArray(value)) return value.map((part, index) => [`[${index}]`, part]);
  if (value instanceof Map) return [...value].map(([name, part]) => [`.${String(name)}`, part]);
  const isPlain = typeof value === 'object' && value !== null && (value.constructor ?? Object) === Object;
  return isPlain ? Object.entries(value).map(([name, part]) => [`.${name}`, part]) : [];
}

function kindOf(value: unknown): string {
  if (value instanceof Set) return value.size === 0 ? 'an empty Set' : 'a Set of other things than one kind of key';
  if (typeof value === 'number') {
    return Number.isFinite(value) ? 'a number beyond what a number holds exactly' : String(value);
  }
  const name = typeof value === 'object' && value !== null ? value.constructor?.name : undefined;
  return name === undefined || name === 'Object' ? describeKind(value) : `an instance of ${name}`;
}

/** The SDK sends only bytes it can look at where they are, and user code may change a Buffer later. */
function copied(value: AttributeValue): AttributeValue {
  if (value.B !== undefined) return { B: bytesOf(value.B) };
  if (value.BS !== undefined) return { BS: value.BS.map(bytesOf) };
  if (value.L !== undefined) return { L: value.L.map(copied) };
  if (value.M === undefined) return value;
  return { M: Object.fromEntries(Object.entries(value.M).map(([name, part]) => [name, copied(part)])) };
}

function bytesOf(bytes: unknown): Uint8Array {
  if (ArrayBuffer.isView(bytes)) return Uint8Array.from(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength));
  if (bytes instanceof ArrayBuffer) return new Uint8Array(bytes.slice(0));
  throw new Error('Bytes that have to be waited for');
}
