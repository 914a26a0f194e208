import { STUB_PATHS, type StubCounts, type StubServer, startStub } from '../../../bench/stub/server';

describe('the stub', () => {
  const DELAY_MS = 200;
  let stub: StubServer;
  beforeEach(async () => {
    stub = await startStub(DELAY_MS);
  });
  afterEach(() => stub.close());

  const ask = async (path: string) => (await (await fetch(`${stub.endpoint}${path}`)).json()) as StubCounts;
  const call = async (operation: string, input: object) => {
    const response = await fetch(stub.endpoint, {
      method: 'POST',
      headers: { 'x-amz-target': `DynamoDB_20120810.${operation}` },
      body: JSON.stringify(input),
    });
    return { status: response.status, body: (await response.json()) as Record<string, unknown> };
  };
  const insert = (id: string) => ({
    Statement: `INSERT INTO "Table" VALUE {'id': ?, 'note': ?}`,
    Parameters: [{ S: id }, { S: 'x'.repeat(1_500) }],
  });

  test('answers no sooner than its delay, and requests that come together together', async () => {
    const startedAtMs = performance.now();

    await Promise.all(
      Array.from({ length: 20 }, (_, index) => call('BatchExecuteStatement', { Statements: [insert(`${index}`)] })),
    );

    const tookMs = performance.now() - startedAtMs;
    // Timers are a millisecond early at most.
    expect(tookMs).toBeGreaterThanOrEqual(DELAY_MS - 1);
    expect(tookMs).toBeLessThan(20 * DELAY_MS);
  });

  test('counts requests, units and refusals until it is told to begin anew', async () => {
    await call('BatchExecuteStatement', { Statements: [insert('a'), insert('b')] });
    await call('BatchExecuteStatement', { Statements: [insert('a')] });
    await call('BatchGetItem', {
      RequestItems: { Table: { Keys: [{ id: { S: 'a' } }, { id: { S: 'c' } }], ConsistentRead: true } },
    });

    expect(await ask(STUB_PATHS.counts)).toMatchObject({
      requests: 3,
      operations: { BatchExecuteStatement: 2, BatchGetItem: 1 },
      // Items of 1.5 KB: two units for each of two inserts, and as much for the one that was refused.
      writeUnits: 2 + 2 + 2,
      readUnits: 1 + 1,
      refused: 1,
    });
    expect(await ask(STUB_PATHS.resetCounts)).toMatchObject({ requests: 0, writeUnits: 0, readUnits: 0, refused: 0 });
  });

  test('keeps its items when counts begin anew, and none when it is cleared', async () => {
    const exists = async () => 'Item' in (await call('GetItem', { TableName: 'Table', Key: { id: { S: 'a' } } })).body;
    await call('BatchExecuteStatement', { Statements: [insert('a')] });

    await ask(STUB_PATHS.resetCounts);
    const kept = await exists();
    await ask(STUB_PATHS.clear);

    expect([kept, await exists()]).toEqual([true, false]);
  });

  test.each<[string, string, object, RegExp]>([
    ['an operation', 'Query', {}, /UnknownOperationException/],
    [
      'a function',
      'UpdateItem',
      { TableName: 'Table', Key: { id: { S: 'a' } }, UpdateExpression: 'SET a = size(b, c)' },
      /the function size/,
    ],
    [
      'a path',
      'BatchExecuteStatement',
      { Statements: [{ Statement: `UPDATE "Table" SET a.b = ? WHERE id = ?`, Parameters: [{ S: '' }, { S: '' }] }] },
      /a path into a/,
    ],
    ['a statement', 'BatchExecuteStatement', { Statements: [{ Statement: `SELECT * FROM "Table"` }] }, /SELECT/],
    [
      '26 statements',
      'BatchExecuteStatement',
      { Statements: Array.from({ length: 26 }, (_, index) => insert(`${index}`)) },
      /takes 1 to 25 members, not 26/,
    ],
    ['one key twice', 'BatchExecuteStatement', { Statements: [insert('a'), insert('a')] }, /about one item/],
  ])('refuses %s that it does not know', async (_, operation, input, text) => {
    const { status, body } = await call(operation, input);

    expect(status).toBe(400);
    expect(JSON.stringify(body)).toMatch(text);
  });
});
