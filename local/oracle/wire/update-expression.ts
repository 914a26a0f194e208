import { AssignmentList, type Assignments } from './assignments';
import { Tokens } from './tokens';
import { unreadable } from './unreadable';
import type { WireInput, WireItem, WireValue } from './write';

const CLAUSES = ['SET', 'REMOVE', 'ADD', 'DELETE'];

/** Reads what an `UpdateExpression` assigns. Source of its grammar: DynamoDB Developer Guide, "Update expressions". */
export function readUpdateExpression(input: WireInput): Assignments {
  const { UpdateExpression: text } = input;
  if (text === undefined) return new AssignmentList().all;
  if (typeof text !== 'string') throw unreadable('UpdateExpression', text, 'a text');
  return new UpdateReader(text, input).read();
}

class UpdateReader {
  readonly #tokens: Tokens;
  readonly #names: Readonly<Record<string, string>>;
  readonly #values: WireItem;
  readonly #list = new AssignmentList();

  constructor(text: string, { ExpressionAttributeNames, ExpressionAttributeValues }: WireInput) {
    this.#tokens = new Tokens(text, 'UpdateExpression');
    this.#names = (ExpressionAttributeNames ?? {}) as Record<string, string>;
    this.#values = (ExpressionAttributeValues ?? {}) as WireItem;
  }

  read(): Assignments {
    const tokens = this.#tokens;
    do {
      if (tokens.word('SET')) this.#each(() => this.#assignment());
      else if (tokens.word('REMOVE')) this.#each(() => this.#list.remove(this.#path()));
      else if (tokens.word('ADD') || tokens.word('DELETE')) this.#each(() => this.#change());
      else throw tokens.unreadable(CLAUSES.join(', '));
    } while (tokens.next !== undefined);
    return this.#list.all;
  }

  #each(read: () => void): void {
    do read();
    while (this.#tokens.symbol(','));
  }

  #assignment(): void {
    const path = this.#path();
    this.#tokens.expectSymbol('=');
    this.#list.set(path, this.#sum());
  }

  /** A number added to another, or a set made larger or smaller. */
  #change(): void {
    const path = this.#path();
    this.#operand();
    this.#list.set(path, undefined);
  }

  #sum(): WireValue | undefined {
    const value = this.#operand();
    if (!this.#tokens.symbol('+') && !this.#tokens.symbol('-')) return value;
    this.#operand();
    return undefined;
  }

  #operand(): WireValue | undefined {
    const tokens = this.#tokens;
    const { next } = tokens;
    if (tokens.symbol('(')) {
      const value = this.#sum();
      tokens.expectSymbol(')');
      return value;
    }
    if (next?.kind === 'name' && next.text.startsWith(':')) return this.#value(tokens.take().text);
    if ((tokens.isWord('IF_NOT_EXISTS') || tokens.isWord('LIST_APPEND')) && tokens.isSymbol('(', 1)) {
      tokens.take();
      tokens.expectSymbol('(');
      this.#operand();
      tokens.expectSymbol(',');
      this.#operand();
      tokens.expectSymbol(')');
      return undefined;
    }
    this.#path();
    return undefined;
  }

  #value(name: string): WireValue {
    const value = this.#values[name];
    if (value === undefined) throw unreadable(`The value ${name}`, undefined, 'one of ExpressionAttributeValues');
    return value;
  }

  /** `a`, `#a`, `a.#b`, `a[0].b`, as the attributes are called. */
  #path(): string {
    let path = this.#resolved(this.#tokens.expectName());
    while (this.#tokens.symbol('[')) {
      path += `[${this.#tokens.take().text}]`;
      this.#tokens.expectSymbol(']');
      if (this.#tokens.symbol('.')) path += `.${this.#resolved(this.#tokens.expectName())}`;
    }
    return path;
  }

  #resolved(name: string): string {
    return name
      .split('.')
      .map((part) => {
        const resolved = part.startsWith('#') ? this.#names[part] : part;
        if (resolved === undefined) throw unreadable(`The name ${part}`, undefined, 'one of ExpressionAttributeNames');
        return resolved;
      })
      .join('.');
  }
}
