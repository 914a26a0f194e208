import { validationError } from './errors';
import { Placeholders } from './expression/placeholders';
import { requireIndexKeys, requireScalarKeys } from './index-keys';
import { type Effect, type ItemWrite, requireItemSize } from './item-write';
import { oneOf, optionalText, type Parameters } from './parameters';
import { parseItem } from './parse-value';
import type { Tables } from './tables';

const COMMON = [
  'TableName',
  'ConditionExpression',
  'ExpressionAttributeNames',
  'ExpressionAttributeValues',
  'ReturnValuesOnConditionCheckFailure',
];

/** What the four kinds of writes accept, alone and in a transaction. */
export const WRITE_PARAMETERS = {
  Put: [...COMMON, 'Item'],
  Update: [...COMMON, 'Key', 'UpdateExpression'],
  Delete: [...COMMON, 'Key'],
  ConditionCheck: [...COMMON, 'Key'],
} as const;

export type WriteKind = keyof typeof WRITE_PARAMETERS;

/** Reads one write of a request and refuses what can be refused without looking at the item. */
export function readWrite(kind: WriteKind, parameters: Parameters, tables: Tables): ItemWrite {
  const returnsOldOnFailure =
    oneOf(parameters, 'ReturnValuesOnConditionCheckFailure', ['NONE', 'ALL_OLD']) === 'ALL_OLD';
  const conditionText = optionalText(parameters, 'ConditionExpression');
  const updateText = kind === 'Update' ? optionalText(parameters, 'UpdateExpression') : undefined;
  const placeholders = new Placeholders(parameters, [conditionText, updateText]);
  const actions = placeholders.update(updateText) ?? [];
  const condition = placeholders.condition('ConditionExpression', conditionText);
  placeholders.requireAllUsed();
  const common = { condition, returnsOldOnFailure, values: placeholders.values };
  if (kind === 'Put') {
    const item = parseItem(parameters.Item);
    const table = tables.get(optionalText(parameters, 'TableName'));
    requireScalarKeys(table, placeholders.nestedPaths);
    const storageKey = table.storageKeyOf(item);
    requireIndexKeys(table, item, 'item');
    requireItemSize(item);
    return { ...common, table, key: table.onlyKey(item), storageKey, effect: { kind: 'put', item } };
  }
  if (parameters.Key === undefined || parameters.Key === null) {
    throw validationError('Cannot have null key for GetItem, DeleteItem, or UpdateItem');
  }
  const table = tables.get(optionalText(parameters, 'TableName'));
  requireScalarKeys(table, placeholders.nestedPaths);
  const key = table.keyOf(parameters.Key);
  return { ...common, table, ...key, effect: effectOf(kind, actions) };
}

function effectOf(kind: WriteKind, actions: Extract<Effect, { kind: 'update' }>['actions']): Effect {
  if (kind === 'Update') return { kind: 'update', actions };
  return { kind: kind === 'Delete' ? 'delete' : 'none' };
}
