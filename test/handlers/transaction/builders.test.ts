import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type AttributeValue, type DynamoDBClient, TransactWriteItemsCommand } from '@aws-sdk/client-dynamodb';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import { EMPTY_LEDGER } from '../../../handlers/ledger/ledger-state';
import { oneTimeToken, optimisticVersion, stateStep, uniqueInsert } from '../../../handlers/transaction/builders';
import { DynamoDbTransactionStore } from '../../../handlers/transaction/dynamodb-transaction-store';
import { prepareWrites } from '../../../handlers/transaction/prepare-writes';
import type { TransactionWrite } from '../../../handlers/transaction/transaction-write';
import { putRaw, rawItem } from '../../support/stored-claim';
import { startTestDynamoDb, type TestDynamoDb } from '../../support/test-dynamodb';
import { createEffects } from '../../support/transaction-worlds';

const NOW = 1_790_000_000_000;
const table = 'Orders';
let database: TestDynamoDb;
let client: DynamoDBClient;
beforeAll(async () => {
  database = await startTestDynamoDb();
  client = database.client;
  await createEffects(client, table);
});
afterAll(() => database.stop());

let partitions = 0;

/** A partition of the topic, as its worker commits records of it. */
async function partition() {
  const id = `ledger#shop#source#1#orders#${partitions++}`;
  const item: Record<string, AttributeValue> = {
    id: { S: id },
    owner: { S: 'me' },
    seq: { N: '1' },
    lease_until_ms: { N: String(NOW) },
    unclean: { N: '1' },
    delivered: { L: [] },
    claimants: { L: [] },
  };
  await putRaw(client, database.table, item);
  const options = { client, table: database.table, clockSkewMs: 0, rememberForSeconds: 60 };
  const store = new DynamoDbTransactionStore(options);
  return {
    /** A record of the partition at `offset` writes. `again`: the same offset comes a second time. */
    async commit(offset: number, ...writes: TransactionWrite[]): Promise<string> {
      const answer = await store.commit({
        requestToken: `${partitions}-${offset}-${Math.random()}`.slice(0, 36),
        atMs: NOW,
        mark: {
          id,
          token: 'me',
          seq: offset + 1,
          state: { ...EMPTY_LEDGER, runs: [{ first: 0n, last: BigInt(offset) }] },
          leaseUntilMs: NOW,
        },
        members: [{ identity: undefined, writes: prepareWrites(writes) }],
      });
      const refusal = answer.kind === 'refused' ? answer.refusals[0] : undefined;
      return refusal ? refusal.kind : answer.kind;
    },
  };
}

const stored = async (id: string) => {
  const item = await rawItem(client, table, id);
  return item && unmarshall(item);
};
const given = (item: Record<string, unknown>) => putRaw(client, table, marshall(item));
/** Somebody who is no worker of ours. */
const elsewhere = (...writes: TransactionWrite[]) =>
  client.send(new TransactWriteItemsCommand({ TransactItems: prepareWrites(writes).map(({ item }) => item) })).then(
    () => 'written',
    (error: Error) => error.name,
  );

describe('stateStep', () => {
  const step = (id: string, from: Parameters<typeof stateStep>[0]['from'], to: string) =>
    stateStep({ table, key: { id }, from, to, set: { by: to, left: undefined } });

  test('takes an item from its state to the next, and nobody else takes it out of the same one', async () => {
    await given({ id: 's1', state: 'paid', total: 5 });
    const orders = await partition();

    expect(await orders.commit(0, step('s1', 'paid', 'shipped'))).toBe('committed');
    expect(await elsewhere(step('s1', 'paid', 'cancelled'))).toBe('TransactionCanceledException');
    expect(await stored('s1')).toEqual({ id: 's1', state: 'shipped', by: 'shipped', total: 5 });
  });

  test('a concurrent writer that was first is met: nothing of the record stands', async () => {
    await given({ id: 's2', state: 'paid' });
    const orders = await partition();
    await elsewhere(step('s2', 'paid', 'cancelled'));

    const outcome = await orders.commit(
      0,
      step('s2', 'paid', 'shipped'),
      uniqueInsert({ table, item: { id: 's2-parcel' }, key: 'id' }),
    );

    expect(outcome).toBe('condition');
    expect([await stored('s2'), await stored('s2-parcel')]).toEqual([
      { id: 's2', state: 'cancelled', by: 'cancelled' },
      undefined,
    ]);
  });

  test('begins where nothing is, once, and goes on from any of several', async () => {
    const orders = await partition();

    expect(await orders.commit(0, step('s3', undefined, 'new'))).toBe('committed');
    expect(await orders.commit(1, step('s3', undefined, 'new'))).toBe('condition');
    expect(await orders.commit(1, step('s3', ['held', 'new'], 'paid'))).toBe('committed');
    expect(await orders.commit(2, step('s3', ['held', 'new'], 'paid'))).toBe('condition');
  });

  test('a redelivery of the same record changes nothing, also where the state would allow it again', async () => {
    await given({ id: 's4', state: 'a' });
    const orders = await partition();
    await orders.commit(0, step('s4', 'a', 'b'));
    await elsewhere(step('s4', 'b', 'a'));

    expect(await orders.commit(0, step('s4', 'a', 'b'))).toBe('committed');
    expect((await stored('s4'))?.state).toBe('a');
  });
});

describe('optimisticVersion', () => {
  const write = (id: string, expected: number | undefined, total: number) =>
    optimisticVersion({ table, key: { id }, expected, set: { total } });

  test('writes where nobody has written since, and counts', async () => {
    const orders = await partition();

    expect(await orders.commit(0, write('v1', undefined, 1))).toBe('committed');
    expect(await orders.commit(1, write('v1', 1, 2))).toBe('committed');
    expect(await stored('v1')).toEqual({ id: 'v1', total: 2, version: 2 });
  });

  test('of two that have read the same version one is told to read anew', async () => {
    await given({ id: 'v2', total: 0, version: 7 });
    const orders = await partition();
    await elsewhere(write('v2', 7, 1));

    expect(await orders.commit(0, write('v2', 7, 100))).toBe('condition');
    expect(await orders.commit(0, write('v2', 8, 101))).toBe('committed');
    expect(await stored('v2')).toEqual({ id: 'v2', total: 101, version: 9 });
    expect(prepareWrites(write('v2', 7, 1))[0]?.onConditionFailed).toBe('transient');
  });

  test('two that both have found nothing: one begins', async () => {
    const orders = await partition();
    await elsewhere(write('v3', undefined, 1));

    expect(await orders.commit(0, write('v3', undefined, 2))).toBe('condition');
  });
});

describe('oneTimeToken', () => {
  const use = (id: string, by: string, expiry?: { attribute: string; now: number }) =>
    oneTimeToken({ table, key: { id }, by, ...(expiry && { expiry }) });

  test('is used by one fact, which may come again', async () => {
    await given({ id: 'voucher', worth: 10 });
    const orders = await partition();

    expect(await orders.commit(0, use('voucher', 'order-1'))).toBe('committed');
    expect(await orders.commit(1, use('voucher', 'order-2'))).toBe('condition');
    expect(await orders.commit(1, use('voucher', 'order-1'))).toBe('committed');
    expect(await stored('voucher')).toEqual({ id: 'voucher', worth: 10, used_by: 'order-1' });
    expect(prepareWrites(use('voucher', 'x'))[0]?.onConditionFailed).toBe('permanent');
  });

  test('one that does not exist is not made', async () => {
    const orders = await partition();

    expect(await orders.commit(0, use('nowhere', 'order-1'))).toBe('condition');
    expect(await stored('nowhere')).toBeUndefined();
  });

  test.each([
    [99, 'committed'],
    [100, 'condition'],
    [101, 'condition'],
  ])('one that expires at 100 is used at %i: %s', async (now, expected) => {
    await given({ id: `until-${now}`, until: 100 });
    const orders = await partition();

    expect(await orders.commit(0, use(`until-${now}`, 'order-1', { attribute: 'until', now }))).toBe(expected);
  });

  test('who has used it may come again after its expiry', async () => {
    await given({ id: 'late', until: 100 });
    const orders = await partition();
    await orders.commit(0, use('late', 'order-1', { attribute: 'until', now: 50 }));

    expect(await orders.commit(1, use('late', 'order-1', { attribute: 'until', now: 500 }))).toBe('committed');
  });
});

describe('uniqueInsert', () => {
  const insert = (id: string, name: string) => uniqueInsert({ table, item: { id, name }, key: 'id' });

  test('of two that want the same key one gets it', async () => {
    const orders = await partition();
    await elsewhere(insert('u1', 'Ada'));

    expect(await orders.commit(0, insert('u1', 'Bob'))).toBe('condition');
    expect(await stored('u1')).toEqual({ id: 'u1', name: 'Ada' });
    expect(prepareWrites(insert('u1', 'Bob'))[0]?.onConditionFailed).toBe('permanent');
  });

  test('a redelivery of the same record is no second insert, also after the item was deleted', async () => {
    const orders = await partition();
    await orders.commit(0, insert('u2', 'Ada'));
    await elsewhere({ Delete: { TableName: table, Key: { id: 'u2' } } });

    expect(await orders.commit(0, insert('u2', 'Ada'))).toBe('committed');
    expect(await stored('u2')).toBeUndefined();
  });

  test('both names of a key are looked at', () => {
    const [write] = prepareWrites(uniqueInsert({ table, item: { a: 1, b: 2 }, key: ['a', 'b'] }));

    expect(write?.item.Put?.ConditionExpression).toBe('attribute_not_exists(#0) AND attribute_not_exists(#1)');
    expect(write?.item.Put?.ExpressionAttributeNames).toEqual({ '#0': 'a', '#1': 'b' });
  });
});

describe('every builder', () => {
  test('takes the reserved words of DynamoDB as names', async () => {
    const orders = await partition();
    await given({ id: 'r1', status: 'new', value: 1, counter: 1 });

    const outcomes = [
      await orders.commit(
        0,
        stateStep({ table, key: { id: 'r1' }, from: 'new', to: 'old', attribute: 'status', set: { value: 2 } }),
      ),
      await orders.commit(
        1,
        optimisticVersion({ table, key: { id: 'r1' }, expected: 1, attribute: 'counter', set: { value: 3 } }),
      ),
      await orders.commit(2, oneTimeToken({ table, key: { id: 'r1' }, by: 'x', attribute: 'user' })),
    ];

    expect(outcomes).toEqual(['committed', 'committed', 'committed']);
    expect(await stored('r1')).toEqual({ id: 'r1', status: 'old', value: 3, counter: 2, user: 'x' });
  });

  test.each(['permanent', 'transient', 'done'] as const)('says %s where it is told to', (onConditionFailed) => {
    const key = { id: 'x' };
    const writes = [
      stateStep({ table, key, from: 'a', to: 'b', onConditionFailed }),
      optimisticVersion({ table, key, expected: 1, set: {}, onConditionFailed }),
      oneTimeToken({ table, key, by: 'x', onConditionFailed }),
      uniqueInsert({ table, item: key, key: 'id', onConditionFailed }),
    ];

    expect(prepareWrites(writes).map((write) => write.onConditionFailed)).toEqual(Array(4).fill(onConditionFailed));
  });
});

test('docs/transactions.md names every builder with its default', () => {
  const guide = readFileSync(join(__dirname, '..', '..', '..', 'docs', 'transactions.md'), 'utf8');
  const key = { id: 'x' };
  const defaults = {
    stateStep: stateStep({ table, key, from: 'a', to: 'b' }),
    optimisticVersion: optimisticVersion({ table, key, expected: 1, set: {} }),
    oneTimeToken: oneTimeToken({ table, key, by: 'x' }),
    uniqueInsert: uniqueInsert({ table, item: key, key: 'id' }),
  };

  for (const [name, { onConditionFailed }] of Object.entries(defaults)) {
    expect(guide).toMatch(new RegExp(`^\\| \`${name}\` \\|[^|]+\\|[^|]+\\| \`${onConditionFailed}\``, 'm'));
  }
});
