import fc from 'fast-check';
import { errorOf, nextGroup, type Waiting } from '../../../handlers/transaction/group';
import { prepareWrites } from '../../../handlers/transaction/prepare-writes';
import type { TransactionWrite } from '../../../handlers/transaction/transaction-write';
import { DynamoDbEngine } from '../../../local/dynamodb/engine/engine';
import { DynamoDbEngineError } from '../../../local/dynamodb/engine/errors';

const OWN = { table: 'Idempotency', ledgerId: 'ledger#a#b#1#orders#0' };
const KIB = 1024;

const put = (id: string | number, more: Record<string, unknown> = {}, TableName = 'Orders'): TransactionWrite => ({
  Put: { TableName, Item: { id, ...more } },
});
const update = (id: string | number, TableName = 'Orders'): TransactionWrite => ({
  Update: {
    TableName,
    Key: { id },
    UpdateExpression: 'ADD sold :one',
    ExpressionAttributeValues: { ':one': 1 },
  },
});
const record = (writes: readonly TransactionWrite[], identityId?: string): Waiting => ({
  writes: prepareWrites(writes),
  identityId,
});
const many = (count: number, of: (index: number) => Waiting) => Array.from({ length: count }, (_, index) => of(index));

function groupsOf(waiting: readonly Waiting[]): { sizes: number[]; cuts: string[] } {
  const sizes: number[] = [];
  const cuts: string[] = [];
  for (let rest = waiting; rest.length > 0; ) {
    const { group, cut } = nextGroup(rest, OWN);
    sizes.push(group.length);
    cuts.push(cut);
    rest = rest.slice(group.length);
  }
  return { sizes, cuts };
}

describe('T2: groups hold as much as a transaction does', () => {
  test('nothing waits: an empty group', () => {
    expect(nextGroup([], OWN)).toEqual({ group: [], cut: 'end' });
  });

  test('99 writes stand beside the mark', () => {
    expect(groupsOf(many(250, (index) => record([update(index)])))).toEqual({
      sizes: [99, 99, 52],
      cuts: ['items', 'items', 'end'],
    });
  });

  test('with identity each record has two items, so 49 records stand beside the mark', () => {
    expect(groupsOf(many(100, (index) => record([update(index)], `identity-${index}`)))).toEqual({
      sizes: [49, 49, 2],
      cuts: ['items', 'items', 'end'],
    });
  });

  test('records without a write need no place', () => {
    expect(groupsOf(many(500, () => record([]))).sizes).toEqual([500]);
  });

  test('a record is never cut in two', () => {
    const pair = (index: number) => record(many(40, () => 0 as never).map((_, write) => update(`${index}-${write}`)));

    expect(groupsOf(many(5, pair)).sizes).toEqual([2, 2, 1]);
  });

  test('10 items of 390 KB stand beside a mark of up to 100 KB, 11 do not', () => {
    const big = (index: number) => record([put(index, { text: 'x'.repeat(390 * KIB) })]);

    expect(groupsOf(many(12, big))).toEqual({ sizes: [10, 2], cuts: ['bytes', 'end'] });
  });
});

describe('T3: two writes on one item are cut apart', () => {
  test.each<[string, Waiting, Waiting]>([
    ['two updates', record([update(1)]), record([update(1)])],
    ['an update and a Put with the same key', record([update(1)]), record([put(1)])],
    ['a Put and an update with the same key', record([put(1)]), record([update(1)])],
    ['two Puts with what a condition names as the key', uniquePut('a'), uniquePut('a')],
    ['by name and by ARN', record([update(1)]), record([update(1, 'arn:aws:dynamodb:eu-west-1:1:table/Orders')])],
    ['bytes', record([update(Buffer.from('x') as never)]), record([update(Buffer.from('x') as never)])],
    ['an own item of the idempotency table', record([], 'id-1'), record([put('id-1', {}, 'Idempotency')])],
  ])('%s', (_, first, second) => {
    expect(groupsOf([first, second])).toEqual({ sizes: [1, 1], cuts: ['one item', 'end'] });
  });

  test.each<[string, Waiting, Waiting]>([
    ['other keys', record([update(1)]), record([update(2)])],
    ['the same key in other tables', record([update(1)]), record([update(1, 'Stock')])],
    ['a text and a number', record([update(1)]), record([update('1')])],
    ['Puts of which nobody knows the key', record([put(1)]), record([put(1)])],
    ['Puts with other keys, as their condition names it', uniquePut('a'), uniquePut('b')],
  ])('not for %s', (_, first, second) => {
    expect(groupsOf([first, second]).sizes).toEqual([2]);
  });

  test('the same identity twice is cut', () => {
    const waiting = ['a', 'b', 'a', 'c'].map((identity, index) => record([update(index)], identity));

    expect(groupsOf(waiting)).toEqual({ sizes: [2, 2], cuts: ['one identity', 'end'] });
  });

  test('in order: what stands behind the cut is not taken before it', () => {
    const waiting = [record([update(1)]), record([update(1)]), record([update(2)])];

    expect(nextGroup(waiting, OWN).group).toEqual([waiting[0]]);
  });
});

function uniquePut(email: string): Waiting {
  return record([
    {
      Put: {
        TableName: 'Users',
        Item: { email, name: 'x' },
        ConditionExpression: 'attribute_not_exists(#e)',
        ExpressionAttributeNames: { '#e': 'email' },
      },
    },
  ]);
}

describe('a record that no transaction holds is a permanent error', () => {
  const updates = (count: number) => many(count, () => 0 as never).map((_, index) => update(index));

  test.each<[string, Waiting, string]>([
    ['100 writes', record(updates(100)), 'returned 100 writes for one record; a transaction holds 99 of them'],
    [
      '99 writes and an identity',
      record(updates(99), 'a'),
      'returned 99 writes for one record; a transaction holds 98',
    ],
    [
      'an item over 400 KB',
      record([update(1), put(2, { x: 'y'.repeat(401 * KIB) })]),
      'write 2 (Put on Orders) of at least',
    ],
    [
      'more than 4 MB',
      record(many(11, () => 0 as never).map((_, index) => put(index, { x: 'y'.repeat(399 * KIB) }))),
      'writes for one record of at least 4494',
    ],
    [
      'T3: one item twice',
      record([update(1), update(2), update(1)]),
      'write 1 (Update on Orders) and write 3 (Update on Orders)',
    ],
    ['T3: a Put and an Update of one item', record([put(1), update(1)]), 'write 1 (Put on Orders) and write 2'],
    ['the ledger item', record([put(OWN.ledgerId, {}, 'Idempotency')]), "the partition's own ledger item and write 1"],
    ['its own identity', record([put('me', {}, 'Idempotency')], 'me'), "the record's own idempotency item and write 1"],
  ])('%s', (_, waiting, expected) => {
    const error = errorOf(waiting, OWN);

    expect(error?.message).toContain(expected);
    expect(error?.errorClass).toBe('permanent');
  });

  test.each<[string, Waiting]>([
    ['99 writes', record(updates(99))],
    ['98 writes and an identity', record(updates(98), 'a')],
    ['an item of 399 KB', record([put(2, { x: 'y'.repeat(399 * KIB) })])],
    ['Puts of which nobody knows the key', record([put(1), put(1)])],
    ['no write', record([])],
  ])('%s: no error', (_, waiting) => {
    expect(errorOf(waiting, OWN)).toBeUndefined();
  });
});

describe('property: what the planner puts together the database accepts as one transaction', () => {
  const id = fc.nat({ max: 30 });
  const table = fc.constantFrom('Orders', 'Stock');
  const size = fc.oneof(
    { weight: 20, arbitrary: fc.nat({ max: 50 }) },
    { weight: 1, arbitrary: fc.nat({ max: 300 * KIB }) },
  );
  const write = fc.oneof(
    fc.tuple(id, table).map(([key, name]) => update(key, name)),
    fc.tuple(id, table, size).map(
      ([key, name, bytes]): TransactionWrite => ({
        Put: {
          TableName: name,
          Item: { id: key, text: 'x'.repeat(bytes) },
          ConditionExpression: 'attribute_exists(id) OR attribute_not_exists(id)',
        },
      }),
    ),
    fc.tuple(id, table).map(([key, name]): TransactionWrite => ({ Delete: { TableName: name, Key: { id: key } } })),
  );
  const waiting = fc.record({
    writes: fc.array(write, { maxLength: 4 }),
    identity: fc.option(fc.nat({ max: 60 }).map(String), { nil: undefined }),
  });

  function refusalOf(group: readonly Waiting[]): string | undefined {
    const engine = new DynamoDbEngine();
    for (const [name, type] of [
      ['Orders', 'N'],
      ['Stock', 'N'],
      ['Idempotency', 'S'],
    ] as const) {
      engine.execute('CreateTable', {
        TableName: name,
        BillingMode: 'PAY_PER_REQUEST',
        KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
        AttributeDefinitions: [{ AttributeName: 'id', AttributeType: type }],
      });
    }
    const own = (key: string) => ({ Put: { TableName: 'Idempotency', Item: { id: { S: key } } } });
    const items = group.flatMap(({ writes, identityId }) => [
      ...(identityId === undefined ? [] : [own(identityId)]),
      ...writes.map(({ item }) => item),
    ]);
    try {
      engine.execute('TransactWriteItems', { TransactItems: [own(OWN.ledgerId), ...items] });
      return undefined;
    } catch (error) {
      if (error instanceof DynamoDbEngineError) return error.message;
      throw error;
    }
  }

  test('T2, T3: in order, never empty, and cut only where the next record would not do', () => {
    fc.assert(
      fc.property(fc.array(waiting, { minLength: 1, maxLength: 90 }), (given) => {
        const records = given
          .map(({ writes, identity }) => record(writes, identity))
          .filter((each) => errorOf(each, OWN) === undefined)
          // Of two Puts within one record nobody knows the key: that is left to the service.
          .filter((each) => refusalOf([each]) === undefined);
        let next = 0;
        while (next < records.length) {
          const { group, cut } = nextGroup(records.slice(next), OWN);
          expect(group.length).toBeGreaterThan(0);
          expect(group).toEqual(records.slice(next, next + group.length));
          expect(refusalOf(group)).toBeUndefined();
          next += group.length;
          expect(cut === 'end').toBe(next === records.length);
          // The mark's own place of 100 KB is kept free, and sizes are estimates from above.
          if (cut === 'end' || cut === 'bytes') continue;
          expect(refusalOf([...group, records[next] as Waiting])).toBeDefined();
        }
      }),
      { numRuns: 150 },
    );
  });
});
