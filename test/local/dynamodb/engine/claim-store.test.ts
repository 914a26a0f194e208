import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDbClaimStore } from '../../../../handlers/claims/dynamodb-claim-store';
import { EngineRequestHandler } from '../../../../local/dynamodb/engine/engine-request-handler';
import { testLaws } from '../../../laws/claim-store-laws';
import { storedClaim } from '../../../support/stored-claim';
import { engineWithTables, TABLE } from './fixture';

describe('the claim store keeps the laws on the in-process engine, through the request handler', () => {
  const client = new DynamoDBClient({
    region: 'eu-west-1',
    endpoint: 'http://engine',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
    maxAttempts: 1,
    requestHandler: new EngineRequestHandler(engineWithTables().engine),
  });

  testLaws((options) => {
    const store = new DynamoDbClaimStore({ ...options, client, table: TABLE });
    return { store, stored: (id) => storedClaim(client, TABLE, id) };
  });
});
