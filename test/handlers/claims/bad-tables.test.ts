import { type AttributeDefinition, CreateTableCommand, type KeySchemaElement } from '@aws-sdk/client-dynamodb';
import type { Claim, ClaimRequest } from '../../../handlers/claims/claim-store';
import { DynamoDbClaimStore } from '../../../handlers/claims/dynamodb-claim-store';
import { isOnceError } from '../../../handlers/errors';
import { startTestDynamoDb, type TestDynamoDb, testClient } from '../../support/test-dynamodb';

const NOW = 1_790_000_000_000;

let database: TestDynamoDb;
beforeAll(async () => {
  database = await startTestDynamoDb();
});
afterAll(() => database.stop());

let names = 0;
const asks = (): ClaimRequest => ({
  id: `shop#orders#${++names}`,
  token: `token-${names}`,
  partition: 0,
  offset: 1,
  payloadDigest: 'digest',
  leaseUntilMs: NOW + 30_000,
});
const claim = (): Claim => ({ ...asks(), attempts: 0 });

const open = (table: string, client: TestDynamoDb['client'] = database.client, clock = { now: () => NOW }) =>
  new DynamoDbClaimStore({ client, table, clock, clockSkewMs: 1_000, rememberForSeconds: 3_600 });

/** What every operation of a store on that table is answered. */
async function everyAnswer(store: DynamoDbClaimStore) {
  return [
    ...(await store.lookUp([asks()])),
    ...(await store.claim([asks(), asks()])),
    ...(await store.renew([{ claim: claim(), leaseUntilMs: NOW + 60_000 }])),
    ...(await store.complete([{ claim: claim() }])),
    ...(await store.fail([{ claim: claim(), error: 'E', atMs: NOW }])),
    ...(await store.release([{ claim: claim() }])),
  ];
}

/** Each operation is refused for good, with this explanation. */
async function expectRefused(store: DynamoDbClaimStore, code: string, text: string) {
  const answers = await everyAnswer(store);
  expect(answers).toHaveLength(7);
  for (const answer of answers) {
    expect(answer).toMatchObject({ kind: 'unknown', reason: 'refused', error: { code } });
    const { error } = answer as { error: unknown };
    expect(isOnceError(error) && error.errorClass).toBe('outage');
    expect((error as Error).message).toContain(text);
  }
}

describe('a table with another key', () => {
  const SCHEMAS: readonly [string, AttributeDefinition[], KeySchemaElement[]][] = [
    ['another name', [{ AttributeName: 'pk', AttributeType: 'S' }], [{ AttributeName: 'pk', KeyType: 'HASH' }]],
    ['another type', [{ AttributeName: 'id', AttributeType: 'N' }], [{ AttributeName: 'id', KeyType: 'HASH' }]],
    [
      'a sort key',
      [
        { AttributeName: 'id', AttributeType: 'S' },
        { AttributeName: 'sk', AttributeType: 'S' },
      ],
      [
        { AttributeName: 'id', KeyType: 'HASH' },
        { AttributeName: 'sk', KeyType: 'RANGE' },
      ],
    ],
  ];

  test.each(SCHEMAS)('%s: every operation says which key is needed', async (what, AttributeDefinitions, KeySchema) => {
    const table = `Table-${what.replaceAll(' ', '-')}`;
    await database.client.send(
      new CreateTableCommand({ TableName: table, BillingMode: 'PAY_PER_REQUEST', AttributeDefinitions, KeySchema }),
    );

    await expectRefused(
      open(table),
      'MSK_ONCE_TABLE_KEY_INVALID',
      `The idempotency table ${table} has another key than the one that is needed`,
    );
  });
});

test('a table that is missing, or in another region: every operation says where it must be', async () => {
  await expectRefused(
    open('Elsewhere'),
    'MSK_ONCE_TABLE_MISSING',
    "There is no idempotency table Elsewhere in the function's account and region",
  );
});

describe('a permission that is missing', () => {
  const denied = (action: string) =>
    `User: arn:aws:sts::111122223333:assumed-role/Orders/fn is not authorized to perform: ${action} on resource: arn:aws:dynamodb:eu-west-1:111122223333:table/Memory because no identity-based policy allows the ${action} action`;

  test('for the whole request: the error names it, and where the construct grants it', async () => {
    const client = testClient(database.endpoint);
    client.middlewareStack.add(
      () => () =>
        Promise.reject(Object.assign(new Error(denied('dynamodb:PartiQLUpdate')), { name: 'AccessDeniedException' })),
      { step: 'build' },
    );

    await expectRefused(
      open('Memory', client),
      'MSK_ONCE_TABLE_ACCESS_DENIED',
      "The function's role may not use the idempotency table Memory: it lacks dynamodb:PartiQLUpdate (",
    );
    client.destroy();
  });

  test('for one member: the others keep their answers', async () => {
    const client = {
      send: async (command: { input: { Statements: unknown[] } }) => ({
        Responses: command.input.Statements.map((_, index) =>
          index === 1 ? { Error: { Code: 'AccessDenied', Message: denied('dynamodb:PartiQLInsert') } } : {},
        ),
      }),
    };
    const store = open('Memory', client as never);

    const answers = await store.claim([asks(), asks(), asks()]);

    expect(answers.map(({ kind }) => kind)).toEqual(['claimed', 'unknown', 'claimed']);
    expect(answers[1]).toMatchObject({ reason: 'refused', error: { code: 'MSK_ONCE_TABLE_ACCESS_DENIED' } });
  });
});

test('C2: a table without TTL, where nothing that expired ever goes: it counts as absent all the same', async () => {
  // The engine deletes nothing, as a table without TTL.
  const clock = { nowMs: NOW, now: () => clock.nowMs };
  const store = open(database.table, database.client, clock);
  const [done, failed, crashed] = [asks(), asks(), asks()];
  await store.claim([done, failed, crashed]);
  await store.complete([{ claim: { ...done, attempts: 0 } }]);
  await store.fail([{ claim: { ...failed, attempts: 0 }, error: 'E', atMs: NOW }]);
  clock.nowMs = NOW + 2 * 3_600_000;
  const requests = [done, failed, crashed].map((request, index) => ({
    ...request,
    token: `later-${index}`,
    payloadDigest: 'other',
    leaseUntilMs: clock.nowMs + 30_000,
  }));

  const seen = await store.lookUp(requests);
  const answers = await store.claim(requests);

  expect(seen.map(({ kind }) => kind)).toEqual(['open', 'open', 'open']);
  expect(answers).toEqual(
    requests.map((request) => ({ kind: 'claimed', claim: { ...request, attempts: 0 }, takeover: true })),
  );
});

test('C3: of workers whose clocks differ by twice the allowed skew or less, only one holds a claim', async () => {
  const SKEW = 1_000;
  const store = (aheadMs: number, nowMs: number) =>
    open(database.table, database.client, { now: () => nowMs + aheadMs });
  for (const [owner, rival] of [
    [-SKEW, SKEW],
    [SKEW, -SKEW],
    [0, SKEW],
  ] as const) {
    const request = { ...asks(), leaseUntilMs: NOW + owner + 30_000 };
    await store(owner, NOW).claim([request]);
    // By the owner's clock the lease holds for another millisecond.
    const lastMs = NOW + 30_000 - 1;

    const [answer] = await store(rival, lastMs).claim([{ ...request, token: 'rival', offset: 2 }]);

    expect([owner, rival, answer?.kind]).toEqual([owner, rival, 'busy']);
  }
});
