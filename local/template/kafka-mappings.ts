import { type KafkaMapping, readKafkaMapping } from './kafka-mapping';
import { resourcesOfType, type Stack } from './stack';
import type { Resource } from './template';
import { templateInvalid } from './template-error';

const KAFKA_PROPERTIES = [
  'Topics',
  'AmazonManagedKafkaEventSourceConfig',
  'SelfManagedEventSource',
  'SelfManagedKafkaEventSourceConfig',
];

/** All Kafka event source mappings of the stack, disabled ones included; an error if there is none. */
export function readKafkaMappings(stack: Stack): KafkaMapping[] {
  const mappings = resourcesOfType(stack, 'AWS::Lambda::EventSourceMapping');
  const kafka = mappings
    .filter(([, resource]) => isKafka(resource))
    .map(([logicalId]) => readKafkaMapping(stack, logicalId));
  if (kafka.length === 0)
    throw nothingToRun(
      stack,
      mappings.map(([logicalId]) => logicalId),
    );
  refuseSharedGroup(kafka);
  return kafka;
}

function isKafka({ Properties = {} }: Resource): boolean {
  return KAFKA_PROPERTIES.some((property) => Object.hasOwn(Properties, property));
}

function nothingToRun(stack: Stack, others: readonly string[]): Error {
  const found =
    others.length === 0 ? 'It has no event source mapping at all' : `It has other mappings: ${others.join(', ')}`;
  const types = new Set(Object.values(stack.template.Resources).map(({ Type }) => Type));
  const hints = [
    types.has('AWS::Serverless::Function') &&
      ' Functions of SAM keep their mappings in Events, which are not read: give the template that SAM makes of them.',
    types.has('AWS::CloudFormation::Stack') &&
      ' Nested stacks are not read: name the template of the nested stack itself.',
  ];
  return templateInvalid(
    `Stack ${stack.stackName}`,
    `(${stack.file}) has no Kafka event source mapping (AWS::Lambda::EventSourceMapping with Topics). ${found}.${hints.filter(Boolean).join('')}`,
  );
}

/** The service refuses a second mapping with the same consumer group id. */
function refuseSharedGroup(mappings: readonly KafkaMapping[]): void {
  const owners = new Map<string, string>();
  for (const { logicalId, consumerGroupId } of mappings) {
    const owner = owners.get(consumerGroupId);
    if (owner !== undefined) {
      throw templateInvalid(
        `Resources.${logicalId}`,
        `has the consumer group id ${consumerGroupId} of ${owner}. The service refuses a second mapping with the same one; give each its own.`,
      );
    }
    owners.set(consumerGroupId, logicalId);
  }
}
