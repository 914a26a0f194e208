import { NAMES, RAW_PATHS, type ValueGenerator } from './value-generator';

type Json = Record<string, unknown>;

export interface StatementOptions {
  readonly returning?: boolean;
}

/** PartiQL statements with their parameters, in the order of their places. */
export class Statements {
  readonly #parameters: unknown[] = [];

  constructor(
    readonly generator: ValueGenerator,
    readonly options: StatementOptions,
  ) {}

  statement(table: '«T»' | '«R»', key: Json): Json {
    const { generator } = this;
    if (this.options.returning && generator.chance(0.015))
      return {
        Statement: generator.pick([
          `UPDATE "${table}" SET n = 1`,
          `INSERT INTO "${table}" VALUES {'id': 'k0'}`,
          `UPDATE "${table}" SET n = 1 WHERE n = 1`,
          `UPDATE "nowhere" SET n = 1 WHERE id = 'k0'`,
          `INSERT INTO "${table}" VALUE {'n': 1}`,
          `UPDATE "${table}" SET date = 1 WHERE id = 'k0'`,
        ]),
      };
    return generator.weighted<() => Json>([
      [4, () => this.insert(table, key)],
      [7, () => this.update(table, key)],
      [2, () => this.delete(table, key)],
    ])();
  }

  #request(text: string): Json {
    const { generator } = this;
    const parameters = generator.chance(0.01) ? this.#parameters.slice(1) : this.#parameters;
    return {
      Statement: text,
      ...(parameters.length > 0 && { Parameters: parameters }),
      ...(generator.chance(0.5) && { ReturnValuesOnConditionCheckFailure: 'ALL_OLD' }),
    };
  }

  #parameter(value: unknown): string {
    this.#parameters.push(value);
    return '?';
  }

  insert(table: '«T»' | '«R»', key: Json): Json {
    const { generator } = this;
    const item = {
      n: generator.number(),
      s: { S: 'a' },
      ...(generator.chance(0.5) && { q: generator.value(), l: { L: [generator.number()] } }),
      ...(generator.chance(0.006) && { big: { S: 'x'.repeat(410_000) } }),
      ...key,
    };
    const members = Object.entries(item).map(
      ([name, value]) => `'${name}': ${name in key ? this.#parameter(value) : this.#value(value)}`,
    );
    return this.#request(`INSERT INTO "${table}" VALUE {${members.join(', ')}}`);
  }

  /** Written out where that is simple, else a parameter. */
  #value(value: unknown): string {
    const { S, N, BOOL } = value as { S?: string; N?: string; BOOL?: boolean };
    if (this.generator.chance(0.25) && Object.keys(value as object).length === 1) {
      if (S !== undefined) return `'${S}'`;
      if (N !== undefined && /^\d+$/.test(N) && N.length < 39) return N;
      if (BOOL !== undefined) return String(BOOL);
    }
    return this.#parameter(value);
  }

  #where(key: Json, conditions: boolean): string {
    const equalities = Object.entries(key).map(([name, value]) => `${name} = ${this.#parameter(value)}`);
    const rest = conditions ? [this.condition(1)] : [];
    const all = [...equalities, ...rest];
    return all.length === 0 ? 'n = 1' : all.join(' AND ');
  }

  update(table: '«T»' | '«R»', key: Json): Json {
    const { generator } = this;
    const clauses = generator.several(1, 2, () =>
      generator.chance(0.2)
        ? `REMOVE ${this.#path()}`
        : `SET ${generator.several(1, 2, () => this.#assignment()).join(', ')}`,
    );
    const where = this.#where(key, generator.chance(0.6));
    const returning =
      this.options.returning && generator.chance(0.5)
        ? ` RETURNING ${generator.pick(['ALL NEW', 'ALL OLD', 'MODIFIED NEW', 'MODIFIED OLD'])} *`
        : '';
    return this.#request(`UPDATE "${table}" ${clauses.join(' ')} WHERE ${where}${returning}`);
  }

  delete(table: '«T»' | '«R»', key: Json): Json {
    const { generator } = this;
    const where = this.#where(key, generator.chance(0.6));
    const returning = this.options.returning && generator.chance(0.4) ? ' RETURNING ALL OLD *' : '';
    return this.#request(`DELETE FROM "${table}" WHERE ${where}${returning}`);
  }

  select(table: '«T»' | '«R»', key: Json, conditions: boolean): Json {
    const columns = this.generator.pick(['*', '*', 'n', 'n, s', '"z"']);
    const { ReturnValuesOnConditionCheckFailure: _none, ...request } = this.#request(
      `SELECT ${columns} FROM "${table}" WHERE ${this.#where(key, conditions)}`,
    );
    return request;
  }

  exists(table: '«T»' | '«R»', key: Json): Json {
    const conditions = this.generator.chance(0.95);
    return this.#request(`EXISTS(SELECT * FROM "${table}" WHERE ${this.#where(key, conditions)})`);
  }

  #path(): string {
    const { generator } = this;
    const path = generator.chance(0.8) ? generator.pick(NAMES) : generator.pick(RAW_PATHS);
    return generator.chance(0.2) && /^\w+$/.test(path) ? `"${path}"` : path;
  }

  #assignment(): string {
    const { generator } = this;
    const number = () => this.#value(generator.chance(0.95) ? generator.number() : generator.value());
    return generator.weighted<() => string>([
      [5, () => `${this.#path()} = ${this.#value(generator.value())}`],
      [
        4,
        () => `${this.#path()} = ${generator.pick(['n', 'm', this.#path()])} ${generator.pick(['+', '-'])} ${number()}`,
      ],
      [1, () => `${this.#path()} = ${this.#path()}`],
      [1, () => `l = list_append(l, ${this.#parameter({ L: [generator.number()] })})`],
      [1, () => `n = if_not_exists(n, ${number()})`],
      [1, () => `ss = set_add(ss, ${this.#parameter({ SS: ['c'] })})`],
      [1, () => `ss = set_delete(ss, ${this.#parameter({ SS: ['a'] })})`],
    ])();
  }

  condition(depth: number): string {
    const { generator } = this;
    const leaf = depth === 0;
    const operand = () => (generator.chance(0.7) ? this.#value(generator.value()) : this.#path());
    return generator.weighted<() => string>([
      [6, () => `${this.#path()} ${generator.pick(['=', '<>', '!=', '<', '<=', '>', '>='])} ${operand()}`],
      [2, () => `${this.#path()} IS MISSING`],
      [2, () => `${this.#path()} IS NOT MISSING`],
      [1, () => `attribute_exists(${this.#path()})`],
      [1, () => `attribute_not_exists(${this.#path()})`],
      [1, () => `${this.#path()} BETWEEN ${this.#value({ N: '0' })} AND ${this.#value({ N: '5' })}`],
      [1, () => `${this.#path()} IN [${generator.several(1, 3, operand).join(', ')}]`],
      [1, () => `contains(${this.#path()}, ${this.#value({ S: 'a' })})`],
      [1, () => `begins_with(${this.#path()}, ${this.#value({ S: 'a' })})`],
      [1, () => `size(${this.#path()}) > ${this.#value({ N: '1' })}`],
      [leaf ? 0 : 2, () => `(${this.condition(depth - 1)} OR ${this.condition(depth - 1)})`],
      [leaf ? 0 : 2, () => `${this.condition(depth - 1)} AND ${this.condition(depth - 1)}`],
      [leaf ? 0 : 1, () => `NOT (${this.condition(depth - 1)})`],
    ])();
  }
}
