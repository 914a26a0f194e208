/** A limit of the service, where it is written, and when that was read. */
export interface ServiceLimit {
  readonly minimum: number;
  readonly maximum: number;
  readonly source: string;
  readonly checked: string;
}

const EVENT_SOURCE_MAPPING = 'Lambda API Reference, CreateEventSourceMapping';
const SCALING_MODES = 'Lambda Developer Guide, Kafka event poller scaling modes';
const CHECKED = '2026-11';

export const LIMITS = {
  /** Records in one batch. */
  batchSize: { minimum: 1, maximum: 10_000, source: EVENT_SOURCE_MAPPING, checked: CHECKED },
  /** Whole seconds. */
  batchingWindowSeconds: { minimum: 0, maximum: 300, source: EVENT_SOURCE_MAPPING, checked: CHECKED },
  minimumPollers: { minimum: 1, maximum: 200, source: SCALING_MODES, checked: CHECKED },
  maximumPollers: { minimum: 1, maximum: 2_000, source: SCALING_MODES, checked: CHECKED },
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

/** -1 is endless, 0 to 10,000 are retries after the first invocation. */
export const MAXIMUM_RETRY_ATTEMPTS_ENDLESS = -1;

/** The batching window when none is set. Source: Lambda Developer Guide, event source mappings. */
export const DEFAULT_BATCHING_WINDOW_MS = 500;
/** Source: Lambda API Reference, CreateEventSourceMapping. */
export const DEFAULT_BATCH_SIZE = 100;
/** The invocation payload: bytes of the whole event as JSON. Source: Lambda quotas. */
export const MAXIMUM_PAYLOAD_BYTES = 6 * 1024 * 1024;
/** Source: Lambda API Reference, CreateEventSourceMapping. */
export const CONSUMER_GROUP_ID = /^[a-zA-Z0-9-/*:_+=.@]+$/;
