import { DynamoDbParkingStore } from '../../../handlers/parking/dynamodb-parking-store';
import type { RedriveClaim } from '../../../handlers/parking/parking-store';
import { DynamoDbEngine } from '../../../local/dynamodb/engine/engine';
import { type FaultOf, FaultyClient } from '../../support/faulty-client';
import { putRaw, rawItem } from '../../support/stored-claim';
import { startTestDynamoDb, type TestDynamoDb, testClient } from '../../support/test-dynamodb';

const NOW = 1_790_000_000_000;
const conflicting = new Set<string>();

let database: TestDynamoDb;
beforeAll(async () => {
  const faults = { conflictingItem: (_: string, key: object) => conflicting.has((key as { id: { S: string } }).id.S) };
  database = await startTestDynamoDb(new DynamoDbEngine({ memberItems: false, faults }));
});
afterEach(() => conflicting.clear());
afterAll(() => database.stop());

let ids = 0;
const failing = () => ({
  id: `parked#shop#u-1#1#orders#0#${++ids}`,
  attempts: 5,
  firstFailureMs: NOW - 2,
  lastFailureMs: NOW - 1,
});

function open(faultOf?: FaultOf, nowMs = NOW) {
  const client = new FaultyClient(database.client, faultOf);
  const clock = { now: () => nowMs };
  const options = { clock, clockSkewMs: 1_000, rememberForSeconds: 3_600 };
  return { client, store: new DynamoDbParkingStore({ ...options, client, table: database.table }) };
}

const asks = (id: string, token = 'token') => ({ id, token, leaseUntilMs: NOW + 30_000 });

async function redriven(token = 'token'): Promise<RedriveClaim> {
  const { store } = open();
  const record = failing();
  await store.park([record]);
  const [answer] = await store.claim([asks(record.id, token)]);
  if (answer?.kind !== 'claimed') throw new Error('not claimed');
  return answer.claim;
}

async function parkedIdentity(): Promise<string> {
  const id = `shop#orders#${++ids}`;
  await putRaw(database.client, database.table, {
    id: { S: id },
    status: { S: 'COMPLETED' },
    outcome: { S: 'parked' },
    owner: { S: 'worker' },
    expiration: { N: String(NOW / 1_000 + 60) },
  });
  return id;
}

describe('requests', () => {
  test('25 records are parked in one request, and 100 looked up in another', async () => {
    const { client, store } = open();
    const records = Array.from({ length: 25 }, failing);

    await store.park(records);
    await store.lookUp([...records.map(({ id }) => id), ...Array.from({ length: 75 }, () => failing().id)]);

    expect(client.names()).toEqual(['BatchExecuteStatementCommand', 'BatchGetItemCommand']);
  });

  test('25 records are claimed with one consistent read and one write, and written with one more', async () => {
    const records = Array.from({ length: 25 }, failing);
    await open().store.park(records);
    const { client, store } = open();

    const answers = await store.claim(records.map(({ id }) => asks(id)));
    const claims = answers.flatMap((answer) => (answer.kind === 'claimed' ? [{ claim: answer.claim, atMs: NOW }] : []));
    await store.fail(claims);

    expect(claims).toHaveLength(25);
    expect(client.names()).toEqual([
      'BatchGetItemCommand',
      'BatchExecuteStatementCommand',
      'BatchExecuteStatementCommand',
    ]);
    const [read] = client.sent.map(({ input }) => input as { RequestItems?: Record<string, object> });
    expect(read?.RequestItems?.[database.table]).toMatchObject({ ConsistentRead: true });
  });

  test('P6: a completion with a parked identity is one transaction, and nothing else', async () => {
    const claim = await redriven();
    const identityId = await parkedIdentity();
    const { client, store } = open();

    expect(await store.complete([{ claim, identityId }])).toEqual([{ kind: 'written' }]);

    expect(client.names()).toEqual(['TransactWriteItemsCommand']);
  });

  test('T5: a transaction that is sent again has another request token: what stands tells that it landed', async () => {
    const claim = await redriven();
    const identityId = await parkedIdentity();
    const tokens: unknown[] = [];
    const client = testClient(database.endpoint);
    client.middlewareStack.add(
      (next) => (args) => {
        const { body } = args.request as { body?: unknown };
        const { ClientRequestToken, TransactItems } = JSON.parse(Buffer.from(body as Uint8Array).toString());
        if (TransactItems) tokens.push(ClientRequestToken);
        return next(args);
      },
      { step: 'build' },
    );
    const options = { clock: { now: () => NOW }, clockSkewMs: 1_000, rememberForSeconds: 3_600 };
    const store = new DynamoDbParkingStore({ ...options, client, table: database.table });

    const answers = [
      ...(await store.complete([{ claim, identityId }])),
      ...(await store.complete([{ claim, identityId }])),
    ];
    client.destroy();

    expect(answers).toEqual([{ kind: 'written' }, { kind: 'written' }]);
    expect(tokens).toEqual([expect.any(String), expect.any(String)]);
    expect(new Set(tokens).size).toBe(2);
  });
});

describe('C8: what cannot be answered', () => {
  test('a transaction that meets another one is throttled, and nothing of it stands', async () => {
    const claim = await redriven();
    const identityId = await parkedIdentity();
    conflicting.add(identityId);

    const answers = await open().store.complete([{ claim, identityId }]);

    expect(answers).toMatchObject([{ kind: 'unknown', reason: 'throttled' }]);
    expect((await rawItem(database.client, database.table, claim.parked.id))?.outcome?.S).toBe('redriving');
  });

  test.each(['answer lost', 'request lost'] as const)(
    'a completion with identity (%s) is unknown, and settles when it is asked again',
    async (fault) => {
      const claim = await redriven();
      const identityId = await parkedIdentity();
      const { store } = open((name, nth) => (name === 'TransactWriteItemsCommand' && nth === 0 ? fault : undefined));

      const answers = [
        ...(await store.complete([{ claim, identityId }])),
        ...(await store.complete([{ claim, identityId }])),
      ];

      expect(answers).toMatchObject([{ kind: 'unknown', reason: 'failed' }, { kind: 'written' }]);
      expect((await rawItem(database.client, database.table, identityId))?.outcome?.S).toBe('done');
    },
  );

  test('a completion with identity that was given up arrives late and still does all of it, once', async () => {
    const claim = await redriven();
    const identityId = await parkedIdentity();
    const { client, store } = open(() => 'late copy');
    await store.complete([{ claim, identityId }]);

    await client.deliverLate();

    const [record, identity] = [
      await rawItem(database.client, database.table, claim.parked.id),
      await rawItem(database.client, database.table, identityId),
    ];
    expect([record?.outcome?.S, identity?.outcome?.S]).toEqual(['done', 'done']);
  });

  test('a look-up, a claim and a write whose read fails are unknown, not absent', async () => {
    const claim = await redriven();
    const { store } = open((name) => (name === 'BatchGetItemCommand' ? 'throttled' : undefined));

    const answers = [
      ...(await store.lookUp([claim.parked.id])),
      ...(await store.claim([asks(claim.parked.id, 'other')])),
      ...(await store.release([{ claim: { ...claim, token: 'stranger' } }])),
    ];

    expect(answers.map(({ kind }) => kind)).toEqual(['unknown', 'unknown', 'unknown']);
  });

  test('an item that somebody else wrote is never taken for absent, and its neighbours have their answers', async () => {
    const [foreign, record] = [failing(), failing()];
    await putRaw(database.client, database.table, { id: { S: foreign.id }, outcome: { S: 'closed' } });
    const { store } = open();
    await store.park([record]);

    const answers = [
      ...(await store.lookUp([foreign.id, record.id])),
      ...(await store.claim([asks(foreign.id), asks(record.id)])),
    ];

    expect(answers).toMatchObject([
      { kind: 'unknown', reason: 'refused', error: { message: expect.stringContaining('its outcome is') } },
      { kind: 'parked' },
      { kind: 'unknown', reason: 'refused' },
      { kind: 'claimed' },
    ]);
  });
});

describe('P6: between the read of a claim and its write', () => {
  /** Does something before the first write of a claim arrives. */
  const meddling = (meddle: () => Promise<unknown>) => {
    let writes = 0;
    const client = {
      send: async (command: { constructor: { name: string } }) => {
        if (command.constructor.name === 'BatchExecuteStatementCommand' && ++writes === 1) await meddle();
        return database.client.send(command as never);
      },
    } as never;
    const options = { clock: { now: () => NOW + 60_000 }, clockSkewMs: 1_000, rememberForSeconds: 3_600 };
    return new DynamoDbParkingStore({ ...options, client, table: database.table });
  };

  const asksNow = (id: string) => ({ ...asks(id, 'other'), leaseUntilMs: NOW + 90_000 });

  test('a renewal keeps the record', async () => {
    const claim = await redriven();
    const store = meddling(() => open().store.renew([{ claim, leaseUntilMs: NOW + 90_000 }]));

    const answers = await store.claim([asksNow(claim.parked.id)]);

    expect(answers).toEqual([{ kind: 'busy', leaseUntilMs: NOW + 90_000 }]);
  });

  test('a completion keeps it for good', async () => {
    const claim = await redriven();
    const store = meddling(() => open().store.complete([{ claim }]));

    expect(await store.claim([asksNow(claim.parked.id)])).toEqual([{ kind: 'done' }]);
  });

  test('a failure gives it, with the attempt that was counted meanwhile', async () => {
    const claim = await redriven();
    const store = meddling(() => open().store.fail([{ claim, atMs: NOW }]));

    const [answer] = await store.claim([asksNow(claim.parked.id)]);

    expect(answer).toMatchObject({ kind: 'claimed', claim: { parked: { attempts: 6 } }, takeover: false });
  });
});
