import { isObject } from '../../../local/template/template';
import { error, type Judgement } from '../finding';
import type { Rule } from '../rule';
import type { Subject } from '../subject';

// Source: Lambda Developer Guide, Kafka retry configurations, on-failure destinations, schema registries, ESM logging.
const PROPERTIES: readonly (readonly string[])[] = [
  ['FunctionResponseTypes'],
  ['MaximumRetryAttempts'],
  ['MaximumRecordAgeInSeconds'],
  ['BisectBatchOnFunctionError'],
  ['LoggingConfig'],
  ['MetricsConfig'],
  ['AmazonManagedKafkaEventSourceConfig', 'SchemaRegistryConfig'],
  ['SelfManagedKafkaEventSourceConfig', 'SchemaRegistryConfig'],
];

export const provisionedOnly: Rule = {
  name: 'provisioned-only',
  *judge(subject): Iterable<Judgement> {
    if (subject.hasPollers) return;
    for (const keys of PROPERTIES) if (isSet(subject, keys)) yield refused(subject, keys);
    const destination = ['DestinationConfig', 'OnFailure', 'Destination'];
    if (subject.mapping.text(...destination)?.startsWith('kafka://')) yield refused(subject, destination);
  },
};

function isSet(subject: Subject, keys: readonly string[]): boolean {
  const value = subject.mapping.value(...keys);
  if (Array.isArray(value)) return value.length > 0;
  return isObject(value) ? Object.keys(value).length > 0 : value !== undefined && value !== false;
}

function refused(subject: Subject, keys: readonly string[]): Judgement {
  return error(
    subject.mapping.path(...keys),
    'is set, and the mapping has no ProvisionedPollerConfig.',
    'Only provisioned pollers know it: the deployment fails, or nothing comes of it.',
    'Give the mapping provisioned pollers, or leave it out.',
  );
}
