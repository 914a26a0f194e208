import type { Item } from '../attribute-value';
import type { EngineState } from '../engine-state';
import { validationError } from '../errors';
import { Placeholders } from '../expression/placeholders';
import { requireScalarKeys } from '../index-keys';
import { optionalFlag, optionalText, type Parameters, requireKnownParameters } from '../parameters';
import { project } from '../projection';
import type { StorageKey, Table } from '../table';
import type { Tables } from '../tables';

export const GET_PARAMETERS = ['TableName', 'Key', 'ProjectionExpression', 'ExpressionAttributeNames'] as const;

/** Every read is consistent, asked for or not. */
export function getItem(state: EngineState, input: object): object {
  const parameters = requireKnownParameters('GetItem', input, [...GET_PARAMETERS, 'ConsistentRead']);
  optionalFlag(parameters, 'ConsistentRead');
  const item = readGet(parameters, state.tables).item();
  return item === undefined ? {} : { Item: item };
}

export interface Get {
  readonly table: Table;
  readonly storageKey: StorageKey;
  item(): Item | undefined;
}

/** Reads one read of a request, alone or in a transaction. */
export function readGet(parameters: Parameters, tables: Tables): Get {
  const text = optionalText(parameters, 'ProjectionExpression');
  const placeholders = new Placeholders(parameters, [text]);
  const paths = placeholders.projection(text);
  placeholders.requireAllUsed();
  if (parameters.Key === undefined || parameters.Key === null) {
    throw validationError('Cannot have null key for GetItem, DeleteItem, or UpdateItem');
  }
  const table = tables.get(optionalText(parameters, 'TableName'));
  requireScalarKeys(table, placeholders.nestedPaths);
  const { storageKey } = table.keyOf(parameters.Key);
  return {
    table,
    storageKey,
    item() {
      const stored = table.get(storageKey);
      return stored && project(stored, paths);
    },
  };
}
