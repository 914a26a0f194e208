/// <reference types="node" preserve="true" />
export type { ErrorCode } from '../contract/error-codes';
export type {
  BatchItemFailure,
  BatchResponse,
  InvocationContext,
  KafkaEvent,
  KafkaEventHeader,
  KafkaEventRecord,
  SchemaMetadata,
  TimestampType,
} from '../contract/event';
export type { Letter, LetterError, LetterPointer } from '../contract/letter';
export type {
  RedriveError,
  RedriveEvent,
  RedriveMarker,
  Redriven,
  RedriveOutcome,
  RedriveResponse,
} from '../contract/redrive';
export type { Identity } from './core/identity';
export type { Order } from './core/lanes';
export type { Handler } from './create-processor';
export {
  type ErrorClass,
  isOnceError,
  type OnceError,
  OutageError,
  PermanentError,
  TransientError,
  type TransientErrorOptions,
} from './errors';
export type { ObservationOptions, TracingOptions } from './observe/observation';
export type { OpenTelemetryApi } from './observe/otel-api';
export type { UserLogger } from './observe/powertools-log';
export type { PowertoolsMetrics } from './observe/powertools-metrics';
export type {
  BatchContext,
  BatchResult,
  DecodedRecord,
  FailedRecord,
  ProcessBatch,
  ProcessedRecord,
  ProcessRecordsOptions,
  Tombstones,
} from './options';
export { processRecords } from './process-records';
export { bytes } from './record/bytes';
export type { Codec, ValueContext } from './record/codec';
export type { Headers } from './record/headers';
export { json } from './record/json';
export { text } from './record/text';
export {
  type ItemTarget,
  type OneTimeToken,
  type OptimisticVersion,
  oneTimeToken,
  optimisticVersion,
  type StateStep,
  stateStep,
  type UniqueInsert,
  uniqueInsert,
} from './transaction/builders';
export type { ConditionMeaning, TransactionWrite, TransactionWrites } from './transaction/transaction-write';
