import { DynamoDbClaimStore } from '../../handlers/claims/dynamodb-claim-store';
import { startDynalite, type TestDynamoDb } from '../support/dynalite';
import { storedClaim } from '../support/stored-claim';
import { testLaws } from './claim-store-laws';

describe('the claim store on DynamoDB keeps the laws where a refused write brings no old item', () => {
  let database: TestDynamoDb;
  beforeAll(async () => {
    database = await startDynalite();
  });
  afterAll(() => database.stop());

  testLaws((options) => {
    const { client, table } = database;
    const store = new DynamoDbClaimStore({ ...options, client, table });
    return { store, stored: (id) => storedClaim(client, table, id) };
  });
});
