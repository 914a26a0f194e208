import fc from 'fast-check';
import { TestEngine } from './fixture';

const hash = (AttributeName: string) => ({ AttributeName, KeyType: 'HASH' });
const range = (AttributeName: string) => ({ AttributeName, KeyType: 'RANGE' });
const defined = (AttributeName: string, AttributeType = 'S') => ({ AttributeName, AttributeType });
const s = (text: string) => ({ S: text });
const n = (number: number) => ({ N: String(number) });

const TableName = 'Orders';

/** Items `a` 1, 2, 10 and -3, and `b` 1; some of them in the indexes. */
function orders(): TestEngine {
  const engine = new TestEngine();
  engine.run('CreateTable', {
    TableName,
    KeySchema: [hash('id'), range('r')],
    AttributeDefinitions: [defined('id'), defined('r', 'N'), defined('city'), defined('size', 'N')],
    BillingMode: 'PAY_PER_REQUEST',
    GlobalSecondaryIndexes: [
      { IndexName: 'by-city', KeySchema: [hash('city'), range('size')], Projection: { ProjectionType: 'KEYS_ONLY' } },
      { IndexName: 'whole', KeySchema: [hash('city')], Projection: { ProjectionType: 'ALL' } },
    ],
    LocalSecondaryIndexes: [
      {
        IndexName: 'by-size',
        KeySchema: [hash('id'), range('size')],
        Projection: { ProjectionType: 'INCLUDE', NonKeyAttributes: ['x'] },
      },
    ],
  });
  for (const Item of [A1, A2, A10, MINUS, B1]) engine.run('PutItem', { TableName, Item });
  return engine;
}

const A1 = { id: s('a'), r: n(1), city: s('Oslo'), size: n(5), x: n(1), y: n(1) };
const A2 = { id: s('a'), r: n(2), city: s('Oslo'), size: n(3), x: n(2), y: n(3) };
const A10 = { id: s('a'), r: n(10), city: s('Oslo'), y: n(3) };
const MINUS = { id: s('a'), r: n(-3), size: n(4) };
const B1 = { id: s('b'), r: n(1), city: s('Rome'), size: n(5) };

const query = (KeyConditionExpression: string | undefined, values: object | undefined, more: object = {}) => ({
  TableName,
  ...(KeyConditionExpression !== undefined && { KeyConditionExpression }),
  ...(values && { ExpressionAttributeValues: values }),
  ...more,
});
const OF_A = { ':a': s('a') };
const OSLO = { ':c': s('Oslo') };

// Expected: measured with DynamoDB Local 3.1.0.
describe('Query', () => {
  test.each<[string, object, object[]]>([
    ['id = :a', {}, [MINUS, A1, A2, A10]],
    [':a = id', {}, [MINUS, A1, A2, A10]],
    ['id = :a AND r > :v', { ':v': n(1) }, [A2, A10]],
    ['r >= :v AND id = :a', { ':v': n(2) }, [A2, A10]],
    ['(id = :a) AND (:v < r)', { ':v': n(2) }, [A10]],
    ['id = :a AND r BETWEEN :v AND :w', { ':v': n(-3), ':w': n(1) }, [MINUS, A1]],
    ['id = :a AND r = :v', { ':v': { N: '2.0' } }, [A2]],
    ['id = :a AND r < :v', { ':v': n(-3) }, []],
  ])('%s finds what it says, in the order of the sort key', (text, values, found) => {
    const answer = orders().run('Query', query(text, { ...OF_A, ...values }));
    expect(answer).toEqual({ Items: found, Count: found.length, ScannedCount: found.length });
  });

  test('goes backward, filters, counts and shows what is asked for', () => {
    const engine = orders();
    const run = (more: object, values: object = {}) =>
      engine.run('Query', query('id = :a', { ...OF_A, ...values }, more));
    expect(run({ ScanIndexForward: false }).Items).toEqual([A10, A2, A1, MINUS]);
    expect(run({ FilterExpression: 'y = :y' }, { ':y': n(3) })).toEqual({
      Items: [A2, A10],
      Count: 2,
      ScannedCount: 4,
    });
    expect(run({ Select: 'COUNT' })).toEqual({ Count: 4, ScannedCount: 4 });
    expect(run({ ProjectionExpression: 'y' }).Items).toEqual([{}, { y: n(1) }, { y: n(3) }, { y: n(3) }]);
  });

  test('reads an index in the order of its sort key, and as much of an item as the index has', () => {
    const engine = orders();
    const city = query('city = :c', OSLO, { IndexName: 'by-city' });
    const { x: _x, y: _y, ...keysOf1 } = A1;
    const { x: _x2, y: _y2, ...keysOf2 } = A2;
    expect(engine.run('Query', city).Items).toEqual([keysOf2, keysOf1]);
    expect(engine.run('Query', { ...city, IndexName: 'whole' }).Items).toHaveLength(3);

    const size = query('id = :a', OF_A, { IndexName: 'by-size' });
    expect(engine.run('Query', size).Items).toEqual([
      { id: s('a'), r: n(2), size: n(3), x: n(2) },
      { id: s('a'), r: n(-3), size: n(4) },
      { id: s('a'), r: n(1), size: n(5), x: n(1) },
    ]);
    // A local index fetches the rest from its table.
    expect(engine.run('Query', { ...size, Select: 'ALL_ATTRIBUTES' }).Items).toEqual([A2, MINUS, A1]);
    expect(engine.run('Query', { ...size, ProjectionExpression: 'y' }).Items).toEqual([{ y: n(3) }, {}, { y: n(1) }]);
  });

  test('a page names where the next one goes on: the keys of index and table', () => {
    const engine = orders();
    const first = engine.run('Query', query('city = :c', OSLO, { IndexName: 'by-city', Limit: 1 }));
    expect(first.LastEvaluatedKey).toEqual({ id: s('a'), r: n(2), city: s('Oslo'), size: n(3) });
    const second = { IndexName: 'by-city', ExclusiveStartKey: first.LastEvaluatedKey };
    expect(engine.run('Query', query('city = :c', OSLO, second)).Items).toMatchObject([{ r: n(1) }]);
    const last = engine.run('Query', query('id = :a', OF_A, { Limit: 4 }));
    expect(last.LastEvaluatedKey).toEqual({ id: s('a'), r: n(10) });
  });

  test.each<[string, string | undefined, object | undefined, object, string]>([
    ['no key condition', undefined, undefined, {}, 'KeyConditionExpression parameter must be specified'],
    ['an empty one', '', undefined, {}, 'The expression can not be empty'],
    ['another operator on the hash key', 'id > :a', OF_A, {}, 'Query key condition not supported'],
    ['no hash key', 'r = :v', { ':v': n(1) }, {}, 'missed key schema element: id'],
    ['a condition on another attribute', 'id = :a AND y = :a', OF_A, {}, 'missed key schema element: r'],
    ['two conditions on one key', 'id = :a AND id = :a', OF_A, {}, 'only contain one condition per key'],
    ['OR', 'id = :a OR r = :a', OF_A, {}, 'Invalid operator used in KeyConditionExpression: OR'],
    ['NOT', 'NOT id = :a', OF_A, {}, 'KeyConditionExpression: NOT'],
    ['<>', 'id = :a AND r <> :a', OF_A, {}, 'KeyConditionExpression: <>'],
    ['IN', 'id = :a AND r IN (:a)', OF_A, {}, 'KeyConditionExpression: IN'],
    ['attribute_exists', 'attribute_exists(id)', undefined, {}, 'KeyConditionExpression: attribute_exists'],
    ['a size', 'id = :a AND size(r) = :v', { ...OF_A, ':v': n(1) }, {}, 'cannot contain nested operations'],
    ['two attributes', 'id = r', undefined, {}, 'Multiple attribute names'],
    ['a path into the key', 'id.x = :a', OF_A, {}, 'Key attributes must be scalars'],
    ['a value of another type', 'id = :a', { ':a': n(1) }, {}, 'does not match schema type'],
    ['an empty value', 'id = :a', { ':a': s('') }, {}, 'cannot contain an empty string value. Key: id'],
    ['a filter on a key', 'id = :a', OF_A, { FilterExpression: 'attribute_exists(r)' }, 'Primary key attribute: r'],
    ['an unknown index', 'id = :a', OF_A, { IndexName: 'nowhere' }, 'does not have the specified index: nowhere'],
    [
      'a consistent read of a global index',
      'city = :c',
      OSLO,
      { IndexName: 'whole', ConsistentRead: true },
      'not supported',
    ],
    [
      'a filter that the index cannot answer',
      'city = :c',
      OSLO,
      { IndexName: 'by-city', FilterExpression: 'attribute_exists(y) OR size(x) > :c' },
      'does not project one or more filter attributes: [y, x]',
    ],
    [
      'an attribute that a global index does not have',
      'city = :c',
      OSLO,
      { IndexName: 'by-city', ProjectionExpression: 'y' },
      'Global secondary index by-city does not project [y]',
    ],
    [
      'all attributes of a global index that has not all',
      'city = :c',
      OSLO,
      { IndexName: 'by-city', Select: 'ALL_ATTRIBUTES' },
      'its projection type is not ALL',
    ],
    ['projected attributes of a table', 'id = :a', OF_A, { Select: 'ALL_PROJECTED_ATTRIBUTES' }, 'using an IndexName'],
    ['specific attributes without a projection', 'id = :a', OF_A, { Select: 'SPECIFIC_ATTRIBUTES' }, 'Must specify'],
    ['a count with a projection', 'id = :a', OF_A, { Select: 'COUNT', ProjectionExpression: 'y' }, 'only the Count'],
    ['an unknown Select', 'id = :a', OF_A, { Select: 'SOME' }, "Value 'SOME' at 'select'"],
    ['a start with too little', 'id = :a', OF_A, { ExclusiveStartKey: { id: s('a') } }, 'exactly id (S), r (N)'],
    [
      'a start of another type',
      'id = :a',
      OF_A,
      { ExclusiveStartKey: { id: s('a'), r: s('1') } },
      'exactly id (S), r (N)',
    ],
    ['a start elsewhere', 'id = :a', OF_A, { ExclusiveStartKey: { id: s('b'), r: n(1) } }, 'outside query boundaries'],
    ['a limit of nothing', 'id = :a', OF_A, { Limit: 0 }, 'greater than or equal to 1'],
  ])('refuses %s', (_what, text, values, more, message) => {
    const error = orders().refusal('Query', query(text, values, more));
    expect(error.name).toBe('ValidationException');
    expect(error.message).toContain(message);
  });

  test('refuses by name what it does not imitate', () => {
    const error = orders().refusal('Query', { TableName, KeyConditions: {} });
    expect(error.name).toBe('NotInEngineException');
    expect(error.message).toContain('KeyConditions of Query');
  });
});

test('the pages of a query hold each of its items once, in order, whatever their size and direction', () => {
  const items = fc.uniqueArray(
    fc.tuple(fc.constantFrom('a', 'b'), fc.integer({ min: -20, max: 20 }), fc.nat({ max: 3 })),
    {
      selector: ([id, r]) => `${id}${r}`,
      maxLength: 25,
    },
  );
  const bound = fc.integer({ min: -20, max: 20 });
  fc.assert(
    fc.property(
      items,
      bound,
      fc.integer({ min: 1, max: 6 }),
      fc.boolean(),
      fc.boolean(),
      (rows, from, limit, forward, byCity) => {
        const engine = orders();
        for (const Item of [A1, A2, A10, MINUS, B1])
          engine.run('DeleteItem', { TableName, Key: { id: Item.id, r: Item.r } });
        for (const [id, r, size] of rows) {
          engine.run('PutItem', { TableName, Item: { id: s(id), r: n(r), city: s(id), size: n(size) } });
        }
        const [key, sort] = byCity ? (['city', 'size'] as const) : (['id', 'r'] as const);
        const input = query(
          `${key} = :a AND ${sort} >= :from`,
          { ...OF_A, ':from': n(from) },
          {
            ...(byCity && { IndexName: 'by-city' }),
            Limit: limit,
            ScanIndexForward: forward,
          },
        );
        const seen: { r: number; sort: number }[] = [];
        let start: object | undefined;
        do {
          const page = engine.run('Query', { ...input, ...(start && { ExclusiveStartKey: start }) });
          expect(page.Count).toBeLessThanOrEqual(limit);
          for (const item of page.Items) seen.push({ r: Number(item.r.N), sort: Number(item[sort].N) });
          start = page.LastEvaluatedKey;
        } while (start);

        const expected = rows.filter(([id, r, size]) => id === 'a' && (byCity ? size : r) >= from).map(([, r]) => r);
        const sorts = seen.map((each) => each.sort);
        expect(seen.map(({ r }) => r).sort((a, b) => a - b)).toEqual(expected.sort((a, b) => a - b));
        expect(sorts).toEqual([...sorts].sort((a, b) => (forward ? a - b : b - a)));
      },
    ),
    { numRuns: 100 },
  );
});
