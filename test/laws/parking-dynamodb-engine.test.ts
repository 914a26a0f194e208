import { DynamoDbEngine } from '../../local/dynamodb/engine/engine';
import type { EngineDoor } from '../../local/dynamodb/engine/wire';
import { startTestDynamoDb, type TestDynamoDb } from '../support/test-dynamodb';
import { withoutOldItems } from '../support/transaction-worlds';
import { openDynamoDbParking } from './parking-dynamodb';
import { testParkingLaws } from './parking-store-laws';

describe.each<[string, EngineDoor]>([
  ['the in-process engine', new DynamoDbEngine()],
  ['a database whose refused members bring no item, as on AWS', new DynamoDbEngine({ memberItems: false })],
  ['a database whose cancelled transactions bring no item', withoutOldItems()],
])('the parking store keeps the laws on %s', (_name, engine) => {
  let database: TestDynamoDb;
  beforeAll(async () => {
    database = await startTestDynamoDb(engine);
  });
  afterAll(() => database.stop());

  testParkingLaws(openDynamoDbParking(() => database));
});
