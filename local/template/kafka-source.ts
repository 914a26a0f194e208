import { CONSUMER_GROUP_ID, LIMITS } from '../../contract/limits';
import { refuseUnknownSettings } from './mapping-settings';
import type { PropertyReader } from './property-reader';
import { readSchemaRegistry, type SchemaRegistry } from './schema-registry';
import { shown, templateInvalid, templateUnsupported } from './template-error';

/** What a mapping reads, and as whom. */
export interface KafkaSource {
  readonly topic: string;
  /** `undefined`: the template leaves it to the service. */
  readonly consumerGroupId: string | undefined;
  readonly selfManaged: boolean;
  /** Absent for self-managed Kafka. */
  readonly eventSourceArn: string | undefined;
  /** Given for self-managed Kafka only. */
  readonly bootstrapServers: readonly string[] | undefined;
  readonly schemaRegistry: SchemaRegistry | undefined;
}

const SETTINGS = {
  AmazonManagedKafkaEventSourceConfig: ['ConsumerGroupId', 'SchemaRegistryConfig'],
  SelfManagedKafkaEventSourceConfig: ['ConsumerGroupId', 'ConsumptionMode', 'SchemaRegistryConfig'],
};
const CONFIGS = Object.keys(SETTINGS) as (keyof typeof SETTINGS)[];

export function readKafkaSource(properties: PropertyReader): KafkaSource {
  for (const config of CONFIGS) refuseUnknownSettings(properties, SETTINGS[config], config);
  refuseQueueMode(properties);
  const ids = CONFIGS.map((config) => readConsumerGroupId(properties, config));
  const registries = CONFIGS.map((config) => readSchemaRegistry(properties, config));
  return {
    topic: readTopic(properties),
    consumerGroupId: ids.find((id) => id !== undefined),
    ...readCluster(properties),
    schemaRegistry: registries.find((registry) => registry !== undefined),
  };
}

function readTopic(properties: PropertyReader): string {
  const topics = properties.textList('Topics');
  const [topic] = topics;
  const { minimum, maximum } = LIMITS.topicLength;
  if (topic === undefined || topics.length > 1 || topic.length < minimum || topic.length > maximum) {
    throw templateInvalid(
      properties.path('Topics'),
      `is ${shown(topics)}; a mapping takes exactly one topic, its name ${minimum} to ${maximum} characters long.`,
    );
  }
  return topic;
}

function readConsumerGroupId(properties: PropertyReader, config: string): string | undefined {
  const id = properties.text(config, 'ConsumerGroupId');
  const { maximum } = LIMITS.consumerGroupIdLength;
  if (id === undefined || (id.length <= maximum && CONSUMER_GROUP_ID.test(id))) return id;
  throw templateInvalid(
    properties.path(config, 'ConsumerGroupId'),
    `is ${shown(id)}; accepted are 1 to ${maximum} letters, digits and -/*:_+=.@`,
  );
}

function readCluster(
  properties: PropertyReader,
): Pick<KafkaSource, 'selfManaged' | 'eventSourceArn' | 'bootstrapServers'> {
  const eventSourceArn = properties.text('EventSourceArn');
  const bootstrapServers = properties.textList('SelfManagedEventSource', 'Endpoints', 'KafkaBootstrapServers');
  const selfManaged = bootstrapServers.length > 0;
  if (selfManaged === (eventSourceArn !== undefined)) {
    throw templateInvalid(
      properties.path('EventSourceArn'),
      `is ${shown(eventSourceArn)} with the bootstrap servers ${shown(bootstrapServers)}; a mapping has an EventSourceArn (Amazon MSK) or SelfManagedEventSource, and not both.`,
    );
  }
  return { selfManaged, eventSourceArn, bootstrapServers: selfManaged ? bootstrapServers : undefined };
}

/** Row 35: its acknowledgements and redeliveries are not published well enough to be imitated. */
function refuseQueueMode(properties: PropertyReader): void {
  const keys = ['SelfManagedKafkaEventSourceConfig', 'ConsumptionMode'];
  const mode = properties.text(...keys);
  if (mode === undefined || mode === 'Stream') return;
  if (mode !== 'Queue') {
    throw templateInvalid(properties.path(...keys), `is ${shown(mode)}; accepted are Stream and Queue.`);
  }
  throw templateUnsupported(
    properties.path(...keys),
    'is "Queue": a share group gives records out one by one and without order, and it is not published how it takes them back, so nothing true could be shown here. Only Stream can be run.',
  );
}
