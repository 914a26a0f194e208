import { NAMES, RAW_PATHS, STRINGS, type ValueGenerator } from './value-generator';

type Json = Record<string, unknown>;

/** The expressions of one request with their names and values. */
export class Expressions {
  readonly #names = new Map<string, string>();
  readonly #values = new Map<string, unknown>();

  constructor(readonly generator: ValueGenerator) {}

  path(): string {
    const { generator } = this;
    if (generator.chance(0.75)) return this.#name(generator.pick(NAMES));
    return generator.pick(RAW_PATHS);
  }

  #name(name: string): string {
    if (this.generator.chance(0.6)) return name;
    const alias = `#${name}`;
    this.#names.set(alias, name);
    return alias;
  }

  value(value: unknown): string {
    const placeholder = `:${this.#values.size}`;
    this.#values.set(placeholder, value);
    return placeholder;
  }

  placeholders(surplus: boolean): Json {
    if (surplus) this.#values.set(':surplus', { N: '1' });
    return {
      ...(this.#names.size > 0 && { ExpressionAttributeNames: Object.fromEntries(this.#names) }),
      ...(this.#values.size > 0 && { ExpressionAttributeValues: Object.fromEntries(this.#values) }),
    };
  }

  projection(): string {
    const paths = this.generator.several(1, 3, () => this.path());
    return [...new Set(paths)].join(', ');
  }

  operand(): string {
    const { generator } = this;
    return generator.weighted<() => string>([
      [6, () => this.path()],
      [6, () => this.value(generator.value())],
      [1, () => `size(${this.path()})`],
    ])();
  }

  condition(depth: number): string {
    const { generator } = this;
    const leaf = depth === 0 ? 1 : 0;
    return generator.weighted<() => string>([
      [5, () => `${this.path()} ${generator.pick(['=', '=', '<>', '<', '<=', '>', '>='])} ${this.operand()}`],
      [2, () => `${this.operand()} ${generator.pick(['=', '<>', '<', '>='])} ${this.operand()}`],
      [3, () => `attribute_exists(${this.path()})`],
      [3, () => `attribute_not_exists(${this.path()})`],
      [
        1,
        () =>
          `attribute_type(${this.path()}, ${this.value({ S: generator.pick(['S', 'N', 'L', 'M', 'SS', 'BOOL', 'NULL', 'Q']) })})`,
      ],
      [
        1,
        () =>
          `begins_with(${this.path()}, ${generator.chance(0.85) ? this.value({ S: generator.pick(STRINGS) }) : this.operand()})`,
      ],
      [2, () => `contains(${this.path()}, ${this.operand()})`],
      [1, () => `${this.operand()} BETWEEN ${this.operand()} AND ${this.operand()}`],
      [1, () => `${this.path()} BETWEEN ${this.value({ N: '0' })} AND ${this.value({ N: '5' })}`],
      [1, () => `${this.path()} IN (${generator.several(1, 3, () => this.operand()).join(', ')})`],
      [leaf ? 0 : 3, () => `${this.condition(depth - 1)} AND ${this.condition(depth - 1)}`],
      [leaf ? 0 : 3, () => `${this.condition(depth - 1)} OR ${this.condition(depth - 1)}`],
      [leaf ? 0 : 2, () => `(${this.condition(depth - 1)}) AND ${this.condition(depth - 1)}`],
      [leaf ? 0 : 2, () => `NOT ${this.condition(depth - 1)}`],
    ])();
  }

  update(): string {
    const { generator } = this;
    // A single section has a chance to succeed.
    if (generator.chance(0.2)) return `REMOVE ${this.removed()}`;
    const sections: string[] = [];
    if (generator.chance(0.8)) sections.push(`SET ${generator.several(1, 2, () => this.assignment()).join(', ')}`);
    if (generator.chance(0.25)) sections.push(`REMOVE ${this.removed()}`);
    if (generator.chance(0.2))
      sections.push(`ADD ${this.path()} ${this.value(generator.chance(0.9) ? this.addend() : generator.value())}`);
    if (generator.chance(0.12))
      sections.push(
        `DELETE ${this.path()} ${this.value(generator.chance(0.9) ? { SS: generator.subset(['a', 'b', 'c']) } : generator.value())}`,
      );
    return sections.length === 0 ? 'REMOVE q' : sections.join(' ');
  }

  removed(): string {
    const { generator } = this;
    // Indexes of one list: each names an element as it was before.
    if (generator.chance(0.3)) return generator.pick(['l[0], l[1]', 'l[1], l[0]', 'l[0], d.l[0]', 'l[2], l[0]']);
    return generator.several(1, 2, () => this.path()).join(', ');
  }

  /** A sum of 38 digits, or of one more. */
  edge(): string {
    const { generator } = this;
    const large = this.value({
      N: generator.pick(['99999999999999999999999999999999999999', '1e37', '9223372036854775807']),
    });
    return `${large} ${generator.pick(['+', '-'])} ${this.value({ N: generator.pick(['1', '2', '0.5', '-1']) })}`;
  }

  addend(): unknown {
    const { generator } = this;
    return generator.pick([
      generator.number(),
      generator.number(),
      { SS: generator.subset(['a', 'd']) },
      { NS: generator.subset(['1', '7']) },
      { BS: ['YWI='] },
    ]);
  }

  assignment(): string {
    const { generator } = this;
    return `${this.path()} = ${this.setValue()}`.replace('= =', '=') + (generator.chance(0.005) ? ' + :x + :x' : '');
  }

  setValue(): string {
    const { generator } = this;
    const value = () => this.value(generator.value());
    const number = () => this.value(generator.chance(0.95) ? generator.number() : generator.value());
    const list = () => this.value({ L: generator.several(0, 2, () => generator.value(2)) });
    const term = () =>
      generator.weighted<() => string>([
        [3, () => this.path()],
        [3, number],
        [1, () => `if_not_exists(${this.path()}, ${number()})`],
      ])();
    return generator.weighted<() => string>([
      [6, value],
      [2, () => this.path()],
      [6, () => `${generator.pick(['n', 'm', this.path()])} ${generator.pick(['+', '-'])} ${number()}`],
      [2, () => `${term()} ${generator.pick(['+', '-'])} ${term()}`],
      [2, () => `if_not_exists(${this.path()}, ${generator.chance(0.7) ? value() : this.path()})`],
      [2, () => `list_append(${generator.pick(['l', `if_not_exists(l, ${list()})`, this.path()])}, ${list()})`],
      [1, () => `(${term()} + ${term()})`],
      [1, () => this.edge()],
      [0.15, () => this.value({ S: 'x'.repeat(410_000) })],
      [0.2, () => `list_append(l, l) + ${number()}`],
      [0.2, () => `size(s)`],
    ])();
  }
}
