import { DynamoDbEngine } from '../../local/dynamodb/engine/engine';
import { startTestDynamoDb, type TestDynamoDb } from '../support/test-dynamodb';
import { createEffects, dynamoDbWorld, EFFECTS, withoutOldItems } from '../support/transaction-worlds';
import { testRedriveLaws } from './redrive-store-laws';
import { testLaws } from './transaction-store-laws';

describe.each([
  ['the in-process engine', new DynamoDbEngine()],
  ['a database whose refusals bring no old item', withoutOldItems()],
])('the transaction store keeps the laws on %s', (_name, engine) => {
  let database: TestDynamoDb;
  beforeAll(async () => {
    database = await startTestDynamoDb(engine);
    await createEffects(database.client, EFFECTS);
  });
  afterAll(() => database.stop());

  testLaws((options) => dynamoDbWorld(database.client, database.table, EFFECTS, options));
  testRedriveLaws((options) => dynamoDbWorld(database.client, database.table, EFFECTS, options));
});
