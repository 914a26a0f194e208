import type { EngineState } from '../engine-state';
import { ENGINE_LIMITS } from '../limits';
import { optionalLimit, optionalText, requireKnownParameters } from '../parameters';

export function listTables(state: EngineState, input: object): object {
  const parameters = requireKnownParameters('ListTables', input, ['Limit', 'ExclusiveStartTableName']);
  const start = optionalText(parameters, 'ExclusiveStartTableName') ?? '';
  const limit = Math.min(optionalLimit(parameters) ?? ENGINE_LIMITS.listTables, ENGINE_LIMITS.listTables);
  const names = state.tables.names().filter((name) => name > start);
  const page = names.slice(0, limit);
  return { TableNames: page, ...(names.length > limit && { LastEvaluatedTableName: page.at(-1) }) };
}
