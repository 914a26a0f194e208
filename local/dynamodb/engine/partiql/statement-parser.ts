import { notInEngine, validationError } from '../errors';
import { parsePath } from '../operand-grammar';
import { cachedParser } from '../parse-cache';
import type { ReturnValues } from '../return-values';
import type { ConditionSyntax, PathSyntax, UpdateActionSyntax, ValueSyntax } from '../syntax';
import { parseWhere } from './condition-parser';
import { parseLiteral, parseMemberName } from './literal-parser';
import { parseSetValue } from './operand-parser';
import { Tokens } from './tokens';

export type StatementSyntax = (InsertSyntax | UpdateSyntax | DeleteSyntax | SelectSyntax) & {
  /** How many `?` it holds. */
  readonly parameters: number;
};

export interface InsertSyntax {
  readonly kind: 'insert';
  readonly table: string;
  readonly members: readonly (readonly [name: string, value: ValueSyntax])[];
}

export interface UpdateSyntax {
  readonly kind: 'update';
  readonly table: string;
  readonly actions: readonly UpdateActionSyntax[];
  readonly where: ConditionSyntax | undefined;
  readonly returning: ReturnValues;
}

export interface DeleteSyntax {
  readonly kind: 'delete';
  readonly table: string;
  readonly where: ConditionSyntax | undefined;
  readonly returning: ReturnValues;
}

export interface SelectSyntax {
  readonly kind: 'select' | 'exists';
  readonly table: string;
  /** Undefined for `*`. */
  readonly columns: readonly PathSyntax[] | undefined;
  readonly where: ConditionSyntax | undefined;
}

/** Source of the grammar: DynamoDB Developer Guide, "PartiQL statements for DynamoDB". */
export const parseStatement: (text: string) => StatementSyntax = cachedParser((text) => {
  const tokens = new Tokens(text);
  const statement = parseKind(tokens);
  tokens.expectEnd();
  return { ...statement, parameters: tokens.parameters };
});

function parseKind(tokens: Tokens): InsertSyntax | UpdateSyntax | DeleteSyntax | SelectSyntax {
  if (tokens.takeKeyword('INSERT')) return parseInsert(tokens);
  if (tokens.takeKeyword('UPDATE')) return parseUpdate(tokens);
  if (tokens.takeKeyword('DELETE')) return parseDelete(tokens);
  if (tokens.takeKeyword('SELECT')) return parseSelect('select', tokens);
  if (tokens.takeKeyword('EXISTS')) {
    tokens.expectSymbol('(');
    tokens.expectKeyword('SELECT');
    const statement = parseSelect('exists', tokens);
    tokens.expectSymbol(')');
    return statement;
  }
  throw tokens.unexpected();
}

function parseTable(tokens: Tokens): string {
  const table = tokens.takeName();
  if (tokens.current.text === '.') throw notInEngine(`an index in a statement (${tokens.statement})`, 'a table');
  return table;
}

function parseInsert(tokens: Tokens): InsertSyntax {
  tokens.expectKeyword('INTO');
  const table = parseTable(tokens);
  tokens.expectKeyword('VALUE');
  if (!tokens.takeSymbol('{')) {
    throw validationError(
      'Unsupported format in item expression. Please use struct format {...} to express item values for insert statement.',
    );
  }
  const members = new Map<string, ValueSyntax>();
  if (!tokens.takeSymbol('}')) {
    do {
      const name = parseMemberName(tokens);
      if (members.has(name)) throw validationError(`Duplicate keys in tuple. Key: ${name}`);
      members.set(name, parseMember(tokens));
    } while (tokens.takeSymbol(','));
    tokens.expectSymbol('}');
  }
  return { kind: 'insert', table, members: [...members] };
}

function parseMember(tokens: Tokens): ValueSyntax {
  if (tokens.isSymbol('?')) return { parameter: tokens.takeParameter() };
  const literal = parseLiteral(tokens);
  if (literal !== undefined) return { literal };
  throw validationError(`Unsupported data type: ${tokens.current.text}`);
}

function parseUpdate(tokens: Tokens): UpdateSyntax {
  const table = parseTable(tokens);
  const actions: UpdateActionSyntax[] = [];
  for (;;) {
    if (tokens.takeKeyword('SET')) {
      do actions.push(parseAssignment(tokens));
      while (tokens.takeSymbol(','));
    } else if (tokens.takeKeyword('REMOVE')) {
      actions.push({ kind: 'remove', path: parsePath(tokens) });
    } else {
      break;
    }
  }
  if (actions.length === 0) throw tokens.unexpected();
  const where = parseOptionalWhere(tokens);
  return { kind: 'update', table, actions, where, returning: parseReturning(tokens) };
}

const SET_FUNCTIONS: Readonly<Record<string, 'add' | 'delete'>> = { set_add: 'add', set_delete: 'delete' };

function parseAssignment(tokens: Tokens): UpdateActionSyntax {
  const path = parsePath(tokens);
  tokens.expectSymbol('=');
  const value = parseSetValue(tokens);
  const kind = value.kind === 'call' ? SET_FUNCTIONS[value.name] : undefined;
  if (kind === undefined || value.kind !== 'call') return { kind: 'set', path, value };
  const [first, second] = value.operands;
  if (first?.kind !== 'path' || JSON.stringify(first.path) !== JSON.stringify(path)) {
    throw validationError(`The first argument to ${value.name.toUpperCase()} must equal the assignment value`);
  }
  if (second?.kind !== 'value' || value.operands.length !== 2) throw tokens.unexpected();
  return { kind, path, value: second.value };
}

function parseDelete(tokens: Tokens): DeleteSyntax {
  tokens.expectKeyword('FROM');
  const table = parseTable(tokens);
  const where = parseOptionalWhere(tokens);
  const returning = parseReturning(tokens);
  if (returning !== 'NONE' && returning !== 'ALL_OLD') {
    throw validationError('Invalid returning clause. Only RETURNING ALL OLD * is allowed in DELETE statements.');
  }
  return { kind: 'delete', table, where, returning };
}

function parseSelect(kind: 'select' | 'exists', tokens: Tokens): SelectSyntax {
  const columns = tokens.takeSymbol('*') ? undefined : parseColumns(tokens);
  tokens.expectKeyword('FROM');
  const table = parseTable(tokens);
  const where = parseOptionalWhere(tokens);
  if (tokens.current.kind === 'word') {
    throw notInEngine(`${tokens.current.text.toUpperCase()} of a SELECT`, 'SELECT … FROM … WHERE');
  }
  return { kind, table, columns, where };
}

function parseColumns(tokens: Tokens): PathSyntax[] {
  const columns = [parsePath(tokens)];
  while (tokens.takeSymbol(',')) columns.push(parsePath(tokens));
  return columns;
}

function parseOptionalWhere(tokens: Tokens): ConditionSyntax | undefined {
  return tokens.takeKeyword('WHERE') ? parseWhere(tokens) : undefined;
}

function parseReturning(tokens: Tokens): ReturnValues {
  if (!tokens.takeKeyword('RETURNING')) return 'NONE';
  const extent = tokens.takeKeyword('ALL') ? 'ALL' : tokens.takeKeyword('MODIFIED') ? 'UPDATED' : undefined;
  const age = tokens.takeKeyword('NEW') ? 'NEW' : tokens.takeKeyword('OLD') ? 'OLD' : undefined;
  if (extent === undefined || age === undefined || tokens.current.kind === 'end') throw tokens.unexpected();
  if (!tokens.takeSymbol('*')) {
    throw validationError("Expected '*' after ( MODIFIED | ALL ) ( NEW | OLD ) in RETURNING clause");
  }
  return `${extent}_${age}`;
}
