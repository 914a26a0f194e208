import { MAXIMUM_PAYLOAD_BYTES, MAXIMUM_RETRY_ATTEMPTS_ENDLESS } from '../../contract/limits';
import type { KafkaMapping } from '../template/kafka-mapping';
import type { Choices } from './choices';

/** What a poller needs to know of its mapping. */
export interface PollerSettings {
  readonly batchSize: number;
  readonly batchingWindowMs: number;
  readonly reportBatchItemFailures: boolean;
  /** Retries after the first attempt; infinity: endless. */
  readonly retryLimit: number;
  /** Infinity: records never grow too old. */
  readonly maximumRecordAgeMs: number;
  readonly bisect: boolean;
  readonly maximumPayloadBytes: number;
  /** Absent for self-managed Kafka. */
  readonly eventSourceArn: string | undefined;
  readonly bootstrapServers: string;
  readonly choices: Choices;
}

/** Row 16. Source: Lambda Developer Guide, Kafka retry configurations and on-failure destinations. */
const RETRIES_WITH_DESTINATION = 10;

export function pollerSettings(mapping: KafkaMapping, bootstrapServers: string, choices: Choices): PollerSettings {
  return {
    batchSize: mapping.batchSize,
    batchingWindowMs: mapping.batchingWindowMs,
    reportBatchItemFailures: mapping.reportBatchItemFailures,
    retryLimit: retryLimit(mapping),
    maximumRecordAgeMs: endlessBelowZero(mapping.maximumRecordAgeSeconds) * 1_000,
    bisect: mapping.bisectBatchOnFunctionError,
    maximumPayloadBytes: MAXIMUM_PAYLOAD_BYTES,
    eventSourceArn: mapping.eventSourceArn,
    bootstrapServers,
    choices,
  };
}

/** How often a batch is delivered again after its first attempt; infinity: endlessly. */
export function retryLimit({ maximumRetryAttempts, onFailure }: KafkaMapping): number {
  const isEndless = maximumRetryAttempts === MAXIMUM_RETRY_ATTEMPTS_ENDLESS;
  return isEndless && onFailure ? RETRIES_WITH_DESTINATION : endlessBelowZero(maximumRetryAttempts);
}

const endlessBelowZero = (value: number) => (value < 0 ? Number.POSITIVE_INFINITY : value);
