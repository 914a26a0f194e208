import type { EngineState } from '../engine-state';
import { notInEngine } from '../errors';
import { bindStatement } from '../partiql/bind-statement';
import { runStatement } from '../partiql/run-statement';
import { parseStatement } from '../partiql/statement-parser';
import { readStatementRequest } from '../partiql/statement-request';

export function executeStatement(state: EngineState, input: object): object {
  const { text, parameters, returnsOldOnFailure } = readStatementRequest('ExecuteStatement', input, ['ConsistentRead']);
  const statement = bindStatement(parseStatement(text), parameters, returnsOldOnFailure, state.tables);
  if (statement.kind === 'exists') throw notInEngine('EXISTS of ExecuteStatement', 'it in ExecuteTransaction');
  const item = runStatement(statement);
  return { Items: item === undefined ? [] : [item] };
}
