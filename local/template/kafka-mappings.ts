import { parseFunctionName } from './function-name';
import { attempt, findFunction } from './invoked-function';
import { type KafkaMapping, readKafkaMapping } from './kafka-mapping';
import { readProperties } from './property-reader';
import { type MappingName, type MappingSelection, selectMappings } from './select-mappings';
import { constructPathOf, type Found, findResources, idOf, type Stack } from './stack';
import type { Resource } from './template';
import { templateInvalid } from './template-error';

const KAFKA_PROPERTIES = [
  'Topics',
  'AmazonManagedKafkaEventSourceConfig',
  'SelfManagedEventSource',
  'SelfManagedKafkaEventSourceConfig',
];

/**
 * The Kafka event source mappings of the stack and of those nested in it, disabled ones included; an error if there is
 * none. What is not chosen is not read, so that a function that cannot be run here stands in nobody's way.
 */
export function readKafkaMappings(stack: Stack, selection: MappingSelection = {}): KafkaMapping[] {
  const mappings = findKafkaMappings(stack, selection).map(readKafkaMapping);
  refuseSharedGroup(mappings);
  return mappings;
}

/** The same, none of them read yet. */
export function findKafkaMappings(stack: Stack, selection: MappingSelection = {}): Found[] {
  const all = findResources(stack, 'AWS::Lambda::EventSourceMapping');
  const kafka = all.filter(({ resource }) => isKafka(resource));
  if (kafka.length === 0) throw nothingToRun(stack, all.map(idOf));
  return selectMappings(kafka.map(nameOf), selection).map(({ found }) => found);
}

function isKafka({ Properties = {} }: Resource): boolean {
  return KAFKA_PROPERTIES.some((property) => Object.hasOwn(Properties, property));
}

function nameOf(found: Found): MappingName & { readonly found: Found } {
  return { found, ...identityOf(found), function: attempt(() => functionOf(found)) };
}

function functionOf({ stack, logicalId }: Found): NonNullable<MappingName['function']> {
  const properties = readProperties(stack, logicalId);
  const { functionName: name } = parseFunctionName(properties.requiredText('FunctionName'));
  return { ...identityOf(findFunction(stack, name, properties.path('FunctionName'))), name };
}

function identityOf(found: Found): Pick<MappingName, 'logicalId' | 'constructPath'> {
  const constructPath = constructPathOf(found);
  return { logicalId: idOf(found), ...(constructPath !== undefined && { constructPath }) };
}

function nothingToRun(stack: Stack, others: readonly string[]): Error {
  const found =
    others.length === 0 ? 'It has no event source mapping at all' : `It has other mappings: ${others.join(', ')}`;
  const unread = stack
    .deployment()
    .flatMap((member) => member.nested().map((nested) => ({ ...nested, parent: member })))
    .filter((nested) => nested.stack === undefined)
    .map(({ parent, logicalId }) => idOf({ stack: parent, logicalId }));
  const hint =
    unread.length === 0
      ? ''
      : ` Of these nested stacks the templates are not on this machine, so they were not read: ${unread.join(', ')}.`;
  return templateInvalid(
    `Stack ${stack.stackName}`,
    `(${stack.file}) has no Kafka event source mapping (AWS::Lambda::EventSourceMapping with Topics, or an event MSK or SelfManagedKafka of a function of SAM). ${found}.${hint}`,
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
