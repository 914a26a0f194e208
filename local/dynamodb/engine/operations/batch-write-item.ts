import type { EngineState } from '../engine-state';
import { validationError } from '../errors';
import { type ItemWrite, store, tryWrite } from '../item-write';
import { ENGINE_LIMITS } from '../limits';
import { requireKnownParameters, requireList, requireObject } from '../parameters';
import { readWrite } from '../write-request';

/** Blind puts and deletes: no condition can be written. */
export function batchWriteItem(state: EngineState, input: object): object {
  const parameters = requireKnownParameters('BatchWriteItem', input, ['RequestItems']);
  const requests = Object.entries(requireObject('RequestItems', parameters.RequestItems ?? {}));
  if (requests.length === 0) throw validationError('BatchWriteItem must have some requests set');
  const lists = requests.map(([name, list]) => [name, requireList(`RequestItems.${name}`, list)] as const);
  for (const [name, list] of lists) {
    if (list.length === 0) {
      throw validationError(`The batch write request list for a table cannot be null or empty: ${name}`);
    }
  }
  if (lists.reduce((count, [, list]) => count + list.length, 0) > ENGINE_LIMITS.batchWriteRequests) {
    throw validationError('Too many items requested for the BatchWriteItem call');
  }
  const unprocessed: Record<string, unknown[]> = {};
  const planned: ItemWrite[] = [];
  for (const [name, list] of lists) {
    const writes = list.map((request) => readRequest(name, request, state));
    if (new Set(writes.map(({ storageKey }) => storageKey)).size < writes.length) {
      throw validationError('Provided list of item keys contains duplicates');
    }
    for (const [index, write] of writes.entries()) {
      if (state.faults.unprocessedWrite?.(name, write.key)) {
        unprocessed[name] = [...(unprocessed[name] ?? []), list[index]];
      } else {
        planned.push(write);
      }
    }
  }
  for (const write of planned) store(tryWrite(write));
  return { UnprocessedItems: unprocessed };
}

function readRequest(name: string, input: unknown, { tables }: EngineState): ItemWrite {
  const request = requireKnownParameters(`RequestItems.${name}`, input, ['PutRequest', 'DeleteRequest']);
  if ((request.PutRequest === undefined) === (request.DeleteRequest === undefined)) {
    throw validationError('A write request needs exactly one of PutRequest and DeleteRequest');
  }
  if (request.PutRequest !== undefined) {
    const put = requireKnownParameters('PutRequest', request.PutRequest, ['Item']);
    return readWrite('Put', { ...put, TableName: name }, tables);
  }
  const deletion = requireKnownParameters('DeleteRequest', request.DeleteRequest, ['Key']);
  return readWrite('Delete', { ...deletion, TableName: name }, tables);
}
