/** A limit of the service, where it is written, and when that was read. */
export interface ServiceLimit {
  readonly minimum: number;
  readonly maximum: number;
  readonly source: string;
  readonly checked: string;
}

const EVENT_SOURCE_MAPPING = 'Lambda API Reference, CreateEventSourceMapping';
const SCALING_MODES = 'Lambda Developer Guide, Kafka event poller scaling modes';
const RETRY_CONFIGURATIONS = 'Lambda Developer Guide, Kafka retry configurations';
const CHECKED = '2026-11';

export const LIMITS = {
  /** Records in one batch. */
  batchSize: { minimum: 1, maximum: 10_000, source: EVENT_SOURCE_MAPPING, checked: CHECKED },
  /** Whole seconds. */
  batchingWindowSeconds: { minimum: 0, maximum: 300, source: EVENT_SOURCE_MAPPING, checked: CHECKED },
  minimumPollers: { minimum: 1, maximum: 200, source: SCALING_MODES, checked: CHECKED },
  maximumPollers: { minimum: 1, maximum: 2_000, source: SCALING_MODES, checked: CHECKED },
  /** Retries after the first invocation, where they are not endless. */
  retryAttempts: { minimum: 0, maximum: 10_000, source: RETRY_CONFIGURATIONS, checked: CHECKED },
  /** Seconds, where the age is not endless. */
  recordAgeSeconds: { minimum: 60, maximum: 7 * 24 * 60 * 60, source: RETRY_CONFIGURATIONS, checked: CHECKED },
  /** Time-out of a function behind a Kafka mapping, in seconds. */
  functionTimeoutSeconds: {
    minimum: 1,
    maximum: 14 * 60,
    source: 'Lambda Developer Guide, Using Lambda with Amazon MSK',
    checked: CHECKED,
  },
  consumerGroupIdLength: { minimum: 1, maximum: 200, source: EVENT_SOURCE_MAPPING, checked: CHECKED },
  topicLength: {
    minimum: 2,
    maximum: 249,
    source: 'CloudFormation resource schema, AWS::Lambda::EventSourceMapping, Topics',
    checked: CHECKED,
  },
} as const satisfies Record<string, ServiceLimit>;

/** In place of a number of retries. */
export const MAXIMUM_RETRY_ATTEMPTS_ENDLESS = -1;

/** The batching window when none is set. Source: Lambda Developer Guide, event source mappings. */
export const DEFAULT_BATCHING_WINDOW_MS = 500;
/** Source: Lambda API Reference, CreateEventSourceMapping. */
export const DEFAULT_BATCH_SIZE = 100;
/** The invocation payload: bytes of the whole event as JSON. Source: Lambda quotas. */
export const MAXIMUM_PAYLOAD_BYTES = 6 * 1024 * 1024;
/** Memory of a function in MB, and what one has that says nothing. Source: Lambda quotas. */
export const DEFAULT_MEMORY_MB = 128;
/** Source: Lambda API Reference, ProvisionedPollerConfig. */
export const POLLER_GROUP_NAME = /^[a-zA-Z0-9_-]{0,128}$/;
/** Source: Lambda API Reference, CreateEventSourceMapping. */
export const CONSUMER_GROUP_ID = /^[a-zA-Z0-9-/*:_+=.@]+$/;

/**
 * The least memory of a function, by the most records of its batches. An event has 6 MB at most, so their number counts
 * less than what the largest of them takes as a dead letter.
 *
 * Measured: peak of resident memory of the bundled flights function on Node.js 24 with a heap as in Lambda, over an event
 * of 6 MB of which the last record is malformed, as large as fits, and becomes a letter in S3. With 192 MB: 1 record 138,
 * 100 records 138, 1,000 records 153; with 256 MB: 10,000 records 185. What is left is for Lambda's own client, which
 * holds the event's text too, and for the user's code.
 */
export const MEMORY_FLOORS = [
  { records: 1_000, memoryMb: 192 },
  { records: Number.POSITIVE_INFINITY, memoryMb: 256 },
] as const;
