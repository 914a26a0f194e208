import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDbClaimStore } from '../../handlers/claims/dynamodb-claim-store';
import { DYNAMODB } from '../../local/servers/dynamodb-server';
import { testLaws } from '../laws/claim-store-laws';
import { type LiveServers, liveServers } from '../support/live-servers';
import { storedClaim } from '../support/stored-claim';
import { createTable, testClient } from '../support/test-dynamodb';

describe("the claim store keeps the laws on Amazon's DynamoDB Local, which gives the old item with a refused write", () => {
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

  testLaws((options) => {
    const store = new DynamoDbClaimStore({ ...options, client, table });
    return { store, stored: (id) => storedClaim(client, table, id) };
  });

  test('a refused write needs no extra read', async () => {
    const sent: string[] = [];
    const counting = {
      send: (command: { constructor: { name: string } }) => {
        sent.push(command.constructor.name);
        return client.send(command as never);
      },
    } as unknown as DynamoDBClient;
    const clock = { now: () => 1_790_000_000_000 };
    const store = new DynamoDbClaimStore({ client: counting, table, clock, clockSkewMs: 0, rememberForSeconds: 60 });
    const request = {
      id: `reads-${Date.now()}`,
      partition: 0,
      offset: 1,
      payloadDigest: undefined,
      leaseUntilMs: 1_790_000_030_000,
    };

    await store.claim([{ ...request, token: 'a' }]);
    const [busy] = await store.claim([{ ...request, token: 'b' }]);

    expect(busy?.kind).toBe('busy');
    expect(sent).toEqual(['PutItemCommand', 'PutItemCommand']);
  });
});
