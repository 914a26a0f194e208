import {
  EVENT_SOURCE_MSK,
  EVENT_SOURCE_SELF_MANAGED,
  type KafkaEventRecord,
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
  /** As the service delivered it, nothing decoded: what a dead letter holds. */
  readonly delivered: KafkaEventRecord;
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
  const records: RawRecord[] = [];
  let previous: RawRecord | undefined;
  let isSorted = true;
  for (let index = 0; index < array.length; index += 1) {
    const fault = findFault(array[index], name, previous);
    if (fault) {
      const { member, ...rest } = fault;
      throw eventInvalid({ field: `${field}[${index}]${member}`, ...rest });
    }
    const record = new EventRecord(array[index]);
    if (previous && previous.offset >= record.offset) isSorted = false;
    records.push(record);
    previous = record;
  }
  if (!isSorted) {
    records.sort((a, b) => a.offset - b.offset);
    const twice = records.find((record, index) => records[index - 1]?.offset === record.offset);
    if (twice) throw eventInvalid({ field, received: twice.offset, accepted: 'each offset once' });
  }
  return { name, records };
}

/** What is wrong with a record, and where. */
interface Fault {
  readonly member: string;
  readonly received: unknown;
  readonly accepted: string;
  /** What was received may hold payload. */
  readonly payload?: true;
}

/**
 * The first thing that is wrong with a record, if any.
 * @param previous the one before it, whose topic and partition are known to be right
 */
function findFault(record: unknown, name: string, previous: RawRecord | undefined): Fault | undefined {
  if (!isObject(record)) return { member: '', received: record, accepted: 'a record', payload: true };
  const { topic, partition, offset, timestamp, timestampType, key, value, headers } = record;
  if (previous === undefined || topic !== previous.topic || partition !== previous.partition) {
    if (typeof topic !== 'string' || topic === '')
      return { member: '.topic', received: topic, accepted: 'a topic name' };
    if (!isCount(partition)) return { member: '.partition', received: partition, accepted: 'a whole number from 0' };
    // A topic may hold hyphens itself, so the name is compared and never split.
    const named = `${topic}-${partition}`;
    if (name !== named) return { member: '.topic', received: named, accepted: JSON.stringify(name) };
  }
  if (!isCount(offset)) {
    const accepted = 'a whole number from 0 to 2^53-1 (a larger one would be rounded)';
    return { member: '.offset', received: offset, accepted };
  }
  if (!Number.isSafeInteger(timestamp)) {
    return { member: '.timestamp', received: timestamp, accepted: 'milliseconds since the epoch' };
  }
  if (timestampType !== 'CREATE_TIME' && timestampType !== 'LOG_APPEND_TIME') {
    const accepted = '"CREATE_TIME" or "LOG_APPEND_TIME"';
    return { member: '.timestampType', received: timestampType, accepted };
  }
  if (!isBytes(key)) return { member: '.key', received: key, accepted: 'base64, or nothing', payload: true };
  if (!isBytes(value)) return { member: '.value', received: value, accepted: 'base64, or nothing', payload: true };
  return findWrongHeader(headers);
}

/**
 * Decodes its bytes when somebody looks at them: a record that is done already is never looked at. Of the value it keeps
 * the base64 alone, since it is decoded once. The event outlives it, so that keeping what was delivered costs nothing.
 */
class EventRecord implements RawRecord {
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
  readonly timestamp: number;
  readonly timestampType: TimestampType;
  readonly headers: Headers;
  readonly delivered: KafkaEventRecord;
  #key: Buffer | Base64;

  constructor(delivered: KafkaEventRecord) {
    const { topic, partition, offset, timestamp, timestampType, key, headers } = delivered;
    this.delivered = delivered;
    this.topic = topic;
    this.partition = partition;
    this.offset = offset;
    this.timestamp = timestamp;
    this.timestampType = timestampType;
    this.headers = headers && headers.length > 0 ? new Headers(headers) : NO_HEADERS;
    this.#key = key;
  }

  get key(): Buffer | undefined {
    if (typeof this.#key === 'string') this.#key = Buffer.from(this.#key, 'base64');
    return this.#key ?? undefined;
  }

  get value(): Buffer | null {
    const { value } = this.delivered;
    return typeof value === 'string' ? Buffer.from(value, 'base64') : null;
  }
}

type Base64 = string | null | undefined;

const NO_HEADERS = new Headers([]);

/** The first thing that is wrong with the headers of a record, if any. */
function findWrongHeader(headers: unknown): Fault | undefined {
  if (headers === undefined || headers === null) return undefined;
  if (!Array.isArray(headers)) {
    return { member: '.headers', received: headers, accepted: 'an array of headers', payload: true };
  }
  for (let index = 0; index < headers.length; index += 1) {
    const header: unknown = headers[index];
    const member = `.headers[${index}]`;
    if (!isObject(header)) {
      return { member, received: header, accepted: 'an object from name to bytes', payload: true };
    }
    for (const [name, bytes] of Object.entries(header)) {
      if (bytes !== null && !(Array.isArray(bytes) && bytes.every(isByte))) {
        const accepted = 'an array of bytes, -128 to 127 (0 to 255 is read too)';
        return { member: `${member}[${JSON.stringify(name)}]`, received: bytes, accepted, payload: true };
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
