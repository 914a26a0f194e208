import type { ProducerMessage } from '../broker/broker';
import { InputError } from './input-error';

/** A record as a line of an input file gives it. */
export interface InputRecord {
  /** Names the line in an error, such as `orders.jsonl:12`. */
  readonly place: string;
  /** Needed only where the mappings have several topics. */
  readonly topic: string | undefined;
  readonly message: ProducerMessage;
}

type Fields = Readonly<Record<string, unknown>>;
type Problem = (field: string, value: unknown, accepted: string) => InputError;

const FIELDS = ['topic', 'partition', 'key', 'keyBase64', 'value', 'valueBase64', 'headers', 'timestamp'];
const SHOWN_CHARACTERS = 80;

/**
 * Reads one line: a JSON object with `key`, `value`, `headers`, `partition`, `timestamp` and `topic`, each optional.
 * A string is taken as the text of a key or value, any other JSON value as its JSON text, null or nothing as no value
 * (a tombstone). `keyBase64` and `valueBase64` give bytes.
 *
 * @param place names the line in an error, such as `orders.jsonl:12`.
 */
export function readInputRecord(line: string, place: string): InputRecord {
  const fields = parse(line, place);
  const problem: Problem = (field, value, accepted) =>
    new InputError(`${place}: ${field} is ${shown(value)}; accepted is ${accepted}.`);
  for (const field of Object.keys(fields)) {
    if (!FIELDS.includes(field)) throw problem(`the field "${field}"`, fields[field], `one of ${FIELDS.join(', ')}`);
  }
  const partition = optional(fields.partition, (value) => {
    if (Number.isSafeInteger(value) && (value as number) >= 0) return value as number;
    throw problem('partition', value, 'a whole number from 0');
  });
  const timestamp = optional(fields.timestamp, (value) => timestampOf(value, problem));
  return {
    place,
    topic: optional(fields.topic, (value) => {
      if (typeof value === 'string' && value !== '') return value;
      throw problem('topic', value, 'the name of a topic');
    }),
    message: {
      ...(partition !== undefined && { partition }),
      key: bytesOf('key', fields, problem),
      value: bytesOf('value', fields, problem),
      ...(fields.headers !== undefined && { headers: headersOf(fields.headers, problem) }),
      ...(timestamp !== undefined && { timestamp }),
    },
  };
}

function parse(line: string, place: string): Fields {
  let found: unknown;
  try {
    found = JSON.parse(line);
  } catch (error) {
    throw new InputError(
      `${place} is no JSON: ${(error as Error).message}. Each line is an object such as {"key": "a", "value": {"id": 1}}.`,
    );
  }
  if (typeof found === 'object' && found !== null && !Array.isArray(found)) return found as Fields;
  throw new InputError(`${place} is ${shown(found)}; accepted is an object such as {"key": "a", "value": {"id": 1}}.`);
}

function optional<T>(value: unknown, read: (value: unknown) => T): T | undefined {
  return value === undefined ? undefined : read(value);
}

function bytesOf(field: 'key' | 'value', fields: Fields, problem: Problem): Buffer | null {
  const value = fields[field];
  const base64 = fields[`${field}Base64`];
  if (base64 !== undefined) {
    if (value !== undefined) throw problem(`${field} beside ${field}Base64`, value, 'one of the two');
    if (typeof base64 === 'string' && isBase64(base64)) return Buffer.from(base64, 'base64');
    throw problem(`${field}Base64`, base64, 'bytes in base64');
  }
  if (value === undefined || value === null) return null;
  return Buffer.from(typeof value === 'string' ? value : JSON.stringify(value));
}

/** Without a repeated group in the pattern, which fails on a text of megabytes. */
const isBase64 = (text: string) => text.length % 4 === 0 && /^[A-Za-z0-9+/]*={0,2}$/.test(text);

function headersOf(value: unknown, problem: Problem): (readonly [string, Buffer])[] {
  const pairs = Array.isArray(value) ? value : Object.entries(isObject(value) ? value : { '': undefined });
  return pairs.map((pair: unknown) => {
    const [name, text] = Array.isArray(pair) ? pair : [];
    if (typeof name === 'string' && typeof text === 'string') return [name, Buffer.from(text)] as const;
    throw problem('headers', value, 'an object from name to text, or a list of [name, text] where a name stands twice');
  });
}

function timestampOf(value: unknown, problem: Problem): number {
  const ms = typeof value === 'string' ? Date.parse(value) : value;
  if (Number.isSafeInteger(ms) && (ms as number) >= 0) return ms as number;
  throw problem('timestamp', value, 'milliseconds since the epoch, or an ISO date');
}

const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null;

function shown(value: unknown): string {
  const text = JSON.stringify(value) ?? String(value);
  return text.length > SHOWN_CHARACTERS ? `${text.slice(0, SHOWN_CHARACTERS)}…` : text;
}
