import {
  type Broker,
  type Cluster,
  type Consumer,
  type ConsumerConfig,
  Kafka,
  logLevel,
  type PartitionAssigner,
  type RetryOptions,
} from 'kafkajs';
import type { BrokerConfig } from './broker-config';
import type { KafkaSockets } from './kafka-sockets';
import { quietKafkajs } from './quiet-kafkajs';

/**
 * Set in full: kafkajs takes other defaults when NODE_ENV is "test". About 1.5 s, and kafkajs has such loops inside each
 * other, so that a broker that went away is noticed within seconds.
 */
export const RETRY: RetryOptions = {
  initialRetryTime: 100,
  factor: 0.2,
  multiplier: 2,
  maxRetryTime: 1_000,
  retries: 4,
};

/** How old a client's knowledge of leaders and partitions may be: new partitions are found after so long. */
export const METADATA_MAX_AGE_MS = 1_000;

export interface ClientOptions {
  readonly connectionTimeout?: number;
  readonly requestTimeout?: number;
  readonly retry?: RetryOptions;
  /** Keeps the client's connections, for whoever ends them. @default kafkajs alone knows them */
  readonly sockets?: KafkaSockets;
}

/**
 * A kafkajs client that prints nothing: on a fresh broker it reports each "coordinator is loading" that it then retries,
 * and what matters reaches us as an error.
 */
export function kafkaClient(config: BrokerConfig, clientId: string, options: ClientOptions = {}): Kafka {
  quietKafkajs();
  const connectionTimeout = options.connectionTimeout ?? 3_000;
  return new Kafka({
    clientId,
    brokers: [...config.brokers],
    ...(config.ssl && { ssl: { ...config.ssl } }),
    // kafkajs keeps things in the object that it is given.
    ...(config.sasl && { sasl: { ...config.sasl } as SaslOptions }),
    ...(options.sockets && { socketFactory: options.sockets.factory }),
    logLevel: logLevel.NOTHING,
    connectionTimeout,
    authenticationTimeout: connectionTimeout,
    requestTimeout: options.requestTimeout ?? 30_000,
    retry: options.retry ?? RETRY,
  });
}

/** kafkajs types each mechanism apart, all with the same fields. */
interface SaslOptions {
  readonly mechanism: 'plain';
  readonly username: string;
  readonly password: string;
}

/** A consumer, and the cluster as it sees it: kafkajs hands that to assigners of partitions alone. */
export function consumerOf(
  kafka: Kafka,
  config: ConsumerConfig,
  assigner: PartitionAssigner,
): { readonly consumer: Consumer; readonly cluster: Cluster } {
  let found: Cluster | undefined;
  const consumer = kafka.consumer({
    allowAutoTopicCreation: false,
    metadataMaxAge: METADATA_MAX_AGE_MS,
    ...config,
    partitionAssigners: [
      (given) => {
        found = given.cluster;
        return assigner(given);
      },
    ],
  });
  if (!found) throw new Error('kafkajs did not make its assigners together with the consumer: report this bug');
  return { consumer, cluster: found };
}

/** For requests that belong to no consumer group. To be connected first. */
export function clusterOf(kafka: Kafka): Cluster {
  return consumerOf(kafka, { groupId: 'none' }, () => ({
    name: '',
    version: 0,
    assign: async () => [],
    protocol: () => ({ name: '', metadata: Buffer.alloc(0) }),
  })).cluster;
}

/** kafkajs itself says no more than that it found none, whatever the brokers said. */
export async function requireCoordinator(cluster: Cluster, groupId: string): Promise<void> {
  await cluster.refreshMetadataIfNecessary();
  const [nodeId] = cluster.getNodeIds();
  const broker = (await cluster.findBroker({ nodeId: String(nodeId) })) as CoordinatorFinder;
  await broker.findGroupCoordinator({ groupId, coordinatorType: 0 });
}

/** kafkajs leaves it out of its types. */
interface CoordinatorFinder extends Broker {
  findGroupCoordinator(request: { groupId: string; coordinatorType: 0 }): Promise<unknown>;
}
