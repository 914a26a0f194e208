import { DYNAMODB } from '../../local/servers/dynamodb-server';
import { DIFFERENCES } from '../handlers/powertools/stock-differences';
import { type Bench, openBench } from '../handlers/powertools/support';
import { type LiveServers, liveServers } from '../support/live-servers';
import { createTable, testClient } from '../support/test-dynamodb';

describe("OncePersistenceLayer on Amazon's DynamoDB Local", () => {
  let servers: LiveServers;
  let bench: Bench;
  beforeAll(async () => {
    servers = await liveServers({ servers: [DYNAMODB] });
    const client = testClient(servers.dynamodb);
    const table = `powertools-${Date.now().toString(36)}`;
    await createTable(client, table);
    const stop = async () => client.destroy();
    bench = await openBench({ client, table, endpoint: servers.dynamodb, stop });
  });
  afterAll(async () => {
    await bench?.close();
    await servers?.stop();
  });
  beforeEach(() => {
    jest.spyOn(console, 'warn').mockImplementation(() => undefined);
  });
  afterEach(() => jest.restoreAllMocks());

  test.each(DIFFERENCES)('$line', async ({ run, once }) => {
    const layer = (awsSdkV3Client = bench.database.client) => bench.once({ awsSdkV3Client });

    expect(await run({ bench, layer })).toEqual(once);
  });
});
