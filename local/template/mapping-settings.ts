import type { PropertyReader } from './property-reader';
import { unsupportedParameter } from './service-words';
import { isObject } from './template';
import { templateInvalid, templateUnsupported } from './template-error';

/** Read, or without meaning on one machine. */
export const MAPPING_SETTINGS: readonly string[] = [
  'AmazonManagedKafkaEventSourceConfig',
  'BatchSize',
  'BisectBatchOnFunctionError',
  'DestinationConfig',
  'Enabled',
  'EventSourceArn',
  'FilterCriteria',
  'FunctionName',
  'FunctionResponseTypes',
  'KmsKeyArn',
  'LoggingConfig',
  'MaximumBatchingWindowInSeconds',
  'MaximumRecordAgeInSeconds',
  'MaximumRetryAttempts',
  'MetricsConfig',
  'ProvisionedPollerConfig',
  'SelfManagedEventSource',
  'SelfManagedKafkaEventSourceConfig',
  'SourceAccessConfigurations',
  'StartingPosition',
  'StartingPositionTimestamp',
  'Tags',
  'Topics',
];

// Source: Lambda Developer Guide, Kafka retry configurations.
const PROVISIONED_ONLY = [
  'FunctionResponseTypes',
  'MaximumRetryAttempts',
  'MaximumRecordAgeInSeconds',
  'BisectBatchOnFunctionError',
];

/** A mapping without provisioned pollers: what only they may have would be refused at deployment. */
export function refuseWithoutPollers(properties: PropertyReader): void {
  for (const property of PROVISIONED_ONLY) {
    if (isUnset(properties.value(property))) continue;
    throw templateInvalid(
      properties.path(property),
      `is set, and the mapping has no ProvisionedPollerConfig. The service refuses it: "${unsupportedParameter(property)}" Give the mapping provisioned pollers, or remove the property.`,
    );
  }
}

/** A setting of another event source, or a slip of the pen: a run that left it out would prove nothing. */
export function refuseUnknownSettings(properties: PropertyReader, known: readonly string[], ...keys: string[]): void {
  for (const name of properties.names(...keys)) {
    if (known.includes(name) || isUnset(properties.value(...keys, name))) continue;
    throw templateUnsupported(
      properties.path(...keys, name),
      'is not known as a setting of a Kafka event source mapping. Remove it, or check its name.',
    );
  }
}

/** Also an empty list or object, and an object of nothing else: that is how a setting is taken back. */
function isUnset(value: unknown): boolean {
  if (Array.isArray(value)) return value.length === 0;
  return value === undefined || (isObject(value) && Object.values(value).every(isUnset));
}
