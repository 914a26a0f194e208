import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DYNAMODB } from '../../local/servers/dynamodb-server';
import { openDynamoDbParking } from '../laws/parking-dynamodb';
import { testParkingLaws } from '../laws/parking-store-laws';
import { type LiveServers, liveServers } from '../support/live-servers';
import { createTable, testClient } from '../support/test-dynamodb';

describe("the parking store keeps the laws on Amazon's DynamoDB Local", () => {
  const table = `parking-${Date.now().toString(36)}`;
  let servers: LiveServers;
  let client: DynamoDBClient;
  beforeAll(async () => {
    servers = await liveServers({ servers: [DYNAMODB] });
    client = testClient(servers.dynamodb);
    await createTable(client, table);
  });
  afterAll(async () => {
    client?.destroy();
    await servers?.stop();
  });

  testParkingLaws(openDynamoDbParking(() => ({ client, table })));
});
