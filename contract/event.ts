/**
 * The event that a Kafka event source mapping hands to a function, and the answer it reads.
 * Source: AWS Lambda Developer Guide, "Using Lambda with Amazon MSK" and "with self-managed Apache Kafka".
 */

export const EVENT_SOURCE_MSK = 'aws:kafka';
export const EVENT_SOURCE_SELF_MANAGED = 'SelfManagedKafka';

export type TimestampType = 'CREATE_TIME' | 'LOG_APPEND_TIME';

/** One header: one property, its name to its bytes. The service writes bytes signed, -128..127; `null` is accepted. */
export type KafkaEventHeader = Readonly<Record<string, readonly number[] | null>>;

export interface SchemaMetadata {
  readonly dataFormat: string;
  readonly schemaId: string;
}

export interface KafkaEventRecord {
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
  /** Milliseconds since the epoch. */
  readonly timestamp: number;
  readonly timestampType: TimestampType;
  /** Base64. The service leaves the property out for a null key; `null` is accepted too. */
  readonly key?: string | null;
  /** Base64. The service leaves the property out for a tombstone; `null` is accepted too. */
  readonly value?: string | null;
  readonly headers?: readonly KafkaEventHeader[];
  readonly keySchemaMetadata?: SchemaMetadata;
  readonly valueSchemaMetadata?: SchemaMetadata;
}

export interface KafkaEvent {
  readonly eventSource: string;
  /** Absent for self-managed Kafka. */
  readonly eventSourceArn?: string;
  readonly bootstrapServers?: string;
  /** From `<topic>-<partition>` to the records of that partition, in offset order. */
  readonly records: Readonly<Record<string, readonly KafkaEventRecord[]>>;
}

export interface BatchItemFailure {
  readonly itemIdentifier: {
    /** The key in `records`: `<topic>-<partition>`. */
    readonly partition: string;
    readonly offset: number;
  };
}

/** The partial batch response (`ReportBatchItemFailures`). */
export interface BatchResponse {
  readonly batchItemFailures: readonly BatchItemFailure[];
}

/** What the runtime reads of Lambda's context. */
export interface InvocationContext {
  readonly invokedFunctionArn: string;
  readonly awsRequestId?: string;
  getRemainingTimeInMillis(): number;
}
