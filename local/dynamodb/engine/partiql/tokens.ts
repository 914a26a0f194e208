import { validationError } from '../errors';
import { isKeyword } from './keywords';

export interface Token {
  /** A quoted name is never a keyword. */
  readonly kind: 'word' | 'quoted' | 'string' | 'number' | 'symbol' | 'end';
  readonly text: string;
}

const SKIPPED = /(?:\s+|--[^\n]*)*/y;
const TOKENS: readonly [Token['kind'], RegExp, (text: string) => string][] = [
  ['word', /[A-Za-z_$][A-Za-z0-9_$]*/y, (text) => text],
  ['quoted', /"(?:[^"]|"")+"/y, (text) => text.slice(1, -1).replaceAll('""', '"')],
  ['string', /'(?:[^']|'')*'/y, (text) => text.slice(1, -1).replaceAll("''", "'")],
  ['number', /(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?/y, (text) => text],
  ['symbol', /<<|>>|<>|!=|<=|>=|[=<>(){}[\],.:+\-*?;]/y, (text) => text],
];

const END: Token = { kind: 'end', text: '' };

/** The tokens of a statement with the place of the reader, who also counts the parameters. */
export class Tokens {
  readonly #tokens: Token[] = [];
  #next = 0;
  #parameters = 0;

  constructor(readonly statement: string) {
    let offset = 0;
    for (;;) {
      SKIPPED.lastIndex = offset;
      offset += SKIPPED.exec(statement)?.[0].length ?? 0;
      if (offset >= statement.length) break;
      offset += this.#tokenAt(offset);
    }
    if (this.#tokens.at(-1)?.text === ';' && this.#tokens.at(-1)?.kind === 'symbol') this.#tokens.pop();
  }

  #tokenAt(offset: number): number {
    for (const [kind, form, content] of TOKENS) {
      form.lastIndex = offset;
      const found = form.exec(this.statement);
      if (found === null) continue;
      this.#tokens.push({ kind, text: content(found[0]) });
      return found[0].length;
    }
    throw this.malformed();
  }

  get parameters(): number {
    return this.#parameters;
  }

  get current(): Token {
    return this.#tokens[this.#next] ?? END;
  }

  get following(): Token {
    return this.#tokens[this.#next + 1] ?? END;
  }

  take(): Token {
    const token = this.current;
    this.#next += 1;
    return token;
  }

  takeSymbol(symbol: string): boolean {
    if (this.current.kind !== 'symbol' || this.current.text !== symbol) return false;
    this.#next += 1;
    return true;
  }

  expectSymbol(symbol: string): void {
    if (!this.takeSymbol(symbol)) throw this.malformed();
  }

  isWord(word: string): boolean {
    return this.current.kind === 'word' && this.current.text.toUpperCase() === word;
  }

  takeWord(word: string): boolean {
    if (!this.isWord(word)) return false;
    this.#next += 1;
    return true;
  }

  expectWord(word: string): void {
    if (!this.takeWord(word)) throw this.malformed();
  }

  /** The name of a table or an attribute. */
  takeName(): string {
    const { kind, text } = this.current;
    if (kind !== 'quoted' && (kind !== 'word' || isKeyword(text))) throw this.malformed();
    return this.take().text;
  }

  /** The index of the parameter for which the next `?` stands. */
  takeParameter(): number {
    this.expectSymbol('?');
    this.#parameters += 1;
    return this.#parameters - 1;
  }

  expectEnd(): void {
    if (this.current.kind !== 'end') throw this.malformed();
  }

  malformed() {
    return validationError(`Statement wasn't well formed, can't be processed: ${this.statement}`);
  }
}
