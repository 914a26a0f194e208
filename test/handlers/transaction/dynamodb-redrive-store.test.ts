import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { ERROR_CODES } from '../../../contract/error-codes';
import { DynamoDbRedriveStore } from '../../../handlers/transaction/dynamodb-redrive-store';
import { prepareWrites } from '../../../handlers/transaction/prepare-writes';
import type { RedriveCommitRequest } from '../../../handlers/transaction/redrive-store';
import { DynamoDbEngine } from '../../../local/dynamodb/engine/engine';
import { FaultyClient } from '../../support/faulty-client';
import { putRaw, rawItem } from '../../support/stored-claim';
import { startTestDynamoDb, type TestDynamoDb } from '../../support/test-dynamodb';
import { createEffects, EFFECTS } from '../../support/transaction-worlds';

const NOW = 1_790_000_000_000;
const LETTER = 'parked#shop#source#1#orders#0#7';

const conflicting = new Set<string>();
let database: TestDynamoDb;
beforeAll(async () => {
  const faults = { conflictingItem: (_: string, key: object) => conflicting.has(JSON.stringify(key)) };
  database = await startTestDynamoDb(new DynamoDbEngine({ faults }));
  await createEffects(database.client, EFFECTS);
});
afterAll(() => database.stop());
beforeEach(async () => {
  conflicting.clear();
  await putRaw(database.client, database.table, letter({}));
});

const letter = (changes: object) => ({
  id: { S: LETTER },
  outcome: { S: 'redriving' },
  owner: { S: 'me' },
  attempts: { N: '5' },
  first_failure_ms: { N: '1' },
  last_failure_ms: { N: '2' },
  lease_until_ms: { N: String(NOW + 10_000) },
  ...changes,
});
const storeOn = (client: Pick<DynamoDBClient, 'send'>) =>
  new DynamoDbRedriveStore({ clockSkewMs: 1_000, rememberForSeconds: 60, client, table: database.table });

let tokens = 0;
function request(changes: Partial<RedriveCommitRequest> = {}): RedriveCommitRequest {
  tokens += 1;
  const parked = { id: LETTER, attempts: 5, firstFailureMs: 1, lastFailureMs: 2 };
  return {
    requestToken: `token-${tokens}`,
    atMs: NOW,
    claim: { parked, token: 'me', leaseUntilMs: NOW + 10_000 },
    identity: undefined,
    writes: prepareWrites({ Put: { TableName: EFFECTS, Item: { id: `effect-${tokens}`, effects: 1 } } }),
    ...changes,
  };
}

/** A service that fails transactions in its own way, and answers everything else as the database does. */
function failing(name: string, message = name, more: object = {}) {
  const send = async (command: { constructor: { name: string } }) => {
    if (command.constructor.name !== 'TransactWriteItemsCommand') return database.client.send(command as never);
    throw Object.assign(new Error(message), { name, ...more });
  };
  return { send } as unknown as DynamoDBClient;
}
const cancelling = (...codes: string[]) =>
  failing('TransactionCanceledException', 'cancelled', {
    CancellationReasons: codes.map((Code) => ({ Code, Message: `because of ${Code}` })),
  });

test('T1: one request holds the parked item first, then the identity, then the writes', async () => {
  const client = new FaultyClient(database.client);
  const identity = { id: 'identity-1', token: 'me', partition: 0, offset: 7, payloadDigest: 'd' };

  expect(await storeOn(client).commit(request({ identity }))).toEqual({ kind: 'committed' });

  expect(client.names()).toEqual(['TransactWriteItemsCommand']);
  const [sent] = client.sent as [(typeof client.sent)[number]];
  const { TransactItems, ClientRequestToken } = sent.input as {
    TransactItems: Record<string, { readonly Key?: { id: object }; readonly Item?: { id: object } }>[];
    ClientRequestToken: string;
  };
  expect(ClientRequestToken).toBe(`token-${tokens}`);
  expect(
    TransactItems.map((item) => Object.entries(item).map(([kind, { Key, Item }]) => [kind, Key ?? Item?.id])),
  ).toEqual([
    [['Update', { id: { S: LETTER } }]],
    [['Put', { S: 'identity-1' }]],
    [['Put', { S: `effect-${tokens}` }]],
  ]);
  expect(await rawItem(database.client, database.table, LETTER)).toEqual({
    id: { S: LETTER },
    outcome: { S: 'done' },
    owner: { S: 'me' },
    attempts: { N: '5' },
    first_failure_ms: { N: '1' },
    last_failure_ms: { N: '2' },
    expiration: { N: String(NOW / 1_000 + 60) },
  });
});

test('T4: a passing conflict with another transaction is waited out by the caller', async () => {
  conflicting.add(JSON.stringify({ id: { S: LETTER } }));

  expect(await storeOn(database.client).commit(request())).toMatchObject({ kind: 'unknown', reason: 'throttled' });
});

describe('what the service says, and what it means', () => {
  const letters = {
    redriving: letter({}),
    done: letter({ outcome: { S: 'done' } }),
    taken: letter({ owner: { S: 'other' } }),
  };

  test.each([
    [
      'a condition of ours that holds again',
      cancelling('ConditionalCheckFailed', 'None'),
      'redriving',
      { kind: 'unknown' },
    ],
    ['a condition of ours, done by us', cancelling('ConditionalCheckFailed', 'None'), 'done', { kind: 'committed' }],
    ['a condition of ours, another has it', cancelling('ConditionalCheckFailed', 'None'), 'taken', { kind: 'lost' }],
    [
      'a condition of the user',
      cancelling('None', 'ConditionalCheckFailed'),
      'redriving',
      { kind: 'refused', refusals: [{ kind: 'condition', write: 0 }] },
    ],
    [
      'a condition of the user, done by us',
      cancelling('None', 'ConditionalCheckFailed'),
      'done',
      { kind: 'committed' },
    ],
    [
      'a condition of the user, another has it',
      cancelling('None', 'ConditionalCheckFailed'),
      'taken',
      { kind: 'lost' },
    ],
    [
      'a write that its item does not bear',
      cancelling('None', 'ValidationError'),
      'redriving',
      { kind: 'refused', refusals: [{ kind: 'invalid', write: 0, error: expect.any(Error) }] },
    ],
    [
      'our own item is not valid',
      cancelling('ValidationError', 'None'),
      'redriving',
      { kind: 'unknown', reason: 'refused' },
    ],
    ['throttling', cancelling('None', 'ThrottlingError'), 'redriving', { kind: 'unknown', reason: 'throttled' }],
    ['no request at all', failing('ValidationException'), 'redriving', { kind: 'invalid' }],
    ['no request at all, done by us', failing('ValidationException'), 'done', { kind: 'committed' }],
    ['a table that is not there', failing('ResourceNotFoundException'), 'redriving', { kind: 'invalid' }],
    ['reasons for less than all', cancelling('ValidationError'), 'redriving', { kind: 'invalid' }],
    [
      'another content under the token',
      failing('IdempotentParameterMismatchException'),
      'redriving',
      { kind: 'unknown', reason: 'failed' },
    ],
    [
      'another content under the token, done by us',
      failing('IdempotentParameterMismatchException'),
      'done',
      { kind: 'committed' },
    ],
    ['no answer', failing('TimeoutError'), 'done', { kind: 'unknown', reason: 'failed' }],
  ] as const)('%s', async (_, client, stands, answer) => {
    await putRaw(database.client, database.table, letters[stands]);

    expect(await storeOn(client).commit(request())).toMatchObject(answer);
  });

  test('a permission that is missing on a table of the user is told as that', async () => {
    const denied =
      'User: x is not authorized to perform: dynamodb:PutItem on resource: arn:aws:dynamodb:eu-west-1:1:table/Orders';

    expect(await storeOn(failing('AccessDeniedException', denied)).commit(request())).toMatchObject({
      kind: 'unknown',
      reason: 'refused',
      error: { code: ERROR_CODES.writeDenied },
    });
  });

  test('an item that somebody has written over is never taken for absent', async () => {
    await putRaw(database.client, database.table, letter({ outcome: { S: 'gone' } }));

    expect(await storeOn(database.client).commit(request())).toMatchObject({
      kind: 'unknown',
      reason: 'refused',
      error: { code: ERROR_CODES.parkedUnreadable },
    });
  });
});
