import { DynamoDbEngine } from '../../local/dynamodb/engine/engine';
import { startTestDynamoDb, type TestDynamoDb } from '../support/test-dynamodb';
import { openDynamoDbLedger } from './ledger-dynamodb';
import { testLedgerLaws } from './ledger-store-laws';

describe.each([
  ['the in-process engine', new DynamoDbEngine()],
  ['a database whose refused members bring no item, as on AWS', new DynamoDbEngine({ memberItems: false })],
])('the ledger store keeps the laws on %s', (_name, engine) => {
  let database: TestDynamoDb;
  beforeAll(async () => {
    database = await startTestDynamoDb(engine);
  });
  afterAll(() => database.stop());

  testLedgerLaws(openDynamoDbLedger(() => database));
});
