import { CreateTableCommand, DynamoDBClient, type DynamoDBClientConfig } from '@aws-sdk/client-dynamodb';
import { KEY_ATTRIBUTE } from '../../contract/idempotency-table';
import { DynamoDbEngine } from '../../local/dynamodb/engine/engine';
import { startEngineServer } from '../../local/dynamodb/engine/engine-http';
import type { EngineDoor } from '../../local/dynamodb/engine/wire';

export interface TestDynamoDb {
  readonly client: DynamoDBClient;
  /** Name of a table with the idempotency table's key. */
  readonly table: string;
  readonly endpoint: string;
  stop(): Promise<void>;
}

const CREDENTIALS = { accessKeyId: 'local', secretAccessKey: 'local' };
const TABLE = 'Idempotency';

/** A client as the runtime makes it: the SDK's own retries are off. */
export function testClient(endpoint: string, config: DynamoDBClientConfig = {}): DynamoDBClient {
  return new DynamoDBClient({ endpoint, region: 'eu-west-1', credentials: CREDENTIALS, maxAttempts: 1, ...config });
}

export async function createTable(client: DynamoDBClient, table: string, key: string = KEY_ATTRIBUTE): Promise<void> {
  await client.send(
    new CreateTableCommand({
      TableName: table,
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: [{ AttributeName: key, AttributeType: 'S' }],
      KeySchema: [{ AttributeName: key, KeyType: 'HASH' }],
    }),
  );
}

/** The engine in this process, behind HTTP. */
export async function startTestDynamoDb(engine: EngineDoor = new DynamoDbEngine()): Promise<TestDynamoDb> {
  const { endpoint, close } = await startEngineServer(engine);
  const client = testClient(endpoint);
  await createTable(client, TABLE);
  return {
    client,
    table: TABLE,
    endpoint,
    stop: () => {
      client.destroy();
      return close();
    },
  };
}
