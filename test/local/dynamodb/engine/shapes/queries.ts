import type { Step } from '../step';
import { type Json, n, type Shape, s } from './shape';

const QUERIED = ['1', '2', '10'].map((r) => ({
  id: s('a'),
  r: n(r),
  g: s('G'),
  gn: n(Number(r) % 2),
  h: s(`h${r}`),
  gb: { B: 'YQ==' },
  n: n(r),
  m: s(r),
}));
const OF_A: Json = { ':a': s('a') };
const OF_G: Json = { ':g': s('G') };
const ONE: Json = { ...OF_A, ':1': n(1) };

const QUERIES: readonly (readonly [text: string | undefined, values?: Json, more?: Json])[] = [
  ['id = :a AND r > :1', ONE],
  ['id = :a AND :1 < r', ONE],
  ['id = :a AND begins_with(h, :h)', { ...OF_A, ':h': s('h1') }, { IndexName: 'by-h' }],
  [undefined],
  [''],
  ['id > :a', OF_A],
  ['r = :1', { ':1': n(1) }],
  ['id = :a AND n = :1', ONE],
  ['id = :a AND id = :a', OF_A],
  ['id = :a AND r > :1 AND r < :1', ONE],
  ['id = :a OR r = :1', ONE],
  ['NOT id = :a', OF_A],
  ['id = :a AND r <> :1', ONE],
  ['id = :a AND r IN (:1)', ONE],
  ['id = :a AND attribute_exists(r)', OF_A],
  ['id = :a AND attribute_not_exists(r)', OF_A],
  ['id = :a AND attribute_type(r, :t)', { ...OF_A, ':t': s('N') }],
  ['id = :a AND contains(r, :1)', ONE],
  ['id = :a AND size(r) = :1', ONE],
  ['id = r'],
  [':a = :b', { ...OF_A, ':b': s('b') }],
  ['id.x = :a', OF_A],
  ['id = :1', { ':1': n(1) }],
  ['id = :a AND r = :a', OF_A],
  ['id = :e', { ':e': s('') }],
  ['id = :a AND begins_with(r, :1)', ONE],
  ['id = :a AND begins_with(r, :a)', OF_A],
  ['begins_with(id, :a)', OF_A],
  ['id = :a', OF_A, { FilterExpression: 'attribute_exists(r)' }],
  ['id = :a', OF_A, { FilterExpression: 'attribute_exists(n)', ProjectionExpression: 'n' }],
  ['id = :a', OF_A, { IndexName: 'nowhere' }],
  ['id = :a', OF_A, { IndexName: 'by-h', FilterExpression: 'attribute_exists(m)' }],
  ['id = :a', OF_A, { IndexName: 'by-h', ProjectionExpression: 'm, n' }],
  ['id = :a', OF_A, { IndexName: 'by-h', Select: 'ALL_ATTRIBUTES', ConsistentRead: true }],
  ['g = :g', OF_G, { IndexName: 'by-g', ConsistentRead: true }],
  ['g = :g', OF_G, { IndexName: 'by-g', ProjectionExpression: 'n' }],
  ['g = :g', OF_G, { IndexName: 'by-g', Select: 'ALL_ATTRIBUTES' }],
  ['g = :g', OF_G, { IndexName: 'by-all', Select: 'ALL_ATTRIBUTES', ScanIndexForward: false }],
  ['g = :g', OF_G, { IndexName: 'by-g', Limit: 1 }],
  ['id = :a', OF_A, { Select: 'COUNT', ProjectionExpression: 'n' }],
  ['id = :a', OF_A, { Select: 'ALL_ATTRIBUTES', ProjectionExpression: 'n' }],
  ['id = :a', OF_A, { Select: 'ALL_PROJECTED_ATTRIBUTES' }],
  ['id = :a', OF_A, { Select: 'SPECIFIC_ATTRIBUTES' }],
  ['id = :a', OF_A, { Select: 'SOME' }],
  ['id = :a', OF_A, { Limit: 0 }],
  ['id = :a', OF_A, { Limit: 2, ScanIndexForward: false }],
  ['id = :a', OF_A, { ExclusiveStartKey: { id: s('a'), r: n(1) } }],
  ['id = :a', OF_A, { ExclusiveStartKey: { id: s('a'), r: s('1') } }],
  ['id = :a', OF_A, { ExclusiveStartKey: { id: s('b'), r: n(1) } }],
  ['id = :a', OF_A, { ExclusiveStartKey: { id: s('a') } }],
];

export const QUERIES_OF_INDEXES: readonly Shape[] = [
  {
    rule: 'queries',
    steps: [
      ...QUERIED.map((Item): Step => ({ operation: 'PutItem', input: { TableName: '«X»', Item } })),
      ...(['g', 'h'] as const).map(
        (name): Step => ({
          operation: 'PutItem',
          input: { TableName: '«X»', Item: { ...QUERIED[0], [name]: s('x'.repeat(2049)) } },
        }),
      ),
      ...QUERIES.map(
        ([KeyConditionExpression, values, more]): Step => ({
          operation: 'Query',
          input: {
            TableName: '«X»',
            ...(KeyConditionExpression !== undefined && { KeyConditionExpression }),
            ...(values && { ExpressionAttributeValues: values }),
            ...more,
          },
        }),
      ),
    ],
  },
];
