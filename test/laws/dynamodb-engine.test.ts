import type { ClaimStore } from '../../handlers/claims/claim-store';
import { DynamoDbClaimStore } from '../../handlers/claims/dynamodb-claim-store';
import { DynamoDbEngine } from '../../local/dynamodb/engine/engine';
import { askedAgain } from '../support/asked-again';
import { storedClaim } from '../support/stored-claim';
import { storedParked } from '../support/stored-parked';
import { startTestDynamoDb, type TestDynamoDb } from '../support/test-dynamodb';
import { testLaws } from './claim-store-laws';

function lawsOn(engine: DynamoDbEngine, around: (store: ClaimStore) => ClaimStore = (store) => store): void {
  let database: TestDynamoDb;
  beforeAll(async () => {
    database = await startTestDynamoDb(engine);
  });
  afterAll(() => database.stop());

  testLaws((options) => {
    const { client, table } = database;
    const store = new DynamoDbClaimStore({ ...options, client, table });
    return {
      store: around(store),
      stored: (id) => storedClaim(client, table, id),
      parked: (id) => storedParked(client, table, id),
    };
  });
}

/** true for every third call. */
function everyThird(): () => boolean {
  let calls = 0;
  return () => ++calls % 3 === 0;
}

describe('the claim store keeps the laws on the in-process engine', () => {
  lawsOn(new DynamoDbEngine());
});

describe('the claim store keeps the laws where a refused member of a batch brings no item, as on the service', () => {
  lawsOn(new DynamoDbEngine({ memberItems: false }));
});

describe('C8: the claim store keeps the laws where every third member is throttled and asked again alone', () => {
  const faults = { throttledStatement: everyThird(), unprocessedKey: everyThird() };
  lawsOn(new DynamoDbEngine({ memberItems: false, faults }), (store) => askedAgain(store));
});

describe('C8: the claim store keeps the laws where every third write of an owner lands without an answer', () => {
  let isWrite = false;
  const third = everyThird();
  // Of a takeover that is recognised as landed nobody knows any more that it was one, which a law wants to know.
  const unansweredStatement = () => isWrite && third();
  lawsOn(new DynamoDbEngine({ memberItems: false, faults: { unansweredStatement } }), (store) =>
    askedAgain(store, (operation) => {
      isWrite = operation !== 'claim';
    }),
  );
});
