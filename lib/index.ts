export type { ResponseMode } from '../contract/environment';
export type { ErrorCode } from '../contract/error-codes';
export { Auth, type AuthBindOptions, type AuthConfig, type MskResources, type SecretAuthOptions } from './auth';
export {
  DeadLetters,
  type DeadLettersBindOptions,
  type DeadLettersConfig,
  type LetterBucketProps,
  type SqsDeadLettersProps,
} from './dead-letters';
export { FunctionVersion } from './function-version';
export { IdempotencyTable, type IdempotencyTableProps } from './idempotency-table';
export { KafkaMapping } from './kafka-mapping';
export { KafkaMappingBase } from './kafka-mapping-base';
export type { KafkaMappingOptions, KafkaMappingProps } from './kafka-mapping-props';
export { KafkaProcessor } from './kafka-processor';
export type { KafkaProcessorProps } from './kafka-processor-props';
export { KafkaSource, type KafkaSourceBindOptions, type KafkaSourceConfig } from './kafka-source';
export type {
  KafkaTopicProps,
  MskServerlessSourceProps,
  MskSourceProps,
  SelfManagedSourceProps,
} from './kafka-source-props';
export { OnFailure, type OnFailureBindOptions, type OnFailureBucketProps, type OnFailureConfig } from './on-failure';
export { OnceFunction } from './once-function';
export { Pollers, type PollersConfig, type ProvisionedPollersProps } from './pollers';
export { PropsError, type PropsProblem } from './private/props-error';
export { ProcessorAlarms } from './processor-alarms';
export type { ProcessorAlarmsOptions, ProcessorAlarmsProps } from './processor-alarms-props';
export { ProcessorDashboard, type ProcessorDashboardProps } from './processor-dashboard';
