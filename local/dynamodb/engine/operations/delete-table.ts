import type { EngineState } from '../engine-state';
import { optionalText, requireKnownParameters } from '../parameters';
import { describe } from './describe-table';

/** At once: the table is gone when the answer comes. */
export function deleteTable(state: EngineState, input: object): object {
  const parameters = requireKnownParameters('DeleteTable', input, ['TableName']);
  const table = state.tables.get(optionalText(parameters, 'TableName'));
  state.tables.delete(table.schema.name);
  return { TableDescription: describe(table) };
}
