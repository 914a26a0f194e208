/** The environment variables that a deployed function reads. `KafkaProcessor` sets the first three. */
export const ENVIRONMENT = {
  /** Name of the idempotency table. */
  table: 'MSK_ONCE_TABLE',
  /** JSON: {@link Mappings}. */
  mappings: 'MSK_ONCE_MAPPINGS',
  /** How long a done mark is remembered, in seconds. */
  rememberForSeconds: 'MSK_ONCE_REMEMBER_FOR_S',
  /**
   * Where dead letters go: `sqs:<queue URL>`, `s3://<bucket>/<prefix>`, or both with a comma between them. Without it
   * nothing is given up: a record that keeps failing stays open.
   */
  deadLetters: 'MSK_ONCE_DEAD_LETTERS',
  /** Powertools' switch that turns idempotency off. Refused at start (protocol D5). */
  powertoolsDisabled: 'POWERTOOLS_IDEMPOTENCY_DISABLED',
  /** Set by Lambda where several invocations share a process (managed instances). Refused at start (protocol D5). */
  lambdaMaxConcurrency: 'AWS_LAMBDA_MAX_CONCURRENCY',
  /** The SDK's own, for another place than AWS: of all services, or of one. */
  endpoint: 'AWS_ENDPOINT_URL',
  sqsEndpoint: 'AWS_ENDPOINT_URL_SQS',
  s3Endpoint: 'AWS_ENDPOINT_URL_S3',
} as const;

/** What a mapping is to the runtime. The mode is not here: it travels in the alias (protocol A2). */
export interface Mapping {
  /** The consumer group id: it owns the memory of what is done. */
  readonly consumer: string;
  /** A given name of the cluster (the UUID of an MSK cluster's ARN). */
  readonly source?: string;
  /** Raised when a topic is recreated. */
  readonly generation: number;
}

/** From the mapping's name to what it is. */
export type Mappings = Readonly<Record<string, Mapping>>;

export type ResponseMode = 'partial' | 'throw';

/** The alias through which a mapping calls its function names the mapping and its response mode (protocol A2). */
export const MAPPING_ALIAS = /^([A-Za-z0-9_-]+)-(partial|throw)$/;
export const MAPPING_NAME = /^[A-Za-z0-9_-]+$/;

/** Below it a function does not start. */
export const MINIMUM_REMEMBER_FOR_SECONDS = 60;
export const DEFAULT_REMEMBER_FOR_SECONDS = 14 * 24 * 60 * 60;
