import type { Item } from '../attribute-value';
import type { EngineState } from '../engine-state';
import { validationError } from '../errors';
import { Placeholders } from '../expression/placeholders';
import { ENGINE_LIMITS } from '../limits';
import { optionalFlag, optionalText, requireKnownParameters, requireList, requireObject } from '../parameters';
import { project } from '../projection';
import type { Table } from '../table';

export function batchGetItem(state: EngineState, input: object): object {
  const parameters = requireKnownParameters('BatchGetItem', input, ['RequestItems']);
  const requests = Object.entries(requireObject('RequestItems', parameters.RequestItems ?? {}));
  if (requests.length === 0) throw validationError('BatchGetItem must have some requests set');
  const reads = requests.map(([name, request]) => readRequest(name, request, state));
  if (reads.reduce((count, { keys }) => count + keys.length, 0) > ENGINE_LIMITS.batchGetKeys) {
    throw validationError('Too many items requested for the BatchGetItem call');
  }
  const responses: Record<string, Item[]> = {};
  const unprocessed: Record<string, object> = {};
  for (const { name, request, table, keys, view } of reads) {
    const later = keys.filter(({ key }) => state.faults.unprocessedKey?.(name, key));
    if (later.length > 0) unprocessed[name] = { ...request, Keys: later.map(({ key }) => key) };
    responses[name] = keys
      .filter((key) => !later.includes(key))
      .map(({ storageKey }) => table.get(storageKey))
      .filter((item) => item !== undefined)
      .map(view);
  }
  return { Responses: responses, UnprocessedKeys: unprocessed };
}

interface TableRead {
  readonly name: string;
  readonly request: object;
  readonly table: Table;
  readonly keys: readonly ReturnType<Table['keyOf']>[];
  readonly view: (item: Item) => Item;
}

function readRequest(name: string, input: unknown, { tables }: EngineState): TableRead {
  const request = requireKnownParameters(`RequestItems.${name}`, input, [
    'Keys',
    'ConsistentRead',
    'ProjectionExpression',
    'ExpressionAttributeNames',
  ]);
  optionalFlag(request, 'ConsistentRead');
  const text = optionalText(request, 'ProjectionExpression');
  const placeholders = new Placeholders(request, [text]);
  const paths = placeholders.projection(text);
  placeholders.requireAllUsed();
  const given = requireList('Keys', request.Keys ?? []);
  if (given.length === 0) {
    throw validationError(`The list of keys in RequestItems for BatchGetItem is required: ${name} has empty list`);
  }
  const table = tables.get(name);
  const keys = given.map((key) => table.keyOf(key));
  if (new Set(keys.map(({ storageKey }) => storageKey)).size < keys.length) {
    throw validationError('Provided list of item keys contains duplicates');
  }
  return { name, request, table, keys, view: (item) => project(item, paths) };
}
