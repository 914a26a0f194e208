import type { EngineState } from '../engine-state';
import { validationError } from '../errors';
import type { ItemWrite } from '../item-write';
import { ENGINE_LIMITS } from '../limits';
import { optionalText, requireKnownParameters, requireList } from '../parameters';
import { bindStatement, itemExists, type Statement } from '../partiql/bind-statement';
import { selectedItem } from '../partiql/run-statement';
import { parseStatement, type StatementSyntax } from '../partiql/statement-parser';
import { readStatementRequest, type StatementRequest } from '../partiql/statement-request';
import { contentOf } from '../request-tokens';
import { readAction, runTransaction } from '../transaction';

type Member = StatementRequest & { readonly syntax: StatementSyntax };

export function executeTransaction(state: EngineState, input: object): object {
  const parameters = requireKnownParameters('ExecuteTransaction', input, ['TransactStatements', 'ClientRequestToken']);
  const given = requireList('TransactStatements', parameters.TransactStatements);
  if (given.length === 0) throw validationError('ExecutePartiQLTransaction can not have empty statement.');
  if (given.length > ENGINE_LIMITS.transactionItems) {
    throw validationError(`Member must have length less than or equal to ${ENGINE_LIMITS.transactionItems}`);
  }
  const token = optionalText(parameters, 'ClientRequestToken');
  const content = () => contentOf({ TransactStatements: given });
  const members = given.map((member, index): Member => {
    const request = readStatementRequest(`TransactStatements[${index}]`, member);
    return { ...request, syntax: parseStatement(request.text) };
  });
  const reads = members.filter(({ syntax }) => syntax.kind === 'select').length;
  if (reads > 0 && reads < members.length) {
    throw validationError(
      'ExecuteTransaction API does not support both read and write operations in the same request.',
    );
  }
  if (reads > 0) return { Responses: members.map((member) => readMember(member, state)) };
  const actions = members.map((member, index) => readAction(() => writeOf(bind(member, state), index)));
  if (state.requestTokens.isRepeated(token, content, state.now())) return { Responses: [] };
  runTransaction(actions, state.faults);
  state.requestTokens.succeeded(token, content, state.now());
  return { Responses: [] };
}

function bind({ syntax, parameters, returnsOldOnFailure }: Member, { tables }: EngineState): Statement {
  return bindStatement(syntax, parameters, returnsOldOnFailure, tables);
}

function readMember(member: Member, state: EngineState): object {
  const statement = bind(member, state);
  const item = statement.kind === 'select' ? selectedItem(statement) : undefined;
  return item === undefined ? {} : { Item: item };
}

function writeOf(statement: Statement, index: number): ItemWrite {
  if (statement.kind === 'write') {
    if (statement.returning === 'NONE') return statement.write;
    throw validationError(
      `Validation failed in TransactStatements[${index}]: RETURNING clause is not supported in ExecuteTransaction.`,
    );
  }
  const { table, key, storageKey, filter } = statement;
  if (filter === undefined) {
    throw validationError(
      `Validation failed in TransactStatements[${index}]: EXISTS() must contain a single item read with additional condition`,
    );
  }
  return {
    table,
    key,
    storageKey,
    condition: { kind: 'and', conditions: [itemExists(table), filter] },
    returnsOldOnFailure: false,
    effect: { kind: 'none' },
    values: [],
  };
}
