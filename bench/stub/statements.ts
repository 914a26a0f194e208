import { type Change, type Condition, ExpressionParser, type Operand } from './expressions';
import { NotInStub, Tokens } from './tokens';

export const KEY_ATTRIBUTE = 'id';

/** A PartiQL statement about one item. */
export type Statement =
  | { readonly kind: 'insert'; readonly table: string; readonly members: readonly (readonly [string, Operand])[] }
  | {
      readonly kind: 'update';
      readonly table: string;
      readonly key: Operand;
      readonly condition: Condition;
      readonly changes: readonly Change[];
      readonly returnsNew: boolean;
    }
  | { readonly kind: 'delete'; readonly table: string; readonly key: Operand; readonly condition: Condition };

/** An update or a condition of the classic operations. */
export interface Expression {
  readonly changes: readonly Change[];
  readonly condition: Condition;
}

export const statementOf = remembered(parseStatement);
export const conditionOf = remembered((text: string): Condition => {
  const tokens = new Tokens(text);
  const condition = new ExpressionParser(tokens, KEY_ATTRIBUTE).condition();
  if (tokens.kind !== 'end') throw tokens.unexpected('the end');
  return condition;
});
export const changesOf = remembered((text: string): readonly Change[] => {
  const tokens = new Tokens(text);
  const changes = new ExpressionParser(tokens, KEY_ATTRIBUTE).changes();
  if (tokens.kind !== 'end') throw tokens.unexpected('the end');
  return changes;
});

function parseStatement(text: string): Statement {
  const tokens = new Tokens(text);
  const statement = readStatement(tokens);
  if (tokens.kind !== 'end') throw tokens.unexpected('the end');
  return statement;
}

function readStatement(tokens: Tokens): Statement {
  const parser = new ExpressionParser(tokens, KEY_ATTRIBUTE);
  if (tokens.takeKeyword('INSERT')) {
    tokens.expectKeyword('INTO');
    const table = tokens.take();
    tokens.expectKeyword('VALUE');
    return { kind: 'insert', table, members: readMembers(tokens, parser) };
  }
  const kind = tokens.takeKeyword('UPDATE') ? 'update' : 'delete';
  if (kind === 'delete') {
    tokens.expectKeyword('DELETE');
    tokens.expectKeyword('FROM');
  }
  const table = tokens.take();
  const changes = kind === 'update' ? parser.changes() : [];
  tokens.expectKeyword('WHERE');
  const condition = parser.condition();
  const { key } = parser;
  if (key === undefined) throw new NotInStub(`a statement without ${KEY_ATTRIBUTE} = …: ${tokens.source}`);
  if (kind === 'delete') return { kind, table, key, condition };
  return { kind, table, key, condition, changes, returnsNew: readReturning(tokens) };
}

function readMembers(tokens: Tokens, parser: ExpressionParser): [string, Operand][] {
  const members: [string, Operand][] = [];
  tokens.expectSymbol('{');
  do {
    if (tokens.kind !== 'text') throw tokens.unexpected('a name in single quotes');
    const name = tokens.take();
    tokens.expectSymbol(':');
    members.push([name, parser.operand()]);
  } while (tokens.takeSymbol(','));
  tokens.expectSymbol('}');
  return members;
}

function readReturning(tokens: Tokens): boolean {
  if (!tokens.takeKeyword('RETURNING')) return false;
  for (const keyword of ['ALL', 'NEW']) tokens.expectKeyword(keyword);
  tokens.expectSymbol('*');
  return true;
}

/** Texts are few: each is the text of one kind of request. */
const TEXTS = 10_000;

function remembered<Result>(parse: (text: string) => Result): (text: string) => Result {
  const known = new Map<string, Result>();
  return (text) => {
    const found = known.get(text);
    if (found !== undefined) return found;
    if (known.size >= TEXTS) known.clear();
    const result = parse(text);
    known.set(text, result);
    return result;
  };
}
