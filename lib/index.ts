export { Auth, type AuthBindOptions, type AuthConfig } from './auth';
export { DeadLetters, type DeadLettersConfig, type LetterBucketProps, type SqsDeadLettersProps } from './dead-letters';
export { FunctionVersion } from './function-version';
export { IdempotencyTable, type IdempotencyTableProps } from './idempotency-table';
export { KafkaProcessor } from './kafka-processor';
export type { KafkaProcessorProps } from './kafka-processor-props';
export { KafkaSource, type KafkaSourceBindOptions, type KafkaSourceConfig, type MskSourceProps } from './kafka-source';
export { Pollers, type PollersConfig, type ProvisionedPollersProps } from './pollers';
export { PropsError, type PropsProblem } from './private/props-error';
