import { nested } from './expressions';
import { item, Key, scan } from './request';
import { type Json, n, type Shape, s, TableName } from './shape';

const ITEMS: readonly Json[] = [
  { x: nested(31) },
  { x: nested(32) },
  { x: { S: 'a', NULL: null } },
  { x: { B: 'YQ==' }, y: { B: '' }, z: s('') },
  { x: { M: { '': n(1) } } },
  { x: { NS: [] } },
  { x: { BS: [] } },
  { x: { BS: ['YQ==', 'YQ=='] } },
  { x: { SS: [''] } },
  { x: { L: [{ M: {} }, { L: [] }] } },
  { x: n('-0') },
  { x: n('  1') },
  { x: n('1e') },
  { x: n('.') },
  { x: n('0x10') },
  { x: n(`0.${'0'.repeat(100)}1`) },
  { x: n(`1${'0'.repeat(125)}`) },
  { x: n(`1${'0'.repeat(126)}`) },
];

export const ITEMS_AND_KEYS: readonly Shape[] = [
  {
    rule: 'items and keys',
    steps: [
      ...ITEMS.map(item),
      ...ITEMS.map((_, index) => scan({ Limit: (index % 3) + 1 })),
      item({ id: s('x'.repeat(2048)) }),
      item({ id: s('x'.repeat(2049)) }),
      { operation: 'PutItem', input: { TableName: '«R»', Item: { id: s('a'), r: n('1.50'), x: s('y') } } },
      { operation: 'GetItem', input: { TableName: '«R»', Key: { id: s('a'), r: n('15e-1') } } },
      { operation: 'GetItem', input: { TableName: '«R»', Key: { id: s('a') } } },
      { operation: 'GetItem', input: { TableName } },
      { operation: 'GetItem', input: { TableName, Key, ProjectionExpression: 'l[1], l[0], m.x, m.q, n[0], zz' } },
      { operation: 'GetItem', input: { TableName, Key, ProjectionExpression: 'm.x, m' } },
      { operation: 'GetItem', input: { TableName, Key, ProjectionExpression: 'id[0]' } },
      { operation: 'DeleteItem', input: { TableName, Key, ReturnValues: 'ALL_NEW' } },
      scan({ Select: 'COUNT' }),
      scan({ Select: 'ALL_PROJECTED_ATTRIBUTES' }),
      scan({ Select: 'SPECIFIC_ATTRIBUTES' }),
      scan({ Limit: 0 }),
      scan({ IndexName: 'nowhere' }),
      scan({ ExclusiveStartKey: { id: n(1) } }),
      scan({ FilterExpression: 'attribute_exists(id)', ProjectionExpression: 'id' }),
      { operation: 'Query', input: { TableName: '«X»' } },
      {
        operation: 'Query',
        input: { TableName: 'nowhere', KeyConditionExpression: 'id = :v', ExpressionAttributeValues: { ':v': s('a') } },
      },
    ],
  },
];
