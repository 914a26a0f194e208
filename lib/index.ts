export { Auth, type AuthBindOptions, type AuthConfig } from './auth';
export { FunctionVersion } from './function-version';
export { IdempotencyTable, type IdempotencyTableProps } from './idempotency-table';
export { KafkaProcessor } from './kafka-processor';
export type { KafkaProcessorProps } from './kafka-processor-props';
export { KafkaSource, type KafkaSourceBindOptions, type KafkaSourceConfig, type MskSourceProps } from './kafka-source';
export { Pollers, type PollersConfig, type ProvisionedPollersProps } from './pollers';
export { PropsError, type PropsProblem } from './private/props-error';
