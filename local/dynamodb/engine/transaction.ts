import type { EngineFaults } from './engine-state';
import {
  attempt,
  DynamoDbEngineError,
  type MemberError,
  reasonOf,
  transactionCanceled,
  validationError,
} from './errors';
import { type ItemWrite, type Outcome, store, tryWrite } from './item-write';
import { ENGINE_LIMITS } from './limits';
import { itemBytes, valueBytes } from './value-size';

export const NONE: MemberError = { Code: 'None' };

/** An action of a transaction: a write, or why it cannot be one. */
export type TransactionAction = ItemWrite | DynamoDbEngineError;

/** Reads an action; a mistake that belongs to its item alone becomes the reason at its place. */
export function readAction<Action>(read: () => Action): Action | DynamoDbEngineError {
  return attempt(read, ({ scope }) => scope === 'item');
}

/** All or nothing. The reasons of a cancellation stand at the places of the actions. */
export function runTransaction(actions: readonly TransactionAction[], faults: EngineFaults): void {
  const writes = actions.filter((action): action is ItemWrite => !(action instanceof DynamoDbEngineError));
  requireSeparateItems(writes);
  requireSmall(writes);
  const reasons: MemberError[] = [];
  const outcomes: Outcome[] = [];
  for (const action of actions) {
    const result = tryAction(action, faults);
    if ('Code' in result) reasons.push(result);
    else {
      reasons.push(NONE);
      outcomes.push(result);
    }
  }
  if (outcomes.length < actions.length) throw transactionCanceled(reasons);
  for (const outcome of outcomes) store(outcome);
}

/**
 * What an update finds wrong in its item is a reason too, in the service (API Reference, TransactWriteItems); DynamoDB
 * Local answers a ValidationException for the whole request.
 */
function tryAction(action: TransactionAction, faults: EngineFaults): Outcome | MemberError {
  if (action instanceof DynamoDbEngineError) return reasonOf(action);
  if (faults.conflictingItem?.(action.table.schema.name, action.key)) {
    return { Code: 'TransactionConflict', Message: 'Transaction is ongoing for the item' };
  }
  const outcome = attempt(
    () => tryWrite(action),
    ({ scope }) => scope !== 'request',
  );
  return outcome instanceof DynamoDbEngineError ? reasonOf(outcome) : outcome;
}

function requireSeparateItems(writes: readonly ItemWrite[]): void {
  const items = new Set(writes.map(({ table, storageKey }) => `${table.schema.name}/${storageKey}`));
  if (items.size === writes.length) return;
  throw validationError('Transaction request cannot include multiple operations on one item');
}

/** Counted is what the request holds: items, keys and values. */
function requireSmall(writes: readonly ItemWrite[]): void {
  const bytes = writes.reduce((sum, write) => sum + requestBytes(write), 0);
  if (bytes <= ENGINE_LIMITS.transactionBytes) return;
  throw validationError(`Transaction payload size cannot exceed 4MB. Payload Size: ${bytes}`);
}

function requestBytes({ key, effect, values }: ItemWrite): number {
  const item = effect.kind === 'put' || effect.kind === 'insert' ? effect.item : key;
  return values.reduce((bytes, value) => bytes + valueBytes(value), itemBytes(item));
}
