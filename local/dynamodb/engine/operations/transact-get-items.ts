import type { EngineState } from '../engine-state';
import { validationError } from '../errors';
import { ENGINE_LIMITS } from '../limits';
import { requireKnownParameters, requireList } from '../parameters';
import { getItem } from './get-item';

export function transactGetItems(state: EngineState, input: object): object {
  const parameters = requireKnownParameters('TransactGetItems', input, ['TransactItems']);
  const items = requireList('TransactItems', parameters.TransactItems);
  if (items.length === 0 || items.length > ENGINE_LIMITS.transactionItems) {
    throw validationError(
      `TransactItems must hold 1 to ${ENGINE_LIMITS.transactionItems} members, found ${items.length}`,
    );
  }
  const gets = items.map((item, index) => {
    const { Get } = requireKnownParameters(`TransactItems[${index}]`, item, ['Get']);
    return requireKnownParameters(`TransactItems[${index}].Get`, Get, [
      'TableName',
      'Key',
      'ProjectionExpression',
      'ExpressionAttributeNames',
    ]);
  });
  const keys = gets.map(({ TableName, Key }) => {
    const table = state.tables.get(TableName as string | undefined);
    return `${table.schema.name}/${table.keyOf(Key).storageKey}`;
  });
  if (new Set(keys).size < keys.length) {
    throw validationError('Transaction request cannot include multiple operations on one item');
  }
  return { Responses: gets.map((get) => getItem(state, get)) };
}
