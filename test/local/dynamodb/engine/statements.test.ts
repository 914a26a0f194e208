import { engineWithTables, RANGE_TABLE, TABLE, type TestEngine } from './fixture';

const s = (text: string) => ({ S: text });
const n = (number: number | string) => ({ N: String(number) });
const statement = (Statement: string, ...Parameters: object[]) => ({
  Statement,
  ...(Parameters.length > 0 && { Parameters }),
});
const insert = (id: string) => statement(`INSERT INTO "${TABLE}" VALUE {'id': ?, 'n': ?}`, s(id), n(1));
const ALL_OLD = { ReturnValuesOnConditionCheckFailure: 'ALL_OLD' };

function withItem(): TestEngine {
  const engine = engineWithTables();
  engine.put({ id: s('a'), n: n(5), l: { L: [n(0)] }, ss: { SS: ['a'] } });
  return engine;
}

/** The item after an UPDATE of it. */
const updated = (text: string, ...parameters: object[]) =>
  withItem().run(
    'ExecuteStatement',
    statement(`UPDATE "${TABLE}" ${text} WHERE id='a' RETURNING MODIFIED NEW *`, ...parameters),
  ).Items[0];

// Expected: measured with DynamoDB Local 3.1.0.
describe('INSERT', () => {
  test('puts a new item and never replaces one', () => {
    const engine = engineWithTables();
    expect(engine.run('ExecuteStatement', insert('a'))).toEqual({ Items: [] });
    expect(engine.get('a')).toEqual({ id: s('a'), n: n(1) });
    expect(engine.refusal('ExecuteStatement', { ...insert('a'), ...ALL_OLD }).body).toEqual({
      __type: 'com.amazonaws.dynamodb.v20120810#DuplicateItemException',
      message: 'Duplicate primary key exists in table',
    });
  });

  test.each<[string, object]>([
    ['5', n(5)],
    ['-1.5e-3', n('-0.0015')],
    ["'it''s'", s("it's")],
    ['true', { BOOL: true }],
    ['NULL', { NULL: true }],
    ["[1, 'a']", { L: [n(1), s('a')] }],
    ["{'a': {'b': <<'x'>>}}", { M: { a: { M: { b: { SS: ['x'] } } } } }],
    ['<<2, 1>>', { NS: ['1', '2'] }],
    ['9223372036854775807', n('9223372036854775807')],
  ])('knows the literal %s', (literal, value) => {
    const engine = engineWithTables();
    engine.run('ExecuteStatement', statement(`INSERT INTO "${TABLE}" value {'id': 'a', 'v': ${literal}};`));
    expect(engine.get('a').v).toEqual(value);
  });

  test.each<[string, object]>([
    ['Number of parameters', statement(`INSERT INTO "${TABLE}" VALUE {'id': ?, 'n': ?}`, s('a'))],
    ['Number of parameters', statement(`INSERT INTO "${TABLE}" VALUE {'id': ?}`, s('a'), n(1))],
    ['Key attribute should be present', statement(`INSERT INTO "${TABLE}" VALUE {'n': 1}`)],
    ['data type should match', statement(`INSERT INTO "${TABLE}" VALUE {'id': 1}`)],
    ['empty string value', statement(`INSERT INTO "${TABLE}" VALUE {'id': ''}`)],
    ['resource not found', statement(`INSERT INTO "nowhere" VALUE {'id': 'a'}`)],
    ['Duplicate keys in tuple', statement(`INSERT INTO "${TABLE}" VALUE {'id': 'a', 'id': 'b'}`)],
    ['Tuple keys must be of type String', statement(`INSERT INTO "${TABLE}" VALUE {"id": 'a'}`)],
    ["wasn't well formed", statement(`INSERT INTO "${TABLE}" VALUES {'id': 'a'}`)],
    ["wasn't well formed", statement(`INSERT INTO "${TABLE}" VALUE {'id': 'a'} ON CONFLICT DO NOTHING`)],
    ["wasn't well formed", statement(`UPSERT INTO "${TABLE}" VALUE {'id': 'a'}`)],
    ['struct format', statement(`INSERT INTO "${TABLE}" VALUE ?`, { M: { id: s('a') } })],
    ['Unsupported data type: Parameter', statement(`INSERT INTO "${TABLE}" VALUE {'id': 'a', 'l': [?]}`, n(1))],
    ['Empty bags', statement(`INSERT INTO "${TABLE}" VALUE {'id': 'a', 'l': <<>>}`)],
    ['numbers or strings in bags', statement(`INSERT INTO "${TABLE}" VALUE {'id': 'a', 'l': <<1, 'a'>>}`)],
    ['may not be empty', statement(`INSERT INTO "${TABLE}" VALUE {'id': 'a', 'l': ?}`, { SS: [] })],
    ['less than or equal to 8192', statement(`INSERT INTO "${TABLE}" VALUE {'id': '${'x'.repeat(8192)}'}`)],
    ['Item size', statement(`INSERT INTO "${TABLE}" VALUE {'id': 'a', 'l': ?}`, s('x'.repeat(410_000)))],
  ])('refuses: %s', (message, input) => {
    expect(engineWithTables().refusal('ExecuteStatement', input).message).toContain(message);
  });
});

describe('UPDATE', () => {
  test.each<[string, object[], object]>([
    ['SET n = ?', [n(7)], { n: n(7) }],
    ['SET n = n + ? SET q = n', [n(1)], { n: n(6), q: n(5) }],
    ['SET n = 5 - n - -2, "owner" = ?', [s('me')], { n: n(2), owner: s('me') }],
    ['SET n = if_not_exists(zz, ?) + 1 REMOVE ss', [n(1)], { n: n(2) }],
    ['SET l = list_append(l, ?)', [{ L: [n(1)] }], { l: { L: [n(0), n(1)] } }],
    ['SET ss = set_add(ss, ?)', [{ SS: ['b'] }], { ss: { SS: ['a', 'b'] } }],
    ['SET offset = 1 SET partition = 2 SET status = 3', [], { offset: n(1), partition: n(2), status: n(3) }],
    ['SET n = ? /* a remark */ -- and another\n', [n(1)], { n: n(1) }],
  ])('%s', (text, parameters, expected) => {
    expect(updated(text, ...parameters)).toEqual(expected);
  });

  test.each<[string, boolean]>([
    ['n = 5', true],
    ['NOT n = 5', false],
    ['(n < 0 OR (n = 5 AND q IS MISSING))', true],
    ['n IS NOT MISSING AND q IS MISSING', true],
    ['n IS NULL', false],
    ['n IS NOT NULL', true],
    ['n != 5', false],
    ['q <> 1', true],
    ['n BETWEEN 0 AND 5', true],
    ['n NOT BETWEEN 0 AND 5', false],
    ['n IN [1, 5]', true],
    ['n NOT IN (1, 5)', false],
    ["begins_with(id, 'a')", true],
    ["contains(ss, 'a')", true],
    ['size(l) = 1', true],
    ['ATTRIBUTE_EXISTS(n)', true],
    ['((attribute_not_exists("n")))', false],
    ['l[0] = 0', true],
    ["id = 'a'", true],
    ["'n' = 5", false],
  ])('WHERE the key and %s', (condition, holds) => {
    const engine = withItem();
    const input = { ...statement(`UPDATE "${TABLE}" SET z = 1 WHERE id='a' AND ${condition}`), ...ALL_OLD };
    if (holds) expect(engine.run('ExecuteStatement', input)).toEqual({ Items: [] });
    else
      expect(engine.refusal('ExecuteStatement', input)).toMatchObject({
        name: 'ConditionalCheckFailedException',
        details: { Item: { n: n(5) } },
      });
  });

  test('reaches into documents by names in quotes and by indexes', () => {
    const engine = withItem();
    engine.put({ id: s('a'), m: { M: { 7: n(1) } }, l: { L: [{ L: [n(0)] }] } });
    const text = `UPDATE "${TABLE}" SET m['x y'] = ?, m."7" = 2, l[0][0] = 3 WHERE id = 'a' AND m['7'] = 1 RETURNING ALL NEW *`;
    expect(engine.run('ExecuteStatement', statement(text, s('z'))).Items).toEqual([
      { id: s('a'), m: { M: { 7: n(2), 'x y': s('z') } }, l: { L: [{ L: [n(3)] }] } },
    ]);
  });

  test('is never an upsert', () => {
    const input = { ...statement(`UPDATE "${TABLE}" SET n = 1 WHERE id='b' AND attribute_not_exists(id)`), ...ALL_OLD };
    expect(engineWithTables().refusal('ExecuteStatement', input)).toMatchObject({
      name: 'ConditionalCheckFailedException',
      details: {},
    });
  });

  test('gives what RETURNING says', () => {
    const run = (returning: string) =>
      withItem().run(
        'ExecuteStatement',
        statement(`UPDATE "${TABLE}" SET n = 6 REMOVE ss REMOVE l WHERE id='a' RETURNING ${returning} *`),
      ).Items;
    expect(run('ALL NEW')).toEqual([{ id: s('a'), n: n(6) }]);
    expect(run('ALL OLD')).toEqual([{ id: s('a'), n: n(5), l: { L: [n(0)] }, ss: { SS: ['a'] } }]);
    expect(run('MODIFIED NEW')).toEqual([{ n: n(6) }]);
    expect(run('MODIFIED OLD')).toEqual([{ n: n(5), l: { L: [n(0)] }, ss: { SS: ['a'] } }]);
  });

  test.each([
    ['mandatory equality on all key attributes', 'SET n = 1'],
    ['mandatory equality on all key attributes', 'SET n = 1 WHERE n = 1'],
    ['mandatory equality on all key attributes', "SET n = 1 WHERE id = 'a' OR n = 1"],
    ['mandatory equality on all key attributes', "SET n = 1 WHERE id < 'a'"],
    ['Multiple conditions on same key id', "SET n = 1 WHERE id = 'a' AND id = 'b'"],
    ['data type should match', 'SET n = 1 WHERE id = 1'],
    ['Cannot update attribute id', "SET id = 'b' WHERE id = 'a'"],
    ['overlap', "SET n = 1 REMOVE n WHERE id = 'a'"],
    ["wasn't well formed", "REMOVE n, l WHERE id = 'a'"],
    ["wasn't well formed", "SET date = 1 WHERE id = 'a'"],
    ["wasn't well formed", "SET n = 1 WHERE id = 'a' RETURNING ALL"],
    ["Expected '*'", "SET n = 1 WHERE id = 'a' RETURNING ALL NEW n"],
    ['must be distinct', "SET n = 1 WHERE id = 'a' AND n = n"],
    ['Invalid function name', "SET n = 1 WHERE id = 'a' AND foo(n)"],
    ['must be Expressions', "SET n = 1 WHERE id = 'a' AND n"],
    ['does not exist in the item', "SET n = zz + 1 WHERE id = 'a'"],
    ['is invalid for update', "SET zz.x = 1 WHERE id = 'a'"],
    ['must be a value with type SET', "SET n = set_add(n, 1) WHERE id = 'a'"],
    ['Key attributes must be scalars', "SET n = 1 WHERE id = 'a' AND id.x = 1"],
    ['must equal the assignment value', "SET ss = set_add(n, 1) WHERE id = 'a'"],
  ])('refuses: %s (%s)', (message, text) => {
    expect(withItem().refusal('ExecuteStatement', statement(`UPDATE "${TABLE}" ${text}`)).message).toContain(message);
  });

  test('needs both keys of a table with a range key', () => {
    const engine = engineWithTables();
    engine.run('PutItem', { TableName: RANGE_TABLE, Item: { id: s('a'), r: n(1) } });
    engine.run('ExecuteStatement', statement(`UPDATE "${RANGE_TABLE}" SET n = 1 WHERE r = 1.0 AND id = 'a'`));
    expect(
      engine.refusal('ExecuteStatement', statement(`UPDATE "${RANGE_TABLE}" SET n = 1 WHERE id = 'a' AND r > 0`))
        .message,
    ).toContain('all key attributes');
  });
});

describe('DELETE and SELECT', () => {
  test('a missing item is deleted with success, whatever the condition', () => {
    const engine = withItem();
    const unmet = { ...statement(`DELETE FROM "${TABLE}" WHERE id='a' AND n=?`, n(9)), ...ALL_OLD };
    expect(engine.refusal('ExecuteStatement', unmet)).toMatchObject({
      name: 'ConditionalCheckFailedException',
      details: { Item: { n: n(5) } },
    });
    const deletion = statement(`DELETE FROM "${TABLE}" WHERE id='a' AND n=5 RETURNING ALL OLD *`);
    expect(engine.run('ExecuteStatement', deletion).Items).toHaveLength(1);
    expect(engine.run('ExecuteStatement', deletion).Items).toEqual([]);
    expect(
      engine.refusal('ExecuteStatement', statement(`DELETE FROM "${TABLE}" WHERE id='a' RETURNING ALL NEW *`)).message,
    ).toContain('Only RETURNING ALL OLD *');
  });

  test('SELECT reads one item by its key, and refuses what it does not imitate', () => {
    const engine = withItem();
    const select = (text: string) => statement(`SELECT ${text}`);
    expect(engine.run('ExecuteStatement', select(`n FROM "${TABLE}" WHERE id='a'`)).Items).toEqual([{ n: n(5) }]);
    expect(engine.run('ExecuteStatement', select(`* FROM "${TABLE}" WHERE id='a' AND n=9`)).Items).toEqual([]);
    for (const text of [
      `* FROM "${TABLE}"`,
      `* FROM "${TABLE}" WHERE id='a' ORDER BY id`,
      `* FROM "${TABLE}"."index" WHERE id='a'`,
      `l[0] FROM "${TABLE}" WHERE id='a'`,
    ]) {
      expect(engine.refusal('ExecuteStatement', select(text)).name).toBe('NotInEngineException');
    }
  });
});

describe('BatchExecuteStatement', () => {
  const batch = (...Statements: object[]) => ({ Statements });

  test('each member succeeds or fails alone', () => {
    const engine = withItem();
    const answer = engine.run(
      'BatchExecuteStatement',
      batch(
        { ...insert('a'), ...ALL_OLD },
        insert('b'),
        { ...statement(`UPDATE "${TABLE}" SET n=1 WHERE id='c' AND n=9`), ...ALL_OLD },
        statement(`UPDATE "${TABLE}" SET n=1 WHERE n=1`),
        statement('UPDATE "nowhere" SET n=1 WHERE id=1'),
        statement('garbage'),
        statement(`INSERT INTO "${TABLE}" VALUE {'id': 'd', 'x': ?}`, s('x'.repeat(410_000))),
        statement(`DELETE FROM "${TABLE}" WHERE id='e' AND n=9`),
      ),
    );
    expect(answer.Responses.map((member: { Error?: { Code: string } }) => member.Error?.Code)).toEqual([
      'DuplicateItem',
      undefined,
      'ConditionalCheckFailed',
      'ValidationError',
      'ResourceNotFound',
      'ValidationError',
      'ValidationError',
      undefined,
    ]);
    expect(answer.Responses[0].Error.Item).toBeUndefined();
    expect(engine.get('b')).toBeDefined();
  });

  test('a refused UPDATE gives the item if asked, a successful one what RETURNING says', () => {
    const engine = withItem();
    engine.put({ id: s('b'), n: n(1) });
    const refused = statement(`UPDATE "${TABLE}" SET n=1 WHERE id='a' AND n=9`);
    expect(
      engine.run(
        'BatchExecuteStatement',
        batch(
          { ...refused, ...ALL_OLD },
          statement(`UPDATE "${TABLE}" SET n=n+? WHERE id='b' RETURNING ALL NEW *`, n(1)),
        ),
      ),
    ).toEqual({
      Responses: [
        {
          TableName: TABLE,
          Error: {
            Code: 'ConditionalCheckFailed',
            Message: 'The conditional request failed',
            Item: { id: s('a'), n: n(5), l: { L: [n(0)] }, ss: { SS: ['a'] } },
          },
        },
        { TableName: TABLE, Item: { id: s('b'), n: n(2) } },
      ],
    });
    expect(engine.run('BatchExecuteStatement', batch(refused)).Responses[0].Error.Item).toBeUndefined();
  });

  test('arithmetic on what is not there fails its member alone', () => {
    const answer = withItem().run(
      'BatchExecuteStatement',
      batch(statement(`UPDATE "${TABLE}" SET n=zz+1 WHERE id='a'`), insert('b')),
    );
    expect(answer.Responses).toMatchObject([{ Error: { Code: 'ValidationError' } }, { TableName: TABLE }]);
  });

  test('a refused member brings no item where the database is one that brings none', () => {
    const engine = engineWithTables({ memberItems: false });
    engine.run('ExecuteStatement', insert('a'));
    const refused = { ...statement(`UPDATE "${TABLE}" SET n=1 WHERE id='a' AND n=9`), ...ALL_OLD };
    expect(engine.run('BatchExecuteStatement', batch(refused)).Responses).toEqual([
      { TableName: TABLE, Error: { Code: 'ConditionalCheckFailed', Message: 'The conditional request failed' } },
    ]);
    expect(engine.refusal('ExecuteStatement', refused).details.Item).toBeDefined();
  });

  test('a member without an answer may have taken effect', () => {
    const engine = engineWithTables({
      faults: { unansweredStatement: (_table, { id }) => JSON.stringify(id).includes('"a"') },
    });
    const answer = engine.run('BatchExecuteStatement', batch(insert('a'), insert('b')));
    expect(answer.Responses).toMatchObject([{ Error: { Code: 'InternalServerError' } }, {}]);
    expect(engine.get('a')).toEqual({ id: s('a'), n: n(1) });
  });

  test('a throttled member fails alone', () => {
    const engine = engineWithTables({
      faults: { throttledStatement: (_table, { id }) => JSON.stringify(id).includes('"a"') },
    });
    const answer = engine.run('BatchExecuteStatement', batch(insert('a'), insert('b')));
    expect(answer.Responses).toMatchObject([{ Error: { Code: 'ThrottlingError' } }, {}]);
    expect([engine.get('a'), engine.get('b')]).toEqual([undefined, { id: s('b'), n: n(1) }]);
  });

  test.each<[string, object[], string]>([
    ['no statements', [], 'The statement was empty'],
    ['26 statements', Array.from({ length: 26 }, (_, index) => insert(`k${index}`)), 'at most 25'],
    ['one item twice', [insert('b'), statement(`DELETE FROM "${TABLE}" WHERE id='b'`)], 'contains duplicates'],
    [
      'reads and writes',
      [insert('b'), statement(`SELECT * FROM "${TABLE}" WHERE id='a'`)],
      'Read and write requests together',
    ],
    [
      'a malformed parameter',
      [insert('b'), statement(`UPDATE "${TABLE}" SET n=? WHERE id='a'`, { SS: [] })],
      'may not be empty',
    ],
    ['a member without a statement', [insert('b'), {}], 'The statement was empty'],
  ])('refuses %s as a whole', (_what, statements, message) => {
    const engine = withItem();
    expect(engine.refusal('BatchExecuteStatement', batch(...statements)).message).toContain(message);
    expect(engine.get('b')).toBeUndefined();
  });

  test('reads by key alone', () => {
    const select = (text: string) => statement(`SELECT * FROM "${TABLE}" ${text}`);
    const answer = withItem().run(
      'BatchExecuteStatement',
      batch(select("WHERE id='b'"), select('WHERE n=1'), select("WHERE id='a' AND n=5"), {
        ...select("WHERE id='c'"),
        ConsistentRead: true,
      }),
    );
    expect(answer.Responses).toMatchObject([
      { TableName: TABLE },
      { Error: { Code: 'ValidationError' } },
      { Error: { Code: 'ValidationError' } },
      {},
    ]);
  });
});

describe('ExecuteTransaction', () => {
  const transaction = (...TransactStatements: object[]) => ({ TransactStatements });

  test('does all or nothing', () => {
    const engine = withItem();
    const exists = statement(`EXISTS(SELECT * FROM "${TABLE}" WHERE id='a' AND n=?)`, n(5));
    expect(engine.run('ExecuteTransaction', transaction(insert('b'), exists))).toEqual({ Responses: [] });
    const failing = transaction(insert('b'), insert('c'), {
      ...statement(`UPDATE "${TABLE}" SET n=1 WHERE id='a' AND n=9`),
      ...ALL_OLD,
    });
    expect(engine.refusal('ExecuteTransaction', failing).details.CancellationReasons).toMatchObject([
      { Code: 'DuplicateItem' },
      { Code: 'None' },
      { Code: 'ConditionalCheckFailed', Item: { n: n(5) } },
    ]);
    expect(engine.get('c')).toBeUndefined();
  });

  test('EXISTS wants an item, whatever its condition would say of none', () => {
    const exists = (id: string) => statement(`EXISTS(SELECT * FROM "${TABLE}" WHERE id='${id}' AND q IS MISSING)`);
    const engine = withItem();
    engine.run('ExecuteTransaction', transaction(insert('b'), exists('a')));
    expect(
      engine.refusal('ExecuteTransaction', transaction(insert('c'), exists('nobody'))).details.CancellationReasons,
    ).toMatchObject([{ Code: 'None' }, { Code: 'ConditionalCheckFailed' }]);
    expect(engine.get('c')).toBeUndefined();
  });

  test('reads, and refuses to mix', () => {
    const select = (id: string) => statement(`SELECT n FROM "${TABLE}" WHERE id='${id}'`);
    const engine = withItem();
    expect(engine.run('ExecuteTransaction', transaction(select('b'), select('a')))).toEqual({
      Responses: [{}, { Item: { n: n(5) } }],
    });
    expect(engine.refusal('ExecuteTransaction', transaction(select('a'), insert('b'))).message).toContain(
      'both read and write',
    );
    expect(engine.refusal('ExecuteTransaction', transaction(insert('b'), insert('b'))).message).toContain(
      'multiple operations',
    );
    expect(
      engine.refusal(
        'ExecuteTransaction',
        transaction(statement(`UPDATE "${TABLE}" SET n=1 WHERE id='a' RETURNING ALL NEW *`)),
      ).message,
    ).toContain('RETURNING clause is not supported');
  });

  test('a request token makes it happen once', () => {
    const engine = withItem();
    const input = {
      ...transaction(statement(`UPDATE "${TABLE}" SET n=n+1 WHERE id='a'`)),
      ClientRequestToken: 'token',
    };
    engine.run('ExecuteTransaction', input);
    engine.run('ExecuteTransaction', input);
    expect(engine.get('a').n).toEqual(n(6));
  });
});
