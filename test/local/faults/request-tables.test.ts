import { tablesOf } from '../../../local/faults/request-tables';

test.each<[string, Record<string, unknown>, string[]]>([
  ['one item', { TableName: 'Counters', Key: {} }, ['Counters']],
  ['a batch of reads', { RequestItems: { A: { Keys: [{}] }, B: { Keys: [{}] } } }, ['A', 'B']],
  ['a batch of writes', { RequestItems: { A: [{ PutRequest: {} }] } }, ['A']],
  [
    'a transaction',
    {
      TransactItems: [
        { Put: { TableName: 'A' } },
        { ConditionCheck: { TableName: 'B' } },
        { Update: { TableName: 'A' } },
      ],
    },
    ['A', 'B'],
  ],
  ['an insert', { Statement: `INSERT INTO "Claims-1a" VALUE {'id': ?}` }, ['Claims-1a']],
  ['an update without quotes', { Statement: 'update Claims SET a=? WHERE id=?' }, ['Claims']],
  ['a select', { Statement: 'SELECT * FROM "Claims"."by-owner" WHERE id=?' }, ['Claims']],
  ['a delete', { Statement: 'DELETE FROM "Claims" WHERE id=?' }, ['Claims']],
  [
    'a batch of statements',
    { Statements: [{ Statement: 'UPDATE "A" SET a=1' }, { Statement: 'UPDATE "B" SET a=1' }] },
    ['A', 'B'],
  ],
  ['a transaction of statements', { TransactStatements: [{ Statement: 'UPDATE "A" SET a=1' }] }, ['A']],
  ['no table', { Limit: 3 }, []],
  ['nonsense', { TransactItems: 3, Statements: [null, 3, {}], RequestItems: 'x' }, []],
])('the tables of %s', (_, input, tables) => {
  expect(tablesOf(input)).toEqual(tables);
});
