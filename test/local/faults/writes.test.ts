import type { DatabaseRequest } from '../../../local/dynamodb/interceptor';
import { outcomeOf } from '../../../local/faults/writes';

const UPDATE = { Statement: 'UPDATE "A" SET n=1 WHERE id=?' };
const SELECT = { Statement: '  select * FROM "A" WHERE id=?' };

test.each<[string, string, object, number, unknown, readonly [accepted: number, refused: number]]>([
  ['a write', 'PutItem', {}, 200, {}, [1, 0]],
  ['a write that is refused', 'UpdateItem', {}, 400, { __type: 'x' }, [0, 1]],
  ['a read', 'GetItem', {}, 200, {}, [0, 0]],
  ['a read that is refused', 'Query', {}, 400, {}, [0, 0]],
  ['a look at a table', 'DescribeTable', {}, 200, {}, [0, 0]],
  ['a transaction', 'TransactWriteItems', { TransactItems: [{}, {}] }, 200, {}, [1, 0]],
  ['a transaction that reads', 'TransactGetItems', {}, 200, {}, [0, 0]],
  ['a statement', 'ExecuteStatement', UPDATE, 200, {}, [1, 0]],
  ['a statement that reads', 'ExecuteStatement', SELECT, 200, {}, [0, 0]],
  [
    'statements that read',
    'BatchExecuteStatement',
    { Statements: [SELECT, SELECT] },
    200,
    { Responses: [{}, {}] },
    [0, 0],
  ],
  [
    'statements of which one is refused',
    'BatchExecuteStatement',
    { Statements: [UPDATE, UPDATE, UPDATE] },
    200,
    { Responses: [{}, { Error: { Code: 'ConditionalCheckFailed' } }, {}] },
    [2, 1],
  ],
  [
    'statements that are refused as a whole',
    'BatchExecuteStatement',
    { Statements: [UPDATE, UPDATE] },
    400,
    {},
    [0, 1],
  ],
])('%s', (_, operation, input, status, output, [accepted, refused]) => {
  const request = { operation, input } as DatabaseRequest;

  expect(outcomeOf(request, status, output)).toEqual({ accepted, refused });
});
