import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDbClaimStore } from '../../handlers/claims/dynamodb-claim-store';
import { DYNAMODB } from '../../local/servers/dynamodb-server';
import { testLaws } from '../laws/claim-store-laws';
import { testFoundItems } from '../laws/found-item-laws';
import { type LiveServers, liveServers } from '../support/live-servers';
import { putRaw, rawItem, storedClaim } from '../support/stored-claim';
import { storedParked } from '../support/stored-parked';
import { createTable, testClient } from '../support/test-dynamodb';

describe("the claim store on Amazon's DynamoDB Local", () => {
  const table = `claims-${Date.now().toString(36)}`;
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

  describe('keeps the laws', () => {
    testLaws((options) => {
      const store = new DynamoDbClaimStore({ ...options, client, table });
      return { store, stored: (id) => storedClaim(client, table, id), parked: (id) => storedParked(client, table, id) };
    });
  });

  describe('finds in the table', () => {
    testFoundItems((options) => ({
      store: new DynamoDbClaimStore({ ...options, client, table }),
      put: (item) => putRaw(client, table, item),
      item: (id) => rawItem(client, table, id),
    }));
  });
});
