import { NotInStub, type Tokens } from './tokens';
import { compare, type Item, type Value } from './value';

/** What an expression's placeholders stand for: `?` by number, `:value` and `#name` by name. */
export interface Bindings {
  readonly values: Readonly<Record<string | number, Value>>;
  readonly names: Readonly<Record<string, string>>;
}

/** Compiled once for each text: a stub that parses is slower than the client that it is there to measure. */
export type Operand = (item: Item, bindings: Bindings) => Value | undefined;
export type Condition = (item: Item, bindings: Bindings) => boolean;
type Name = (bindings: Bindings) => string;

export interface Change {
  readonly kind: 'set' | 'remove' | 'add';
  readonly name: Name;
  readonly value: Operand;
}

/** Reads conditions and updates, of PartiQL and of expressions: where the two overlap they mean the same. */
export class ExpressionParser {
  /** The value that the condition asks the key attribute to have. */
  key: Operand | undefined;
  #parameters = 0;

  constructor(
    readonly tokens: Tokens,
    readonly keyAttribute: string,
  ) {}

  condition(): Condition {
    const parts = [this.#and()];
    while (this.tokens.takeKeyword('OR')) parts.push(this.#and());
    if (parts.length === 1) return parts[0] as Condition;
    return (item, bindings) => parts.some((part) => part(item, bindings));
  }

  /** `SET a = b, c = d REMOVE e ADD f :g`, in any order; PartiQL repeats the keyword. */
  changes(): Change[] {
    const found: Change[] = [];
    for (;;) {
      if (this.tokens.takeKeyword('SET')) this.#list(() => found.push(this.#assignment()));
      else if (this.tokens.takeKeyword('REMOVE')) {
        this.#list(() => found.push({ kind: 'remove', name: this.#name(), value: () => undefined }));
      } else if (this.tokens.takeKeyword('ADD')) {
        this.#list(() => found.push({ kind: 'add', name: this.#name(), value: this.operand() }));
      } else return found;
    }
  }

  operand(): Operand {
    const { tokens } = this;
    if (tokens.takeSymbol('?')) {
      const place = this.#parameters;
      this.#parameters += 1;
      return (_, { values }) => values[place];
    }
    if (tokens.isCall) return this.#call();
    const constant = this.#constant();
    if (constant !== undefined) return () => constant;
    if (tokens.kind === 'word' && tokens.text.startsWith(':')) {
      const placeholder = tokens.take();
      return (_, { values }) => values[placeholder];
    }
    const name = this.#name();
    return (item, bindings) => item[name(bindings)];
  }

  #list(read: () => void): void {
    do read();
    while (this.tokens.takeSymbol(','));
  }

  #and(): Condition {
    const parts = [this.#not()];
    while (this.tokens.takeKeyword('AND')) parts.push(this.#not());
    if (parts.length === 1) return parts[0] as Condition;
    return (item, bindings) => parts.every((part) => part(item, bindings));
  }

  #not(): Condition {
    if (this.tokens.takeKeyword('NOT')) {
      const part = this.#not();
      return (item, bindings) => !part(item, bindings);
    }
    if (!this.tokens.takeSymbol('(')) return this.#comparison();
    const part = this.condition();
    this.tokens.expectSymbol(')');
    return part;
  }

  #comparison(): Condition {
    const { tokens } = this;
    if (tokens.isCall && /^attribute_(not_)?exists$/i.test(tokens.text)) {
      const wanted = tokens.take().toLowerCase() === 'attribute_exists';
      tokens.expectSymbol('(');
      const operand = this.operand();
      tokens.expectSymbol(')');
      return (item, bindings) => (operand(item, bindings) !== undefined) === wanted;
    }
    if (tokens.isCall && tokens.text.toLowerCase() === 'contains') {
      const [whole, part] = this.#arguments();
      return (item, bindings) => contains(whole(item, bindings), part(item, bindings));
    }
    if (tokens.isCall && tokens.text.toLowerCase() === 'attribute_type') {
      const [operand, type] = this.#arguments();
      return (item, bindings) => {
        const value = operand(item, bindings);
        return value !== undefined && Object.keys(value)[0] === type(item, bindings)?.S;
      };
    }
    const isKey = tokens.text === this.keyAttribute;
    const left = this.operand();
    if (tokens.takeKeyword('IS')) {
      const wanted = tokens.takeKeyword('NOT');
      tokens.expectKeyword('MISSING');
      return (item, bindings) => (left(item, bindings) !== undefined) === wanted;
    }
    const comparator = tokens.take();
    const accepts = COMPARATORS[comparator];
    if (accepts === undefined) throw new NotInStub(`the comparator ${comparator}, in: ${tokens.source}`);
    const right = this.operand();
    if (isKey && comparator === '=') this.key ??= right;
    return (item, bindings) => {
      const [a, b] = [left(item, bindings), right(item, bindings)];
      return a === undefined || b === undefined ? comparator === '<>' : accepts(compare(a, b));
    };
  }

  #assignment(): Change {
    const name = this.#name();
    this.tokens.expectSymbol('=');
    return { kind: 'set', name, value: this.#sum() };
  }

  #sum(): Operand {
    let sum = this.operand();
    for (;;) {
      const sign = this.tokens.takeSymbol('+') ? 1 : this.tokens.takeSymbol('-') ? -1 : 0;
      if (sign === 0) return sum;
      const [left, right] = [sum, this.operand()];
      sum = (item, bindings) => added(left(item, bindings), right(item, bindings), sign);
    }
  }

  #call(): Operand {
    const { tokens } = this;
    const name = tokens.text.toLowerCase();
    const [left, right] = this.#arguments();
    if (name === 'if_not_exists') return (item, bindings) => left(item, bindings) ?? right(item, bindings);
    if (name !== 'list_append') throw new NotInStub(`the function ${name}, in: ${tokens.source}`);
    return (item, bindings) => ({ L: [...listOf(left(item, bindings)), ...listOf(right(item, bindings))] });
  }

  /** Of a call with two of them. */
  #arguments(): readonly [Operand, Operand] {
    this.tokens.take();
    this.tokens.expectSymbol('(');
    const left = this.operand();
    this.tokens.expectSymbol(',');
    const right = this.operand();
    this.tokens.expectSymbol(')');
    return [left, right];
  }

  #name(): Name {
    const { tokens } = this;
    if (tokens.kind !== 'word' && tokens.kind !== 'quoted') throw tokens.unexpected('the name of an attribute');
    const isPlaceholder = tokens.kind === 'word' && tokens.text.startsWith('#');
    const name = tokens.take();
    if (tokens.isSymbol('.') || tokens.isSymbol('[')) {
      throw new NotInStub(`a path into ${name}, in: ${tokens.source}`);
    }
    return isPlaceholder ? ({ names }) => names[name] as string : () => name;
  }

  #constant(): Value | undefined {
    const { tokens } = this;
    if (tokens.kind === 'text') return { S: tokens.take() };
    if (tokens.kind === 'word' && /^\d/.test(tokens.text)) return { N: tokens.take() };
    if (tokens.takeKeyword('TRUE')) return { BOOL: true };
    if (tokens.takeKeyword('FALSE')) return { BOOL: false };
    if (!tokens.takeSymbol('[')) return undefined;
    const elements: Value[] = [];
    while (!tokens.takeSymbol(']')) {
      const element = this.#constant();
      if (element === undefined) throw tokens.unexpected('a constant');
      elements.push(element);
      tokens.takeSymbol(',');
    }
    return { L: elements };
  }
}

const COMPARATORS: Readonly<Record<string, (order: number | undefined) => boolean>> = {
  '=': (order) => order === 0,
  '<>': (order) => order !== 0,
  '!=': (order) => order !== 0,
  '<': (order) => order !== undefined && order < 0,
  '<=': (order) => order !== undefined && order <= 0,
  '>': (order) => order !== undefined && order > 0,
  '>=': (order) => order !== undefined && order >= 0,
};

export function added(left: Value | undefined, right: Value | undefined, sign: 1 | -1): Value {
  if (typeof left?.N !== 'string' || typeof right?.N !== 'string') throw new NotInStub('a sum of what is no number');
  return { N: String(Number(left.N) + sign * Number(right.N)) };
}

function contains(whole: Value | undefined, part: Value | undefined): boolean {
  if (whole === undefined || part === undefined) return false;
  if (Array.isArray(whole.L)) return whole.L.some((element: Value) => compare(element, part) === 0);
  if (Array.isArray(whole.SS)) return whole.SS.includes(part.S);
  return typeof whole.S === 'string' && typeof part.S === 'string' && whole.S.includes(part.S);
}

function listOf(value: Value | undefined): readonly Value[] {
  if (!Array.isArray(value?.L)) throw new NotInStub('list_append to what is no list');
  return value.L;
}
