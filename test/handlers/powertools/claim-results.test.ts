import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { Claim, ClaimAnswer, ClaimRequest, ClaimStore } from '../../../handlers/claims/claim-store';
import { DynamoDbClaimStore } from '../../../handlers/claims/dynamodb-claim-store';
import { MemoryClaimStore } from '../../../handlers/claims/memory-claim-store';
import { FaultyClient } from '../../support/faulty-client';
import { rawItem } from '../../support/stored-claim';
import { startTestDynamoDb, type TestDynamoDb } from '../../support/test-dynamodb';
import { freshId } from './support';

/** What the drop-in layer asks of a claim store beside the laws of `test/laws/claim-store-laws.ts`. */

const START_MS = 1_790_000_000_000;
const LEASE_MS = 30_000;
const clock = { nowMs: START_MS, now: () => clock.nowMs };
const OPTIONS = { clock, clockSkewMs: 1_000, rememberForSeconds: 3_600 };

let database: TestDynamoDb;
beforeAll(async () => {
  database = await startTestDynamoDb();
});
afterAll(() => database.stop());
beforeEach(() => {
  clock.nowMs = START_MS;
});

const dynamoDb = (client: Pick<DynamoDBClient, 'send'> = database.client) =>
  new DynamoDbClaimStore({ ...OPTIONS, client, table: database.table });

const asks = (changes: Partial<ClaimRequest> = {}): ClaimRequest => ({
  id: freshId('id'),
  token: freshId('token'),
  partition: -1,
  offset: -1,
  payloadDigest: undefined,
  leaseUntilMs: clock.nowMs + LEASE_MS,
  validation: 'amount 1',
  ...changes,
});

/** As `processRecords` asks. */
function unvalidated(id = freshId('id')): ClaimRequest {
  const { validation: _validation, ...request } = asks({ id });
  return request;
}

async function claim(store: ClaimStore, request: ClaimRequest): Promise<ClaimAnswer> {
  const [answer] = await store.claim([request]);
  if (!answer) throw new Error('no answer');
  return answer;
}

async function claimed(store: ClaimStore, request = asks()): Promise<Claim> {
  const answer = await claim(store, request);
  if (answer.kind !== 'claimed') throw new Error(answer.kind);
  return answer.claim;
}

describe.each<[string, () => ClaimStore]>([
  ['memory', () => new MemoryClaimStore(OPTIONS)],
  ['DynamoDB', () => dynamoDb()],
])('C7: Powertools’ payload hash, in %s', (_, open) => {
  const ENDS: [string, (store: ClaimStore, held: Claim) => Promise<unknown>][] = [
    ['in progress', async () => undefined],
    ['completed', (store, held) => store.complete([{ claim: held }])],
    ['failed', (store, held) => store.fail([{ claim: held, error: 'E', atMs: clock.nowMs }])],
    [
      'run out',
      async () => {
        clock.nowMs += 10 * LEASE_MS;
      },
    ],
  ];

  test.each(ENDS)('another one conflicts with a claim that is %s, and changes nothing', async (_name, end) => {
    const store = open();
    const held = await claimed(store);
    await end(store, held);

    const other = await claim(store, asks({ id: held.id, validation: 'amount 2' }));

    expect(other).toEqual({ kind: 'conflict' });
    expect((await claim(store, asks({ id: held.id }))).kind).not.toBe('conflict');
  });

  test.each(ENDS)('one that is missing on either side is not compared: %s', async (_name, end) => {
    const store = open();
    for (const isStored of [true, false]) {
      const held = await claimed(store, isStored ? asks() : unvalidated());
      await end(store, held);
      const other = isStored ? unvalidated(held.id) : asks({ id: held.id });

      expect((await claim(store, other)).kind).not.toBe('conflict');
    }
  });

  test('a takeover has its own', async () => {
    const store = open();
    const held = await claimed(store, unvalidated());
    await store.release([{ claim: held }]);
    await claimed(store, asks({ id: held.id, validation: 'amount 2' }));

    expect(await claim(store, asks({ id: held.id, validation: 'amount 1' }))).toEqual({ kind: 'conflict' });
    expect((await claim(store, asks({ id: held.id, validation: 'amount 2' }))).kind).toBe('busy');
  });

  test('a look-up finds the conflict', async () => {
    const store = open();
    const held = await claimed(store);
    await store.complete([{ claim: held }]);

    const answers = ['amount 1', 'amount 2'].map(async (validation) => {
      const [answer] = await store.lookUp([{ id: held.id, payloadDigest: undefined, validation }]);
      return answer?.kind;
    });

    expect(await Promise.all(answers)).toEqual(['closed', 'conflict']);
  });
});

describe('C12: results', () => {
  const item = (id: string) => rawItem(database.client, database.table, id);

  test('a completion stores its own; a takeover starts without', async () => {
    const store = dynamoDb();
    const held = await claimed(store);
    expect(await item(held.id)).toMatchObject({ validation: { S: 'amount 1' } });

    expect(await store.complete([{ claim: held, data: { M: { charged: { BOOL: true } } } }])).toEqual([
      { kind: 'written' },
    ]);
    expect(await item(held.id)).toMatchObject({ data: { M: { charged: { BOOL: true } } } });
    clock.nowMs += 3_700_000;
    await claimed(store, asks({ id: held.id, validation: 'amount 2' }));

    expect(await item(held.id)).not.toHaveProperty('data');
    expect(await item(held.id)).toMatchObject({ validation: { S: 'amount 2' } });
  });

  test('one batch holds completions with and without', async () => {
    const store = dynamoDb();
    const [one, other] = [await claimed(store), await claimed(store)];

    const answers = await store.complete([{ claim: one, data: { S: 'charged' } }, { claim: other }]);

    expect(answers).toEqual([{ kind: 'written' }, { kind: 'written' }]);
    expect(await item(one.id)).toHaveProperty('data');
    expect(await item(other.id)).not.toHaveProperty('data');
  });

  test('C5: a completion whose claim is another’s stores nothing', async () => {
    const store = dynamoDb();
    const stale = await claimed(store);
    clock.nowMs += 2 * LEASE_MS;
    const owner = await claimed(store, asks({ id: stale.id }));

    expect(await store.complete([{ claim: stale, data: { S: 'stale' } }])).toEqual([{ kind: 'lost' }]);

    expect(await item(owner.id)).toMatchObject({ status: { S: 'INPROGRESS' }, owner: { S: owner.token } });
    expect(await item(owner.id)).not.toHaveProperty('data');
  });

  test('C8: one whose answer was lost recognises itself, and keeps its result', async () => {
    const held = await claimed(dynamoDb());
    const faulty = new FaultyClient(database.client, (name, nth) =>
      name.startsWith('BatchExecute') && nth === 0 ? 'answer lost' : undefined,
    );
    const store = dynamoDb(faulty);
    const completion = { claim: held, data: { S: 'charged' } };

    expect(await store.complete([completion])).toMatchObject([{ kind: 'unknown' }]);
    expect(await store.complete([completion])).toEqual([{ kind: 'written' }]);

    expect(await item(held.id)).toMatchObject({ data: { S: 'charged' } });
  });

  test('a late copy of a completion changes nothing after a takeover', async () => {
    const faulty = new FaultyClient(database.client);
    const store = dynamoDb(faulty);
    const held = await claimed(store);
    await store.complete([{ claim: held, data: { S: 'charged' } }]);
    const [, completion] = faulty.sent;
    clock.nowMs += 3_700_000;
    const owner = await claimed(store, asks({ id: held.id }));

    await faulty.deliverAgain(completion as never);

    expect(await item(held.id)).toMatchObject({ status: { S: 'INPROGRESS' }, owner: { S: owner.token } });
    expect(await item(held.id)).not.toHaveProperty('data');
  });
});
