import type { TopicRecord } from '../broker/broker';
import { arrayName, type EventChoices, type EventOptions, eventOf, eventRecord } from './event';

/**
 * Row 23: how many bytes the event of a batch has as UTF-8 JSON, envelope included, counted record by record, so that
 * a batch is measured once and not anew for each record that might join it.
 */
export class EventSize {
  #bytes: number;
  readonly #arrays = new Set<number>();

  /** Of an event without records. */
  constructor(envelopeBytes: number) {
    this.#bytes = envelopeBytes;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** With one more record, of `bytes` bytes. */
  with(record: TopicRecord, bytes: number): number {
    return this.#bytes + bytes + this.#around(record);
  }

  add(record: TopicRecord, bytes: number): void {
    this.#bytes = this.with(record, bytes);
    this.#arrays.add(record.partition);
  }

  /** What stands between the record and its neighbours. */
  #around({ topic, partition }: TopicRecord): number {
    const comma = 1;
    if (this.#arrays.has(partition)) return comma;
    return jsonBytes(arrayName(topic, partition)) + ':[]'.length + (this.#arrays.size === 0 ? 0 : comma);
  }
}

/** The bytes of an event without records. */
export const envelopeBytes = (options: EventOptions): number => jsonBytes(eventOf([], options));

/** The bytes of one record in an event, counted without writing its key, value and headers. */
export function eventRecordBytes(record: TopicRecord, choices: EventChoices): number {
  const { key, value, headers } = record;
  const bare = { ...record, key: key && EMPTY, value: value && EMPTY, headers: [] };
  return (
    jsonBytes(eventRecord(bare, choices)) + base64Length(key) + base64Length(value) + headersBytes(headers, choices)
  );
}

const EMPTY = Buffer.alloc(0);

const jsonBytes = (value: unknown): number => Buffer.byteLength(JSON.stringify(value));

const base64Length = (bytes: Buffer | null): number => 4 * Math.ceil((bytes?.length ?? 0) / 3);

/** Of `{"name":[1,-2]},{…}`, what stands between the brackets of the list. */
function headersBytes(headers: TopicRecord['headers'], choices: EventChoices): number {
  let sum = Math.max(0, headers.length - 1);
  for (const [name, bytes] of headers) sum += '{:}'.length + jsonBytes(name) + headerValueBytes(bytes, choices);
  return sum;
}

function headerValueBytes(bytes: Buffer | null, choices: EventChoices): number {
  if (bytes === null) return choices['null-header-value'] === 'null' ? 'null'.length : '[]'.length;
  let sum = '[]'.length + Math.max(0, bytes.length - 1);
  for (const byte of bytes) sum += SIGNED_DIGITS[byte] ?? 0;
  return sum;
}

/** Characters of each byte when it is written signed. */
const SIGNED_DIGITS: readonly number[] = Array.from(
  new Int8Array(Uint8Array.from({ length: 256 }, (_, byte) => byte)),
).map((signed) => String(signed).length);
