import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { CreateTableCommand, DynamoDBClient, type DynamoDBClientConfig } from '@aws-sdk/client-dynamodb';
import { KEY_ATTRIBUTE } from '../../contract/idempotency-table';

export interface TestDynamoDb {
  readonly client: DynamoDBClient;
  /** Name of a table with the idempotency table's key. */
  readonly table: string;
  readonly endpoint: string;
  stop(): Promise<void>;
}

const CREDENTIALS = { accessKeyId: 'local', secretAccessKey: 'local' };

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
  // Even with no delay dynalite's table becomes active a tick later.
  await new Promise((resolve) => setTimeout(resolve, 20));
}

/** DynamoDB in this process. It gives no old item with a refused write, so the extra read is exercised. */
export async function startDynalite(table = 'Idempotency'): Promise<TestDynamoDb> {
  const dynalite = require('dynalite') as (options: { createTableMs: number }) => Server;
  const server = dynalite({ createTableMs: 0 });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const client = testClient(endpoint);
  await createTable(client, table);
  return {
    client,
    table,
    endpoint,
    stop: async () => {
      client.destroy();
      await new Promise((resolve) => {
        server.close(resolve);
        server.closeAllConnections();
      });
    },
  };
}
