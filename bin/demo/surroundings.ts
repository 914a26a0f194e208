import type { Broker } from '../../local/broker/broker';
import { InProcessBroker } from '../../local/broker/in-process';
import { connectKafka } from '../../local/broker/kafka';
import { DynamoDbApi } from '../../local/dynamodb/dynamodb-api';
import { startEmbeddedDynamoDb } from '../../local/dynamodb/embedded';

/** Broker and database as far as the demo is concerned, and how to leave no trace of it. */
export interface Surroundings {
  readonly broker: Broker;
  readonly database: DynamoDbApi;
  readonly bootstrapServers: string;
  readonly topic: string;
  /** Tells the tables of this run from those of others in the same database. */
  readonly nameSuffix: string;
  close(): Promise<void>;
}

/** No Java, no broker, no network beyond this machine. */
export async function embedded(): Promise<Surroundings> {
  const dynamodb = await startEmbeddedDynamoDb();
  return {
    broker: new InProcessBroker(),
    database: new DynamoDbApi(dynamodb.endpoint),
    bootstrapServers: 'in-process:9092',
    topic: 'flights',
    nameSuffix: '',
    close: () => dynamodb.close(),
  };
}

/** What `npm run servers` started, or what the addresses name. */
export async function realServers(addresses: {
  readonly kafka: string;
  readonly dynamodb: string;
}): Promise<Surroundings> {
  const database = new DynamoDbApi(addresses.dynamodb);
  await database.call('ListTables', {});
  const broker = await connectKafka(addresses.kafka);
  const run = `-${Date.now().toString(36)}`;
  return {
    broker,
    database,
    bootstrapServers: addresses.kafka,
    // The broker outlives this run, and a topic of an earlier one holds its own records.
    topic: `flights${run}`,
    nameSuffix: run,
    close: () => broker.close(),
  };
}
