import type { Item } from '../attribute-value';
import type { EngineState } from '../engine-state';
import { validationError } from '../errors';
import { Placeholders } from '../expression/placeholders';
import { requireScalarKeys } from '../index-keys';
import { ENGINE_LIMITS } from '../limits';
import { optionalFlag, optionalText, requireKnownParameters, requireList, requireObject } from '../parameters';
import { project } from '../projection';
import type { Table } from '../table';
import { itemBytes } from '../value-size';

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
  let bytes = 0;
  for (const { name, request, table, keys, shown } of reads) {
    const found: Item[] = [];
    const later: Item[] = [];
    for (const { key, storageKey } of keys) {
      const item = table.get(storageKey);
      const size = item ? itemBytes(item) : 0;
      if (state.faults.unprocessedKey?.(name, key) || bytes + size > ENGINE_LIMITS.batchResponseBytes) {
        later.push(key);
      } else if (item) {
        bytes += size;
        found.push(shown(item));
      }
    }
    responses[name] = found;
    if (later.length > 0) unprocessed[name] = { ...request, Keys: later };
  }
  return { Responses: responses, UnprocessedKeys: unprocessed };
}

interface TableRead {
  readonly name: string;
  readonly request: object;
  readonly table: Table;
  readonly keys: readonly ReturnType<Table['keyOf']>[];
  readonly shown: (item: Item) => Item;
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
  requireScalarKeys(table, placeholders.nestedPaths);
  const keys = given.map((key) => table.keyOf(key));
  if (new Set(keys.map(({ storageKey }) => storageKey)).size < keys.length) {
    throw validationError('Provided list of item keys contains duplicates');
  }
  return { name, request, table, keys, shown: (item) => project(item, paths) };
}
