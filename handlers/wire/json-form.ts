import { readUtf8 } from '../record/utf8';

const OPENING_BRACE = 0x7b;

/**
 * The object that a value is the JSON text of; undefined if it is something else. A mapping with `EventRecordFormat:
 * JSON` hands such text over, and nothing in the event tells it from one that leaves the bytes as they were. Bytes of
 * Avro or Protobuf that happen to be the whole JSON text of an object do not occur.
 */
export function jsonObjectIn(bytes: Buffer): Readonly<Record<string, unknown>> | undefined {
  if (bytes[0] !== OPENING_BRACE) return undefined;
  try {
    return JSON.parse(readUtf8(bytes)) as Readonly<Record<string, unknown>>;
  } catch {
    return undefined;
  }
}
