import { openStores, type Stores } from '../../local/aws/stores';
import type { Broker } from '../../local/broker/broker';
import { InProcessBroker } from '../../local/broker/in-process';
import { connectKafka } from '../../local/broker/kafka';
import { DynamoDbApi } from '../../local/dynamodb/dynamodb-api';
import { startEmbeddedDynamoDb } from '../../local/dynamodb/embedded';

/** Broker, database and dead letters as far as the demo is concerned, and how to leave no trace of it. */
export interface Surroundings {
  readonly broker: Broker;
  readonly database: DynamoDbApi;
  readonly stores: Stores;
  readonly bootstrapServers: string;
  readonly topic: string;
  /** Tells the tables of this run from those of others in the same database. */
  readonly nameSuffix: string;
  close(): Promise<void>;
}

/** No Java, no broker, no network beyond this machine. */
export async function embedded(): Promise<Surroundings> {
  const dynamodb = await startEmbeddedDynamoDb();
  const stores = await openStores();
  return {
    broker: new InProcessBroker(),
    database: new DynamoDbApi(dynamodb.endpoint),
    stores,
    bootstrapServers: 'in-process:9092',
    topic: 'flights',
    nameSuffix: '',
    close: async () => {
      await stores.close();
      await dynamodb.close();
    },
  };
}

/** What `msk-once servers` started, or what the addresses name; dead letters in this process unless SQS is named. */
export async function realServers(addresses: {
  readonly kafka: string;
  readonly dynamodb: string;
  /** @default in this process */
  readonly sqs?: string | undefined;
}): Promise<Surroundings> {
  const database = new DynamoDbApi(addresses.dynamodb);
  await database.call('ListTables', {});
  const broker = await connectKafka(addresses.kafka);
  const stores = await openStores({ sqs: addresses.sqs });
  const run = `-${Date.now().toString(36)}`;
  return {
    broker,
    database,
    stores,
    bootstrapServers: addresses.kafka,
    // The broker outlives this run, and a topic of an earlier one holds its own records.
    topic: `flights${run}`,
    nameSuffix: run,
    close: async () => {
      await stores.close();
      await broker.close();
    },
  };
}
