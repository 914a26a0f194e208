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
const TIMESTAMP_TYPES: readonly unknown[] = ['CREATE_TIME', 'LOG_APPEND_TIME'];
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
  const records = array.map((record, index) => parseRecord(name, `${field}[${index}]`, record));
  const sorted = records.every((record, index) => index === 0 || (records[index - 1]?.offset ?? 0) < record.offset);
  if (!sorted) {
    records.sort((a, b) => a.offset - b.offset);
    const twice = records.find((record, index) => records[index - 1]?.offset === record.offset);
    if (twice) throw eventInvalid({ field, received: twice.offset, accepted: 'each offset once' });
  }
  return { name, records };
}

function parseRecord(name: string, field: string, record: unknown): RawRecord {
  if (!isObject(record)) throw eventInvalid({ field, received: record, accepted: 'a record', payload: true });
  const { topic, partition, offset, timestamp, timestampType } = record;
  if (typeof topic !== 'string' || topic === '') {
    throw eventInvalid({ field: `${field}.topic`, received: topic, accepted: 'a topic name' });
  }
  if (!isCount(partition)) {
    throw eventInvalid({ field: `${field}.partition`, received: partition, accepted: 'a whole number from 0' });
  }
  // A topic may hold hyphens itself, so the name is compared and never split.
  if (name !== `${topic}-${partition}`) {
    throw eventInvalid({ field: `${field}.topic`, received: `${topic}-${partition}`, accepted: JSON.stringify(name) });
  }
  if (!isCount(offset)) {
    throw eventInvalid({
      field: `${field}.offset`,
      received: offset,
      accepted: 'a whole number from 0 to 2^53-1 (a larger one would be rounded)',
    });
  }
  if (typeof timestamp !== 'number' || !Number.isSafeInteger(timestamp)) {
    throw eventInvalid({ field: `${field}.timestamp`, received: timestamp, accepted: 'milliseconds since the epoch' });
  }
  if (!TIMESTAMP_TYPES.includes(timestampType)) {
    throw eventInvalid({
      field: `${field}.timestampType`,
      received: timestampType,
      accepted: '"CREATE_TIME" or "LOG_APPEND_TIME"',
    });
  }
  return {
    topic,
    partition,
    offset,
    timestamp,
    timestampType: timestampType as TimestampType,
    key: parseBytes(`${field}.key`, record.key) ?? undefined,
    value: parseBytes(`${field}.value`, record.value),
    headers: parseHeaders(`${field}.headers`, record.headers),
  };
}

function parseBytes(field: string, text: unknown): Buffer | null {
  if (text === undefined || text === null) return null;
  if (typeof text !== 'string' || text.length % 4 !== 0 || !BASE64.test(text)) {
    throw eventInvalid({ field, received: text, accepted: 'base64, or nothing', payload: true });
  }
  return Buffer.from(text, 'base64');
}

const NO_HEADERS = new Headers([]);

function parseHeaders(field: string, headers: unknown): Headers {
  if (headers === undefined || headers === null) return NO_HEADERS;
  if (!Array.isArray(headers))
    throw eventInvalid({ field, received: headers, accepted: 'an array of headers', payload: true });
  if (headers.length === 0) return NO_HEADERS;
  headers.forEach((header, index) => {
    if (!isObject(header)) {
      throw eventInvalid({
        field: `${field}[${index}]`,
        received: header,
        accepted: 'an object from name to bytes',
        payload: true,
      });
    }
    for (const [name, bytes] of Object.entries(header)) {
      if (bytes !== null && !(Array.isArray(bytes) && bytes.every(isByte))) {
        throw eventInvalid({
          field: `${field}[${index}][${JSON.stringify(name)}]`,
          received: bytes,
          accepted: 'an array of bytes, -128 to 127 (0 to 255 is read too)',
          payload: true,
        });
      }
    }
  });
  return new Headers(headers as readonly KafkaEventHeader[]);
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0;
const isByte = (value: unknown) => Number.isInteger(value) && (value as number) >= -128 && (value as number) <= 255;
