import type { EngineState } from '../engine-state';
import { DynamoDbEngineError, reasonOf, transactionCanceled, validationError } from '../errors';
import { ENGINE_LIMITS } from '../limits';
import { requireKnownParameters, requireList } from '../parameters';
import { NONE, readAction } from '../transaction';
import { itemBytes } from '../value-size';
import { GET_PARAMETERS, type Get, readGet } from './get-item';

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
    const get = requireKnownParameters(`TransactItems[${index}].Get`, Get, GET_PARAMETERS);
    return readAction(() => readGet(get, state.tables));
  });
  const readable = gets.filter((get): get is Get => !(get instanceof DynamoDbEngineError));
  const names = new Set(readable.map(({ table, storageKey }) => `${table.schema.name}/${storageKey}`));
  if (names.size < readable.length) {
    throw validationError('Transaction request cannot include multiple operations on one item');
  }
  if (readable.length < gets.length) {
    throw transactionCanceled(gets.map((get) => (get instanceof DynamoDbEngineError ? reasonOf(get) : NONE)));
  }
  return { Responses: smallResponses(readable) };
}

function smallResponses(gets: readonly Get[]): object[] {
  const found = gets.map((get) => get.item());
  const bytes = found.reduce((sum, item) => sum + (item ? itemBytes(item) : 0), 0);
  if (bytes > ENGINE_LIMITS.transactionBytes) {
    throw validationError(
      `Payload in response is too large: ${bytes} bytes, at most ${ENGINE_LIMITS.transactionBytes}`,
    );
  }
  return found.map((item) => (item === undefined ? {} : { Item: item }));
}
