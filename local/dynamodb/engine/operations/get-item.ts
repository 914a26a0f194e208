import type { EngineState } from '../engine-state';
import { validationError } from '../errors';
import { Placeholders } from '../expression/placeholders';
import { optionalFlag, optionalText, requireKnownParameters } from '../parameters';
import { project } from '../projection';

/** Every read is consistent, asked for or not. */
export function getItem(state: EngineState, input: object): object {
  const parameters = requireKnownParameters('GetItem', input, [
    'TableName',
    'Key',
    'ConsistentRead',
    'ProjectionExpression',
    'ExpressionAttributeNames',
  ]);
  optionalFlag(parameters, 'ConsistentRead');
  const text = optionalText(parameters, 'ProjectionExpression');
  const placeholders = new Placeholders(parameters, [text]);
  const paths = placeholders.projection(text);
  placeholders.requireAllUsed();
  if (parameters.Key === undefined || parameters.Key === null) {
    throw validationError('Cannot have null key for GetItem, DeleteItem, or UpdateItem');
  }
  const table = state.tables.get(optionalText(parameters, 'TableName'));
  const item = table.get(table.keyOf(parameters.Key).storageKey);
  return item === undefined ? {} : { Item: project(item, paths) };
}
