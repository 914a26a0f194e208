import { type DynamoDBClient, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { EMPTY_LEDGER } from '../../../handlers/ledger/ledger-state';
import { DynamoDbTransactionStore } from '../../../handlers/transaction/dynamodb-transaction-store';
import { prepareWrites } from '../../../handlers/transaction/prepare-writes';
import type { TransactionMember, TransactionRequest } from '../../../handlers/transaction/transaction-store';
import type { TransactionWrite } from '../../../handlers/transaction/transaction-write';
import { DynamoDbEngine } from '../../../local/dynamodb/engine/engine';
import { FaultyClient } from '../../support/faulty-client';
import { putRaw, rawItem } from '../../support/stored-claim';
import { startTestDynamoDb, type TestDynamoDb } from '../../support/test-dynamodb';
import { createEffects, EFFECTS, withoutOldItems } from '../../support/transaction-worlds';

const NOW = 1_790_000_000_000;
const LEDGER = 'ledger#shop#source#1#orders#0';
const OPTIONS = { clockSkewMs: 1_000, rememberForSeconds: 60 };

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
  await putRaw(database.client, database.table, ledgerItem('me', 7));
});

const ledgerItem = (owner: string, seq: number) => ({
  id: { S: LEDGER },
  owner: { S: owner },
  seq: { N: String(seq) },
  lease_until_ms: { N: String(NOW + 10_000) },
  unclean: { N: '1' },
  delivered: { L: [] },
  claimants: { L: [] },
});

const storeOn = (client: Pick<DynamoDBClient, 'send'>, table = database.table) =>
  new DynamoDbTransactionStore({ ...OPTIONS, client, table });

let tokens = 0;
function request(members: readonly TransactionMember[]): TransactionRequest {
  const state = { ...EMPTY_LEDGER, runs: [{ first: 0n, last: BigInt(members.length) }], high: 9n };
  tokens += 1;
  return {
    requestToken: `token-${tokens}`,
    atMs: NOW,
    mark: { id: LEDGER, token: 'me', seq: 7, state, leaseUntilMs: NOW + 20_000 },
    members,
  };
}
const member = (writes: readonly TransactionWrite[], id?: string): TransactionMember => ({
  identity: id === undefined ? undefined : { id, token: 'me', partition: 0, offset: 1, payloadDigest: 'd' },
  writes: prepareWrites(writes),
});
const put = (id: string, more: object = {}): TransactionWrite => ({
  Put: { TableName: EFFECTS, Item: { id, effects: 1 }, ...more },
});
const IF_NEW = { ConditionExpression: 'attribute_not_exists(id)' };

/** A service that answers in its own way to transactions, and as the database does to everything else. */
function answering(answer: (send: () => Promise<unknown>) => Promise<unknown>) {
  const names: string[] = [];
  const send = async (command: { constructor: { name: string } }) => {
    names.push(command.constructor.name);
    const real = () => database.client.send(command as never) as Promise<unknown>;
    return command.constructor.name === 'TransactWriteItemsCommand' ? answer(real) : real();
  };
  return { names, client: { send } as unknown as DynamoDBClient };
}
const failing = (name: string, message = name, more: object = {}) =>
  answering(async () => {
    throw Object.assign(new Error(message), { name, ...more });
  });
const cancelling = (...codes: string[]) =>
  failing('TransactionCanceledException', 'cancelled', {
    CancellationReasons: codes.map((Code) => ({ Code, Message: `because of ${Code}` })),
  });

describe('T1: one request', () => {
  test('holds the mark first, then each member: its identity and its writes, old items asked for ours alone', async () => {
    const client = new FaultyClient(database.client);
    const members = [member([put('shape-1'), put('shape-2', IF_NEW)], 'identity-1'), member([put('shape-3')])];

    await storeOn(client).commit(request(members));

    expect(client.names()).toEqual(['TransactWriteItemsCommand']);
    const [sent] = client.sent as [(typeof client.sent)[number]];
    const { TransactItems, ClientRequestToken } = sent.input as {
      TransactItems: Record<string, { ReturnValuesOnConditionCheckFailure?: string; Key?: object; Item?: object }>[];
      ClientRequestToken: string;
    };
    expect(ClientRequestToken).toBe(`token-${tokens}`);
    expect(
      TransactItems.map((item) => {
        const [[kind, { Key, Item, ReturnValuesOnConditionCheckFailure: old }]] = Object.entries(item) as never as [
          [string, (typeof item)[string]],
        ];
        return [kind, ((Key ?? Item) as { id: { S: string } }).id.S, old];
      }),
    ).toEqual([
      ['Update', LEDGER, 'ALL_OLD'],
      ['Put', 'identity-1', 'ALL_OLD'],
      ['Put', 'shape-1', undefined],
      ['Put', 'shape-2', undefined],
      ['Put', 'shape-3', undefined],
    ]);
  });

  test("the identity's item has Powertools' layout and lives as long as marks do", async () => {
    await storeOn(database.client).commit(request([member([], 'layout')]));

    expect(await rawItem(database.client, database.table, 'layout')).toEqual({
      id: { S: 'layout' },
      status: { S: 'COMPLETED' },
      outcome: { S: 'done' },
      owner: { S: 'me' },
      partition: { N: '0' },
      offset: { N: '1' },
      payload_digest: { S: 'd' },
      expiration: { N: String(NOW / 1_000 + 60) },
    });
  });

  test('what a stock layer has in progress or has done keeps the record out', async () => {
    const stock = { data: { S: 'x' }, expiration: { N: String(NOW / 1_000 + 500) } };
    await putRaw(database.client, database.table, { id: { S: 'stock-1' }, status: { S: 'COMPLETED' }, ...stock });
    const lease = { in_progress_expiration: { N: String(NOW + 700) } };
    await putRaw(database.client, database.table, {
      id: { S: 'stock-2' },
      status: { S: 'INPROGRESS' },
      ...stock,
      ...lease,
    });
    await putRaw(database.client, database.table, { id: { S: 'stock-3' }, status: { S: 'INPROGRESS' }, ...stock });

    const members = [1, 2, 3].map((number) => member([], `stock-${number}`));

    expect(await storeOn(database.client).commit(request(members))).toEqual({
      kind: 'refused',
      refusals: [
        { kind: 'closed', outcome: 'done' },
        { kind: 'busy', leaseUntilMs: NOW + 700 },
        { kind: 'busy', leaseUntilMs: NOW + 500_000 },
      ],
    });
  });

  test('P5: an identity that was parked is told as parked', async () => {
    const item = { status: { S: 'COMPLETED' }, outcome: { S: 'parked' }, payload_digest: { S: 'd' } };
    await putRaw(database.client, database.table, { id: { S: 'parked' }, ...item });

    expect(await storeOn(database.client).commit(request([member([put('p')], 'parked')]))).toEqual({
      kind: 'refused',
      refusals: [{ kind: 'closed', outcome: 'parked' }],
    });
  });
});

describe('T4: a refusal is understood before it is believed', () => {
  test('what the identities and the conditions say stands at its member, together', async () => {
    await putRaw(database.client, EFFECTS, { id: { S: 'taken' } });
    await storeOn(database.client).commit({ ...request([member([], 'known')]) });
    await putRaw(database.client, database.table, ledgerItem('me', 7));
    const members = [
      member([put('together')], 'known'),
      member([put('taken', IF_NEW)], 'unknown'),
      member([put('x')], 'new'),
    ];

    expect(await storeOn(database.client).commit(request(members))).toEqual({
      kind: 'refused',
      refusals: [{ kind: 'closed', outcome: 'done' }, { kind: 'condition', write: 0 }, undefined],
    });
  });

  test('a service that names the condition and not the mark: the read finds that an earlier copy is committed', async () => {
    const once = request([member([put('own-effect', IF_NEW)])]);
    await storeOn(database.client).commit(once);
    const { client, names } = cancelling('None', 'ConditionalCheckFailed');

    expect(await storeOn(client).commit(once)).toEqual({ kind: 'committed' });
    expect(names).toEqual(['TransactWriteItemsCommand', 'BatchGetItemCommand']);
  });

  test('the same answer where the mark is absent: the condition is believed', async () => {
    const { client } = cancelling('None', 'ConditionalCheckFailed');

    expect(await storeOn(client).commit(request([member([put('a', IF_NEW)])]))).toEqual({
      kind: 'refused',
      refusals: [{ kind: 'condition', write: 0 }],
    });
  });

  test('the same answer where another worker has the partition: lost, and no condition is believed', async () => {
    await putRaw(database.client, database.table, ledgerItem('other', 8));
    const { client } = cancelling('None', 'ConditionalCheckFailed');

    expect(await storeOn(client).commit(request([member([put('a', IF_NEW)])]))).toEqual({ kind: 'lost' });
  });

  test('a refusal that cannot be looked into is unknown', async () => {
    const { client } = cancelling('None', 'ConditionalCheckFailed');
    const blind = {
      send: (command: { constructor: { name: string } }) => {
        if (command.constructor.name !== 'BatchGetItemCommand') return client.send(command as never);
        throw Object.assign(new Error('slow down'), { name: 'ThrottlingException' });
      },
    } as unknown as DynamoDBClient;

    expect(await storeOn(blind).commit(request([member([put('a', IF_NEW)])]))).toMatchObject({
      kind: 'unknown',
      reason: 'throttled',
    });
  });

  test('where a refusal brings no items, those that are needed are read, and no others', async () => {
    const bare = await startTestDynamoDb(withoutOldItems());
    await createEffects(bare.client, EFFECTS);
    await putRaw(bare.client, bare.table, ledgerItem('me', 7));
    await putRaw(bare.client, bare.table, { id: { S: 'done' }, status: { S: 'COMPLETED' }, outcome: { S: 'done' } });
    const client = new FaultyClient(bare.client);
    const members = [member([], 'done'), member([], 'new')];

    const answer = await storeOn(client, bare.table).commit(request(members));
    await bare.stop();

    expect(answer).toEqual({ kind: 'refused', refusals: [{ kind: 'closed', outcome: 'done' }, undefined] });
    const keys = client.sent
      .filter(({ constructor: { name } }) => name === 'BatchGetItemCommand')
      .map(({ input }) => (input as { RequestItems: Record<string, { Keys: { id: { S: string } }[] }> }).RequestItems)
      .map((items) => items[bare.table]?.Keys.map(({ id }) => id.S));
    expect(keys).toEqual([['done'], [LEDGER]]);
  });
});

describe('T4: what passes is waited out', () => {
  test('another transaction on an item of ours, and then it is committed', async () => {
    const once = request([member([put('conflict')])]);
    conflicting.add(JSON.stringify({ id: { S: 'conflict' } }));
    const first = await storeOn(database.client).commit(once);
    conflicting.clear();

    expect(first).toMatchObject({ kind: 'unknown', reason: 'throttled' });
    expect(await storeOn(database.client).commit(once)).toEqual({ kind: 'committed' });
  });

  test('a condition that failed is told although something else would pass', async () => {
    await putRaw(database.client, EFFECTS, { id: { S: 'there' } });
    conflicting.add(JSON.stringify({ id: { S: 'elsewhere' } }));
    const members = [member([put('elsewhere')]), member([put('there', IF_NEW)])];

    expect(await storeOn(database.client).commit(request(members))).toEqual({
      kind: 'refused',
      refusals: [undefined, { kind: 'condition', write: 0 }],
    });
  });

  test.each([
    ['TransactionInProgressException', failing('TransactionInProgressException')],
    ['ThrottlingException', failing('ThrottlingException')],
    ['a limit of a table', cancelling('None', 'ProvisionedThroughputExceeded')],
    ['a limit of the account', cancelling('None', 'ThrottlingError')],
    ['another transaction on the mark', cancelling('TransactionConflict', 'None')],
  ])('%s', async (_, { client }) => {
    expect(await storeOn(client).commit(request([member([put('a')])]))).toMatchObject({
      kind: 'unknown',
      reason: 'throttled',
    });
  });

  test.each([
    ['a time-out', failing('TimeoutError')],
    ['a mistake of the service', failing('InternalServerError')],
    ['a cancellation without reasons', failing('TransactionCanceledException')],
    ['an unknown reason', cancelling('None', 'SomethingNew')],
  ])('%s is unknown', async (_, { client }) => {
    expect(await storeOn(client).commit(request([member([put('a')])]))).toMatchObject({
      kind: 'unknown',
      reason: 'failed',
    });
  });
});

describe('T4: what will never do', () => {
  const invalid: [string, TransactionWrite][] = [
    ['an expression that cannot be read', put('a', { ConditionExpression: 'id ==== 1' })],
    ['a name that is not used', put('a', { ExpressionAttributeNames: { '#a': 'a' } })],
    ['an item over 400 KB', { Put: { TableName: EFFECTS, Item: { id: 'a', x: 'y'.repeat(401 * 1_024) } } }],
    ['a table that does not exist', { Put: { TableName: 'Nowhere', Item: { id: 'a' } } }],
  ];

  test.each(invalid)('%s: the request as a whole is not valid', async (_, write) => {
    expect((await storeOn(database.client).commit(request([member([write])]))).kind).toBe('invalid');
  });

  test('what the service says of a table in another region, which the engine does not know', async () => {
    const { client } = failing(
      'ValidationException',
      'Invalid table/index name. Table/index names must be in this region',
    );

    expect(await storeOn(client).commit(request([member([put('a')])]))).toMatchObject({
      kind: 'invalid',
      error: { name: 'ValidationException' },
    });
  });

  test('a key of another type than the table has: at its place', async () => {
    const number = { Put: { TableName: EFFECTS, Item: { id: 7 } } };
    const members = [member([put('fine')]), member([put('also fine'), number])];

    const answer = await storeOn(database.client).commit(request(members));

    expect(answer).toMatchObject({ kind: 'refused', refusals: [undefined, { kind: 'invalid', write: 1 }] });
  });

  test('a cancellation as DynamoDB Local gives it, with the one reason and no place', async () => {
    const { client } = cancelling('ValidationError');

    expect((await storeOn(client).commit(request([member([put('a')]), member([put('b')])]))).kind).toBe('invalid');
  });

  test('an item collection that is full is that write’s own', async () => {
    const { client } = cancelling('None', 'ItemCollectionSizeLimitExceeded');

    expect(await storeOn(client).commit(request([member([put('a')])]))).toMatchObject({
      kind: 'refused',
      refusals: [{ kind: 'invalid', write: 0, error: { message: 'because of ItemCollectionSizeLimitExceeded' } }],
    });
  });
});

test('a request that cannot be made is unknown: a commit does not reject', async () => {
  const { mark, ...rest } = request([]);

  expect(
    await storeOn(database.client).commit({ ...rest, mark: { ...mark, state: undefined as never } }),
  ).toMatchObject({
    kind: 'unknown',
    reason: 'failed',
  });
});

describe('what is wrong for every record is nobody’s own mistake', () => {
  test('the idempotency table does not exist', async () => {
    const answer = await storeOn(database.client, 'Missing').commit(request([member([put('a')])]));

    expect(answer).toMatchObject({ kind: 'unknown', reason: 'refused', error: { code: 'MSK_ONCE_TABLE_MISSING' } });
  });

  test('the idempotency table has another key', async () => {
    const { client } = cancelling('ValidationError', 'None');
    const answer = await storeOn(client).commit(request([member([put('a')])]));

    expect(answer).toMatchObject({ kind: 'unknown', reason: 'refused' });
  });

  test.each([
    ['Idempotency', 'MSK_ONCE_TABLE_ACCESS_DENIED'],
    ['Counters', 'MSK_ONCE_WRITE_DENIED'],
  ])('the role may not write %s: the error names action and table', async (table, code) => {
    const { client } = failing(
      'AccessDeniedException',
      `User: arn:aws:sts::1:assumed-role/r/f is not authorized to perform: dynamodb:UpdateItem on resource: arn:aws:dynamodb:eu-west-1:1:table/${table} because no identity-based policy allows the dynamodb:UpdateItem action`,
    );

    const answer = await storeOn(client).commit(request([member([put('a')])]));

    expect(answer).toMatchObject({ kind: 'unknown', reason: 'refused', error: { code } });
    const { message } = (answer as { error: Error }).error;
    expect(message).toContain('dynamodb:UpdateItem');
    expect(message).toContain(table);
  });

  test('a ledger item that was written by hand', async () => {
    await database.client.send(
      new UpdateItemCommand({
        TableName: database.table,
        Key: { id: { S: LEDGER } },
        UpdateExpression: 'SET seq = :seq',
        ExpressionAttributeValues: { ':seq': { S: 'seven' } },
      }),
    );

    expect(await storeOn(database.client).commit(request([member([put('a')])]))).toMatchObject({
      kind: 'unknown',
      reason: 'refused',
      error: { code: 'MSK_ONCE_LEDGER_UNREADABLE' },
    });
  });
});
