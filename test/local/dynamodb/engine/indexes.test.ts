import { TestEngine } from './fixture';

const hash = (AttributeName: string) => ({ AttributeName, KeyType: 'HASH' });
const range = (AttributeName: string) => ({ AttributeName, KeyType: 'RANGE' });
const defined = (AttributeName: string, AttributeType = 'S') => ({ AttributeName, AttributeType });
const s = (text: string) => ({ S: text });
const n = (number: number) => ({ N: String(number) });

const TableName = 'Orders';
const ALL = { Projection: { ProjectionType: 'ALL' } };
const GLOBAL = { IndexName: 'by-city', KeySchema: [hash('city'), range('size')], ...ALL };
const LOCAL = {
  IndexName: 'by-size',
  KeySchema: [hash('id'), range('size')],
  Projection: { ProjectionType: 'INCLUDE', NonKeyAttributes: ['x'] },
};
const DEFINITIONS = [defined('id'), defined('r', 'N'), defined('city'), defined('size', 'N')];
const table = (more: object = {}) => ({
  TableName,
  KeySchema: [hash('id'), range('r')],
  AttributeDefinitions: DEFINITIONS,
  BillingMode: 'PAY_PER_REQUEST',
  GlobalSecondaryIndexes: [GLOBAL],
  LocalSecondaryIndexes: [LOCAL],
  ...more,
});
const many = (count: number, index: object) =>
  Array.from({ length: count }, (_, place) => ({ ...index, IndexName: `index-${place}` }));

describe('CreateTable with indexes', () => {
  test('describes them as they were asked for', () => {
    const engine = new TestEngine();
    engine.run('CreateTable', table());
    engine.run('PutItem', { TableName, Item: { id: s('a'), r: n(1), city: s('Oslo') } });
    const { Table } = engine.run('DescribeTable', { TableName });

    expect(Table.AttributeDefinitions).toEqual(DEFINITIONS);
    expect(Table.GlobalSecondaryIndexes).toEqual([
      {
        ...GLOBAL,
        IndexArn: `${Table.TableArn}/index/by-city`,
        IndexStatus: 'ACTIVE',
        ItemCount: 0,
        IndexSizeBytes: 0,
      },
    ]);
    expect(Table.LocalSecondaryIndexes).toEqual([
      { ...LOCAL, IndexArn: `${Table.TableArn}/index/by-size`, ItemCount: 0, IndexSizeBytes: 0 },
    ]);
    expect(Table.ItemCount).toBe(1);
  });

  test('counts what is in an index', () => {
    const engine = new TestEngine();
    engine.run('CreateTable', table());
    engine.run('PutItem', { TableName, Item: { id: s('a'), r: n(1), city: s('Oslo'), size: n(1), y: s('left out') } });
    const { Table } = engine.run('DescribeTable', { TableName });

    // Names and values: id a, r 1, city Oslo, size 1, and in the table y too.
    expect(Table.GlobalSecondaryIndexes[0]).toMatchObject({ ItemCount: 1, IndexSizeBytes: 3 + 3 + 8 + 6 + 9 });
    expect(Table.LocalSecondaryIndexes[0]).toMatchObject({ ItemCount: 1, IndexSizeBytes: 3 + 3 + 6 });
  });

  const global = (more: object) => table({ GlobalSecondaryIndexes: [{ ...GLOBAL, ...more }] });
  const local = (more: object) => table({ LocalSecondaryIndexes: [{ ...LOCAL, ...more }] });
  test.each<[string, object, string]>([
    ['an empty list of global ones', table({ GlobalSecondaryIndexes: [] }), 'List of GlobalSecondaryIndexes is empty'],
    ['an empty list of local ones', table({ LocalSecondaryIndexes: [] }), 'List of LocalSecondaryIndexes is empty'],
    ['a name that is too short', global({ IndexName: 'ab' }), 'Invalid table/index name'],
    ['no name', global({ IndexName: undefined }), 'Invalid table/index name'],
    ['one name twice', table({ GlobalSecondaryIndexes: [GLOBAL, GLOBAL] }), 'Duplicate index name'],
    ['one name for a global and a local one', local({ IndexName: 'by-city' }), 'Duplicate index name'],
    ['no key', global({ KeySchema: undefined }), 'No defined key schema'],
    ['a range key alone', global({ KeySchema: [range('city')] }), 'No Hash Key specified'],
    ['a key without a definition', global({ KeySchema: [hash('nowhere')] }), 'nowhere of the index by-city is not'],
    ['no projection', global({ Projection: undefined }), 'must have a projection'],
    ['an empty projection', global({ Projection: {} }), 'must have a projection'],
    ['an unknown projection', global({ Projection: { ProjectionType: 'SOME' } }), 'must be INCLUDE, ALL, or KEYS_ONLY'],
    [
      'attributes beside ALL',
      global({ Projection: { ProjectionType: 'ALL', NonKeyAttributes: ['x'] } }),
      'ProjectionType is ALL, but NonKeyAttributes is specified',
    ],
    [
      'INCLUDE of nothing',
      global({ Projection: { ProjectionType: 'INCLUDE', NonKeyAttributes: [] } }),
      'ProjectionType is INCLUDE, but NonKeyAttributes is not specified',
    ],
    [
      'an attribute twice',
      global({ Projection: { ProjectionType: 'INCLUDE', NonKeyAttributes: ['x', 'x'] } }),
      'two attributes with the same name',
    ],
    [
      'more than 100 projected attributes',
      table({
        GlobalSecondaryIndexes: many(10, {
          ...GLOBAL,
          Projection: { ProjectionType: 'INCLUDE', NonKeyAttributes: [...'abcdefghij'] },
        }),
      }),
      'No more than 100',
    ],
    ['21 global ones', table({ GlobalSecondaryIndexes: many(21, GLOBAL) }), 'at most 20'],
    ['6 local ones', table({ LocalSecondaryIndexes: many(6, LOCAL) }), 'at most 5'],
    ['a local one with another hash key', local({ KeySchema: [hash('city'), range('size')] }), 'the same hash key'],
    ['a local one without a range key', local({ KeySchema: [hash('id')] }), 'must have a range key'],
    [
      'a local one on a table without a range key',
      table({ KeySchema: [hash('id')], AttributeDefinitions: [DEFINITIONS[0], ...DEFINITIONS.slice(2)] }),
      'not allowed on hash tables',
    ],
  ])('refuses %s', (_what, input, message) => {
    const error = new TestEngine().refusal('CreateTable', input);
    expect(error.name).toBe('ValidationException');
    expect(error.message).toContain(message);
  });

  test.each([
    ['ProvisionedThroughput', { ProvisionedThroughput: { ReadCapacityUnits: 1, WriteCapacityUnits: 1 } }],
    ['OnDemandThroughput', { OnDemandThroughput: { MaxReadRequestUnits: 1 } }],
  ])('refuses %s of an index by its name', (name, more) => {
    const error = new TestEngine().refusal('CreateTable', global(more));
    expect(error.name).toBe('NotInEngineException');
    expect(error.message).toContain(`${name} of GlobalSecondaryIndexes[0]`);
  });

  test('takes as many as are allowed', () => {
    new TestEngine().run(
      'CreateTable',
      table({ GlobalSecondaryIndexes: many(20, GLOBAL), LocalSecondaryIndexes: [LOCAL] }),
    );
  });
});

describe('a write whose attribute is the key of an index', () => {
  const KEY = { id: s('a'), r: n(1) };
  const created = () => {
    const engine = new TestEngine();
    engine.run('CreateTable', table());
    return engine;
  };
  const put = (more: object) => ({ TableName, Item: { ...KEY, ...more } });
  const update = (value: object, more: object = {}) => ({
    TableName,
    Key: KEY,
    UpdateExpression: 'SET city = :v',
    ExpressionAttributeValues: { ':v': value },
    ...more,
  });
  const TYPE =
    'One or more parameter values were invalid: Type mismatch for Index Key city Expected: S Actual: N IndexName: by-city';
  const EMPTY = 'The AttributeValue for a key attribute cannot contain an empty string value.';

  // The service's own texts: paritysuite/dynamodb-conformance, error-messages.
  test.each<[string, string, object, string]>([
    ['PutItem', 'another type', put({ city: n(1) }), TYPE],
    ['PutItem', 'no scalar', put({ size: { L: [] } }), 'Type mismatch for Index Key size Expected: N Actual: L'],
    [
      'PutItem',
      'an empty string',
      put({ city: s('') }),
      `One or more parameter values are not valid. A value specified for a secondary index key is not supported. ${EMPTY} IndexName: by-city, IndexKey: city`,
    ],
    [
      'PutItem',
      'a long string',
      put({ city: s('x'.repeat(2049)) }),
      '2048 bytes for the key city of the index by-city',
    ],
    ['UpdateItem', 'another type', update(n(1)), TYPE],
    [
      'UpdateItem',
      'an empty string',
      update(s('')),
      `One or more parameter values are not valid. The update expression attempted to update a secondary index key to a value that is not supported. ${EMPTY}`,
    ],
    [
      'UpdateItem',
      'a part of it',
      update(s('x'), { UpdateExpression: 'SET city.x = :v' }),
      'Key attributes must be scalars',
    ],
    [
      'UpdateItem',
      'a condition on a part of it',
      update(s('x'), { ConditionExpression: 'attribute_exists(city.x)' }),
      'IndexKey: city',
    ],
    [
      'ExecuteStatement',
      'another type',
      { Statement: `INSERT INTO "${TableName}" VALUE {'id': 'a', 'r': 1, 'city': 1}` },
      TYPE,
    ],
    [
      'BatchWriteItem',
      'another type',
      { RequestItems: { [TableName]: [{ PutRequest: { Item: put({ city: n(1) }).Item } }] } },
      TYPE,
    ],
  ])('is refused by %s with %s', (operation, _what, input, message) => {
    const engine = created();
    const error = engine.refusal(operation, input);
    expect(error.name).toBe('ValidationException');
    expect(error.message).toContain(message);
    expect(engine.run('Scan', { TableName }).Items).toEqual([]);
  });

  test('is looked at before the condition of a put, and after that of an update', () => {
    const engine = created();
    const unmet = { ConditionExpression: 'attribute_exists(nowhere)' };
    expect(engine.refusal('PutItem', { ...put({ city: n(1) }), ...unmet }).name).toBe('ValidationException');
    expect(engine.refusal('UpdateItem', { ...update(n(1)), ...unmet }).name).toBe('ConditionalCheckFailedException');
  });

  test('cancels a transaction for its type, and makes it malformed for its emptiness', () => {
    const engine = created();
    const transact = (item: object) => engine.refusal('TransactWriteItems', { TransactItems: [item] });
    for (const item of [{ Put: put({ city: n(1) }) }, { Update: update(n(1)) }]) {
      expect(transact(item).details.CancellationReasons).toEqual([{ Code: 'ValidationError', Message: TYPE }]);
    }
    for (const item of [{ Put: put({ city: s('') }) }, { Update: update(s('')) }]) {
      expect(transact(item).name).toBe('ValidationException');
    }
  });

  test('may lack it: the item is not in the index then', () => {
    const engine = created();
    engine.run('PutItem', put({ city: s('Oslo') }));
    expect(engine.run('Scan', { TableName, IndexName: 'by-city' })).toMatchObject({ Count: 0, ScannedCount: 0 });
    engine.run('UpdateItem', {
      TableName,
      Key: KEY,
      UpdateExpression: 'SET size = :v',
      ExpressionAttributeValues: { ':v': n(3) },
    });
    expect(engine.run('Scan', { TableName, IndexName: 'by-city' }).Items).toEqual([
      { ...KEY, city: s('Oslo'), size: n(3) },
    ]);
    engine.run('UpdateItem', { TableName, Key: KEY, UpdateExpression: 'REMOVE city' });
    expect(engine.run('Scan', { TableName, IndexName: 'by-city' }).Items).toEqual([]);
  });
});
