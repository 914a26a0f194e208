import { attributesIn, holds } from '../condition';
import type { EngineState } from '../engine-state';
import { validationError } from '../errors';
import { Placeholders } from '../expression/placeholders';
import { requireKeyCondition } from '../key-condition';
import { keyAttributes } from '../key-schema';
import { optionalFlag, optionalText, requireKnownParameters } from '../parameters';
import { answerPage, READ_PARAMETERS, type ReadRequest, readRequest } from '../read-request';

export function query(state: EngineState, input: object): object {
  const parameters = requireKnownParameters('Query', input, [
    ...READ_PARAMETERS,
    'KeyConditionExpression',
    'ScanIndexForward',
  ]);
  const keyText = optionalText(parameters, 'KeyConditionExpression');
  const placeholders = new Placeholders(parameters, [
    keyText,
    optionalText(parameters, 'FilterExpression'),
    optionalText(parameters, 'ProjectionExpression'),
  ]);
  const keyCondition = placeholders.condition('KeyConditionExpression', keyText);
  const request = readRequest(parameters, placeholders, state.tables);
  const { view, start } = request;
  if (keyCondition === undefined) {
    throw validationError('The KeyConditionExpression parameter must be specified in the request.');
  }
  requireKeyCondition(keyCondition, view.schema);
  requireNoKeyInFilter(request);
  if (start && !holds(keyCondition, start)) {
    throw validationError('The provided starting key is outside query boundaries based on provided conditions');
  }
  const backward = parameters.ScanIndexForward !== undefined && !optionalFlag(parameters, 'ScanIndexForward');
  const items = view.inOrder(view.items().filter((item) => holds(keyCondition, item)));
  const directed = backward ? items.toReversed() : items;
  const direction = backward ? -1 : 1;
  return answerPage(request, start ? directed.filter((item) => direction * view.compare(item, start) > 0) : directed);
}

function requireNoKeyInFilter({ view, filter }: ReadRequest): void {
  const key = keyAttributes(view.schema).map(({ name }) => name);
  const wrong = (filter ? attributesIn(filter) : []).find((name) => key.includes(name));
  if (wrong === undefined) return;
  throw validationError(
    `Filter Expression can only contain non-primary key attributes: Primary key attribute: ${wrong}`,
  );
}
