import { DynamoDbClaimStore } from '../../handlers/claims/dynamodb-claim-store';
import { DynamoDbEngine } from '../../local/dynamodb/engine/engine';
import { putRaw, rawItem } from '../support/stored-claim';
import { startTestDynamoDb, type TestDynamoDb } from '../support/test-dynamodb';
import { testFoundItems } from './found-item-laws';

describe('what a claim finds in the table, on the in-process engine', () => {
  let database: TestDynamoDb;
  beforeAll(async () => {
    database = await startTestDynamoDb(new DynamoDbEngine({ memberItems: false }));
  });
  afterAll(() => database.stop());

  testFoundItems((options) => {
    const { client, table } = database;
    return {
      store: new DynamoDbClaimStore({ ...options, client, table }),
      put: (item) => putRaw(client, table, item),
      item: (id) => rawItem(client, table, id),
    };
  });
});
