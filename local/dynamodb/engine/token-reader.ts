export interface Token<Kind extends string = string> {
  readonly kind: Kind;
  readonly text: string;
}

/** How one kind of token looks; `content` is what counts of it. */
export type TokenForm<Kind extends string> = readonly [kind: Kind, form: RegExp, content?: (text: string) => string];

/** Cuts a text into tokens; `refuse` gives the error for what is none. The expressions are sticky. */
export function tokensOf<Kind extends string>(
  text: string,
  skipped: RegExp,
  forms: readonly TokenForm<Kind>[],
  refuse: (offset: number) => Error,
): Token<Kind>[] {
  const tokens: Token<Kind>[] = [];
  let offset = lengthAt(skipped, text, 0);
  while (offset < text.length) {
    const found = forms.find(([, form]) => lengthAt(form, text, offset) > 0);
    if (found === undefined) throw refuse(offset);
    const [kind, form, content] = found;
    const raw = text.slice(offset, offset + lengthAt(form, text, offset));
    tokens.push({ kind, text: content === undefined ? raw : content(raw) });
    offset += raw.length;
    offset += lengthAt(skipped, text, offset);
  }
  return tokens;
}

function lengthAt(form: RegExp, text: string, offset: number): number {
  form.lastIndex = offset;
  return form.exec(text)?.[0].length ?? 0;
}

/** The tokens of a text with the place of the reader: what both languages of the service have in common. */
export abstract class TokenReader<Kind extends string = string> {
  #next = 0;

  constructor(
    protected readonly tokens: readonly Token<Kind | 'end'>[],
    readonly end: Token<'end'>,
  ) {}

  /** The error for a token that may not stand where it stands. */
  abstract unexpected(): Error;

  /** A name of an attribute or an alias for one. */
  abstract takeName(): string | { readonly alias: string };

  protected get place(): number {
    return this.#next;
  }

  get current(): Token<Kind | 'end'> {
    return this.tokens[this.#next] ?? this.end;
  }

  get following(): Token<Kind | 'end'> {
    return this.tokens[this.#next + 1] ?? this.end;
  }

  take(): Token<Kind | 'end'> {
    const token = this.current;
    this.#next += 1;
    return token;
  }

  isSymbol(symbol: string): boolean {
    return this.current.kind === 'symbol' && this.current.text === symbol;
  }

  takeSymbol(symbol: string): boolean {
    if (!this.isSymbol(symbol)) return false;
    this.#next += 1;
    return true;
  }

  expectSymbol(symbol: string): void {
    if (!this.takeSymbol(symbol)) throw this.unexpected();
  }

  /** Keywords stand in capitals; the text may spell them as it likes. */
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
}
