import { validationError } from '../errors';
import { type TokenForm, TokenReader, tokensOf } from '../token-reader';
import { isReservedWord } from './reserved-words';

type Kind = 'word' | 'name' | 'value' | 'number' | 'symbol';

const SPACE = /\s*/y;
const FORMS: readonly TokenForm<Kind>[] = [
  ['word', /[A-Za-z][A-Za-z0-9_]*/y],
  ['name', /#[A-Za-z0-9_]+/y],
  ['value', /:[A-Za-z0-9_]+/y],
  ['number', /\d+/y],
  ['symbol', /<>|<=|>=|[=<>(),.[\]+-]/y],
];

const OPERATORS: ReadonlySet<string> = new Set(['AND', 'OR', 'NOT', 'BETWEEN', 'IN', 'SET', 'REMOVE', 'ADD', 'DELETE']);

/** Of a condition, update or projection expression. */
export class Tokens extends TokenReader<Kind> {
  constructor(text: string) {
    super(
      tokensOf(text, SPACE, FORMS, (offset) => syntaxError(text[offset] ?? '', text.slice(offset, offset + 10))),
      { kind: 'end', text: '<EOF>' },
    );
  }

  get isOperator(): boolean {
    return this.current.kind === 'word' && OPERATORS.has(this.current.text.toUpperCase());
  }

  override takeName(): string | { readonly alias: string } {
    const { kind, text } = this.current;
    if (kind === 'name') return { alias: this.take().text };
    if (kind !== 'word' || this.isOperator) throw this.unexpected();
    if (isReservedWord(text)) {
      throw validationError(`Attribute name is a reserved keyword; reserved keyword: ${text}`);
    }
    return this.take().text;
  }

  override unexpected() {
    const near = this.tokens.slice(Math.max(0, this.place - 1), this.place + 2).map(({ text }) => text);
    return syntaxError(this.current.text, near.join(' '));
  }
}

function syntaxError(token: string, near: string) {
  return validationError(`Syntax error; token: "${token}", near: "${near}"`);
}
