import type { KafkaEvent } from '../../contract/event';
import type { TopicRecord } from '../broker/broker';
import type { InvocationResult } from '../worker/invocation-result';

/**
 * Why the service gives records up. Source: Lambda Developer Guide, on-failure destinations for Kafka; but
 * `RecordAgeExceeded` is PROVISIONAL: the service's own word for it is not published, so that nothing may depend on it.
 */
export type FailureCondition = 'RetryAttemptsExhausted' | 'MaximumPayloadSizeExceeded' | 'RecordAgeExceeded';

/** What is said of the mapping whose records are given up. */
export interface FailedMapping {
  readonly logicalId: string;
  readonly invokedFunctionArn: string;
  /** undefined: self-managed Kafka. */
  readonly eventSourceArn: string | undefined;
}

/** Records that the function is not invoked with any more. */
export interface Failure {
  readonly condition: FailureCondition;
  /** At least one. */
  readonly records: readonly TopicRecord[];
  /** The event of the last invocation, which may hold more than `records`; undefined: there was none. */
  readonly event: KafkaEvent | undefined;
  /** Invocations with these records, the first one included. */
  readonly invokeCount: number;
  /** How the last invocation ended; undefined: there was none. */
  readonly result: InvocationResult | undefined;
  readonly mapping: FailedMapping;
  /** `host:port`, joined by commas. */
  readonly bootstrapServers: string;
  /** When they were given up, in milliseconds since the epoch. */
  readonly atMs: number;
}

/** An on-failure destination at work. */
export interface FailureDelivery {
  /** Rejects when the destination has not taken all of it: the service then counts the records as dropped. */
  deliver(failure: Failure): Promise<void>;
}
