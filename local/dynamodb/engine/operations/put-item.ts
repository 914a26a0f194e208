import type { EngineState } from '../engine-state';
import { store, tryWrite } from '../item-write';
import { requireKnownParameters } from '../parameters';
import { returnValues } from '../return-values';
import { readWrite, WRITE_PARAMETERS } from '../write-request';

const PARAMETERS = [...WRITE_PARAMETERS.Put, 'ReturnValues'];

export function putItem(state: EngineState, input: object): object {
  const parameters = requireKnownParameters('PutItem', input, PARAMETERS);
  const returned = returnValues(parameters, ['NONE', 'ALL_OLD']);
  const outcome = tryWrite(readWrite('Put', parameters, state.tables));
  store(outcome);
  return returned(outcome);
}
