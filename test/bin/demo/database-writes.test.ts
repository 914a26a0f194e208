/** Requests as they go over the wire: what a write sets, whoever wrote its expression. */
import { writeOf } from '../../../bin/demo/database-writes';

const write = (operation: string, input: object) =>
  writeOf({ worker: 'w', operation, input: { ...input }, receivedAtMs: 0, gone: new AbortController().signal });

const KEY = { id: { S: 'a' } };

test('a put sets all of its item', () => {
  const Item = { ...KEY, owner: { S: 't' } };

  expect(write('PutItem', { TableName: 'Memory', Item })).toEqual({ table: 'Memory', key: Item, sets: Item });
});

test.each([
  ['names as they are', 'SET owner = :o, lease = :l', {}],
  ['names behind aliases', 'SET #0 = :o, #1 = :l REMOVE #2', { '#0': 'owner', '#1': 'lease', '#2': 'data' }],
  ['no blanks', 'SET owner=:o,lease=:l', {}],
  ['other clauses before and after', 'ADD runs :l SET owner = :o, lease = :l DELETE tags :t', {}],
  ['a function beside them', 'SET owner = :o, lease = :l, first = if_not_exists(first, :l)', {}],
])('an update sets what its expression assigns: %s', (_, UpdateExpression, names) => {
  const found = write('UpdateItem', {
    TableName: 'Memory',
    Key: KEY,
    UpdateExpression,
    ExpressionAttributeNames: names,
    ExpressionAttributeValues: { ':o': { S: 't' }, ':l': { N: '7' }, ':t': { SS: ['x'] } },
  });

  expect(found).toEqual({ table: 'Memory', key: KEY, sets: { owner: { S: 't' }, lease: { N: '7' } } });
});

test('a condition sets nothing', () => {
  const found = write('UpdateItem', {
    TableName: 'Memory',
    Key: KEY,
    UpdateExpression: 'REMOVE lease',
    ConditionExpression: 'owner = :o',
    ExpressionAttributeValues: { ':o': { S: 't' } },
  });

  expect(found?.sets).toEqual({});
});

test('an update without an expression, or with a value that is missing, sets nothing', () => {
  expect(write('UpdateItem', { TableName: 'Memory', Key: KEY })?.sets).toEqual({});
  expect(write('UpdateItem', { TableName: 'Memory', Key: KEY, UpdateExpression: 'SET a = :a' })?.sets).toEqual({});
});

test.each(['GetItem', 'Query', 'DeleteItem', 'DescribeTable', ''])('%p is no write that is looked at', (operation) => {
  expect(write(operation, { TableName: 'Memory', Key: KEY })).toBeUndefined();
});
