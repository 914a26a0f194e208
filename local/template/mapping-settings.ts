import type { PropertyReader } from './property-reader';
import type { Stack } from './stack';
import { isObject, own } from './template';
import { shown, templateInvalid, templateUnsupported } from './template-error';

/** Read by the local event source, or without meaning on one machine. */
const KNOWN: ReadonlySet<string> = new Set([
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
]);

// Source: Lambda Developer Guide, Kafka retry configurations.
const PROVISIONED_ONLY = [
  'FunctionResponseTypes',
  'MaximumRetryAttempts',
  'MaximumRecordAgeInSeconds',
  'BisectBatchOnFunctionError',
];

/** Settings that change what is delivered, each with the value that leaves everything as it is. */
const NOT_BUILT: readonly { readonly keys: readonly string[]; readonly neutral?: unknown }[] = [
  { keys: ['MaximumRecordAgeInSeconds'], neutral: -1 },
  { keys: ['BisectBatchOnFunctionError'], neutral: false },
  { keys: ['DestinationConfig'] },
  { keys: ['FilterCriteria'] },
  { keys: ['AmazonManagedKafkaEventSourceConfig', 'SchemaRegistryConfig'] },
  { keys: ['SelfManagedKafkaEventSourceConfig', 'SchemaRegistryConfig'] },
  { keys: ['SelfManagedKafkaEventSourceConfig', 'ConsumptionMode'], neutral: 'Stream' },
];

/** A mapping without provisioned pollers: what only they may have would be refused at deployment. */
export function refuseWithoutPollers(properties: PropertyReader): void {
  for (const property of PROVISIONED_ONLY) {
    if (isUnset(properties.value(property))) continue;
    throw templateInvalid(
      properties.path(property),
      `is set, and the mapping has no ProvisionedPollerConfig. The service refuses it: "Unsupported ${property} parameter for given event source mapping type." Give the mapping provisioned pollers, or remove the property.`,
    );
  }
}

/** What would change the delivery and is not built yet is refused: a run that left it out would prove nothing. */
export function refuseWhatIsNotBuilt(stack: Stack, logicalId: string, properties: PropertyReader): void {
  for (const { keys, neutral } of NOT_BUILT) {
    const value = properties.value(...keys);
    if (isUnset(value) || String(value) === String(neutral)) continue;
    throw templateUnsupported(
      properties.path(...keys),
      `is ${shown(value)}, and ${keys.at(-1)} is not built yet in the local event source. Remove it for local runs.`,
    );
  }
  for (const property of Object.keys(own(stack.template.Resources, logicalId)?.Properties ?? {})) {
    if (KNOWN.has(property) || isUnset(properties.value(property))) continue;
    throw templateUnsupported(
      properties.path(property),
      'is not known as a setting of a Kafka event source mapping. Remove it, or check its name.',
    );
  }
}

/** Also an empty list or object, and an object of nothing else: that is how a setting is taken back. */
function isUnset(value: unknown): boolean {
  if (Array.isArray(value)) return value.length === 0;
  return value === undefined || (isObject(value) && Object.values(value).every(isUnset));
}
