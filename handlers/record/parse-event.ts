import {
  EVENT_SOURCE_MSK,
  EVENT_SOURCE_SELF_MANAGED,
  type KafkaEventHeader,
  type TimestampType,
} from '../../contract/event';
import { eventInvalid } from '../errors';
import { Headers } from './headers';

/** A record of the event, checked, its value not decoded. */
export interface RawRecord {
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
  /** Milliseconds since the epoch. */
  readonly timestamp: number;
  readonly timestampType: TimestampType;
  readonly key: Buffer | undefined;
  /** null: a tombstone. */
  readonly value: Buffer | null;
  readonly headers: Headers;
}

/** The records of one partition in one event, by ascending offset. */
export interface PartitionArray {
  /** The key in the event's `records`: `<topic>-<partition>`. */
  readonly name: string;
  readonly records: readonly RawRecord[];
}

const EVENT_SOURCES: readonly unknown[] = [
  EVENT_SOURCE_MSK,
  EVENT_SOURCE_SELF_MANAGED,
  // Older third-party models of the event; obsolete, tolerated on read.
  'aws:SelfManagedKafka',
];
const BASE64 = /^[A-Za-z0-9+/]*={0,2}$/;

/** Checks the whole event before any of it is touched: one malformed field refuses all of it (protocol A4). */
export function parseEvent(event: unknown): PartitionArray[] {
  if (!isObject(event)) throw eventInvalid({ field: 'root', received: event, accepted: 'a Kafka event' });
  if (Object.hasOwn(event, 'DurableExecutionArn')) {
    throw eventInvalid({
      field: 'DurableExecutionArn',
      received: event.DurableExecutionArn,
      accepted: 'the event of a function that is not a durable function',
    });
  }
  if (!EVENT_SOURCES.includes(event.eventSource)) {
    throw eventInvalid({
      field: 'eventSource',
      received: event.eventSource,
      accepted: `"${EVENT_SOURCE_MSK}" or "${EVENT_SOURCE_SELF_MANAGED}"`,
    });
  }
  if (!isObject(event.records)) {
    throw eventInvalid({
      field: 'records',
      received: event.records,
      accepted: 'an object from <topic>-<partition> to its records',
    });
  }
  return Object.entries(event.records).map(([name, records]) => parseArray(name, records));
}

function parseArray(name: string, array: unknown): PartitionArray {
  const field = `records[${JSON.stringify(name)}]`;
  if (!Array.isArray(array)) {
    throw eventInvalid({ field, received: array, accepted: 'an array of records', payload: true });
  }
  const records = array.map((record, index) => parseRecord(name, field, index, record));
  const sorted = records.every((record, index) => index === 0 || (records[index - 1]?.offset ?? 0) < record.offset);
  if (!sorted) {
    records.sort((a, b) => a.offset - b.offset);
    const twice = records.find((record, index) => records[index - 1]?.offset === record.offset);
    if (twice) throw eventInvalid({ field, received: twice.offset, accepted: 'each offset once' });
  }
  return { name, records };
}

function parseRecord(name: string, array: string, index: number, record: unknown): RawRecord {
  const invalid = (member: string, received: unknown, accepted: string, payload?: true) =>
    eventInvalid({ field: `${array}[${index}]${member}`, received, accepted, ...(payload && { payload }) });
  if (!isObject(record)) throw invalid('', record, 'a record', true);
  const { topic, partition, offset, timestamp, timestampType, key, value, headers } = record;
  if (typeof topic !== 'string' || topic === '') throw invalid('.topic', topic, 'a topic name');
  if (!isCount(partition)) throw invalid('.partition', partition, 'a whole number from 0');
  // A topic may hold hyphens itself, so the name is compared and never split.
  if (name !== `${topic}-${partition}`) throw invalid('.topic', `${topic}-${partition}`, JSON.stringify(name));
  if (!isCount(offset)) {
    throw invalid('.offset', offset, 'a whole number from 0 to 2^53-1 (a larger one would be rounded)');
  }
  if (!Number.isSafeInteger(timestamp)) throw invalid('.timestamp', timestamp, 'milliseconds since the epoch');
  if (timestampType !== 'CREATE_TIME' && timestampType !== 'LOG_APPEND_TIME') {
    throw invalid('.timestampType', timestampType, '"CREATE_TIME" or "LOG_APPEND_TIME"');
  }
  if (!isBytes(key)) throw invalid('.key', key, 'base64, or nothing', true);
  if (!isBytes(value)) throw invalid('.value', value, 'base64, or nothing', true);
  const wrong = findWrongHeader(headers);
  if (wrong) throw invalid(`.headers${wrong.member}`, wrong.received, wrong.accepted, true);
  const given = headers ? new Headers(headers as readonly KafkaEventHeader[]) : NO_HEADERS;
  return new EventRecord(topic, partition, offset, timestamp as number, timestampType, key, value, given);
}

/** Decodes its bytes when somebody looks at them: a record that is done already is never looked at. */
class EventRecord implements RawRecord {
  #key: Buffer | undefined = undefined;
  #value: Buffer | undefined = undefined;
  readonly #keyText: Base64;
  readonly #valueText: Base64;

  constructor(
    readonly topic: string,
    readonly partition: number,
    readonly offset: number,
    readonly timestamp: number,
    readonly timestampType: TimestampType,
    key: Base64,
    value: Base64,
    readonly headers: Headers,
  ) {
    this.#keyText = key;
    this.#valueText = value;
  }

  get key(): Buffer | undefined {
    if (typeof this.#keyText === 'string') this.#key ??= Buffer.from(this.#keyText, 'base64');
    return this.#key;
  }

  get value(): Buffer | null {
    if (typeof this.#valueText !== 'string') return null;
    this.#value ??= Buffer.from(this.#valueText, 'base64');
    return this.#value;
  }
}

type Base64 = string | null | undefined;

const NO_HEADERS = new Headers([]);

/** The first thing that is wrong with the headers of a record, if any. */
function findWrongHeader(headers: unknown) {
  if (headers === undefined || headers === null) return undefined;
  if (!Array.isArray(headers)) return { member: '', received: headers, accepted: 'an array of headers' };
  for (const [index, header] of headers.entries()) {
    if (!isObject(header)) {
      return { member: `[${index}]`, received: header, accepted: 'an object from name to bytes' };
    }
    for (const [name, bytes] of Object.entries(header)) {
      if (bytes !== null && !(Array.isArray(bytes) && bytes.every(isByte))) {
        return {
          member: `[${index}][${JSON.stringify(name)}]`,
          received: bytes,
          accepted: 'an array of bytes, -128 to 127 (0 to 255 is read too)',
        };
      }
    }
  }
  return undefined;
}

const isBytes = (text: unknown): text is Base64 =>
  text === undefined || text === null || (typeof text === 'string' && text.length % 4 === 0 && BASE64.test(text));
const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0;
const isByte = (value: unknown) => Number.isInteger(value) && (value as number) >= -128 && (value as number) <= 255;
