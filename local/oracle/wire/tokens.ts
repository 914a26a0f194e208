import { unreadable } from './unreadable';

export interface Token {
  /** `name` may be a keyword, `quoted` never is one. */
  readonly kind: 'name' | 'quoted' | 'text' | 'number' | 'symbol';
  readonly text: string;
}

const REST =
  /"(?<quoted>(?:[^"]|"")*)"|'(?<text>(?:[^']|'')*)'|(?<number>\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)|(?<symbol><<|>>|<>|<=|>=|!=|\|\||[-+=<>(){}[\],:?.*])/
    .source;

const PATTERNS = {
  /** Names and values have placeholders: `#name`, `:value`. */
  UpdateExpression: new RegExp(`\\s*(?:(?<name>(?:[#:]\\w+|[A-Za-z_]\\w*)(?:\\.#?\\w+)*)|${REST})`, 'y'),
  /** A colon stands between a name and its value. */
  'A statement': new RegExp(`\\s*(?:(?<name>[A-Za-z_]\\w*(?:\\.\\w+)*)|${REST})`, 'y'),
};

/** Reads an expression or a statement, strictly from its first character to its last. */
export class Tokens {
  readonly #source: string;
  readonly #what: keyof typeof PATTERNS;
  readonly #tokens: Token[];
  #at = 0;

  constructor(source: string, what: keyof typeof PATTERNS) {
    this.#source = source;
    this.#what = what;
    this.#tokens = [...this.#split()];
  }

  get next(): Token | undefined {
    return this.#tokens[this.#at];
  }

  take(): Token {
    const token = this.#tokens[this.#at];
    if (token === undefined) throw this.unreadable('more of it');
    this.#at += 1;
    return token;
  }

  isWord(word: string, ahead = 0): boolean {
    const token = this.#tokens[this.#at + ahead];
    return token?.kind === 'name' && token.text.toUpperCase() === word;
  }

  isSymbol(symbol: string, ahead = 0): boolean {
    const token = this.#tokens[this.#at + ahead];
    return token?.kind === 'symbol' && token.text === symbol;
  }

  /** Takes it if it is there. */
  word(word: string): boolean {
    return this.#takeIf(this.isWord(word));
  }

  symbol(symbol: string): boolean {
    return this.#takeIf(this.isSymbol(symbol));
  }

  expectWord(word: string): void {
    if (!this.word(word)) throw this.unreadable(word);
  }

  expectSymbol(symbol: string): void {
    if (!this.symbol(symbol)) throw this.unreadable(JSON.stringify(symbol));
  }

  /** A name as it is written, or one in double quotes. */
  expectName(): string {
    const token = this.next;
    if (token?.kind !== 'name' && token?.kind !== 'quoted') throw this.unreadable('a name');
    this.#at += 1;
    return token.text;
  }

  expectEnd(): void {
    if (this.next !== undefined) throw this.unreadable('nothing more');
  }

  unreadable(expected: string) {
    const { next } = this;
    const place = next === undefined ? 'its end' : JSON.stringify(next.text);
    return unreadable(this.#what, this.#source, `${expected} at ${place}`);
  }

  #takeIf(isThere: boolean): boolean {
    if (isThere) this.#at += 1;
    return isThere;
  }

  *#split(): Generator<Token> {
    const source = this.#source.trimEnd();
    const pattern = PATTERNS[this.#what];
    pattern.lastIndex = 0;
    while (pattern.lastIndex < source.length) {
      const from = pattern.lastIndex;
      const found = pattern.exec(source)?.groups;
      if (!found)
        throw unreadable(this.#what, this.#source, `another character at ${JSON.stringify(source.slice(from))}`);
      const [kind, text] = Object.entries(found).find(([, value]) => value !== undefined) as [Token['kind'], string];
      const end = pattern.lastIndex;
      yield { kind, text: kind === 'quoted' ? text.replaceAll('""', '"') : text.replaceAll("''", "'") };
      pattern.lastIndex = end;
    }
  }
}
