import type { KafkaEvent } from '../../../contract/event';
import type { TopicRecord } from '../../../local/broker/broker';
import type { Failure } from '../../../local/destinations/failure';
import type { InvocationResult } from '../../../local/worker/invocation-result';
import { topicRecord } from '../event-source/topic-records';

export const FUNCTION_ARN = 'arn:aws:lambda:eu-west-1:111122223333:function:orders:live';
export const CLUSTER_ARN = 'arn:aws:kafka:eu-west-1:111122223333:cluster/shop/0a1b-2';
export const BOOTSTRAP = 'b-1.shop.example:9098,b-2.shop.example:9098';

const ERROR = { errorType: 'Error', errorMessage: 'no', durationMs: 5 };
export const THREW: InvocationResult = { kind: 'error', ...ERROR };
export const TIMED_OUT: InvocationResult = { kind: 'timeout', ...ERROR };
export const CRASHED: InvocationResult = { kind: 'crash', exitCode: 1, signal: null, ...ERROR };
export const REPORTED: InvocationResult = { kind: 'response', payload: { batchItemFailures: [] }, durationMs: 5 };

/** The invocation event of these records, written by hand: values and keys in base64. */
export function eventWith(...records: readonly TopicRecord[]): KafkaEvent {
  const arrays: Record<string, KafkaEvent['records'][string]> = {};
  for (const { topic, partition, offset, timestamp, timestampType, key, value } of records) {
    const name = `${topic}-${partition}`;
    const written = { topic, partition, offset, timestamp, timestampType, headers: [] };
    const keyed = key === null ? written : { ...written, key: key.toString('base64') };
    arrays[name] = [...(arrays[name] ?? []), value === null ? keyed : { ...keyed, value: value.toString('base64') }];
  }
  return { eventSource: 'aws:kafka', eventSourceArn: CLUSTER_ARN, bootstrapServers: BOOTSTRAP, records: arrays };
}

/** A failure of one record; what a test does not speak of is the same everywhere. */
export function failureOf(changes: Partial<Failure> = {}): Failure {
  const records = changes.records ?? [topicRecord(0, 41)];
  return {
    condition: 'RetryAttemptsExhausted',
    records,
    event: eventWith(...records),
    invokeCount: 3,
    result: THREW,
    mapping: { logicalId: 'OrdersMapping', invokedFunctionArn: FUNCTION_ARN, eventSourceArn: CLUSTER_ARN },
    bootstrapServers: BOOTSTRAP,
    atMs: Date.UTC(2026, 10, 2, 8),
    ...changes,
  };
}
