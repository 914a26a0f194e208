import { ENVIRONMENT } from '../../contract/environment';
import { openStores, type Stores } from '../aws/stores';
import type { Broker } from '../broker/broker';
import { readBrokerConfig } from '../broker/broker-config';
import { InProcessBroker } from '../broker/in-process';
import { connectKafka } from '../broker/kafka';
import { DynamoDbApi } from '../dynamodb/dynamodb-api';
import { startEmbeddedDynamoDb } from '../dynamodb/embedded';
import type { KafkaMapping } from '../template/kafka-mapping';
import { localGroupId } from './group-id';
import { requireDatabase } from './require-database';

export interface SurroundingsOptions {
  /** Addresses of a Kafka broker, with commas between them. @default a log in this process */
  readonly broker?: string | undefined;
  /** The same with TLS or SASL, as a file. @default none */
  readonly brokerConfig?: string | undefined;
  /** Of each topic in this process. */
  readonly partitions: number;
  /** The consumer group of every mapping. @default the mapping's own, with `-local` on a broker of another machine */
  readonly group?: string | undefined;
  /** URLs. @default those in this process */
  readonly dynamodb?: string | undefined;
  readonly sqs?: string | undefined;
  readonly s3?: string | undefined;
  /** For the functions, stronger than the template's. */
  readonly environment: Readonly<Record<string, string>>;
}

/** Broker, database, queues and buckets of a local run. */
export interface LocalSurroundings {
  readonly broker: Broker;
  readonly bootstrapServers: string;
  /** Partitions of each topic, where the topics are this process's own. */
  readonly ownPartitions: number | undefined;
  readonly database: DynamoDbApi;
  readonly stores: Stores;
  /** Endpoints of the stand-ins, by the SDK's own variables. */
  readonly env: Readonly<Record<string, string>>;
  /** The mapping as it is to be run here: under which consumer group, and with which variables. */
  adapted(mapping: KafkaMapping): KafkaMapping;
  /** Makes the topics of the mappings, where the broker is this process's own. */
  prepare(mappings: readonly KafkaMapping[]): Promise<void>;
  close(): Promise<void>;
}

export async function surroundingsOf(given: SurroundingsOptions): Promise<LocalSurroundings> {
  const cluster = await clusterOf(given);
  try {
    const embedded = given.dynamodb === undefined ? await startEmbeddedDynamoDb() : undefined;
    const database = new DynamoDbApi(given.dynamodb ?? embedded?.endpoint ?? '');
    if (!embedded) await requireDatabase(database.endpoint);
    const stores = await openStores(given);
    return {
      ...cluster,
      database,
      stores,
      env: {
        ...(given.sqs !== undefined && { AWS_ENDPOINT_URL_SQS: given.sqs }),
        ...(given.s3 !== undefined && { AWS_ENDPOINT_URL_S3: given.s3 }),
      },
      adapted: (mapping) => ({
        ...mapping,
        consumerGroupId: given.group ?? cluster.groupOf(mapping),
        function: {
          ...mapping.function,
          environment: {
            ...endpointsOf(stores, { ...mapping.function.environment, ...given.environment }),
            ...mapping.function.environment,
            ...given.environment,
          },
        },
      }),
      close: async () => {
        await cluster.broker.close();
        await stores.close();
        await embedded?.close();
      },
    };
  } catch (error) {
    await cluster.broker.close();
    throw error;
  }
}

/** Weaker than what says itself where it goes, also for all services at once. */
function endpointsOf({ sqs, s3 }: Stores, environment: Readonly<Record<string, string>>): Record<string, string> {
  if (environment[ENVIRONMENT.endpoint]) return {};
  return { [ENVIRONMENT.sqsEndpoint]: sqs, [ENVIRONMENT.s3Endpoint]: s3 };
}

interface Cluster {
  readonly broker: Broker;
  readonly bootstrapServers: string;
  readonly ownPartitions: number | undefined;
  groupOf(mapping: KafkaMapping): string;
  prepare(mappings: readonly KafkaMapping[]): Promise<void>;
}

async function clusterOf({ broker: address, brokerConfig, partitions }: SurroundingsOptions): Promise<Cluster> {
  if (address === undefined && brokerConfig === undefined) return inProcess(partitions);
  const config = brokerConfig === undefined ? { brokers: (address ?? '').split(',') } : readBrokerConfig(brokerConfig);
  return {
    broker: await connectKafka(config),
    bootstrapServers: config.brokers.join(','),
    ownPartitions: undefined,
    groupOf: ({ consumerGroupId }) => localGroupId(consumerGroupId, config.brokers),
    prepare: async () => {},
  };
}

function inProcess(partitions: number): Cluster {
  const broker = new InProcessBroker();
  const made = new Set<string>();
  return {
    broker,
    bootstrapServers: 'in-process:9092',
    ownPartitions: partitions,
    groupOf: ({ consumerGroupId }) => consumerGroupId,
    async prepare(mappings) {
      const topics = mappings.flatMap(({ topic, onFailure }) =>
        onFailure?.kind === 'kafka' ? [topic, onFailure.topic] : [topic],
      );
      for (const topic of new Set(topics)) {
        if (made.has(topic)) continue;
        made.add(topic);
        await broker.createTopic(topic, partitions);
      }
    },
  };
}
