import type { Step } from '../step';
import type { Json, Shape } from './shape';

const hash = (AttributeName: string) => ({ AttributeName, KeyType: 'HASH' });
const range = (AttributeName: string) => ({ AttributeName, KeyType: 'RANGE' });
const defined = (AttributeName: string, AttributeType = 'S') => ({ AttributeName, AttributeType });
const PROJECTION = { ProjectionType: 'ALL' };
const GLOBAL = { IndexName: 'by-g', KeySchema: [hash('g')], Projection: PROJECTION };
const LOCAL = { IndexName: 'by-h', KeySchema: [hash('id'), range('h')], Projection: PROJECTION };
const FRESH = {
  TableName: '«X»-fresh',
  KeySchema: [hash('id'), range('r')],
  AttributeDefinitions: [defined('id'), defined('r', 'N')],
  BillingMode: 'PAY_PER_REQUEST',
};
const withGlobal = (more: Json, g = true) => ({
  AttributeDefinitions: [...FRESH.AttributeDefinitions, ...(g ? [defined('g')] : [])],
  GlobalSecondaryIndexes: [{ ...GLOBAL, ...more }],
});
const withLocal = (more: Json, h = true) => ({
  AttributeDefinitions: [...FRESH.AttributeDefinitions, ...(h ? [defined('h')] : [])],
  LocalSecondaryIndexes: [{ ...LOCAL, ...more }],
});

const BAD_TABLES: readonly Json[] = [
  { TableName: '«X»' },
  { TableName: 'x' },
  { TableName: 'with space' },
  { AttributeDefinitions: [] },
  { AttributeDefinitions: [defined('id'), defined('r', 'SS')] },
  { AttributeDefinitions: [defined('id'), defined('id')] },
  { AttributeDefinitions: [defined('id'), defined('r', 'N'), defined('more')] },
  { AttributeDefinitions: [defined('id')] },
  { KeySchema: [] },
  { KeySchema: [range('id')] },
  { KeySchema: [hash('id'), hash('r')] },
  { KeySchema: [hash('id'), range('id')] },
  { KeySchema: [hash('id'), range('r'), range('g')] },
  { GlobalSecondaryIndexes: [] },
  withGlobal({ IndexName: 'ab' }),
  withGlobal({ IndexName: undefined }),
  withGlobal({ KeySchema: [] }),
  withGlobal({ KeySchema: [hash('nowhere')] }, false),
  withGlobal({ Projection: {} }),
  withGlobal({ Projection: { ProjectionType: 'SOME' } }),
  withGlobal({ Projection: { ProjectionType: 'KEYS_ONLY', NonKeyAttributes: ['a'] } }),
  withGlobal({ Projection: { ProjectionType: 'INCLUDE' } }),
  withGlobal({ Projection: { ProjectionType: 'INCLUDE', NonKeyAttributes: ['a', 'a'] } }),
  { ...withGlobal({}), GlobalSecondaryIndexes: [GLOBAL, GLOBAL] },
  {
    ...withGlobal({}),
    GlobalSecondaryIndexes: Array.from({ length: 21 }, (_, at) => ({ ...GLOBAL, IndexName: `by-${at}` })),
  },
  withLocal({ KeySchema: [hash('id')] }, false),
  withLocal({ KeySchema: [hash('h'), range('r')] }),
  { ...withLocal({}), KeySchema: [hash('id')], AttributeDefinitions: [defined('id'), defined('h')] },
  {
    ...withLocal({}),
    LocalSecondaryIndexes: Array.from({ length: 6 }, (_, at) => ({ ...LOCAL, IndexName: `by-${at}` })),
  },
];

const GOOD_TABLES: readonly Json[] = [
  {},
  withGlobal({ Projection: { ProjectionType: 'INCLUDE', NonKeyAttributes: ['a', 'b'] } }),
  withLocal({ Projection: { ProjectionType: 'KEYS_ONLY' } }),
  {
    ...withGlobal({}),
    GlobalSecondaryIndexes: Array.from({ length: 20 }, (_, at) => ({ ...GLOBAL, IndexName: `by-${at}` })),
  },
];

const described = (more: Json): Step[] => [
  { operation: 'CreateTable', input: { ...FRESH, ...more } },
  { operation: 'DescribeTable', input: { TableName: FRESH.TableName } },
  { operation: 'DeleteTable', input: { TableName: FRESH.TableName } },
  { operation: 'DescribeTable', input: { TableName: FRESH.TableName } },
];

const ttl = (specification: Json): Step => ({
  operation: 'UpdateTimeToLive',
  input: { TableName: FRESH.TableName, TimeToLiveSpecification: specification },
});

export const TABLES: readonly Shape[] = [
  {
    rule: 'tables',
    steps: [
      ...BAD_TABLES.map((more): Step => ({ operation: 'CreateTable', input: { ...FRESH, ...more } })),
      ...GOOD_TABLES.flatMap(described),
      { operation: 'DeleteTable', input: { TableName: FRESH.TableName } },
      { operation: 'CreateTable', input: FRESH },
      { operation: 'DescribeTimeToLive', input: { TableName: FRESH.TableName } },
      ttl({ Enabled: true, AttributeName: '' }),
      ttl({ Enabled: false, AttributeName: 'expiration' }),
      ttl({ Enabled: true, AttributeName: 'expiration' }),
      ttl({ Enabled: true, AttributeName: 'expiration' }),
      { operation: 'DescribeTimeToLive', input: { TableName: FRESH.TableName } },
      { operation: 'DeleteTable', input: { TableName: FRESH.TableName } },
      { operation: 'DescribeTimeToLive', input: { TableName: FRESH.TableName } },
    ],
  },
];
