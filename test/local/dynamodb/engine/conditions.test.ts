import fc from 'fast-check';
import { engineWithTables, TABLE } from './fixture';

const ITEM = {
  id: { S: 'a' },
  n: { N: '5' },
  s: { S: 'héllo' },
  b: { B: 'YWJj' },
  t: { BOOL: true },
  nul: { NULL: true },
  m: { M: { x: { N: '1' }, l: { L: [{ N: '1' }, { S: 'q' }] } } },
  l: { L: [{ N: '1' }, { S: 'two' }, { M: { k: { S: 'v' } } }] },
  ss: { SS: ['a', 'b'] },
  ns: { NS: ['1', '2'] },
};

type Verdict = 'holds' | 'fails' | string;

function verdict(ConditionExpression: string, values?: object, names?: object): Verdict {
  const engine = engineWithTables();
  engine.put(ITEM);
  try {
    engine.put(ITEM, {
      ConditionExpression,
      ...(values && { ExpressionAttributeValues: values }),
      ...(names && { ExpressionAttributeNames: names }),
    });
    return 'holds';
  } catch (error) {
    const { name, message } = error as Error;
    return name === 'ConditionalCheckFailedException' ? 'fails' : `${name}: ${message}`;
  }
}

// Expected: measured with DynamoDB Local 3.1.0.
describe('a condition', () => {
  test.each<[string, Verdict, object?]>([
    ['attribute_exists(n)', 'holds'],
    ['attribute_exists(zz)', 'fails'],
    ['attribute_not_exists(m.x)', 'fails'],
    ['attribute_exists(l[2].k)', 'holds'],
    ['attribute_exists(l[9])', 'fails'],
    ['attribute_exists(n.x)', 'fails'],
    ['n <> zz', 'holds'],
    ['n = zz', 'fails'],
    ['NOT n = zz', 'holds'],
    ['n = l[0]', 'fails'],
    ['m . x = l[ 0 ]', 'holds'],
    ['size(s) = :v', 'holds', { ':v': { N: '5' } }],
    ['size(m) = :v', 'holds', { ':v': { N: '2' } }],
    ['size(n) = :v', 'fails', { ':v': { N: '1' } }],
    ['size(zz) = n', 'fails'],
    ['n = :v', 'holds', { ':v': { N: '5.00' } }],
    ['n = :v', 'fails', { ':v': { S: '5' } }],
    ['n < :v', 'fails', { ':v': { S: '5' } }],
    ['s > :v', 'holds', { ':v': { S: 'h' } }],
    ['n BETWEEN :v AND :w', 'holds', { ':v': { N: '4' }, ':w': { N: '6' } }],
    ['n IN (:v, :w)', 'holds', { ':v': { N: '4' }, ':w': { N: '5' } }],
    ['begins_with(s, :v)', 'holds', { ':v': { S: 'hé' } }],
    ['begins_with(n, :v)', 'fails', { ':v': { S: '5' } }],
    ['contains(s, :v)', 'holds', { ':v': { S: 'llo' } }],
    ['contains(ss, :v)', 'holds', { ':v': { S: 'a' } }],
    ['contains(ns, :v)', 'holds', { ':v': { N: '1.0' } }],
    ['contains(l, :v)', 'holds', { ':v': { M: { k: { S: 'v' } } } }],
    ['contains(m, :v)', 'fails', { ':v': { S: 'x' } }],
    ['attribute_type(n, :v)', 'holds', { ':v': { S: 'N' } }],
    ['ss = :v', 'holds', { ':v': { SS: ['b', 'a'] } }],
    ['attribute_exists(n) and not attribute_exists(zz) or zz.y[3] = n', 'holds'],
    ['attribute_exists(zz) AND attribute_exists(n) OR attribute_exists(s)', 'holds'],
    ['attribute_exists(zz) AND (attribute_exists(n) OR attribute_exists(s))', 'fails'],
  ])('%s %s', (text, expected, ...[values]) => {
    expect(verdict(text, values)).toBe(expected);
  });

  test.each<[string, string, object?]>([
    ['n = n', 'The first operand must be distinct from the remaining operands'],
    ['((n = l))', 'The expression has redundant parentheses'],
    ['n', 'Syntax error; token: "<EOF>"'],
    ['size(s)', 'The function is not allowed to be used this way'],
    ['attribute_exists(id', 'Syntax error'],
    ['', 'The expression can not be empty'],
    ['n == s', 'Syntax error; token: "="'],
    ['n = 5', 'Syntax error; token: "5"'],
    ['_x = n', 'Syntax error; token: "_"'],
    ['status = n', 'reserved keyword: status'],
    ['m.data = n', 'reserved keyword: data'],
    ['foo(n) = n', 'Invalid function name; function: foo'],
    ['ATTRIBUTE_EXISTS(n)', 'Invalid function name'],
    ['#a = n', 'attribute name: #a'],
    ['n = :v', 'attribute value: :v'],
    ['attribute_exists(size(s))', 'requires a document path'],
    ['n < :v', 'operand type: BOOL', { ':v': { BOOL: true } }],
    ['size(:v) = n', 'operand type: N', { ':v': { N: '1' } }],
    ['n BETWEEN :v AND :w', 'upper bound to be greater', { ':v': { N: '5' }, ':w': { N: '4' } }],
    ['n BETWEEN :v AND :w', 'same data type', { ':v': { N: '5' }, ':w': { S: '4' } }],
    ['begins_with(s, :v)', 'operand type: N', { ':v': { N: '1' } }],
    ['attribute_type(n, :v)', 'Invalid attribute type name found; type: Q', { ':v': { S: 'Q' } }],
    ['attribute_exists(n)', 'unused in expressions: keys: {:v}', { ':v': { S: 'Q' } }],
    ['n = :v', 'ExpressionAttributeValues must not be empty', {}],
    ['n = :v', 'invalid key', { v: { N: '1' } }],
    ['n = :v', 'invalid value', { ':v': { N: 'x' } }],
    [`n IN (${Array(101).fill(':v').join()})`, 'too many operands', { ':v': { N: '1' } }],
    [Array(302).fill('n < :v').join(' OR '), 'too many operators', { ':v': { N: '1' } }],
    [Array(500).fill('n < :v').join(' OR '), 'exceeded the maximum allowed size', { ':v': { N: '1' } }],
  ])('%.60s is refused', (text, message, ...[values]) => {
    const answer = verdict(text, values);
    expect(answer).toMatch(/^ValidationException: /);
    expect(answer).toContain(message);
  });

  test('a surplus name is refused, and names without an expression too', () => {
    expect(verdict('attribute_exists(n)', undefined, { '#n': 'n' })).toContain('unused in expressions: keys: {#n}');
    const { message } = engineWithTables().refusal('PutItem', {
      TableName: TABLE,
      Item: { id: { S: 'a' } },
      ExpressionAttributeNames: { '#n': 'n' },
    });
    expect(message).toContain('ExpressionAttributeNames can only be specified when using expressions');
  });
});

/** Written down again from the Developer Guide, as short as it goes: whole numbers and missing attributes only. */
type Simple =
  | { readonly compare: readonly [name: string, comparator: string, value: number] }
  | { readonly exists: string }
  | { readonly join: 'AND' | 'OR'; readonly parts: readonly [Simple, Simple] }
  | { readonly not: Simple };

const names = fc.constantFrom('p', 'q', 'r');
const { tree } = fc.letrec<{ tree: Simple }>((tie) => ({
  tree: fc.oneof(
    { maxDepth: 4 },
    fc.record({
      compare: fc.tuple(names, fc.constantFrom('=', '<>', '<', '<=', '>', '>='), fc.integer({ min: 0, max: 3 })),
    }),
    fc.record({ exists: names }),
    fc.record({ join: fc.constantFrom('AND' as const, 'OR' as const), parts: fc.tuple(tie('tree'), tie('tree')) }),
    fc.record({ not: tie('tree') }),
  ),
}));

const COMPARE: Record<string, (left: number, right: number) => boolean> = {
  '=': (left, right) => left === right,
  '<>': (left, right) => left !== right,
  '<': (left, right) => left < right,
  '<=': (left, right) => left <= right,
  '>': (left, right) => left > right,
  '>=': (left, right) => left >= right,
};

function simplyHolds(node: Simple, item: Record<string, number | undefined>): boolean {
  if ('not' in node) return !simplyHolds(node.not, item);
  if ('exists' in node) return item[node.exists] !== undefined;
  if ('join' in node) {
    const results = node.parts.map((part) => simplyHolds(part, item));
    return node.join === 'AND' ? results.every(Boolean) : results.some(Boolean);
  }
  const [name, comparator, value] = node.compare;
  const stored = item[name];
  return stored === undefined ? comparator === '<>' : (COMPARE[comparator]?.(stored, value) ?? false);
}

/** With the fewest parentheses: precedence must do the rest. */
function textOf(node: Simple, values: number[], outer: 'OR' | 'AND' | 'NOT' = 'OR'): string {
  if ('not' in node) return `NOT ${textOf(node.not, values, 'NOT')}`;
  if ('exists' in node) return `attribute_exists(${node.exists})`;
  if ('join' in node) {
    const text = node.parts.map((part) => textOf(part, values, node.join)).join(` ${node.join} `);
    return outer === 'NOT' || (outer === 'AND' && node.join === 'OR') ? `(${text})` : text;
  }
  const [name, comparator, value] = node.compare;
  values.push(value);
  return `${name} ${comparator} :${values.length - 1}`;
}

test('conditions of any shape agree with a second evaluator', () => {
  const stored = fc.record({
    p: fc.option(fc.integer({ min: 0, max: 3 }), { nil: undefined }),
    q: fc.option(fc.integer({ min: 0, max: 3 }), { nil: undefined }),
  });
  fc.assert(
    fc.property(tree, stored, (node, item) => {
      const engine = engineWithTables();
      const attributes = Object.entries(item).flatMap(([name, value]) =>
        value === undefined ? [] : [[name, { N: String(value) }]],
      );
      engine.put({ id: { S: 'a' }, ...Object.fromEntries(attributes) });
      const values: number[] = [];
      const ConditionExpression = textOf(node, values);
      const ExpressionAttributeValues = Object.fromEntries(
        values.map((value, index) => [`:${index}`, { N: String(value) }]),
      );
      const write = () =>
        engine.put(
          { id: { S: 'a' } },
          { ConditionExpression, ...(values.length > 0 && { ExpressionAttributeValues }) },
        );
      if (simplyHolds(node, item)) expect(write).not.toThrow();
      else expect(write).toThrow('The conditional request failed');
    }),
    { numRuns: 500 },
  );
});
