import { validationError } from '../errors';

export interface Token {
  readonly kind: 'word' | 'name' | 'value' | 'number' | 'symbol' | 'end';
  readonly text: string;
}

const SPACE = /\s*/y;
const TOKENS: readonly [Token['kind'], RegExp][] = [
  ['word', /[A-Za-z][A-Za-z0-9_]*/y],
  ['name', /#[A-Za-z0-9_]+/y],
  ['value', /:[A-Za-z0-9_]+/y],
  ['number', /\d+/y],
  ['symbol', /<>|<=|>=|[=<>(),.[\]+-]/y],
];

const END: Token = { kind: 'end', text: '<EOF>' };

/** The tokens of an expression with the place of the reader. */
export class Tokens {
  readonly #tokens: Token[] = [];
  #next = 0;

  constructor(text: string) {
    let offset = 0;
    for (;;) {
      SPACE.lastIndex = offset;
      offset += SPACE.exec(text)?.[0].length ?? 0;
      if (offset >= text.length) break;
      const token = tokenAt(text, offset);
      if (token === undefined) throw syntaxError(text[offset] ?? '', text.slice(offset, offset + 10));
      this.#tokens.push(token);
      offset += token.text.length;
    }
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
    if (!this.takeSymbol(symbol)) throw this.unexpected();
  }

  isKeyword(keyword: string): boolean {
    return this.current.kind === 'word' && this.current.text.toUpperCase() === keyword;
  }

  takeKeyword(keyword: string): boolean {
    if (!this.isKeyword(keyword)) return false;
    this.#next += 1;
    return true;
  }

  expectKeyword(keyword: string): void {
    if (!this.takeKeyword(keyword)) throw this.unexpected();
  }

  expectEnd(): void {
    if (this.current.kind !== 'end') throw this.unexpected();
  }

  unexpected() {
    const near = this.#tokens.slice(Math.max(0, this.#next - 1), this.#next + 2).map(({ text }) => text);
    return syntaxError(this.current.text, near.join(' '));
  }
}

function tokenAt(text: string, offset: number): Token | undefined {
  for (const [kind, form] of TOKENS) {
    form.lastIndex = offset;
    const found = form.exec(text);
    if (found) return { kind, text: found[0] };
  }
  return undefined;
}

function syntaxError(token: string, near: string) {
  return validationError(`Syntax error; token: "${token}", near: "${near}"`);
}
