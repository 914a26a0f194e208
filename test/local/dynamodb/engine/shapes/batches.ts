import type { Step } from '../step';
import { Key, PUT } from './request';
import { n, type Shape, s, TableName } from './shape';

const TRANSACT_ITEMS: readonly unknown[][] = [
  [{}],
  [{ Put: { TableName, Item: Key }, Delete: { TableName, Key } }],
  [{ ConditionCheck: { TableName, Key } }],
  [
    {
      ConditionCheck: {
        TableName,
        Key,
        ConditionExpression: 'attribute_exists(id)',
        ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
      },
    },
  ],
  [{ Put: { TableName, Item: { id: n(1) } } }, { Put: { TableName, Item: Key } }],
  [{ Put: { TableName, Item: { id: s('') } } }],
  [{ Put: { TableName: 'nowhere', Item: Key } }],
  [{ Put: { TableName, Item: Key, ReturnValuesOnConditionCheckFailure: 'SOME' } }],
  [
    {
      Update: {
        TableName,
        Key,
        UpdateExpression: 'SET q = :v',
        ExpressionAttributeValues: { ':v': s('x'.repeat(410_000)) },
      },
    },
  ],
  [{ Update: { TableName, Key } }],
  [{ Delete: { TableName } }],
];

const GETS: readonly unknown[][] = [
  [],
  [{ Get: { TableName, Key, ProjectionExpression: 'n, m.x' } }, { Get: { TableName, Key: { id: s('nobody') } } }],
  [{ Get: { TableName, Key } }, { Get: { TableName, Key } }],
  [{ Get: { TableName, Key: { id: s('') } } }],
  [{ Get: { TableName, Key, ProjectionExpression: '!' } }],
  [{ Get: { TableName: 'nowhere', Key } }],
  Array.from({ length: 101 }, (_, index) => ({ Get: { TableName, Key: { id: s(`k${index}`) } } })),
];

const STATEMENT_LISTS: readonly (readonly [operation: string, list: unknown[]])[] = [
  ['BatchExecuteStatement', []],
  [
    'BatchExecuteStatement',
    [{ Statement: `SELECT * FROM "«T»" WHERE id = 'k0'` }, { Statement: `UPDATE "«T»" SET n = 1 WHERE id = 'k0'` }],
  ],
  [
    'BatchExecuteStatement',
    [{ Statement: `SELECT * FROM "«T»" WHERE n = 5` }, { Statement: `SELECT * FROM "«T»" WHERE id = 'k0'` }],
  ],
  ['BatchExecuteStatement', [{ Statement: `SELECT * FROM "«T»" WHERE id = 'k0' AND n = 5` }]],
  ['BatchExecuteStatement', [{ Statement: `EXISTS(SELECT * FROM "«T»" WHERE id = 'k0' AND n = 5)` }]],
  ['BatchExecuteStatement', [{ Statement: `SELECT n FROM "nowhere" WHERE id = 'k0'` }]],
  ['BatchExecuteStatement', [{ Statement: 'garbage' }, { Statement: `INSERT INTO "«T»" VALUE {'id': 1}` }]],
  ['BatchExecuteStatement', [{ Statement: `UPDATE "«T»" SET n = ? WHERE id = 'k0'`, Parameters: [{ SS: [] }] }]],
  ['ExecuteTransaction', []],
  [
    'ExecuteTransaction',
    [{ Statement: `SELECT * FROM "«T»" WHERE id = 'k0'` }, { Statement: `UPDATE "«T»" SET n = 1 WHERE id = 'k0'` }],
  ],
  ['ExecuteTransaction', [{ Statement: `EXISTS(SELECT * FROM "«T»" WHERE id = 'k0' AND n = 5)` }]],
  ['ExecuteTransaction', [{ Statement: `EXISTS(SELECT * FROM "«T»" WHERE id = 'k0')` }]],
  [
    'ExecuteTransaction',
    [
      { Statement: `EXISTS(SELECT * FROM "«T»" WHERE id = 'k0' AND n = 6)` },
      { Statement: `INSERT INTO "«T»" VALUE {'id': 'x'}` },
    ],
  ],
  ['ExecuteTransaction', [{ Statement: `UPDATE "«T»" SET n = 1 WHERE id = 'k0' RETURNING ALL NEW *` }]],
  [
    'ExecuteTransaction',
    [{ Statement: `SELECT n FROM "«T»" WHERE id = 'nobody'` }, { Statement: `SELECT n FROM "«T»" WHERE id = 'k0'` }],
  ],
  ['ExecuteTransaction', [{ Statement: 'garbage' }]],
  [
    'ExecuteTransaction',
    Array.from({ length: 101 }, (_, index) => ({ Statement: `INSERT INTO "«T»" VALUE {'id': 'x${index}'}` })),
  ],
];

/** Batches and transactions. */
export const BATCHES: readonly Shape[] = [
  {
    rule: 'batches',
    steps: [
      PUT,
      { operation: 'BatchGetItem', input: { RequestItems: {} } },
      { operation: 'BatchGetItem', input: { RequestItems: { '«T»': { Keys: [] } } } },
      {
        operation: 'BatchGetItem',
        input: {
          RequestItems: {
            '«T»': { Keys: [Key], ProjectionExpression: 'n, m.x' },
            '«R»': { Keys: [{ id: s('a'), r: n(1) }] },
          },
        },
      },
      { operation: 'BatchGetItem', input: { RequestItems: { '«T»': { Keys: [Key], ProjectionExpression: 'id.x' } } } },
      { operation: 'BatchGetItem', input: { RequestItems: { nowhere: { Keys: [Key] } } } },
      { operation: 'BatchWriteItem', input: { RequestItems: {} } },
      { operation: 'BatchWriteItem', input: { RequestItems: { '«T»': [] } } },
      { operation: 'BatchWriteItem', input: { RequestItems: { '«T»': [{}] } } },
      {
        operation: 'BatchWriteItem',
        input: { RequestItems: { '«T»': [{ PutRequest: { Item: Key }, DeleteRequest: { Key } }] } },
      },
      {
        operation: 'BatchWriteItem',
        input: {
          RequestItems: {
            '«T»': Array.from({ length: 26 }, (_, index) => ({ PutRequest: { Item: { id: s(`w${index}`) } } })),
          },
        },
      },
      {
        operation: 'BatchWriteItem',
        input: {
          RequestItems: { '«T»': [{ PutRequest: { Item: { id: s('w') } } }], nowhere: [{ DeleteRequest: { Key } }] },
        },
      },
      ...STATEMENT_LISTS.map(
        ([operation, list]): Step => ({
          operation,
          input: { [operation === 'ExecuteTransaction' ? 'TransactStatements' : 'Statements']: list },
        }),
      ),
    ],
  },
  {
    rule: 'transactions',
    steps: [
      PUT,
      ...TRANSACT_ITEMS.map((TransactItems): Step => ({ operation: 'TransactWriteItems', input: { TransactItems } })),
      ...GETS.map((TransactItems): Step => ({ operation: 'TransactGetItems', input: { TransactItems } })),
      ...['', 'x'.repeat(37)].map(
        (ClientRequestToken): Step => ({
          operation: 'TransactWriteItems',
          input: { TransactItems: [{ Delete: { TableName, Key } }], ClientRequestToken },
        }),
      ),
    ],
  },
];
