import type { Item } from '../attribute-value';
import type { EngineState } from '../engine-state';
import { attempt, DynamoDbEngineError, type MemberError, reasonOf, validationError } from '../errors';
import { ENGINE_LIMITS } from '../limits';
import { requireKnownParameters, requireList } from '../parameters';
import { bindStatement, type Statement } from '../partiql/bind-statement';
import { runStatement } from '../partiql/run-statement';
import { parseStatement, type StatementSyntax } from '../partiql/statement-parser';
import { readStatementRequest, type StatementRequest } from '../partiql/statement-request';
import { namesWholeKey } from '../partiql/where-key';

interface MemberResponse {
  readonly TableName?: string;
  readonly Item?: Item;
  readonly Error?: MemberError;
}

/** Each member succeeds or fails alone; a whole call fails for its form, or when two members name one item. */
export function batchExecuteStatement(state: EngineState, input: object): object {
  const { Statements } = requireKnownParameters('BatchExecuteStatement', input, ['Statements']);
  const members = requireList('Statements', Statements).map((member, index) =>
    readStatementRequest(`Statements[${index}]`, member, ['ConsistentRead']),
  );
  if (members.length === 0) throw validationError('The statement was empty.');
  if (members.length > ENGINE_LIMITS.batchStatements) {
    throw validationError(`BatchExecuteStatement takes at most ${ENGINE_LIMITS.batchStatements} statements`);
  }
  const parsed = members.map((member) => ({ ...member, syntax: attempt(() => parseStatement(member.text)) }));
  requireOneDirection(parsed);
  const statements = parsed.map((member) => bindMember(member, state));
  requireSeparateItems(statements);
  return { Responses: statements.map((statement) => runMember(statement, state)) };
}

type Parsed = StatementRequest & { readonly syntax: StatementSyntax | DynamoDbEngineError };

function bindMember({ syntax, parameters, returnsOldOnFailure }: Parsed, { tables }: EngineState) {
  if (syntax instanceof DynamoDbEngineError) return syntax;
  return attempt(() => {
    if (syntax.kind === 'select' && !namesWholeKey(syntax.where, tables.get(syntax.table))) throw notOneItem();
    const statement = bindStatement(syntax, parameters, returnsOldOnFailure, tables);
    if (statement.kind === 'exists' || (statement.kind === 'select' && statement.filter !== undefined)) {
      throw notOneItem();
    }
    return statement;
  });
}

function notOneItem() {
  return validationError('Only single item select is supported');
}

function runMember(statement: Statement | DynamoDbEngineError, { faults, memberItems }: EngineState): MemberResponse {
  if (statement instanceof DynamoDbEngineError) return { Error: memberError(statement, memberItems) };
  const { table, key } = statement.kind === 'write' ? statement.write : statement;
  const { name } = table.schema;
  if (faults.throttledStatement?.(name, key)) {
    return { TableName: name, Error: { Code: 'ThrottlingError', Message: 'Throughput exceeds the current capacity' } };
  }
  const item = attempt(() => runStatement(statement));
  if (item instanceof DynamoDbEngineError) return { TableName: name, Error: memberError(item, memberItems) };
  if (faults.unansweredStatement?.(name, key)) {
    return { TableName: name, Error: { Code: 'InternalServerError', Message: 'Internal server error' } };
  }
  return { TableName: name, ...(item && { Item: item }) };
}

function memberError(error: DynamoDbEngineError, withItem: boolean): MemberError {
  const { Item, ...rest } = reasonOf(error);
  return { ...rest, ...(withItem && Item && { Item }) };
}

/** By what the statements say, even if they cannot be carried out. */
function requireOneDirection(members: readonly Parsed[]): void {
  const kinds = members.flatMap(({ syntax }) => (syntax instanceof DynamoDbEngineError ? [] : [syntax.kind]));
  const reads = kinds.filter((kind) => kind === 'select' || kind === 'exists').length;
  if (reads === 0 || reads === kinds.length) return;
  throw validationError('Read and write requests together in the same batch is not supported.');
}

function requireSeparateItems(statements: readonly (Statement | DynamoDbEngineError)[]): void {
  const items = statements.flatMap((statement) => {
    if (statement instanceof DynamoDbEngineError) return [];
    const { table, storageKey } = statement.kind === 'write' ? statement.write : statement;
    return `${table.schema.name}/${storageKey}`;
  });
  if (new Set(items).size < items.length) throw validationError('Provided list of item keys contains duplicates');
}
