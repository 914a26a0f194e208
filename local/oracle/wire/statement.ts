import { AssignmentList } from './assignments';
import { StatementValues } from './statement-values';
import { readWhere } from './statement-where';
import { Tokens } from './tokens';
import { unreadable } from './unreadable';
import type { WireInput, WireItem, WireValue, Write } from './write';

/**
 * Reads what a PartiQL statement writes; undefined where it only reads. Source of its grammar: DynamoDB Developer Guide,
 * "PartiQL - a SQL-compatible query language for Amazon DynamoDB".
 */
export function readStatement({ Statement, Parameters = [] }: WireInput): Write | undefined {
  if (typeof Statement !== 'string') throw unreadable('A statement', Statement, 'a text');
  if (!Array.isArray(Parameters)) throw unreadable('Parameters', Parameters, 'a list');
  return new StatementReader(Statement, Parameters as WireValue[]).read();
}

class StatementReader {
  readonly #tokens: Tokens;
  readonly #values: StatementValues;

  constructor(text: string, parameters: readonly WireValue[]) {
    this.#tokens = new Tokens(text, 'A statement');
    this.#values = new StatementValues(this.#tokens, parameters);
  }

  read(): Write | undefined {
    const tokens = this.#tokens;
    if (tokens.isWord('SELECT') || tokens.isWord('EXISTS')) return undefined;
    const write = this.#write();
    tokens.expectEnd();
    this.#values.expectAllUsed();
    return write;
  }

  #write(): Write {
    const tokens = this.#tokens;
    if (tokens.word('INSERT')) return this.#insert();
    if (tokens.word('UPDATE')) return this.#update();
    if (tokens.word('DELETE')) return this.#delete();
    throw tokens.unreadable('INSERT, UPDATE, DELETE or SELECT');
  }

  #insert(): Write {
    const tokens = this.#tokens;
    tokens.expectWord('INTO');
    const table = tokens.expectName();
    tokens.expectWord('VALUE');
    const item = tokens.symbol('?') ? this.#mapOf(this.#values.parameter()) : this.#literalItem();
    if (tokens.word('IF')) {
      for (const word of ['NOT', 'EXISTS']) tokens.expectWord(word);
    }
    return { kind: 'put', table, key: item, sets: item, computes: [], removes: [] };
  }

  #literalItem(): WireItem {
    this.#tokens.expectSymbol('{');
    return this.#values.map();
  }

  #mapOf(value: WireValue): WireItem {
    if (typeof value.M !== 'object' || value.M === null) throw unreadable('What is inserted', value, 'a map');
    return value.M as WireItem;
  }

  #update(): Write {
    const tokens = this.#tokens;
    const table = tokens.expectName();
    const list = new AssignmentList();
    while (!tokens.isWord('WHERE')) {
      if (tokens.word('SET')) this.#each(() => this.#assignment(list));
      else if (tokens.word('REMOVE')) this.#each(() => list.remove(this.#path()));
      else throw tokens.unreadable('SET, REMOVE or WHERE');
    }
    const key = readWhere(this.#tokens, this.#values);
    this.#returning();
    return { kind: 'update', table, key, ...list.all };
  }

  #delete(): Write {
    this.#tokens.expectWord('FROM');
    const table = this.#tokens.expectName();
    const key = readWhere(this.#tokens, this.#values);
    this.#returning();
    return { kind: 'delete', table, key, sets: {}, computes: [], removes: [] };
  }

  #each(read: () => void): void {
    do read();
    while (this.#tokens.symbol(','));
  }

  #assignment(list: AssignmentList): void {
    const path = this.#path();
    this.#tokens.expectSymbol('=');
    list.set(path, this.#sum());
  }

  /** A value; undefined where it is computed from what the item holds. */
  #sum(): WireValue | undefined {
    const value = this.#operand();
    if (!this.#tokens.symbol('+') && !this.#tokens.symbol('-')) return value;
    this.#operand();
    return undefined;
  }

  #operand(): WireValue | undefined {
    const value = this.#values.read();
    if (value !== undefined) return value;
    this.#path();
    if (this.#tokens.symbol('(')) {
      this.#each(() => this.#operand());
      this.#tokens.expectSymbol(')');
    }
    return undefined;
  }

  #path(): string {
    const { next } = this.#tokens;
    if (next?.kind === 'name' && /^[#:]/.test(next.text)) throw this.#tokens.unreadable('a name');
    let path = this.#tokens.expectName();
    for (;;) {
      if (this.#tokens.symbol('.')) path += `.${this.#tokens.expectName()}`;
      else if (this.#tokens.symbol('[')) {
        path += `[${this.#tokens.take().text}]`;
        this.#tokens.expectSymbol(']');
      } else return path;
    }
  }

  #returning(): void {
    const tokens = this.#tokens;
    if (!tokens.word('RETURNING')) return;
    if (!tokens.word('ALL') && !tokens.word('MODIFIED')) throw tokens.unreadable('ALL or MODIFIED');
    if (!tokens.word('OLD') && !tokens.word('NEW')) throw tokens.unreadable('OLD or NEW');
    tokens.expectSymbol('*');
  }
}
