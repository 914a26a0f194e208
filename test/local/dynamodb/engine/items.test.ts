import { engineWithTables, RANGE_TABLE, TABLE } from './fixture';

const id = { S: 'a' };

// Expected: measured with DynamoDB Local 3.1.0.
describe('PutItem', () => {
  test('replaces the item and gives the old one if asked', () => {
    const engine = engineWithTables();
    expect(engine.put({ id, n: { N: '1.0' } }, { ReturnValues: 'ALL_OLD' })).toEqual({});
    expect(engine.put({ id }, { ReturnValues: 'ALL_OLD' })).toEqual({ Attributes: { id, n: { N: '1' } } });
    expect(engine.get('a')).toEqual({ id });
  });

  test('an unmet condition gives the item that stood in the way only if asked', () => {
    const engine = engineWithTables();
    engine.put({ id, n: { N: '1' } });
    const input = { TableName: TABLE, Item: { id }, ConditionExpression: 'attribute_not_exists(id)' };

    expect(engine.refusal('PutItem', input).body).toEqual({
      __type: 'com.amazonaws.dynamodb.v20120810#ConditionalCheckFailedException',
      message: 'The conditional request failed',
    });
    expect(engine.refusal('PutItem', { ...input, ReturnValuesOnConditionCheckFailure: 'ALL_OLD' }).body).toEqual({
      __type: 'com.amazonaws.dynamodb.v20120810#ConditionalCheckFailedException',
      message: 'The conditional request failed',
      Item: { id, n: { N: '1' } },
    });
  });

  test.each<[string, object, string]>([
    ['no key', { x: { S: '1' } }, 'Missing the key id in the item'],
    ['a key of another type', { id: { N: '1' } }, 'Type mismatch for key id expected: S actual: N'],
    ['an empty key', { id: { S: '' } }, 'cannot contain an empty string value. Key: id'],
    ['a long key', { id: { S: 'k'.repeat(2049) } }, 'maximum size limit of 2048 bytes'],
    ['an empty set', { id, s: { SS: [] } }, 'An string set  may not be empty'],
    ['a set with one string twice', { id, s: { SS: ['a', 'a'] } }, 'contains duplicates'],
    ['a set with one number twice', { id, s: { NS: ['1', '1.0'] } }, 'contains duplicates'],
    ['a null that is none', { id, s: { NULL: false } }, 'must have the value of true'],
    ['a number that is none', { id, s: { N: 'x' } }, 'cannot be converted into a number'],
    ['39 digits', { id, s: { N: '1'.repeat(39) } }, 'precision up to 38 digits'],
    ['no type', { id, s: {} }, 'is empty, must contain exactly one'],
    ['two types', { id, s: { S: 'a', N: '1' } }, 'more than one datatypes set'],
    ['an unknown type', { id, s: { Q: 'a' } }, 'is empty, must contain exactly one'],
    ['an empty name', { id, '': { S: 'a' } }, 'Empty attribute name'],
    ['a list that nests too deep', { id, l: nested(32) }, 'Nesting Levels have exceeded supported limits'],
    ['more than 400 KB', { id, x: { S: 'y'.repeat(409_597) } }, 'Item size has exceeded the maximum allowed size'],
  ])('refuses %s', (_what, Item, message) => {
    const error = engineWithTables().refusal('PutItem', { TableName: TABLE, Item });
    expect(error.body).toMatchObject({ __type: 'com.amazon.coral.validate#ValidationException' });
    expect(error.message).toContain(message);
  });

  test('takes what is just allowed', () => {
    const engine = engineWithTables();
    engine.put({ id, x: { S: 'y'.repeat(409_596) } });
    engine.put({ id, l: nested(31), s: { S: '' }, b: { B: '' }, e: { L: [] }, m: { M: {} }, __proto__x: { S: '' } });
  });

  test('an attribute may be called __proto__', () => {
    const engine = engineWithTables();
    const item = JSON.parse('{"id":{"S":"a"},"__proto__":{"S":"x"}}');
    engine.put(item);
    expect(JSON.stringify(engine.get('a'))).toBe(JSON.stringify(item));
  });

  test('keys that are equal as numbers are one key', () => {
    const engine = engineWithTables();
    engine.run('PutItem', { TableName: RANGE_TABLE, Item: { id, r: { N: '1' } } });
    engine.run('PutItem', { TableName: RANGE_TABLE, Item: { id, r: { N: '1.0' }, s: { S: 'second' } } });
    expect(engine.run('Scan', { TableName: RANGE_TABLE }).Items).toEqual([{ id, r: { N: '1' }, s: { S: 'second' } }]);
  });
});

function nested(levels: number): object {
  return levels === 0 ? { N: '1' } : { L: [nested(levels - 1)] };
}

describe('GetItem and DeleteItem', () => {
  test('the key is exactly the key attributes', () => {
    const engine = engineWithTables();
    const message = 'The provided key element does not match the schema';
    expect(engine.refusal('GetItem', { TableName: TABLE, Key: {} }).message).toBe(message);
    expect(engine.refusal('GetItem', { TableName: TABLE, Key: { id, x: id } }).message).toBe(message);
    expect(engine.refusal('DeleteItem', { TableName: TABLE, Key: { x: id } }).message).toBe(message);
    expect(engine.refusal('GetItem', { TableName: 'nowhere', Key: { id } }).name).toBe('ResourceNotFoundException');
    expect(engine.refusal('GetItem', { TableName: 'no where', Key: { id } }).name).toBe('ValidationException');
    expect(engine.refusal('GetItem', { Key: { id } }).message).toContain("Value null at 'tableName'");
    const arn = 'arn:aws:dynamodb:eu-west-1:000000000000:table/Claims';
    expect(engine.refusal('GetItem', { TableName: arn, Key: { id } }).message).toContain(
      `the ARN of a table in the place`,
    );
  });

  test('a missing item is an answer without an item', () => {
    const engine = engineWithTables();
    const input = { TableName: TABLE, Key: { id } };
    expect(engine.run('GetItem', input)).toEqual({});
    expect(engine.run('DeleteItem', { ...input, ReturnValues: 'ALL_OLD' })).toEqual({});
  });

  test('a projection gives what it names', () => {
    const engine = engineWithTables();
    engine.put({ id, m: { M: { x: { N: '1' }, y: { N: '2' } } }, l: { L: [{ N: '0' }, { N: '1' }, { N: '2' }] } });
    const input = { TableName: TABLE, Key: { id }, ExpressionAttributeNames: { '#x': 'x' } };
    expect(engine.run('GetItem', { ...input, ProjectionExpression: 'm.#x, l[2], l[0], z' })).toEqual({
      Item: { m: { M: { x: { N: '1' } } }, l: { L: [{ N: '0' }, { N: '2' }] } },
    });
    expect(engine.refusal('GetItem', { ...input, ProjectionExpression: 'm.#x, m' }).message).toContain('overlap');
  });

  test('a deletion gives the old item', () => {
    const engine = engineWithTables();
    engine.put({ id });
    const input = { TableName: TABLE, Key: { id }, ReturnValues: 'ALL_OLD' };
    const conditional = { ...input, ConditionExpression: 'attribute_not_exists(id)' };
    expect(
      engine.refusal('DeleteItem', { ...conditional, ReturnValuesOnConditionCheckFailure: 'ALL_OLD' }).details,
    ).toEqual({ Item: { id } });
    expect(engine.run('DeleteItem', input)).toEqual({ Attributes: { id } });
    expect(engine.get('a')).toBeUndefined();
  });
});

describe('Scan', () => {
  test('pages by Limit and goes on after any key, also one that is gone', () => {
    const engine = engineWithTables();
    const all = Array.from({ length: 10 }, (_, index) => `k${index}`);
    for (const key of all) engine.put({ id: { S: key } });
    const seen: string[] = [];
    let ExclusiveStartKey: { id: { S: string } } | undefined;
    do {
      const page = engine.run('Scan', { TableName: TABLE, Limit: 3, ...(ExclusiveStartKey && { ExclusiveStartKey }) });
      for (const item of page.Items) seen.push(item.id.S);
      ExclusiveStartKey = page.LastEvaluatedKey;
      if (ExclusiveStartKey) engine.run('DeleteItem', { TableName: TABLE, Key: ExclusiveStartKey });
    } while (ExclusiveStartKey);
    expect(seen.sort()).toEqual(all);
  });

  test('a page that ends with the table says so only in the next one', () => {
    const engine = engineWithTables();
    engine.put({ id });
    const page = engine.run('Scan', { TableName: TABLE, Limit: 1 });
    expect(page.LastEvaluatedKey).toEqual({ id });
    expect(engine.run('Scan', { TableName: TABLE, ExclusiveStartKey: { id } })).toEqual({
      Items: [],
      Count: 0,
      ScannedCount: 0,
    });
  });

  test('a page ends at 1 MB', () => {
    const engine = engineWithTables();
    for (const key of ['a', 'b', 'c', 'd']) engine.put({ id: { S: key }, x: { S: 'y'.repeat(400_000) } });
    expect(engine.run('Scan', { TableName: TABLE })).toMatchObject({ Count: 3, LastEvaluatedKey: { id: {} } });
  });

  test('a filter counts what it left out', () => {
    const engine = engineWithTables();
    engine.put({ id, n: { N: '1' } });
    engine.put({ id: { S: 'b' } });
    const filtered = { TableName: TABLE, FilterExpression: 'attribute_exists(n)' };
    expect(engine.run('Scan', filtered)).toEqual({ Items: [{ id, n: { N: '1' } }], Count: 1, ScannedCount: 2 });
    expect(engine.run('Scan', { ...filtered, Select: 'COUNT' })).toEqual({ Count: 1, ScannedCount: 2 });
    expect(engine.refusal('Scan', { TableName: TABLE, Limit: 0 }).message).toContain('greater than or equal to 1');
  });
});

describe('BatchGetItem', () => {
  const keys = (...ids: string[]) => ids.map((each) => ({ id: { S: each } }));

  test('gives what exists; keys held back come back unprocessed', () => {
    const engine = engineWithTables({
      faults: { unprocessedKey: (_table, key) => JSON.stringify(key).includes('"b"') },
    });
    engine.put({ id });
    engine.put({ id: { S: 'b' } });
    const RequestItems = { [TABLE]: { Keys: keys('a', 'b', 'c'), ConsistentRead: true } };
    expect(engine.run('BatchGetItem', { RequestItems })).toEqual({
      Responses: { [TABLE]: [{ id }] },
      UnprocessedKeys: { [TABLE]: { Keys: keys('b'), ConsistentRead: true } },
    });
  });

  test('gives 16 MB at most, and leaves the rest unprocessed', () => {
    const engine = engineWithTables();
    const all = keys(...Array.from({ length: 60 }, (_, index) => `k${index}`));
    for (const key of all) engine.put({ ...key, x: { S: 'y'.repeat(400_000) } });
    const { Responses, UnprocessedKeys } = engine.run('BatchGetItem', { RequestItems: { [TABLE]: { Keys: all } } });
    // 41 items of 400,005 bytes.
    expect(Responses[TABLE]).toHaveLength(41);
    expect(UnprocessedKeys[TABLE].Keys).toEqual(all.slice(41));
  });

  test.each<[string, object, string]>([
    ['no requests', {}, 'must have some requests set'],
    ['no keys', { [TABLE]: { Keys: [] } }, 'has empty list'],
    ['one key twice', { [TABLE]: { Keys: keys('a', 'a') } }, 'Provided list of item keys contains duplicates'],
    [
      '101 keys',
      { [TABLE]: { Keys: keys(...Array.from({ length: 101 }, (_, index) => `${index}`)) } },
      'Too many items requested',
    ],
    ['an unknown table', { nowhere: { Keys: keys('a') } }, 'resource not found'],
    [
      'an unknown parameter',
      { [TABLE]: { Keys: keys('a'), AttributesToGet: ['id'] } },
      'does not imitate AttributesToGet',
    ],
  ])('refuses %s', (_what, RequestItems, message) => {
    expect(engineWithTables().refusal('BatchGetItem', { RequestItems }).message).toContain(message);
  });
});

describe('BatchWriteItem', () => {
  const puts = (...ids: string[]) => ids.map((each) => ({ PutRequest: { Item: { id: { S: each } } } }));

  test('puts and deletes; writes held back come back unprocessed', () => {
    const engine = engineWithTables({
      faults: { unprocessedWrite: (_table, key) => JSON.stringify(key).includes('"b"') },
    });
    engine.put({ id });
    const requests = [...puts('b', 'c'), { DeleteRequest: { Key: { id } } }];
    expect(engine.run('BatchWriteItem', { RequestItems: { [TABLE]: requests } })).toEqual({
      UnprocessedItems: { [TABLE]: puts('b') },
    });
    expect(engine.run('Scan', { TableName: TABLE }).Items).toEqual([{ id: { S: 'c' } }]);
  });

  test('one bad member stops them all', () => {
    const engine = engineWithTables();
    const requests = [...puts('a'), { PutRequest: { Item: { id: { N: '1' } } } }];
    expect(engine.refusal('BatchWriteItem', { RequestItems: { [TABLE]: requests } }).message).toContain(
      'Type mismatch',
    );
    expect(engine.get('a')).toBeUndefined();
  });

  test.each<[string, object[], string]>([
    ['no requests', [], 'cannot be null or empty'],
    ['one item twice', [...puts('a'), { DeleteRequest: { Key: { id } } }], 'contains duplicates'],
    ['26 requests', puts(...Array.from({ length: 26 }, (_, index) => `${index}`)), 'Too many items requested'],
    ['an empty request', [{}], 'exactly one of PutRequest and DeleteRequest'],
  ])('refuses %s', (_what, requests, message) => {
    expect(engineWithTables().refusal('BatchWriteItem', { RequestItems: { [TABLE]: requests } }).message).toContain(
      message,
    );
  });
});
