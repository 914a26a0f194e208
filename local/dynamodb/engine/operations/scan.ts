import type { EngineState } from '../engine-state';
import { Placeholders } from '../expression/placeholders';
import { optionalText, requireKnownParameters } from '../parameters';
import { answerPage, READ_PARAMETERS, readRequest } from '../read-request';

export function scan(state: EngineState, input: object): object {
  const parameters = requireKnownParameters('Scan', input, READ_PARAMETERS);
  const placeholders = new Placeholders(parameters, [
    optionalText(parameters, 'FilterExpression'),
    optionalText(parameters, 'ProjectionExpression'),
  ]);
  const request = readRequest(parameters, placeholders, state.tables);
  const { view, start } = request;
  const items = view.inOrder(view.items());
  return answerPage(request, start ? items.filter((item) => view.compare(item, start) > 0) : items);
}
