/** The embedded database, and the template's tables in it. */
import { EXIT } from '../../../contract/error-codes';
import { createTables, deleteTables } from '../../../local/dynamodb/create-tables';
import { DynamoDbApi } from '../../../local/dynamodb/dynamodb-api';
import { type EmbeddedDynamoDb, startEmbeddedDynamoDb } from '../../../local/dynamodb/embedded';
import type { TableDefinition } from '../../../local/template/tables';
import { json, stubDatabase } from './stub-database';

let embedded: EmbeddedDynamoDb;
let api: DynamoDbApi;
beforeEach(async () => {
  embedded = await startEmbeddedDynamoDb();
  api = new DynamoDbApi(embedded.endpoint);
});
afterEach(() => embedded.close());

const table = (tableName: string, changes: Partial<TableDefinition> = {}): TableDefinition => ({
  logicalId: tableName,
  tableName,
  keySchema: [{ AttributeName: 'airport', KeyType: 'HASH' }],
  attributeDefinitions: [{ AttributeName: 'airport', AttributeType: 'S' }],
  ttlAttribute: undefined,
  globalSecondaryIndexes: [],
  localSecondaryIndexes: [],
  ...changes,
});

const tableNames = async () => (await api.call<{ TableNames: string[] }>('ListTables', {})).TableNames;

test('tables can be written to as soon as they are created, and are empty', async () => {
  await createTables(api, [table('Counters'), table('Idempotency')]);

  const before = await api.scan('Counters');
  await api.call('PutItem', { TableName: 'Counters', Item: { airport: { S: 'ATL' } } });

  expect(before).toEqual([]);
  expect(await api.scan('Counters')).toEqual([{ airport: { S: 'ATL' } }]);
  expect(await api.scan('Idempotency')).toEqual([]);
});

test('keys and indexes are those of the template', async () => {
  const KeySchema = [{ AttributeName: 'city', KeyType: 'HASH' as const }];
  const Projection = { ProjectionType: 'ALL' };

  await createTables(api, [
    table('Counters', {
      attributeDefinitions: [
        { AttributeName: 'airport', AttributeType: 'S' },
        { AttributeName: 'city', AttributeType: 'S' },
      ],
      globalSecondaryIndexes: [{ IndexName: 'by-city', KeySchema, Projection }],
    }),
  ]);
  const { Table } = await api.call<{ Table: Record<string, unknown> }>('DescribeTable', { TableName: 'Counters' });

  expect(Table.KeySchema).toEqual([{ AttributeName: 'airport', KeyType: 'HASH' }]);
  expect(Table.GlobalSecondaryIndexes).toEqual([
    expect.objectContaining({ IndexName: 'by-city', KeySchema, Projection }),
  ]);
});

test('a table that DynamoDB refuses is a mistake of the template, named by its place', async () => {
  const index = { IndexName: 'x', KeySchema: [{ AttributeName: 'city', KeyType: 'HASH' as const }], Projection: {} };

  const created = createTables(api, [table('Idempotency'), table('Counters', { globalSecondaryIndexes: [index] })]);

  await expect(created).rejects.toMatchObject({
    code: 'MSK_ONCE_TEMPLATE_INVALID',
    message: expect.stringMatching(/^Resources\.Counters is a table that DynamoDB refuses: Invalid table\/index name/),
  });
  expect(await tableNames()).toEqual([]);
});

test('what the embedded database does not know of an index is named too', async () => {
  const index = {
    IndexName: 'by-city',
    KeySchema: [{ AttributeName: 'airport', KeyType: 'HASH' as const }],
    Projection: { ProjectionType: 'ALL' },
    VectorSettings: {},
  };

  const created = createTables(api, [table('Counters', { globalSecondaryIndexes: [index] })]);

  await expect(created).rejects.toMatchObject({
    code: 'MSK_ONCE_TEMPLATE_UNSUPPORTED',
    message: expect.stringMatching(
      /Resources\.Counters .*VectorSettings of GlobalSecondaryIndexes\[0\].*--dynamodb URL/,
    ),
  });
});

test('deleted tables are gone and can be created again, empty', async () => {
  await createTables(api, [table('Counters')]);
  await api.call('PutItem', { TableName: 'Counters', Item: { airport: { S: 'ATL' } } });

  await deleteTables(api, [table('Counters')]);
  const between = await tableNames();
  await createTables(api, [table('Counters')]);

  expect(between).toEqual([]);
  expect(await api.scan('Counters')).toEqual([]);
});

test('a table that exists is named with a remedy, keeps what it has, and none of the others is left behind', async () => {
  await createTables(api, [table('Counters')]);
  await api.call('PutItem', { TableName: 'Counters', Item: { airport: { S: 'ATL' } } });

  const again = createTables(api, [table('Idempotency'), table('Counters'), table('More')]);

  await expect(again).rejects.toMatchObject({
    name: 'LocalError',
    exitCode: EXIT.refused,
    message: expect.stringMatching(/Counters.*exists.*msk-once servers --stop/s),
  });
  expect(await tableNames()).toEqual(['Counters']);
  expect(await api.scan('Counters')).toEqual([{ airport: { S: 'ATL' } }]);
});

test.each<[string, (operation: string) => [number, object], RegExp]>([
  [
    'refuses a table for a reason of its own',
    () => [400, { __type: 'x#LimitExceededException', message: 'Too many tables' }],
    /The table Counters was not made at http\S+: LimitExceededException: Too many tables\. .*\(MSK_ONCE_SERVER_FAILED\)$/,
  ],
  [
    'never has a table ready',
    (operation) => [200, operation === 'DescribeTable' ? { Table: { TableStatus: 'CREATING' } } : {}],
    /The table Counters was made at http\S+, and is CREATING after 2 s; .*\(MSK_ONCE_SERVER_FAILED\)$/,
  ],
])('a database that %s is named with its own words', async (_, answer, message) => {
  const stub = await stubDatabase((__, outgoing) => {
    const operation = stub.requests.at(-1)?.target.split('.').at(-1) ?? '';
    const [status, body] = answer(operation);
    return json(status, body)('', outgoing);
  });

  const created = createTables(new DynamoDbApi(stub.endpoint), [table('Counters')]);

  await expect(created).rejects.toMatchObject({ exitCode: EXIT.failed, message: expect.stringMatching(message) });
  await stub.close();
});

test('two embedded databases know nothing of each other', async () => {
  const other = await startEmbeddedDynamoDb();
  await createTables(new DynamoDbApi(other.endpoint), [table('Counters')]);

  const here = await tableNames();
  await other.close();

  expect(here).toEqual([]);
  expect(other.endpoint).not.toBe(embedded.endpoint);
});

test('a closed one does not answer any more', async () => {
  const other = await startEmbeddedDynamoDb();

  await other.close();

  await expect(new DynamoDbApi(other.endpoint).call('ListTables', {})).rejects.toMatchObject({ exitCode: 7 });
});
