/** Requests on ledger items as they go over the wire (protocol section 4): what they say of claims, marks and leases. */
import { claimOnTheWire } from '../../../local/oracle/claims-on-the-wire';
import { newlyClosed, readRuns } from '../../../local/oracle/ledger-runs';
import { judgeRun } from '../../../local/oracle/oracle';
import { AcceptedWrites } from '../../../local/oracle/wire/accepted-writes';

const ID = 'ledger#shop#eu#orders#u-1#1#orders#3';
const W1 = { worker: 'w1', atMs: 1_000 };
const base64 = (...bytes: readonly number[]) => Buffer.from(bytes).toString('base64');

/** What the accepted members of a request say. */
function said(operation: string, input: object, output: object = {}) {
  const writes = new AcceptedWrites().of({ operation, input: { ...input }, status: 200, output, atMs: 1_000 });
  return writes.map((write) => claimOnTheWire(write, W1));
}

const statement = (Statement: string, ...Parameters: readonly object[]) => ({ Statement, Parameters });
const CLAIM = statement(
  'UPDATE "Memory" SET "seq" = "seq" + 1, "delivered" = list_append(if_not_exists("delivered", []), ?), "unclean" = if_not_exists("unclean", 0) + 1, "owner" = ?, "lease_until_ms" = ? WHERE "id" = ? AND "lease_until_ms" < ? AND "owner" <> ? RETURNING ALL NEW *',
  { L: [{ L: [{ N: '5' }, { N: '9' }] }] },
  { S: 't1' },
  { N: '11000' },
  { S: ID },
  { N: '-1000' },
  { S: 't1' },
);
const MARK = (runs: string, lease: number) =>
  statement(
    `UPDATE "Memory" SET runs = ? SET high = ? SET lease_until_ms = ${lease} SET seq = ? REMOVE suspect WHERE id = ? AND owner = ? AND seq = ?`,
    { B: runs },
    { N: '9' },
    { N: '5' },
    { S: ID },
    { S: 't1' },
    { N: '4' },
  );

test('L1: a claim sets the owner, of an item that is there or of a new one', () => {
  const insert = statement(
    "INSERT INTO \"Memory\" VALUE {'id': ?, 'owner': ?, 'lease_until_ms': ?, 'seq': 1, 'runs': ?}",
    { S: ID },
    { S: 't1' },
    { N: '11000' },
    { B: '' },
  );
  const claim = { kind: 'claim', worker: 'w1', partition: 3, atMs: 1_000, leaseUntilMs: 11_000 };

  expect(said('BatchExecuteStatement', { Statements: [CLAIM] }, { Responses: [{}] })).toEqual([claim]);
  expect(said('BatchExecuteStatement', { Statements: [insert] }, { Responses: [{}] })).toEqual([claim]);
});

test('a member of a batch that was refused says nothing', () => {
  const Responses = [{ Error: { Code: 'ConditionalCheckFailed', Item: { owner: { S: 't0' } } } }, {}];

  expect(said('BatchExecuteStatement', { Statements: [CLAIM, MARK('', 11_000)] }, { Responses })).toMatchObject([
    { kind: 'mark', partition: 3 },
  ]);
});

test('L2: a mark names every run, and renews the lease', () => {
  // skip 2, take 3; skip 300 (0xac 0x02), take 1.
  const mark = MARK(base64(2, 3, 0xac, 0x02, 1), 11_000);

  expect(said('BatchExecuteStatement', { Statements: [mark] }, { Responses: [{}] })).toEqual([
    {
      kind: 'mark',
      worker: 'w1',
      partition: 3,
      closes: [
        [2, 4],
        [305, 305],
      ],
      leaseUntilMs: 11_000,
    },
  ]);
});

test('L5: a mark that gives the partition back ends the lease', () => {
  expect(said('ExecuteStatement', MARK(base64(0, 1), 0))).toMatchObject([{ closes: [[0, 0]], leaseUntilMs: 0 }]);
});

test('T1: an update inside a transaction is a mark too, and what stands beside it is itself', () => {
  const TransactItems = [
    {
      Update: {
        TableName: 'Counters',
        Key: { airport: { S: 'ATL' } },
        UpdateExpression: 'ADD n :n',
        ExpressionAttributeValues: { ':n': { N: '1' } },
      },
    },
    {
      Update: {
        TableName: 'Memory',
        Key: { id: { S: ID } },
        UpdateExpression: 'SET #r = :r, #s = :s, #l = :l',
        ConditionExpression: '#o = :o AND #s = :p',
        ExpressionAttributeNames: { '#r': 'runs', '#s': 'seq', '#l': 'lease_until_ms', '#o': 'owner' },
        ExpressionAttributeValues: {
          ':r': { B: base64(0, 2) },
          ':s': { N: '2' },
          ':l': { N: '11000' },
          ':o': { S: 't1' },
          ':p': { N: '1' },
        },
      },
    },
    {
      Put: {
        TableName: 'Memory',
        Item: { id: { S: 'shop#orders#abc' }, status: { S: 'COMPLETED' }, owner: { S: 't1' }, expiration: { N: '9' } },
      },
    },
  ];
  const writes = new AcceptedWrites().of({
    operation: 'TransactWriteItems',
    input: { TransactItems },
    status: 200,
    output: {},
    atMs: 1_000,
  });

  expect(writes.filter(({ table }) => table === 'Memory').map((write) => claimOnTheWire(write, W1))).toEqual([
    { kind: 'mark', worker: 'w1', partition: 3, closes: [[0, 1]], leaseUntilMs: 11_000 },
    { kind: 'mark', worker: 'w1', identity: 'shop#orders#abc', rememberedUntilMs: 9_000 },
  ]);
});

test('a lease alone is a lease, and anything else says nothing', () => {
  const update = (UpdateExpression: string, value: object) =>
    said('UpdateItem', {
      TableName: 'Memory',
      Key: { id: { S: ID } },
      UpdateExpression,
      ExpressionAttributeValues: { ':v': value },
    });

  expect(update('SET lease_until_ms = :v', { N: '7' })).toEqual([
    { kind: 'lease', worker: 'w1', partition: 3, leaseUntilMs: 7 },
  ]);
  expect(update('SET suspect = :v', { N: '7' })).toEqual([undefined]);
  expect(said('DeleteItem', { TableName: 'Memory', Key: { id: { S: ID } } })).toMatchObject([
    { kind: 'lease', leaseUntilMs: 0 },
  ]);
});

test.each<[string, string, object, string]>([
  [
    'a key of another form',
    'ledger#orders',
    { seq: { N: '1' } },
    'ledger#<consumer>#<source>#<generation>#<topic>#<partition>',
  ],
  ['runs that are text', ID, { runs: { S: 'AAE=' } }, 'a binary'],
  ['runs that end in the middle of a number', ID, { runs: { B: base64(0, 0x80) } }, 'whole LEB128 numbers'],
  ['a run without its length', ID, { runs: { B: base64(0, 1, 5) } }, 'pairs of skip and take'],
  ['a run of no length', ID, { runs: { B: base64(0, 0) } }, 'pairs of skip and take'],
  [
    'offsets beyond those of an event',
    ID,
    { runs: { B: base64(...Array(8).fill(0xff), 0x7f, 1) } },
    'offsets below 2^53',
  ],
  ['a claim without a lease', ID, { owner: { S: 't' } }, 'an end of its lease'],
  ['a lease that is no number', ID, { lease_until_ms: { S: 'soon' } }, 'a number'],
])('%s is an error', (_, id, item, words) => {
  const put = () => said('PutItem', { TableName: 'Memory', Item: { id: { S: id }, ...item } });

  expect(put).toThrow(words);
  expect(put).toThrow('MSK_ONCE_REQUEST_UNREADABLE');
});

test('the runs that are new are those that were not there', () => {
  expect(newlyClosed([], [[0, 4]])).toEqual([[0, 4]]);
  expect(
    newlyClosed(
      [
        [1, 2],
        [6, 6],
      ],
      [[0, 9]],
    ),
  ).toEqual([
    [0, 0],
    [3, 5],
    [7, 9],
  ]);
  expect(
    newlyClosed(
      [[0, 4]],
      [
        [0, 4],
        [7, 7],
      ],
    ),
  ).toEqual([[7, 7]]);
  expect(newlyClosed([[0, 4]], [[0, 4]])).toEqual([]);
});

test('2^53 - 1 is the last offset of an event, and is read', () => {
  // 2^53 - 1 in LEB128: seven bytes of seven ones, then four ones.
  expect(readRuns(Uint8Array.of(...Array(7).fill(0xff), 0x0f, 1))).toEqual([[2 ** 53 - 1, 2 ** 53 - 1]]);
});

test('what was read is judged: a mark of a worker whose partition has gone to another one is stale', () => {
  const seen = (worker: string, atMs: number, ...statements: readonly object[]) =>
    new AcceptedWrites()
      .of({
        operation: 'BatchExecuteStatement',
        input: { Statements: statements },
        status: 200,
        output: { Responses: statements.map(() => ({})) },
        atMs,
      })
      .flatMap((write) => claimOnTheWire(write, { worker, atMs }) ?? []);
  const observations = [
    ...seen('w1', 1_000, CLAIM),
    ...seen('w2', 12_000, CLAIM),
    ...seen('w1', 12_001, MARK(base64(0, 1), 20_000)),
  ];

  const { violations } = judgeRun(
    { remember: 'ledger', order: 'partition' },
    [{ partition: 3, offset: 0 }],
    observations,
    () => true,
  );

  expect(violations).toMatchObject([{ rule: 'stale-mark', unit: 'partition 3' }]);
});
