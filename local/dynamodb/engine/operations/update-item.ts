import type { EngineState } from '../engine-state';
import { store, tryWrite } from '../item-write';
import { requireKnownParameters } from '../parameters';
import { returnValues } from '../return-values';
import { readWrite, WRITE_PARAMETERS } from '../write-request';

const PARAMETERS = [...WRITE_PARAMETERS.Update, 'ReturnValues'];

/** Creates the item where there is none. */
export function updateItem(state: EngineState, input: object): object {
  const parameters = requireKnownParameters('UpdateItem', input, PARAMETERS);
  const returned = returnValues(parameters, ['NONE', 'ALL_OLD', 'ALL_NEW', 'UPDATED_OLD', 'UPDATED_NEW']);
  const outcome = tryWrite(readWrite('Update', parameters, state.tables));
  store(outcome);
  return returned(outcome);
}
