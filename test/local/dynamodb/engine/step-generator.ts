import { below } from '../../../../local/seeded-random';
import { Expressions } from './expression-generator';
import { IndexSteps } from './index-generator';
import { type StatementOptions, Statements } from './statement-generator';
import type { Step } from './step';
import { NAMES, STRINGS, ValueGenerator } from './value-generator';

type Json = Record<string, unknown>;

const HASH_KEYS = ['k0', 'k1', 'k2', 'k3', 'k4', 'k5', 'k6'];

/** Steps of a history, generated from the grammar of the operations. */
export class StepGenerator extends ValueGenerator {
  /** Some histories are about indexes: queries find something only where much was written. */
  readonly #indexWeight = this.chance(0.2) ? 250 : 6;

  next(): Step {
    return this.weighted<() => Step>([
      [18, () => this.#putItem()],
      [22, () => this.#updateItem()],
      [7, () => this.#deleteItem()],
      [5, () => this.#getItem()],
      [4, () => this.#batchGetItem()],
      [3, () => this.#batchWriteItem()],
      [14, () => this.#transactWriteItems()],
      [2, () => this.#transactGetItems()],
      [9, () => this.#executeStatement()],
      [12, () => this.#batchExecuteStatement()],
      [3, () => this.#executeTransaction()],
      [2, () => this.#scan()],
      [this.#indexWeight, () => new IndexSteps(this).next()],
    ])();
  }

  table(): '«T»' | '«R»' {
    return this.chance(0.85) ? '«T»' : '«R»';
  }

  key(table: '«T»' | '«R»'): Json {
    if (this.chance(0.02))
      return this.pick<Json>([
        {},
        { id: { N: '1' } },
        { id: { S: '' } },
        { x: { S: 'a' } },
        { id: { S: 'k0' }, x: { S: 'a' } },
      ]);
    if (table === '«T»') return { id: { S: this.pick(HASH_KEYS) } };
    return { id: { S: this.pick(['a', 'b']) }, r: { N: this.pick(['1', '2', '1.0', '10', '-3']) } };
  }

  item(table: '«T»' | '«R»'): Json {
    const item: Json = {};
    for (const name of NAMES) {
      if (name !== 'z' && this.chance(name === 'l' ? 0.7 : 0.45)) item[name] = this.typical(name);
    }
    if (this.chance(0.004)) item.big = { S: 'x'.repeat(410_000) };
    return { ...item, ...this.key(table) };
  }

  /** What usually stands under the name, so that conditions and updates find something to do. */
  typical(name: string): unknown {
    if (this.chance(0.12)) return this.value();
    switch (name) {
      case 'n':
      case 'm':
        return this.number();
      case 's':
        return { S: this.pick(STRINGS) };
      case 'ss':
        return { SS: this.subset(['a', 'b', 'c']) };
      case 'ns':
        return { NS: this.subset(['1', '2.0', '9223372036854775807']) };
      case 'bs':
        return { BS: this.subset(['YQ==', 'YWI=']) };
      case 'l':
        return { L: this.several(1, 3, () => this.value(1)) };
      case 'd':
        return { M: { x: this.number(), l: { L: [this.number(), { S: 'a' }] } } };
      case 'b':
        return { BOOL: this.chance(0.5) };
      default:
        return this.value();
    }
  }

  #conditional(expressions: Expressions, probability: number): Json {
    if (!this.chance(probability)) return {};
    return {
      ConditionExpression: this.#damaged(expressions.condition(2)),
      ...(this.chance(0.6) && { ReturnValuesOnConditionCheckFailure: 'ALL_OLD' }),
    };
  }

  #damaged(text: string): string {
    if (!this.chance(0.05)) return text;
    return this.pick([
      `${text} AND`,
      `((${text}))`,
      text.replace('=', '=='),
      '',
      `${text} OR foo(n)`,
      `${text} AND status = n`,
      `${text} AND n = :nowhere`,
      `${text} AND #nowhere = n`,
      `${text})`,
      `${text} AND n = n`,
      `size(s) AND ${text}`,
    ]);
  }

  #putItem(): Step {
    const table = this.table();
    const expressions = new Expressions(this);
    const input: Json = { TableName: table, Item: this.item(table), ...this.#conditional(expressions, 0.6) };
    if (this.chance(0.4)) input.ReturnValues = this.pick(['ALL_OLD', 'ALL_OLD', 'ALL_OLD', 'NONE', 'ALL_NEW']);
    return { operation: 'PutItem', input: { ...input, ...expressions.placeholders(this.chance(0.02)) } };
  }

  #updateItem(): Step {
    const table = this.table();
    const expressions = new Expressions(this);
    const input: Json = { TableName: table, Key: this.key(table) };
    if (this.chance(0.97)) input.UpdateExpression = this.#damagedUpdate(expressions.update());
    Object.assign(input, this.#conditional(expressions, 0.35));
    if (this.chance(0.8)) {
      input.ReturnValues = this.pick([
        'ALL_OLD',
        'ALL_NEW',
        'UPDATED_OLD',
        'UPDATED_NEW',
        'ALL_NEW',
        'UPDATED_NEW',
        'NONE',
      ]);
    }
    return { operation: 'UpdateItem', input: { ...input, ...expressions.placeholders(this.chance(0.02)) } };
  }

  #damagedUpdate(text: string): string {
    if (!this.chance(0.05)) return text;
    return this.pick([
      `${text},`,
      '',
      `${text} SET q = :nowhere`,
      `${text} ADD owner :nowhere`,
      `SET ${text}`,
      text.replace(' ', ''),
      `${text} REMOVE ((q))`,
      `${text} n`,
    ]);
  }

  #deleteItem(): Step {
    const table = this.table();
    const expressions = new Expressions(this);
    const input: Json = { TableName: table, Key: this.key(table), ...this.#conditional(expressions, 0.5) };
    if (this.chance(0.5)) input.ReturnValues = this.pick(['ALL_OLD', 'ALL_OLD', 'NONE', 'ALL_NEW']);
    return { operation: 'DeleteItem', input: { ...input, ...expressions.placeholders(false) } };
  }

  #projected(): Json {
    if (this.chance(0.6)) return {};
    const expressions = new Expressions(this);
    return { ProjectionExpression: expressions.projection(), ...expressions.placeholders(false) };
  }

  #getItem(): Step {
    const table = this.table();
    const input = { TableName: table, Key: this.key(table), ConsistentRead: true, ...this.#projected() };
    return { operation: 'GetItem', input };
  }

  #distinctKeys(table: '«T»' | '«R»', maximum: number): Json[] {
    const keys = new Map(this.several(1, maximum, () => this.key(table)).map((key) => [identityOf(key), key]));
    const distinct = [...keys.values()];
    return this.chance(0.08) ? [...distinct, distinct[0] as Json] : distinct;
  }

  #batchGetItem(): Step {
    const tables = this.chance(0.3) ? (['«T»', '«R»'] as const) : ([this.table()] as const);
    const RequestItems = Object.fromEntries(
      tables.map((table) => [
        table,
        { Keys: this.#distinctKeys(table, 6), ConsistentRead: true, ...this.#projected() },
      ]),
    );
    return { operation: 'BatchGetItem', input: { RequestItems } };
  }

  #batchWriteItem(): Step {
    const table = this.table();
    const requests = this.#distinctKeys(table, 6).map((key) =>
      this.chance(0.7) ? { PutRequest: { Item: { ...this.item(table), ...key } } } : { DeleteRequest: { Key: key } },
    );
    return { operation: 'BatchWriteItem', input: { RequestItems: { [table]: requests } } };
  }

  #action(table: '«T»' | '«R»', key: Json): Json {
    const expressions = new Expressions(this);
    const kind = this.weighted([
      [4, 'Put'],
      [5, 'Update'],
      [2, 'Delete'],
      [2, 'ConditionCheck'],
    ] as const);
    const action: Json = { TableName: table };
    if (kind === 'Put') action.Item = { ...this.item(table), ...key };
    else action.Key = key;
    if (kind === 'Update')
      action.UpdateExpression = this.chance(0.02) ? this.#damagedUpdate(expressions.update()) : expressions.update();
    Object.assign(
      action,
      kind === 'ConditionCheck'
        ? { ConditionExpression: expressions.condition(2) }
        : this.#conditional(expressions, 0.25),
    );
    if (this.chance(0.4) && action.ConditionExpression !== undefined)
      action.ReturnValuesOnConditionCheckFailure = 'ALL_OLD';
    return { [kind]: { ...action, ...expressions.placeholders(false) } };
  }

  #transactWriteItems(): Step {
    const table = this.table();
    const TransactItems = this.#distinctKeys(table, 4).map((key) => this.#action(table, key));
    if (this.chance(0.1)) TransactItems.push(this.#action('«R»', { id: { S: 'b' }, r: { N: '10' } }));
    const token = this.chance(0.15) ? { ClientRequestToken: `«H»${below(this.random, 4)}` } : {};
    return { operation: 'TransactWriteItems', input: { TransactItems, ...token } };
  }

  #transactGetItems(): Step {
    const table = this.table();
    return {
      operation: 'TransactGetItems',
      input: {
        TransactItems: this.#distinctKeys(table, 4)
          .filter((key) => Object.keys(key).length > 0)
          .map((Key) => ({ Get: { TableName: table, Key, ...this.#projected() } })),
      },
    };
  }

  #statement(table: '«T»' | '«R»', key: Json, options: StatementOptions = {}): Json {
    return new Statements(this, options).statement(table, key);
  }

  #executeStatement(): Step {
    const table = this.table();
    const statement = this.chance(0.2)
      ? new Statements(this, {}).select(table, this.key(table), true)
      : this.#statement(table, this.key(table), { returning: true });
    return { operation: 'ExecuteStatement', input: statement };
  }

  #batchExecuteStatement(): Step {
    const table = this.table();
    const keys = this.#distinctKeys(table, 6);
    const reads = this.chance(0.15);
    const Statements_ = keys.map((key) =>
      reads && !this.chance(0.03)
        ? new Statements(this, {}).select(table, key, this.chance(0.1))
        : this.#statement(table, key, { returning: true }),
    );
    return { operation: 'BatchExecuteStatement', input: { Statements: Statements_ } };
  }

  #executeTransaction(): Step {
    const table = this.table();
    const reads = this.chance(0.2);
    const TransactStatements = this.#distinctKeys(table, 4).map((key) => {
      if (reads && !this.chance(0.03)) return new Statements(this, {}).select(table, key, this.chance(0.4));
      return this.chance(0.1) ? new Statements(this, {}).exists(table, key) : this.#statement(table, key);
    });
    const token = this.chance(0.1) ? { ClientRequestToken: `«H»${below(this.random, 3)}` } : {};
    return { operation: 'ExecuteTransaction', input: { TransactStatements, ...token } };
  }

  #scan(): Step {
    const expressions = new Expressions(this);
    const input: Json = { TableName: this.table(), ConsistentRead: true };
    if (this.chance(0.3)) input.Limit = this.pick([1, 3, 5]);
    if (this.chance(0.3)) input.ProjectionExpression = expressions.projection();
    if (this.chance(0.2)) input.Select = this.pick(['COUNT', 'ALL_ATTRIBUTES', 'SPECIFIC_ATTRIBUTES']);
    if (this.chance(0.7)) input.FilterExpression = this.#damaged(expressions.condition(2));
    return { operation: 'Scan', input: { ...input, ...expressions.placeholders(false) } };
  }
}

/** Number keys are equal by value: `1` and `1.0` are one key. */
function identityOf(key: Json): string {
  return JSON.stringify(key).replace('"1.0"', '"1"');
}
