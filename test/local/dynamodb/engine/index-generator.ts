import { Expressions } from './expression-generator';
import type { Step } from './step';
import type { ValueGenerator } from './value-generator';

type Json = Record<string, unknown>;

const attribute = (AttributeName: string, KeyType: 'HASH' | 'RANGE') => ({ AttributeName, KeyType });
const defined = (AttributeName: string, AttributeType: string) => ({ AttributeName, AttributeType });

/** `«X»`: two global indexes and a local one. */
export const INDEXED_TABLE = {
  TableName: '«X»',
  KeySchema: [attribute('id', 'HASH'), attribute('r', 'RANGE')],
  AttributeDefinitions: [
    defined('id', 'S'),
    defined('r', 'N'),
    defined('g', 'S'),
    defined('gn', 'N'),
    defined('h', 'S'),
    defined('gb', 'B'),
  ],
  BillingMode: 'PAY_PER_REQUEST',
  GlobalSecondaryIndexes: [
    {
      IndexName: 'by-g',
      KeySchema: [attribute('g', 'HASH'), attribute('gn', 'RANGE')],
      Projection: { ProjectionType: 'KEYS_ONLY' },
    },
    {
      IndexName: 'by-gb',
      KeySchema: [attribute('gb', 'HASH')],
      Projection: { ProjectionType: 'INCLUDE', NonKeyAttributes: ['n', 'd'] },
    },
    { IndexName: 'by-all', KeySchema: [attribute('g', 'HASH')], Projection: { ProjectionType: 'ALL' } },
  ],
  LocalSecondaryIndexes: [
    {
      IndexName: 'by-h',
      KeySchema: [attribute('id', 'HASH'), attribute('h', 'RANGE')],
      Projection: { ProjectionType: 'INCLUDE', NonKeyAttributes: ['n'] },
    },
  ],
} as const;

const HASH_KEYS = ['a', 'b'];
const RANGE_KEYS = ['1', '2', '10', '-3', '0.5'];

const EVERY_KEY = HASH_KEYS.flatMap((id) => RANGE_KEYS.map((r) => ({ id: { S: id }, r: { N: r } })));

/** The key of each index, and of the table under its name `«X»`. */
const KEYS: Readonly<Record<string, readonly string[]>> = {
  '«X»': ['id', 'r'],
  'by-g': ['g', 'gn'],
  'by-gb': ['gb'],
  'by-all': ['g'],
  'by-h': ['id', 'h'],
};

/** The attribute by which the answer to a step must be in order. */
export function sortKeyOf({ operation, input }: Step): string | undefined {
  const { IndexName = '«X»' } = input as { readonly IndexName?: string };
  return operation === 'Query' ? KEYS[IndexName]?.[1] : undefined;
}

/** Steps on a table with indexes. */
export class IndexSteps {
  constructor(readonly generator: ValueGenerator) {}

  next(): Step {
    return this.generator.weighted<() => Step>([
      [7, () => this.#put()],
      [4, () => this.#update()],
      [1, () => this.#delete()],
      [2, () => this.#statement()],
      [2, () => this.#transaction()],
      [1, () => this.#batch()],
      [9, () => this.#query()],
      [3, () => this.#scan()],
    ])();
  }

  #key(): Json {
    return this.generator.pick(EVERY_KEY);
  }

  /** What a key attribute of the table or of an index may hold, and now and then what it may not. */
  #keyValue(name: string): unknown {
    const { generator } = this;
    if (generator.chance(0.05)) return generator.pick<unknown>([{ S: '' }, { N: '7' }, { B: '' }, { NULL: true }]);
    switch (name) {
      case 'id':
        return { S: generator.pick(HASH_KEYS) };
      case 'r':
        return { N: generator.pick([...RANGE_KEYS, '3']) };
      case 'g':
        return { S: generator.pick(['G', 'H']) };
      case 'gn':
        return { N: generator.pick(['1', '2', '10', '1.0']) };
      case 'gb':
        return { B: generator.pick(['YQ==', 'YWI=']) };
      default:
        return { S: generator.pick(['x', 'y', 'xy', '日本']) };
    }
  }

  #item(): Json {
    const { generator } = this;
    const item: Json = { ...this.#key() };
    for (const name of ['g', 'gn', 'gb', 'h']) if (generator.chance(0.7)) item[name] = this.#keyValue(name);
    for (const name of ['n', 'm', 'd']) if (generator.chance(0.5)) item[name] = generator.value(1);
    if (generator.chance(0.02)) item.g = { S: 'x'.repeat(2048) };
    return item;
  }

  #conditional(expressions: Expressions): Json {
    return this.generator.chance(0.25) ? { ConditionExpression: expressions.condition(0) } : {};
  }

  #put(): Step {
    const expressions = new Expressions(this.generator);
    const input = { TableName: '«X»', Item: this.#item(), ...this.#conditional(expressions) };
    return { operation: 'PutItem', input: { ...input, ...expressions.placeholders(false) } };
  }

  #updateOf(expressions: Expressions): Json {
    const { generator } = this;
    const name = generator.pick(['g', 'gn', 'gb', 'h', 'n']);
    const UpdateExpression = generator.weighted<() => string>([
      [6, () => `SET ${name} = ${expressions.value(this.#keyValue(name))}`],
      [2, () => `REMOVE ${name}`],
      [1, () => `SET gn = gn + ${expressions.value({ N: '1' })}`],
      [1, () => `SET ${name} = if_not_exists(${name}, ${expressions.value(this.#keyValue(name))})`],
      [1, () => `SET ${name} = ${generator.pick(['h', 'g', 'gn', 'n'])}`],
      [0.3, () => `SET ${generator.pick(['g.x', 'h[0]', 'gn.y'])} = ${expressions.value({ N: '1' })}`],
      [0.3, () => `SET n = ${generator.pick(['g.x', 'h[0]', 'id.x'])}`],
    ])();
    return { TableName: '«X»', Key: this.#key(), UpdateExpression, ...this.#conditional(expressions) };
  }

  #update(): Step {
    const expressions = new Expressions(this.generator);
    const input = { ...this.#updateOf(expressions), ReturnValues: this.generator.pick(['ALL_NEW', 'NONE']) };
    return { operation: 'UpdateItem', input: { ...input, ...expressions.placeholders(false) } };
  }

  #delete(): Step {
    return { operation: 'DeleteItem', input: { TableName: '«X»', Key: this.#key(), ReturnValues: 'ALL_OLD' } };
  }

  #statement(): Step {
    const { generator } = this;
    const { id, r } = this.#key() as { id: unknown; r: unknown };
    const name = generator.pick(['g', 'gn', 'gb', 'h']);
    if (generator.chance(0.4)) {
      const Statement = `INSERT INTO "«X»" VALUE {'id': ?, 'r': ?, '${name}': ?}`;
      return { operation: 'ExecuteStatement', input: { Statement, Parameters: [id, r, this.#keyValue(name)] } };
    }
    const path = generator.chance(0.1) ? `${name}.x` : name;
    const Statement = `UPDATE "«X»" SET ${path} = ? WHERE id = ? AND r = ? RETURNING ALL NEW *`;
    return { operation: 'ExecuteStatement', input: { Statement, Parameters: [this.#keyValue(name), id, r] } };
  }

  #transaction(): Step {
    const { generator } = this;
    const expressions = new Expressions(generator);
    const first = generator.chance(0.5)
      ? { Put: { TableName: '«X»', Item: this.#item() } }
      : { Update: { ...this.#updateOf(expressions), ...expressions.placeholders(false) } };
    const second = { Put: { TableName: '«T»', Item: { id: { S: 'k0' } } } };
    return { operation: 'TransactWriteItems', input: { TransactItems: [first, second] } };
  }

  #batch(): Step {
    const { generator } = this;
    const keys = generator.chance(0.9) ? [this.#key()] : [this.#key(), this.#key()];
    const requests = keys.map((key) => ({ PutRequest: { Item: { ...this.#item(), ...key } } }));
    return { operation: 'BatchWriteItem', input: { RequestItems: { '«X»': requests } } };
  }

  #view(): { name: string; parameters: Json } {
    const { generator } = this;
    const name = generator.pick(Object.keys(KEYS));
    if (generator.chance(0.01)) return { name, parameters: { IndexName: 'nowhere' } };
    return { name, parameters: name === '«X»' ? {} : { IndexName: name } };
  }

  #query(): Step {
    const { generator } = this;
    const { name, parameters } = this.#view();
    const expressions = new Expressions(generator);
    const KeyConditionExpression = this.#keyCondition(name, expressions);
    const input: Json = { TableName: '«X»', ...parameters, KeyConditionExpression };
    if (generator.chance(0.4)) input.ScanIndexForward = generator.chance(0.3);
    Object.assign(input, this.#reading(name, expressions));
    return { operation: 'Query', input: { ...input, ...expressions.placeholders(generator.chance(0.01)) } };
  }

  #keyCondition(name: string, expressions: Expressions): string {
    const { generator } = this;
    const [hash, range] = (generator.chance(0.03) ? KEYS['by-g'] : KEYS[name]) as readonly [string, string?];
    const value = (of: string) => expressions.value(this.#keyValue(of));
    const equality = generator.chance(0.95) ? `${hash} = ${value(hash)}` : `${value(hash)} = ${hash}`;
    if (generator.chance(0.12)) return this.#damaged(hash, range ?? 'n', value);
    if (range === undefined || generator.chance(0.4)) return equality;
    const condition = generator.weighted<() => string>([
      [5, () => `${range} ${generator.pick(['=', '<', '<=', '>', '>='])} ${value(range)}`],
      [2, () => `${range} BETWEEN ${value(range)} AND ${value(range)}`],
      [2, () => `begins_with(${range}, ${value(range)})`],
      [1, () => `${value(range)} ${generator.pick(['<', '>='])} ${range}`],
    ])();
    return generator.pick([
      `${equality} AND ${condition}`,
      `${condition} AND ${equality}`,
      `(${equality}) AND (${condition})`,
    ]);
  }

  #damaged(hash: string, range: string, value: (of: string) => string): string {
    return this.generator.pick([
      () => `${hash} > ${value(hash)}`,
      () => `${range} = ${value(range)}`,
      () => `${hash} = ${value(hash)} AND ${hash} = ${value(hash)}`,
      () => `${hash} = ${value(hash)} OR ${range} = ${value(range)}`,
      () => `NOT ${hash} = ${value(hash)}`,
      () => `${hash} = ${value(hash)} AND ${range} <> ${value(range)}`,
      () => `${hash} = ${value(hash)} AND ${range} IN (${value(range)})`,
      () => `${hash} = ${value(hash)} AND attribute_exists(${range})`,
      () => `${hash} = ${value(hash)} AND attribute_type(${range}, ${value('h')})`,
      () => `${hash} = ${value(hash)} AND contains(${range}, ${value(range)})`,
      () => `${hash} = ${value(hash)} AND size(${range}) = ${value('gn')}`,
      () => `${hash} = ${range}`,
      () => `${hash}.x = ${value(hash)}`,
      () => `${hash} = ${value(hash)} AND n = ${value('gn')}`,
      () => `((${hash} = ${value(hash)})) AND ${range} = ${value(range)}`,
    ])();
  }

  /** The parameters that Query and Scan share. */
  #reading(name: string, expressions: Expressions): Json {
    const { generator } = this;
    const input: Json = {};
    if (generator.chance(0.3)) {
      const path = generator.pick(['n', 'm', 'd', 'g', 'gn', 'r', 'h', 'id', 'gb']);
      input.FilterExpression = generator.pick([
        `attribute_exists(${path})`,
        `${path} > ${expressions.value(generator.number())}`,
        `NOT contains(${path}, ${expressions.value({ S: 'a' })}) OR size(${path}) IN (${expressions.value({ N: '1' })})`,
        `${path} BETWEEN ${expressions.value({ N: '0' })} AND ${expressions.value({ N: '5' })}`,
        `attribute_type(${path}, ${expressions.value({ S: 'N' })})`,
      ]);
    }
    if (generator.chance(0.25))
      input.ProjectionExpression = generator.pick(['n', 'id, r', 'd.x, n', 'm', 'g, gn', 'g.x']);
    if (generator.chance(0.25)) {
      const all = ['ALL_ATTRIBUTES', 'ALL_PROJECTED_ATTRIBUTES', 'SPECIFIC_ATTRIBUTES', 'COUNT', 'COUNT', 'SOME'];
      input.Select = generator.pick(all);
    }
    if (generator.chance(0.3)) input.Limit = generator.pick([0, 1, 1, 2, 3, 5]);
    if (generator.chance(0.2)) input.ConsistentRead = generator.chance(0.5);
    // An index orders items with equal keys as it likes: where one stands that is not there, nobody can say.
    if (name === '«X»' && generator.chance(0.25)) input.ExclusiveStartKey = this.#startKey();
    return input;
  }

  #startKey(): Json {
    const { generator } = this;
    const key = { id: this.#keyValue('id'), r: this.#keyValue('r') };
    return generator.weighted<Json>([
      [12, key],
      [1, {}],
      [1, { id: { S: 'a' } }],
      [1, { ...key, q: { N: '1' } }],
    ]);
  }

  #scan(): Step {
    const { name, parameters } = this.#view();
    const expressions = new Expressions(this.generator);
    const { ExclusiveStartKey: _start, ...reading } = this.#reading(name, expressions);
    const input = { TableName: '«X»', ...parameters, ...reading };
    return { operation: 'Scan', input: { ...input, ...expressions.placeholders(false) } };
  }
}
