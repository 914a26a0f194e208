import type { KafkaEventHeader, KafkaEventRecord, SchemaMetadata, TimestampType } from '../contract/event';
import { bytesOf, type TestContent } from './record-bytes';
import type { Place } from './record-name';

export type HeaderValue = string | Uint8Array | null;

/** Pairs in the order of the record, or an object; several of one name are an array. */
export type TestHeaders =
  | readonly (readonly [name: string, value: HeaderValue])[]
  | Readonly<Record<string, HeaderValue | readonly HeaderValue[]>>;

/** A record as a producer would write it. */
export interface TestRecord {
  /** A string is written as it is, an object as JSON, a Buffer byte for byte; null is a tombstone. */
  readonly value: TestContent;
  /** Written as the value is. @default none */
  readonly key?: TestContent;
  readonly headers?: TestHeaders;
  /** @default the partition of the event */
  readonly partition?: number;
  /** @default one above the record before it in its partition */
  readonly offset?: number;
  /** Milliseconds since the epoch. @default one more than the record before it */
  readonly timestamp?: number | Date;
  /** @default 'CREATE_TIME' */
  readonly timestampType?: TimestampType;
  /** What a mapping with a schema registry adds. */
  readonly keySchemaMetadata?: SchemaMetadata;
  readonly valueSchemaMetadata?: SchemaMetadata;
}

/** The record as Lambda delivers it: what is null is left out. */
export function deliveredRecord(record: TestRecord, place: Place, timestamp: number): KafkaEventRecord {
  const name = `the record ${place.topic}-${place.partition}@${place.offset}`;
  const key = bytesOf(record.key ?? null, `${name}: key`);
  const value = bytesOf(record.value, `${name}: value`);
  const { timestampType = 'CREATE_TIME', keySchemaMetadata, valueSchemaMetadata } = record;
  return {
    topic: place.topic,
    partition: place.partition,
    offset: place.offset,
    timestamp,
    timestampType,
    ...(key === null ? {} : { key: key.toString('base64') }),
    ...(value === null ? {} : { value: value.toString('base64') }),
    headers: pairsOf(record.headers ?? []).map(([header, content]) => headerOf(header, content, name)),
    ...(keySchemaMetadata === undefined ? {} : { keySchemaMetadata }),
    ...(valueSchemaMetadata === undefined ? {} : { valueSchemaMetadata }),
  };
}

function pairsOf(headers: TestHeaders): readonly (readonly [string, HeaderValue])[] {
  if (isPairs(headers)) return headers;
  return Object.entries(headers).flatMap(([name, values]) =>
    (Array.isArray(values) ? (values as readonly HeaderValue[]) : [values as HeaderValue]).map(
      (value) => [name, value] as const,
    ),
  );
}

const isPairs = (headers: TestHeaders): headers is readonly (readonly [string, HeaderValue])[] =>
  Array.isArray(headers);

/** Java writes bytes signed, and so does the service. A header without a value arrives as one without bytes. */
function headerOf(name: string, value: HeaderValue, record: string): KafkaEventHeader {
  const bytes = bytesOf(value, `${record}: header ${JSON.stringify(name)}`) ?? Buffer.alloc(0);
  return { [name]: [...new Int8Array(bytes)] };
}
