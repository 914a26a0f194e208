import { engineWithTables, TABLE, type TestEngine } from './fixture';

const ITEM = {
  id: { S: 'a' },
  n: { N: '5' },
  s: { S: 'hello' },
  m: { M: { x: { N: '1' } } },
  l: { L: [{ N: '0' }, { N: '1' }, { N: '2' }] },
  ss: { SS: ['a', 'b'] },
};
const ONE = { ':v': { N: '1' } };

function input(
  UpdateExpression: string | undefined,
  values: object | undefined,
  ReturnValues: string,
  key = 'a',
): object {
  return {
    TableName: TABLE,
    Key: { id: { S: key } },
    ReturnValues,
    ...(UpdateExpression !== undefined && { UpdateExpression }),
    ...(values && { ExpressionAttributeValues: values }),
  };
}

function withItem(): TestEngine {
  const engine = engineWithTables();
  engine.put(ITEM);
  return engine;
}

// Expected: measured with DynamoDB Local 3.1.0.
describe('UpdateItem', () => {
  test.each<[string, object | undefined, object | undefined]>([
    ['SET n = n + :v', ONE, { n: { N: '6' } }],
    ['SET n = n - :v', ONE, { n: { N: '4' } }],
    ['SET n = (n + :v)', ONE, { n: { N: '6' } }],
    ['SET zz = if_not_exists(zz, :v) + :v', ONE, { zz: { N: '2' } }],
    ['SET n = if_not_exists(n, :v)', ONE, { n: { N: '5' } }],
    ['SET n = s, s = n', undefined, { n: { S: 'hello' }, s: { N: '5' } }],
    ['set n = :v remove s', ONE, { n: { N: '1' } }],
    ['SET m.x = :v, m.y = :v', ONE, { m: { M: { x: { N: '1' }, y: { N: '1' } } } }],
    ['SET l[9] = :a, l[5] = :b', { ':a': { S: 'nine' }, ':b': { S: 'five' } }, undefined],
    [
      'SET l = list_append(l, :v)',
      { ':v': { L: [{ N: '9' }] } },
      { l: { L: [{ N: '0' }, { N: '1' }, { N: '2' }, { N: '9' }] } },
    ],
    ['SET l = list_append(if_not_exists(zz, :v), l)', { ':v': { L: [] } }, { l: ITEM.l }],
    ['REMOVE l[0], l[1]', undefined, { l: { L: [{ N: '2' }] } }],
    ['REMOVE s', undefined, undefined],
    ['REMOVE zz', undefined, undefined],
    ['ADD n :v', ONE, { n: { N: '6' } }],
    ['ADD zz :v', ONE, { zz: { N: '1' } }],
    ['ADD ss :v', { ':v': { SS: ['c', 'b'] } }, { ss: { SS: ['a', 'b', 'c'] } }],
    ['DELETE ss :v', { ':v': { SS: ['b', 'zz'] } }, { ss: { SS: ['a'] } }],
    ['DELETE ss :v', { ':v': { SS: ['b', 'a'] } }, undefined],
    ['DELETE zz :v', { ':v': { SS: ['b', 'a'] } }, undefined],
    ['SET n = :v + :w', { ':v': { N: '9223372036854775807' }, ':w': { N: '1' } }, { n: { N: '9223372036854775808' } }],
    ['SET n = :v + :w', { ':v': { N: '0.1' }, ':w': { N: '0.2' } }, { n: { N: '0.3' } }],
  ])('%s', (text, values, updated) => {
    const answer = withItem().run('UpdateItem', input(text, values, 'UPDATED_NEW'));
    expect(answer).toEqual(updated === undefined ? {} : { Attributes: updated });
  });

  test('elements are appended in the order of their indexes, and removed by the indexes of before', () => {
    const values = { ':a': { S: 'nine' }, ':b': { S: 'five' } };
    const update = input('SET l[9] = :a, l[5] = :b REMOVE l[0], l[3]', values, 'ALL_NEW');
    expect(withItem().run('UpdateItem', update).Attributes.l).toEqual({
      L: [{ N: '1' }, { N: '2' }, { S: 'five' }, { S: 'nine' }],
    });
  });

  test.each<[string, object | undefined, object | undefined]>([
    ['SET n = :v', ONE, { n: { N: '5' } }],
    ['SET zz = :v', ONE, undefined],
    ['SET zz = :v REMOVE s', ONE, { s: { S: 'hello' } }],
    ['SET m.y = :v', ONE, undefined],
    ['SET m.x = :v', ONE, { m: ITEM.m }],
  ])('%s: UPDATED_OLD', (text, values, updated) => {
    const answer = withItem().run('UpdateItem', input(text, values, 'UPDATED_OLD'));
    expect(answer).toEqual(updated === undefined ? {} : { Attributes: updated });
  });

  test('creates a missing item, with the key alone if there is nothing else', () => {
    const engine = engineWithTables();
    expect(engine.run('UpdateItem', input('SET n = :v', ONE, 'ALL_OLD', 'new'))).toEqual({});
    expect(engine.get('new')).toEqual({ id: { S: 'new' }, n: { N: '1' } });
    expect(engine.run('UpdateItem', input(undefined, undefined, 'ALL_NEW', 'bare'))).toEqual({
      Attributes: { id: { S: 'bare' } },
    });
  });

  test.each<[string, object | undefined, string]>([
    ['SET zz = yy + :v', ONE, 'refers to an attribute that does not exist in the item'],
    ['SET zz = yy', undefined, 'refers to an attribute that does not exist in the item'],
    ['SET zz = if_not_exists(n, yy)', undefined, 'refers to an attribute that does not exist in the item'],
    ['SET zz = s + :v', ONE, 'An operand in the update expression has an incorrect data type'],
    [
      'SET zz = list_append(n, :v)',
      { ':v': { L: [] } },
      'An operand in the update expression has an incorrect data type',
    ],
    ['ADD ss :v', { ':v': { NS: ['1'] } }, 'An operand in the update expression has an incorrect data type'],
    ['DELETE n :v', { ':v': { SS: ['1'] } }, 'An operand in the update expression has an incorrect data type'],
    ['SET zz.y = :v', ONE, 'The document path provided in the update expression is invalid for update'],
    ['SET n.y = :v', ONE, 'The document path provided in the update expression is invalid for update'],
    ['SET l.x = :v', ONE, 'The document path provided in the update expression is invalid for update'],
    ['REMOVE zz.x', undefined, 'The document path provided in the update expression is invalid for update'],
    ['SET id = :v', ONE, 'Cannot update attribute id. This attribute is part of the key'],
    ['REMOVE id', undefined, 'Cannot update attribute id'],
    ['SET n = n + :v', { ':v': { N: '1e60' } }, 'precision up to 38 digits'],
    ['SET zz = :v', { ':v': { S: 'x'.repeat(409_600) } }, 'Item size to update has exceeded the maximum allowed size'],
    ['SET n = :v, n = :v', ONE, 'Two document paths overlap'],
    ['SET m.x = :v, m = :v', ONE, 'Two document paths overlap'],
    ['SET m.x = :v, m[0] = :v', ONE, 'Two document paths conflict'],
    ['SET n = :v REMOVE n', ONE, 'Two document paths overlap'],
    ['SET n = :v SET s = :v', ONE, 'The "SET" section can only be used once'],
    ['SET n = :v + :v + :v', ONE, 'Syntax error; token: "+"'],
    ['SET n = ((n + :v))', ONE, 'redundant parentheses'],
    ['SET n = list_append(l, l) + :v', ONE, 'not allowed to be used this way'],
    ['SET n = size(s)', undefined, 'not allowed in an update expression; function: size'],
    ['SET n = if_not_exists(n)', undefined, 'Incorrect number of operands'],
    ['SET n = if_not_exists(:v, :v)', ONE, 'requires a document path'],
    ['SET n = if_not_exists(n, n)', undefined, 'must be distinct'],
    ['SET n = :v + n', { ':v': { S: '1' } }, 'operand type: S'],
    ['ADD ss :v', { ':v': { S: 'c' } }, 'Incorrect operand type for operator or function; operator: ADD'],
    ['ADD n s', undefined, 'Syntax error; token: "s"'],
    ['SET owner = :v', ONE, 'reserved keyword: owner'],
    ['', undefined, 'The expression can not be empty'],
    ['SET n = :v,', ONE, 'Syntax error; token: "<EOF>"'],
    ['SET n = :w', ONE, 'attribute value: :w'],
  ])('%s is refused and changes nothing', (text, values, message) => {
    const engine = withItem();
    const error = engine.refusal('UpdateItem', input(text, values, 'NONE'));
    expect(error.name).toBe('ValidationException');
    expect(error.message).toContain(message);
    expect(engine.get('a')).toEqual(ITEM);
  });

  test('the condition is looked at before the update, but for a value that fits no item', () => {
    const update = { ...input('SET id = :v', ONE, 'NONE'), ConditionExpression: 'attribute_exists(zz)' };
    expect(withItem().refusal('UpdateItem', update).name).toBe('ConditionalCheckFailedException');
    const tooLarge = input('SET n = :v', { ':v': { S: 'x'.repeat(409_601) } }, 'NONE');
    expect(withItem().refusal('UpdateItem', { ...update, ...tooLarge }).message).toContain('Item size to update');
  });

  test('values that nest no deeper than allowed may not do so together', () => {
    let value: object = { N: '1' };
    for (let level = 0; level < 31; level += 1) value = { L: [value] };
    const engine = withItem();
    engine.run('UpdateItem', input('SET q = :v', { ':v': value }, 'NONE'));
    expect(engine.refusal('UpdateItem', input('SET m.x = :v', { ':v': value }, 'NONE')).message).toContain(
      'Nesting Levels have exceeded supported limits',
    );
  });

  test('an item may not grow beyond 400 KB by parts', () => {
    const engine = withItem();
    const half = { ':v': { S: 'x'.repeat(205_000) } };
    engine.run('UpdateItem', input('SET p = :v', half, 'NONE'));
    expect(engine.refusal('UpdateItem', input('SET q = :v', half, 'NONE')).message).toContain('Item size to update');
    expect(engine.get('a').q).toBeUndefined();
  });

  test('return values that it does not know are refused', () => {
    const engine = withItem();
    expect(engine.refusal('UpdateItem', input('REMOVE s', undefined, 'FOO')).message).toBe(
      'Return values set to invalid value',
    );
    expect(engine.refusal('PutItem', { TableName: TABLE, Item: ITEM, ReturnValues: 'ALL_NEW' }).message).toBe(
      'Return values set to invalid value',
    );
    expect(engine.get('a')).toEqual(ITEM);
  });
});
