import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DYNAMODB } from '../../local/servers/dynamodb-server';
import { testRedriveLaws } from '../laws/redrive-store-laws';
import { testLaws } from '../laws/transaction-store-laws';
import { type LiveServers, liveServers } from '../support/live-servers';
import { createTable, testClient } from '../support/test-dynamodb';
import { createEffects, dynamoDbWorld } from '../support/transaction-worlds';

describe("the transaction store keeps the laws on Amazon's DynamoDB Local", () => {
  const run = Date.now().toString(36);
  const [table, effects] = [`transactions-${run}`, `effects-${run}`];
  let servers: LiveServers;
  let client: DynamoDBClient;
  beforeAll(async () => {
    servers = await liveServers({ servers: [DYNAMODB] });
    client = testClient(servers.dynamodb);
    await createTable(client, table);
    await createEffects(client, effects);
  });
  afterAll(async () => {
    client?.destroy();
    await servers?.stop();
  });

  testLaws((options) => dynamoDbWorld(client, table, effects, options));
  testRedriveLaws((options) => dynamoDbWorld(client, table, effects, options));
});
