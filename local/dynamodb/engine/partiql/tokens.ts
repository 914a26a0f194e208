import { validationError } from '../errors';
import { type TokenForm, TokenReader, tokensOf } from '../token-reader';
import { isKeyword } from './keywords';

/** A quoted name is never a keyword. */
type Kind = 'word' | 'quoted' | 'string' | 'number' | 'symbol';

const SKIPPED = /(?:\s+|--[^\n]*|\/\*[\s\S]*?\*\/)*/y;
const FORMS: readonly TokenForm<Kind>[] = [
  ['word', /[A-Za-z_$][A-Za-z0-9_$]*/y],
  ['quoted', /"(?:[^"]|"")+"/y, (text) => text.slice(1, -1).replaceAll('""', '"')],
  ['string', /'(?:[^']|'')*'/y, (text) => text.slice(1, -1).replaceAll("''", "'")],
  ['number', /(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?/y],
  ['symbol', /<<|>>|<>|!=|<=|>=|[=<>(){}[\],.:+\-*?;]/y],
];

/** Of a statement; the reader counts the parameters too. */
export class Tokens extends TokenReader<Kind> {
  #parameters = 0;

  constructor(readonly statement: string) {
    const tokens = tokensOf(statement, SKIPPED, FORMS, () => notWellFormed(statement));
    const closed = tokens.at(-1)?.kind === 'symbol' && tokens.at(-1)?.text === ';';
    super(closed ? tokens.slice(0, -1) : tokens, { kind: 'end', text: '' });
  }

  /** How many `?` have been read. */
  get parameters(): number {
    return this.#parameters;
  }

  override takeName(): string {
    const { kind, text } = this.current;
    if (kind !== 'quoted' && (kind !== 'word' || isKeyword(text))) throw this.unexpected();
    return this.take().text;
  }

  /** The index of the parameter for which the next `?` stands. */
  takeParameter(): number {
    this.expectSymbol('?');
    this.#parameters += 1;
    return this.#parameters - 1;
  }

  override unexpected() {
    return notWellFormed(this.statement);
  }
}

function notWellFormed(statement: string) {
  return validationError(`Statement wasn't well formed, can't be processed: ${statement}`);
}
