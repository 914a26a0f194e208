/** The stub was asked for something that the benchmarks never needed: it is answered as an error, never guessed. */
export class NotInStub extends Error {}

/** A colon behind a text in single quotes is PartiQL's; else it begins a placeholder. */
const TOKEN =
  /\s*(?:"((?:[^"]|"")*)"|'((?:[^']|'')*)'|(<=|>=|<>|!=|[=<>()[\]{},?*+\-.]|(?<='\s*):)|([#:]?[A-Za-z_0-9]+))/y;

type Kind = 'quoted' | 'text' | 'symbol' | 'word' | 'end';

/** Words and symbols of a PartiQL statement or of an expression, one after the other. */
export class Tokens {
  readonly #all: { readonly kind: Kind; readonly text: string }[] = [];
  #at = 0;

  constructor(readonly source: string) {
    TOKEN.lastIndex = 0;
    let end = 0;
    while (source.slice(end).trim() !== '') {
      const match = TOKEN.exec(source);
      if (match === null) throw new NotInStub(`unreadable from ${JSON.stringify(source.slice(end, end + 20))} on`);
      end = TOKEN.lastIndex;
      const [, quoted, text, symbol, word] = match;
      if (quoted !== undefined) this.#all.push({ kind: 'quoted', text: quoted.replaceAll('""', '"') });
      else if (text !== undefined) this.#all.push({ kind: 'text', text: text.replaceAll("''", "'") });
      else if (word !== undefined) this.#all.push({ kind: 'word', text: word });
      else this.#all.push({ kind: 'symbol', text: symbol ?? '' });
    }
    this.#all.push({ kind: 'end', text: '' });
  }

  get kind(): Kind {
    return (this.#all[this.#at] as { kind: Kind }).kind;
  }

  get text(): string {
    return (this.#all[this.#at] as { text: string }).text;
  }

  take(): string {
    const { text } = this;
    this.#at += 1;
    return text;
  }

  isSymbol(symbol: string): boolean {
    return this.kind === 'symbol' && this.text === symbol;
  }

  takeSymbol(symbol: string): boolean {
    if (!this.isSymbol(symbol)) return false;
    this.#at += 1;
    return true;
  }

  takeKeyword(keyword: string): boolean {
    if (!this.isKeyword(keyword)) return false;
    this.#at += 1;
    return true;
  }

  isKeyword(keyword: string): boolean {
    return this.kind === 'word' && this.text.toUpperCase() === keyword;
  }

  /** A word with an opening parenthesis behind it. */
  get isCall(): boolean {
    return this.kind === 'word' && this.#all[this.#at + 1]?.text === '(' && this.#all[this.#at + 1]?.kind === 'symbol';
  }

  expectSymbol(symbol: string): void {
    if (!this.takeSymbol(symbol)) throw this.unexpected(symbol);
  }

  expectKeyword(keyword: string): void {
    if (!this.takeKeyword(keyword)) throw this.unexpected(keyword);
  }

  unexpected(wanted: string): NotInStub {
    return new NotInStub(`${JSON.stringify(this.text)} where ${wanted} would be known, in: ${this.source}`);
  }
}
