import { DynamoDbClaimStore } from '../../handlers/claims/dynamodb-claim-store';
import { DynamoDbEngine } from '../../local/dynamodb/engine/engine';
import { storedClaim } from '../support/stored-claim';
import { startTestDynamoDb, type TestDynamoDb, withoutOldItems } from '../support/test-dynamodb';
import { testLaws } from './claim-store-laws';

describe.each([
  ['the in-process engine', new DynamoDbEngine()],
  ['a database whose refusals bring no old item', withoutOldItems()],
])('the claim store keeps the laws on %s', (_name, engine) => {
  let database: TestDynamoDb;
  beforeAll(async () => {
    database = await startTestDynamoDb(engine);
  });
  afterAll(() => database.stop());

  testLaws((options) => {
    const { client, table } = database;
    const store = new DynamoDbClaimStore({ ...options, client, table });
    return { store, stored: (id) => storedClaim(client, table, id) };
  });
});
