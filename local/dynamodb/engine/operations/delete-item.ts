import type { EngineState } from '../engine-state';
import { store, tryWrite } from '../item-write';
import { requireKnownParameters } from '../parameters';
import { returnValues } from '../return-values';
import { readWrite, WRITE_PARAMETERS } from '../write-request';

const PARAMETERS = [...WRITE_PARAMETERS.Delete, 'ReturnValues'];

export function deleteItem(state: EngineState, input: object): object {
  const parameters = requireKnownParameters('DeleteItem', input, PARAMETERS);
  const returned = returnValues(parameters, ['NONE', 'ALL_OLD']);
  const outcome = tryWrite(readWrite('Delete', parameters, state.tables));
  store(outcome);
  return returned(outcome);
}
