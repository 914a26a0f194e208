/** Requests as they go over the wire: what each writes, whoever wrote its expression, and what cannot be read. */
import { requestedWrites } from '../../../../local/oracle/wire/requested-writes';
import type { Write } from '../../../../local/oracle/wire/write';

const KEY = { id: { S: 'a' } };

function only(operation: string, input: object): Write {
  const writes = requestedWrites(operation, { ...input });
  expect(writes).toHaveLength(1);
  return writes[0] as Write;
}

const update = (UpdateExpression: string, more: object = {}) =>
  only('UpdateItem', {
    TableName: 'Memory',
    Key: KEY,
    UpdateExpression,
    ExpressionAttributeValues: { ':o': { S: 't' }, ':l': { N: '7' }, ':t': { SS: ['x'] } },
    ...more,
  });

describe('single items', () => {
  test('a put sets all of its item', () => {
    const Item = { ...KEY, owner: { S: 't' } };

    expect(only('PutItem', { TableName: 'Memory', Item })).toEqual({
      kind: 'put',
      table: 'Memory',
      key: Item,
      sets: Item,
      computes: [],
      removes: [],
    });
  });

  test('a table by its ARN is that table', () => {
    const TableName = 'arn:aws:dynamodb:eu-west-1:111122223333:table/Memory';

    expect(only('DeleteItem', { TableName, Key: KEY })).toMatchObject({ kind: 'delete', table: 'Memory', key: KEY });
  });

  test.each([
    ['names as they are', 'SET owner = :o, lease = :l', {}],
    ['names behind aliases', 'SET #0 = :o, #1 = :l REMOVE #2', { '#0': 'owner', '#1': 'lease', '#2': 'data' }],
    ['no blanks, small letters', 'set owner=:o,lease=:l', {}],
    ['other clauses before and after', 'ADD runs :l SET owner = :o, lease = :l DELETE tags :t', {}],
    ['parentheses', 'SET owner = (:o), lease = :l', {}],
  ])('an update sets what its expression assigns: %s', (_, expression, ExpressionAttributeNames) => {
    expect(update(expression, { ExpressionAttributeNames }).sets).toEqual({ owner: { S: 't' }, lease: { N: '7' } });
  });

  test('what depends on the item is computed, and no value is given for it', () => {
    const found = update(
      'SET a = if_not_exists(a, :l), b = list_append(b, :t), c = c + :l, d = e - :l, f = g REMOVE h.#i[2].j ADD k :l DELETE m :t',
      { ExpressionAttributeNames: { '#i': 'I' } },
    );

    expect(found).toMatchObject({ sets: {}, computes: ['a', 'b', 'c', 'd', 'f', 'k', 'm'], removes: ['h.I[2].j'] });
  });

  test('an update without an expression sets nothing', () => {
    expect(only('UpdateItem', { TableName: 'Memory', Key: KEY })).toMatchObject({
      sets: {},
      computes: [],
      removes: [],
    });
  });
});

describe('statements', () => {
  const statement = (Statement: string, Parameters?: object[]) =>
    only('ExecuteStatement', { Statement, ...(Parameters && { Parameters }) });

  test('INSERT', () => {
    const sets = {
      id: { S: 'it is "a"' },
      n: { N: '-1.5' },
      b: { BOOL: true },
      l: { L: [{ NULL: true }, { S: "o'clock" }] },
    };

    expect(
      statement(`INSERT INTO "Memory" VALUE {'id': ?, 'n': -1.5, 'b': TRUE, 'l': [NULL, 'o''clock']}`, [sets.id]),
    ).toEqual({ kind: 'put', table: 'Memory', key: sets, sets, computes: [], removes: [] });
    expect(statement('INSERT INTO Memory VALUE ?', [{ M: sets }]).sets).toEqual(sets);
    expect(statement(`INSERT INTO Memory VALUE {'s': <<'a','b'>>, 'n': <<1>>, 'm': {'x': 1}}`).sets).toEqual({
      s: { SS: ['a', 'b'] },
      n: { NS: ['1'] },
      m: { M: { x: { N: '1' } } },
    });
  });

  test('UPDATE: its lists, in either way of writing them, and the parameters in the order of the question marks', () => {
    const parameters = [{ S: 'COMPLETED' }, { N: '7' }, { S: 'a' }, { S: 'token' }, { N: '9' }];
    const expected = {
      kind: 'update',
      table: 'Memory',
      key: { id: { S: 'a' }, owner: { S: 'token' } },
      sets: { status: { S: 'COMPLETED' }, lease: { N: '7' } },
      computes: ['n', 'l'],
      removes: ['data'],
    };

    expect(
      statement(
        'UPDATE "Memory" SET "status" = ? SET lease=? SET n = n + 1 SET l = list_append(l, [1]) REMOVE data WHERE "id" = ? AND "owner" = ? AND lease < ? RETURNING ALL OLD *',
        parameters,
      ),
    ).toEqual(expected);
    expect(
      statement(
        "update Memory set status = ?, lease = ?, n = if_not_exists(n, 0), l = l remove data where id = ? and owner = ? and (lease < ? or attribute_type(l, 'N'))",
        parameters,
      ),
    ).toEqual(expected);
  });

  test('DELETE, with conditions that change nothing of it', () => {
    const parameters = [{ N: '1' }, { N: '2' }, { S: 'a' }, { S: 'b' }];

    expect(
      statement(
        'DELETE FROM "Memory" WHERE n BETWEEN ? AND ? AND id = ? AND s IN [?, 1] AND NOT (x IS MISSING)',
        parameters,
      ),
    ).toMatchObject({ kind: 'delete', table: 'Memory', key: { id: { S: 'a' } } });
  });

  test('SELECT writes nothing', () => {
    expect(requestedWrites('ExecuteStatement', { Statement: 'SELECT * FROM "Memory" WHERE id = ?' })).toEqual([]);
  });
});

describe('several items', () => {
  const put = { Item: { id: { S: 'b' } } };

  test('a batch of writes', () => {
    const RequestItems = {
      Memory: [{ PutRequest: put }, { DeleteRequest: { Key: KEY } }],
      Other: [{ PutRequest: put }],
    };

    expect(requestedWrites('BatchWriteItem', { RequestItems }).map(({ kind, table }) => [kind, table])).toEqual([
      ['put', 'Memory'],
      ['delete', 'Memory'],
      ['put', 'Other'],
    ]);
  });

  test('a transaction: its checks write nothing', () => {
    const update = {
      TableName: 'M',
      Key: KEY,
      UpdateExpression: 'SET a = :a',
      ExpressionAttributeValues: { ':a': { N: '1' } },
    };
    const TransactItems = [
      { ConditionCheck: { TableName: 'M', Key: KEY } },
      { Update: update },
      { Delete: { TableName: 'M', Key: KEY } },
      { Put: { TableName: 'M', ...put } },
    ];

    expect(requestedWrites('TransactWriteItems', { TransactItems }).map(({ kind }) => kind)).toEqual([
      'update',
      'delete',
      'put',
    ]);
  });

  test('statements, alone or as one transaction', () => {
    const statements = [{ Statement: 'DELETE FROM M WHERE id = 1' }, { Statement: 'SELECT * FROM M WHERE id = 1' }];

    expect(requestedWrites('BatchExecuteStatement', { Statements: statements })).toHaveLength(1);
    expect(requestedWrites('ExecuteTransaction', { TransactStatements: statements })).toHaveLength(1);
  });

  test.each(['GetItem', 'Query', 'BatchGetItem', 'Scan', 'DescribeTable'])('%s writes nothing', (operation) => {
    expect(requestedWrites(operation, { TableName: 'M', Key: KEY })).toEqual([]);
  });
});

describe('what cannot be read is an error, and never overlooked', () => {
  test.each<[string, string, object, string]>([
    ['an operation', 'ImportTable', {}, 'The operation cannot be read: ImportTable'],
    ['no operation', '', {}, 'The operation cannot be read: none'],
    ['legacy parameters', 'PutItem', { TableName: 'M', Item: KEY, Expected: {} }, 'Expected cannot be read'],
    ['no table', 'PutItem', { Item: KEY }, 'TableName cannot be read: nothing'],
    ['no item', 'PutItem', { TableName: 'M' }, 'Item cannot be read: nothing. Accepted is an object'],
    ['no list', 'BatchExecuteStatement', { Statements: {} }, 'Statements cannot be read: {}. Accepted is a list'],
    ['a member of a transaction', 'TransactWriteItems', { TransactItems: [{ Get: {} }] }, 'A member of TransactItems'],
    ['a member of a batch', 'BatchWriteItem', { RequestItems: { M: [{}] } }, 'A member of RequestItems'],
    [
      'an unknown clause',
      'UpdateItem',
      { TableName: 'M', Key: KEY, UpdateExpression: 'PUT a = b' },
      'SET, REMOVE, ADD, DELETE at "PUT"',
    ],
    [
      'half an assignment',
      'UpdateItem',
      { TableName: 'M', Key: KEY, UpdateExpression: 'SET a =' },
      'a name at its end',
    ],
    ['a missing value', 'UpdateItem', { TableName: 'M', Key: KEY, UpdateExpression: 'SET a = :a' }, 'The value :a'],
    ['a missing name', 'UpdateItem', { TableName: 'M', Key: KEY, UpdateExpression: 'REMOVE #a' }, 'The name #a'],
    [
      'a strange character',
      'UpdateItem',
      { TableName: 'M', Key: KEY, UpdateExpression: 'SET a = ~b' },
      'another character',
    ],
    ['no statement', 'ExecuteStatement', {}, 'A statement cannot be read: nothing'],
    ['another statement', 'ExecuteStatement', { Statement: 'CREATE TABLE M' }, 'INSERT, UPDATE, DELETE or SELECT'],
    ['a missing parameter', 'ExecuteStatement', { Statement: 'DELETE FROM M WHERE id = ?' }, 'Parameter 1'],
    [
      'one parameter too many',
      'ExecuteStatement',
      { Statement: 'DELETE FROM M WHERE id = 1', Parameters: [{}] },
      '1 parameters for 0',
    ],
    [
      'an OR that decides which item',
      'ExecuteStatement',
      { Statement: 'DELETE FROM M WHERE id = 1 OR id = 2' },
      'at "OR"',
    ],
    [
      'half a condition',
      'ExecuteStatement',
      { Statement: 'DELETE FROM M WHERE id = 1 AND (n = 1' },
      'a whole condition',
    ],
    ['no condition', 'ExecuteStatement', { Statement: 'DELETE FROM M WHERE AND id = 1' }, 'a whole condition at "AND"'],
    [
      'something behind it',
      'ExecuteStatement',
      { Statement: "INSERT INTO M VALUE {'id': 1} RETURNING" },
      'nothing more',
    ],
  ])('%s', (_, operation, input, words) => {
    expect(() => requestedWrites(operation, { ...input })).toThrow(words);
    expect(() => requestedWrites(operation, { ...input })).toThrow('MSK_ONCE_REQUEST_UNREADABLE');
  });
});
