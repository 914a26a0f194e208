import type { Places } from './places';
import { isObject, own } from './template';

/** A resource that SAM makes at deployment. */
export interface Generated {
  readonly logicalId: string;
  readonly Type: string;
  readonly Properties: Readonly<Record<string, unknown>>;
  readonly places: Places;
}

/** Events that become Kafka mappings, each with the property of the mapping for what belongs to Kafka alone. */
const KAFKA_CONFIG: Readonly<Record<string, string>> = {
  MSK: 'AmazonManagedKafkaEventSourceConfig',
  SelfManagedKafka: 'SelfManagedKafkaEventSourceConfig',
};

/** Where SAM puts a property whose name is not the mapping's own; `[]`: it is for the role's policies only. */
function keysOf(name: string, kafkaConfig: string): readonly string[] {
  switch (name) {
    case 'Stream':
      return ['EventSourceArn'];
    case 'KafkaBootstrapServers':
      return ['SelfManagedEventSource', 'Endpoints', name];
    case 'ConsumerGroupId':
    case 'ConsumptionMode':
    case 'SchemaRegistryConfig':
      return [kafkaConfig, name];
    case 'SecretsManagerKmsKeyId':
      return [];
    default:
      return [name];
  }
}

/**
 * The mapping that SAM makes of an event of a function; `undefined` for an event that is not Kafka's.
 * Source: AWS SAM, property reference of MSK and SelfManagedKafka.
 *
 * @param place where the file writes the event.
 */
export function expandEvent(
  logicalId: string,
  event: unknown,
  place: string,
  FunctionName: unknown,
): Generated | undefined {
  const kafkaConfig = isObject(event) ? own(KAFKA_CONFIG, String(event.Type)) : undefined;
  if (!isObject(event) || kafkaConfig === undefined) return undefined;
  const Properties: Record<string, unknown> = { FunctionName };
  const places: Record<string, string> = {
    '': `${place}.Properties`,
    FunctionName: place.replace(/\.Events\.[^.]*$/, '.AutoPublishAlias'),
  };
  for (const [name, value] of Object.entries(isObject(event.Properties) ? event.Properties : {})) {
    const keys = keysOf(name, kafkaConfig);
    if (keys.length === 0) continue;
    places[keys.join('.')] = `${place}.Properties.${name}`;
    put(Properties, keys, name === 'DestinationConfig' ? withoutType(value) : value);
  }
  return { logicalId, Type: 'AWS::Lambda::EventSourceMapping', Properties, places };
}

function put(target: Record<string, unknown>, [key = '', ...rest]: readonly string[], value: unknown): void {
  if (rest.length === 0) {
    target[key] = value;
    return;
  }
  const inner = isObject(target[key]) ? { ...target[key] } : {};
  target[key] = inner;
  put(inner, rest, value);
}

/** `Type` beside a destination tells SAM which policy the role needs. */
function withoutType(config: unknown): unknown {
  if (!isObject(config) || !isObject(config.OnFailure)) return config;
  const { Type: _, ...onFailure } = config.OnFailure;
  return { ...config, OnFailure: onFailure };
}
