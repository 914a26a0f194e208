import { type InputRecord, readInputRecord } from './input-record';

/** A record as a test writes it; everything is optional, and what is left out of `key` and `value` is null. */
export interface LocalRecord {
  /** Needed only where the mappings have several topics. */
  readonly topic?: string;
  /** @default that of the key, as a producer chooses it */
  readonly partition?: number;
  /** A string is text, a Buffer bytes, anything else its JSON. */
  readonly key?: unknown;
  /** As `key`; null is a tombstone. */
  readonly value?: unknown;
  /** Pairs where a name stands twice. */
  readonly headers?: Readonly<Record<string, string>> | readonly (readonly [string, string])[];
  /** Milliseconds since the epoch, or an ISO date. @default now */
  readonly timestamp?: number | string;
}

/** Read as a line of an input file is. Throws an InputError that names the record by its place in the list. */
export function readGivenRecord({ key, value, ...rest }: LocalRecord, index: number): InputRecord {
  const line = JSON.stringify({ ...rest, ...bytesOr('key', key), ...bytesOr('value', value) });
  return readInputRecord(line, `records[${index}]`);
}

function bytesOr(field: 'key' | 'value', given: unknown): Record<string, unknown> {
  return Buffer.isBuffer(given) ? { [`${field}Base64`]: given.toString('base64') } : { [field]: given };
}
