import { engineWithTables, TABLE, TestEngine } from './fixture';

const HASH = { AttributeName: 'id', KeyType: 'HASH' };
const ID = { AttributeName: 'id', AttributeType: 'S' };
const RANGE = { AttributeName: 'r', KeyType: 'RANGE' };
const R = { AttributeName: 'r', AttributeType: 'N' };
const table = (more: object = {}) => ({
  TableName: 'Fresh',
  KeySchema: [HASH],
  AttributeDefinitions: [ID],
  BillingMode: 'PAY_PER_REQUEST',
  ...more,
});

describe('tables', () => {
  test('are active at once, listed in order and gone when deleted', () => {
    const engine = engineWithTables({ clock: { now: () => 1_790_000_000_500 } });
    expect(engine.run('CreateTable', table()).TableDescription).toMatchObject({
      TableName: 'Fresh',
      TableStatus: 'ACTIVE',
    });
    expect(engine.run('DescribeTable', { TableName: TABLE }).Table).toMatchObject({
      TableStatus: 'ACTIVE',
      KeySchema: [HASH],
      AttributeDefinitions: [ID],
      ItemCount: 0,
      CreationDateTime: 1_790_000_000.5,
    });
    expect(engine.run('ListTables', { Limit: 2 })).toEqual({
      TableNames: ['Claims', 'Fresh'],
      LastEvaluatedTableName: 'Fresh',
    });
    expect(engine.run('ListTables', { ExclusiveStartTableName: 'Fresh' })).toEqual({ TableNames: ['Ranges'] });
    engine.run('DeleteTable', { TableName: 'Fresh' });
    expect(engine.refusal('DescribeTable', { TableName: 'Fresh' }).name).toBe('ResourceNotFoundException');
    expect(engine.refusal('DeleteTable', { TableName: 'Fresh' }).name).toBe('ResourceNotFoundException');
  });

  test.each<[string, object, string, string]>([
    ['one that exists', table({ TableName: TABLE }), 'ResourceInUseException', 'preexisting'],
    ['a bad name', table({ TableName: 'x!' }), 'ValidationException', 'Invalid table/index name'],
    ['no name', table({ TableName: undefined }), 'ValidationException', 'Invalid table/index name'],
    ['no definition', table({ AttributeDefinitions: [] }), 'ValidationException', 'No Attribute Schema'],
    [
      'a surplus definition',
      table({ AttributeDefinitions: [ID, { ...ID, AttributeName: 'z' }] }),
      'ValidationException',
      'not used: [z]',
    ],
    ['a missing definition', table({ AttributeDefinitions: [R] }), 'ValidationException', 'type unknown'],
    ['two definitions of one', table({ AttributeDefinitions: [ID, ID] }), 'ValidationException', 'the same name'],
    [
      'a key of another type',
      table({ AttributeDefinitions: [{ ...ID, AttributeType: 'SS' }] }),
      'ValidationException',
      'enum value set: [B, N, S]',
    ],
    [
      'a long name of an attribute',
      table({ AttributeDefinitions: [{ ...ID, AttributeName: 'x'.repeat(256) }] }),
      'ValidationException',
      'between 1 and 255',
    ],
    ['no key', table({ KeySchema: [] }), 'ValidationException', 'No defined key schema'],
    ['a range key first', table({ KeySchema: [RANGE] }), 'ValidationException', 'No Hash Key specified'],
    [
      'two hash keys',
      table({ KeySchema: [HASH, { ...RANGE, KeyType: 'HASH' }], AttributeDefinitions: [ID, R] }),
      'ValidationException',
      'Too many hash keys',
    ],
    ['three key attributes', table({ KeySchema: [HASH, RANGE, RANGE] }), 'ValidationException', 'Key Schema too big'],
    [
      'one attribute as both keys',
      table({ KeySchema: [HASH, { ...HASH, KeyType: 'RANGE' }] }),
      'ValidationException',
      'have the same name',
    ],
    ['provisioned capacity', table({ BillingMode: 'PROVISIONED' }), 'NotInEngineException', 'PAY_PER_REQUEST'],
    ['no billing mode', table({ BillingMode: undefined }), 'NotInEngineException', 'PAY_PER_REQUEST'],
    ['a stream', table({ StreamSpecification: {} }), 'NotInEngineException', 'StreamSpecification of CreateTable'],
  ])('refuses %s', (_what, input, name, message) => {
    const error = engineWithTables().refusal('CreateTable', input);
    expect(error.name).toBe(name);
    expect(error.message).toContain(message);
  });

  test('keep a TTL setting and delete nothing by it', () => {
    const engine = engineWithTables();
    const TimeToLiveSpecification = { AttributeName: 'expiration', Enabled: true };
    const input = { TableName: TABLE, TimeToLiveSpecification };
    expect(engine.run('DescribeTimeToLive', { TableName: TABLE })).toEqual({
      TimeToLiveDescription: { TimeToLiveStatus: 'DISABLED' },
    });
    expect(engine.run('UpdateTimeToLive', input)).toEqual({ TimeToLiveSpecification });
    expect(engine.run('DescribeTimeToLive', { TableName: TABLE })).toEqual({
      TimeToLiveDescription: { TimeToLiveStatus: 'ENABLED', AttributeName: 'expiration' },
    });
    expect(engine.refusal('UpdateTimeToLive', input).message).toBe('TimeToLive is already enabled');
    engine.put({ id: { S: 'a' }, expiration: { N: '1' } });
    expect(engine.get('a')).toBeDefined();
  });
});

describe('what the engine does not imitate it refuses by name', () => {
  test('operations', () => {
    for (const operation of ['TagResource', 'UpdateTable', 'UpdateContinuousBackups', 'toString']) {
      const error = new TestEngine().refusal(operation, {});
      expect(error.name).toBe('UnknownOperationException');
      expect(error.message).toContain(`the operation ${operation}. It knows BatchExecuteStatement, BatchGetItem,`);
      expect(error.message).toContain('Use DynamoDB Local for the rest (--dynamodb URL).');
    }
  });

  test.each<[string, object]>([
    ['Expected', { TableName: TABLE, Item: { id: { S: 'a' } }, Expected: {} }],
    ['ReturnConsumedCapacity', { TableName: TABLE, Item: { id: { S: 'a' } }, ReturnConsumedCapacity: 'TOTAL' }],
  ])('the parameter %s', (name, input) => {
    const error = engineWithTables().refusal('PutItem', input);
    expect(error.name).toBe('NotInEngineException');
    expect(error.message).toContain(`${name} of PutItem. It accepts TableName, ConditionExpression,`);
  });

  test('a parameter that asks for nothing is taken', () => {
    engineWithTables().put({ id: { S: 'a' } }, { ReturnConsumedCapacity: 'NONE', Expected: undefined });
  });
});
