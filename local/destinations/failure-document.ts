import { createHash } from 'node:crypto';
import type { KafkaEvent } from '../../contract/event';
import type { ProducerMessage, TopicRecord } from '../broker/broker';
import { failedEvent, failedEventWith, partitionName } from './failed-event';
import type { Failure } from './failure';
import { isoTime } from './iso-time';
import { type RecordRange, recordRanges } from './record-ranges';

/**
 * What destinations receive. Source of the shapes: Lambda Developer Guide, "Capturing discarded batches for Amazon MSK
 * and self-managed Apache Kafka event sources" and "Using a Kafka topic as an on-failure destination".
 */
interface Metadata {
  readonly requestContext: {
    readonly requestId: string;
    readonly functionArn: string;
    readonly condition: string;
    readonly approximateInvokeCount: number;
  };
  /** `null`: the function was not invoked. */
  readonly responseContext: {
    readonly statusCode: number;
    readonly executedVersion: string;
    /** Absent when the function returned a report of failed records. */
    readonly functionError?: string;
  } | null;
  readonly version: '1.0';
  readonly timestamp: string;
}

interface BatchInfo {
  readonly batchSize: number;
  /** Absent for self-managed Kafka. */
  readonly eventSourceArn?: string;
  readonly bootstrapServers: string;
  /** Bytes of the invocation event. */
  readonly payloadSize: number;
}

/** What SQS and SNS receive: no record, only where the records lie. */
export interface BatchDocument extends Metadata {
  readonly KafkaBatchInfo: BatchInfo & { readonly recordsInfo: Readonly<Record<string, RecordRange>> };
}

/** What S3 receives. */
export interface ObjectDocument extends BatchDocument {
  /** The whole invocation event as JSON text. */
  readonly payload: string;
}

/** What a Kafka topic receives for each record. */
export interface RecordDocument extends Metadata {
  readonly KafkaBatchInfo: BatchInfo & { readonly recordInfo: { readonly offset: string; readonly timestamp: string } };
  /** The invocation event with this record alone. */
  readonly payload: KafkaEvent;
}

export function batchDocument(failure: Failure): BatchDocument {
  const { records } = failure;
  return {
    ...metadata(failure, records, failure.condition),
    KafkaBatchInfo: {
      ...batchInfo(failure, records.length, failedEvent(failure)),
      recordsInfo: recordRanges(records),
    },
  };
}

export function objectDocument(failure: Failure): ObjectDocument {
  return { ...batchDocument(failure), payload: JSON.stringify(failedEvent(failure)) };
}

export function recordDocument(failure: Failure, record: TopicRecord): RecordDocument {
  const payload = failedEventWith(failure, record);
  // The two pages of the guide differ in this word; each destination gets that of its own page.
  const condition = failure.condition === 'RetryAttemptsExhausted' ? 'RetriesExhausted' : failure.condition;
  return {
    ...metadata(failure, [record], condition),
    KafkaBatchInfo: {
      ...batchInfo(failure, 1, payload),
      recordInfo: { offset: String(record.offset), timestamp: isoTime(record.timestamp) },
    },
    payload,
  };
}

/** One message per record, in order. It keeps the record's key, so that a key stays in one partition; without one they are spread. */
export function recordMessages(failure: Failure): readonly ProducerMessage[] {
  return failure.records.map((record) => ({
    key: record.key,
    value: Buffer.from(JSON.stringify(recordDocument(failure, record))),
  }));
}

function metadata(failure: Failure, records: readonly TopicRecord[], condition: string): Metadata {
  const { mapping, invokeCount, atMs } = failure;
  return {
    requestContext: {
      requestId: requestId(failure, records),
      functionArn: mapping.invokedFunctionArn,
      condition,
      approximateInvokeCount: invokeCount,
    },
    responseContext: responseContext(failure),
    version: '1.0',
    timestamp: isoTime(atMs),
  };
}

function responseContext({ condition, result, mapping }: Failure): Metadata['responseContext'] {
  if (condition === 'MaximumPayloadSizeExceeded' || result === undefined) return null;
  return {
    statusCode: 200,
    executedVersion: /:(\d+)$/.exec(mapping.invokedFunctionArn)?.[1] ?? '$LATEST',
    ...(result.kind === 'response' ? {} : { functionError: 'Unhandled' }),
  };
}

function batchInfo({ mapping, bootstrapServers }: Failure, batchSize: number, event: KafkaEvent): BatchInfo {
  return {
    batchSize,
    ...(mapping.eventSourceArn === undefined ? {} : { eventSourceArn: mapping.eventSourceArn }),
    bootstrapServers,
    payloadSize: Buffer.byteLength(JSON.stringify(event)),
  };
}

/** Made from what it stands for, so that the same run writes the same documents. */
function requestId({ mapping, invokeCount, atMs }: Failure, records: readonly TopicRecord[]): string {
  const places = records.map((record) => `${partitionName(record)}@${record.offset}`);
  const text = JSON.stringify([mapping.logicalId, invokeCount, atMs, places]);
  const digest = createHash('sha256').update(text).digest('hex');
  return digest.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12}).*$/, '$1-$2-$3-$4-$5');
}
