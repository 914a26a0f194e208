/** A property of a file is not what it should be. */
export class FieldProblem extends Error {}

/** An object that came from outside: each property is read with what is accepted of it. */
export class Fields {
  readonly #values: Readonly<Record<string, unknown>>;
  readonly #path: string;
  readonly #read = new Set<string>();

  constructor(value: unknown, path = '') {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) throw problem(path, value, 'an object');
    this.#values = value as Readonly<Record<string, unknown>>;
    this.#path = path;
  }

  get names(): readonly string[] {
    return Object.keys(this.#values);
  }

  /** Whether the property stands there; what does not takes its default. */
  has(name: string): boolean {
    return this.#values[name] !== undefined;
  }

  value(name: string): unknown {
    this.#read.add(name);
    return this.#values[name];
  }

  /** A whole number. */
  number(name: string, minimum = 0, maximum = Number.MAX_SAFE_INTEGER): number {
    const value = this.value(name) as number;
    if (Number.isSafeInteger(value) && value >= minimum && value <= maximum) return value;
    throw problem(this.path(name), value, `a whole number from ${minimum} to ${maximum}`);
  }

  text(name: string): string {
    const value = this.value(name);
    if (typeof value === 'string') return value;
    throw problem(this.path(name), value, 'a text');
  }

  oneOf<Value extends string>(name: string, accepted: readonly Value[]): Value {
    const value = this.value(name);
    const found = accepted.find((one) => one === value);
    if (found !== undefined) return found;
    throw problem(this.path(name), value, accepted.join(', '));
  }

  flag(name: string): boolean {
    const value = this.value(name);
    if (typeof value === 'boolean') return value;
    throw problem(this.path(name), value, 'true or false');
  }

  /** What is wrong with a property, as an error to be thrown. */
  problem(name: string, accepted: string): FieldProblem {
    return problem(this.path(name), this.value(name), accepted);
  }

  true(name: string): true {
    const value = this.value(name);
    if (value === true) return value;
    throw problem(this.path(name), value, 'true, or nothing at all');
  }

  object(name: string): Fields {
    return new Fields(this.value(name), this.path(name));
  }

  list<Entry>(name: string, read: (value: unknown, path: string) => Entry): Entry[] {
    return listOf(this.value(name), this.path(name), read);
  }

  /** A property that nobody has read is a mistake of whoever wrote the file. */
  done(): void {
    const unknown = this.names.find((name) => !this.#read.has(name));
    if (unknown !== undefined) throw problem(this.path(unknown), this.#values[unknown], 'no property of that name');
  }

  path(name: string): string {
    return this.#path === '' ? name : `${this.#path}.${name}`;
  }
}

export function listOf<Entry>(value: unknown, path: string, read: (value: unknown, path: string) => Entry): Entry[] {
  if (!Array.isArray(value)) throw problem(path, value, 'a list');
  return value.map((entry, index) => read(entry, `${path}[${index}]`));
}

function problem(path: string, value: unknown, accepted: string): FieldProblem {
  const text = value === undefined ? 'missing' : (JSON.stringify(value) ?? String(value));
  const shown = text.length > 80 ? `${text.slice(0, 80)}…` : text;
  return new FieldProblem(`${path === '' ? 'The whole' : path} is ${shown}; accepted is ${accepted}`);
}
