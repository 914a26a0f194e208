import { engineWithTables, TABLE } from './fixture';

const key = (id: string) => ({ id: { S: id } });
const put = (id: string, more: object = {}) => ({ Put: { TableName: TABLE, Item: key(id), ...more } });
const update = (id: string, UpdateExpression = 'SET n = :v') => ({
  Update: { TableName: TABLE, Key: key(id), UpdateExpression, ExpressionAttributeValues: { ':v': { N: '1' } } },
});
const IF_NEW = { ConditionExpression: 'attribute_not_exists(id)' };
const WITH_ITEM = { ReturnValuesOnConditionCheckFailure: 'ALL_OLD' };

describe('TransactWriteItems', () => {
  test('does all four kinds at once', () => {
    const engine = engineWithTables();
    engine.put(key('gone'));
    const check = { ConditionCheck: { TableName: TABLE, Key: key('absent'), ...IF_NEW } };
    const TransactItems = [put('a'), update('b'), { Delete: { TableName: TABLE, Key: key('gone') } }, check];
    expect(engine.run('TransactWriteItems', { TransactItems })).toEqual({});
    const { Items } = engine.run('Scan', { TableName: TABLE });
    expect(new Set(Items)).toEqual(new Set([key('a'), { ...key('b'), n: { N: '1' } }]));
  });

  test('gives each reason at its place, with the item where it was asked for, and does nothing', () => {
    const engine = engineWithTables();
    engine.put({ ...key('a'), n: { N: '1' } });
    engine.put(key('c'));
    const TransactItems = [
      put('a', { ...IF_NEW, ...WITH_ITEM }),
      put('b'),
      put('c', IF_NEW),
      update('d', 'SET n = zz + :v'),
    ];
    const error = engine.refusal('TransactWriteItems', { TransactItems });
    expect(error.body).toEqual({
      __type: 'com.amazonaws.dynamodb.v20120810#TransactionCanceledException',
      Message:
        'Transaction cancelled, please refer cancellation reasons for specific reasons [ConditionalCheckFailed, None, ConditionalCheckFailed, ValidationError]',
      CancellationReasons: [
        {
          Code: 'ConditionalCheckFailed',
          Message: 'The conditional request failed',
          Item: { ...key('a'), n: { N: '1' } },
        },
        { Code: 'None' },
        { Code: 'ConditionalCheckFailed', Message: 'The conditional request failed' },
        {
          Code: 'ValidationError',
          Message: 'The provided expression refers to an attribute that does not exist in the item',
        },
      ],
    });
    expect(engine.get('b')).toBeUndefined();
  });

  test('a missing item has no item to give', () => {
    const item = put('a', { ConditionExpression: 'attribute_exists(id)', ...WITH_ITEM });
    expect(
      engineWithTables().refusal('TransactWriteItems', { TransactItems: [item] }).details.CancellationReasons,
    ).toEqual([{ Code: 'ConditionalCheckFailed', Message: 'The conditional request failed' }]);
  });

  test('a conflict is a reason of its item', () => {
    const engine = engineWithTables({
      faults: { conflictingItem: (_table, { id }) => JSON.stringify(id).includes('b') },
    });
    const { details } = engine.refusal('TransactWriteItems', { TransactItems: [put('a'), put('b')] });
    expect(details.CancellationReasons?.map(({ Code }) => Code)).toEqual(['None', 'TransactionConflict']);
  });

  const big = { ...key('big'), x: { S: 'y'.repeat(390_000) } };
  test.each<[string, unknown[], string]>([
    ['no actions', [], 'greater than or equal to 1'],
    ['101 actions', Array.from({ length: 101 }, (_, index) => put(`k${index}`)), 'less than or equal to 100'],
    ['two actions on one item', [put('a'), update('a')], 'cannot include multiple operations on one item'],
    ['an empty action', [{}], 'can only contain one of'],
    ['two kinds in one action', [{ ...put('a'), ...update('b') }], 'can only contain one of'],
    [
      'a check without a condition',
      [{ ConditionCheck: { TableName: TABLE, Key: key('a') } }],
      'Member must not be null',
    ],
    [
      'more than 4 MB',
      Array.from({ length: 11 }, (_, index) => ({ Put: { TableName: TABLE, Item: { ...big, ...key(`k${index}`) } } })),
      'cannot exceed 4MB',
    ],
    ['a malformed value', [{ Put: { TableName: TABLE, Item: { ...key('a'), s: { SS: [] } } } }], 'may not be empty'],
    ['an unknown table', [{ Put: { TableName: 'nowhere', Item: key('a') } }], 'resource not found'],
    [
      'return values',
      [{ Put: { TableName: TABLE, Item: key('a'), ReturnValues: 'ALL_OLD' } }],
      'does not imitate ReturnValues',
    ],
  ])('refuses %s as a whole', (_what, TransactItems, message) => {
    expect(engineWithTables().refusal('TransactWriteItems', { TransactItems }).message).toContain(message);
  });

  test('a key of another type is the reason of its item', () => {
    const TransactItems = [put('a'), { Put: { TableName: TABLE, Item: { id: { N: '1' } } } }];
    const { details } = engineWithTables().refusal('TransactWriteItems', { TransactItems });
    expect(details.CancellationReasons?.map(({ Code }) => Code)).toEqual(['None', 'ValidationError']);
  });

  test('a request token makes it happen once in ten minutes by the clock', () => {
    let now = 1_790_000_000_000;
    const engine = engineWithTables({ clock: { now: () => now } });
    const count = { TransactItems: [update('a', 'ADD n :v')], ClientRequestToken: 'token' };
    engine.run('TransactWriteItems', count);
    now += 10 * 60 * 1000 - 1;
    engine.run('TransactWriteItems', count);
    expect(engine.get('a').n).toEqual({ N: '1' });
    expect(engine.refusal('TransactWriteItems', { ...count, TransactItems: [put('b')] }).name).toBe(
      'IdempotentParameterMismatchException',
    );
    now += 1;
    engine.run('TransactWriteItems', count);
    expect(engine.get('a').n).toEqual({ N: '2' });
  });

  test('a failure leaves its token free', () => {
    const engine = engineWithTables();
    engine.put(key('a'));
    const input = { TransactItems: [put('a', IF_NEW)], ClientRequestToken: 'token' };
    expect(engine.refusal('TransactWriteItems', input).name).toBe('TransactionCanceledException');
    engine.run('DeleteItem', { TableName: TABLE, Key: key('a') });
    engine.run('TransactWriteItems', input);
    expect(engine.get('a')).toEqual(key('a'));
    for (const ClientRequestToken of ['', 'x'.repeat(37)]) {
      expect(engine.refusal('TransactWriteItems', { ...input, ClientRequestToken }).message).toContain(
        'less than or equal to 36',
      );
    }
  });
});

describe('TransactGetItems', () => {
  test('answers at the place of each key', () => {
    const engine = engineWithTables();
    engine.put(key('a'));
    const get = (id: string) => ({ Get: { TableName: TABLE, Key: key(id) } });
    expect(engine.run('TransactGetItems', { TransactItems: [get('b'), get('a')] })).toEqual({
      Responses: [{}, { Item: key('a') }],
    });
    expect(engine.refusal('TransactGetItems', { TransactItems: [get('a'), get('a')] }).message).toContain(
      'multiple operations',
    );
  });

  test('a key that does not fit its table is the reason of its item', () => {
    const wrong = [{}, { id: { N: '1' } }, { ...key('a'), x: { S: 'a' } }].map((Key) => ({
      Get: { TableName: TABLE, Key },
    }));
    const right = { Get: { TableName: TABLE, Key: key('a') } };
    const { name, details } = engineWithTables().refusal('TransactGetItems', { TransactItems: [right, ...wrong] });
    const mismatch = { Code: 'ValidationError', Message: 'The provided key element does not match the schema' };
    expect(name).toBe('TransactionCanceledException');
    expect(details.CancellationReasons).toEqual([{ Code: 'None' }, mismatch, mismatch, mismatch]);
  });

  test('gives 4 MB at most', () => {
    const engine = engineWithTables();
    const TransactItems = Array.from({ length: 11 }, (_, index) => ({
      Get: { TableName: TABLE, Key: key(`k${index}`) },
    }));
    for (let index = 0; index < 11; index += 1) engine.put({ ...key(`k${index}`), x: { S: 'y'.repeat(400_000) } });
    expect(engine.run('TransactGetItems', { TransactItems: TransactItems.slice(1) }).Responses).toHaveLength(10);
    expect(engine.refusal('TransactGetItems', { TransactItems }).message).toContain('too large');
  });
});
