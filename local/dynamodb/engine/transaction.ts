import { type Item, itemBytes } from './attribute-value';
import type { EngineFaults } from './engine-state';
import { type CancellationReason, DynamoDbEngineError, transactionCanceled, validationError } from './errors';
import { type ItemWrite, type Outcome, store, tryWrite } from './item-write';
import { ENGINE_LIMITS } from './limits';

const NONE: CancellationReason = { Code: 'None' };

/** An action of a transaction: a write, or why it cannot be one. */
export type TransactionAction = ItemWrite | DynamoDbEngineError;

/** Reads an action; a mistake that belongs to its item alone becomes the reason at its place. */
export function readAction(read: () => ItemWrite): TransactionAction {
  try {
    return read();
  } catch (error) {
    if (error instanceof DynamoDbEngineError && error.ofOneItem) return error;
    throw error;
  }
}

/** All or nothing. The reasons of a cancellation stand at the places of the actions. */
export function runTransaction(actions: readonly TransactionAction[], faults: EngineFaults): void {
  const writes = actions.filter((action): action is ItemWrite => !(action instanceof DynamoDbEngineError));
  requireSeparateItems(writes);
  requireSmall(writes);
  const reasons: CancellationReason[] = [];
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
function tryAction(action: TransactionAction, faults: EngineFaults): Outcome | CancellationReason {
  if (action instanceof DynamoDbEngineError) return reasonOf(action);
  if (faults.conflictingItem?.(action.table.schema.name, action.key)) {
    return { Code: 'TransactionConflict', Message: 'Transaction is ongoing for the item' };
  }
  try {
    return tryWrite(action);
  } catch (error) {
    if (error instanceof DynamoDbEngineError) return reasonOf(error);
    throw error;
  }
}

const REASON_CODES: Readonly<Record<string, string>> = {
  ConditionalCheckFailedException: 'ConditionalCheckFailed',
  DuplicateItemException: 'DuplicateItem',
  ValidationException: 'ValidationError',
};

function reasonOf({ name, message, details }: DynamoDbEngineError): CancellationReason {
  return { Code: REASON_CODES[name] ?? name, Message: message, ...(details.Item && { Item: details.Item }) };
}

function requireSeparateItems(writes: readonly ItemWrite[]): void {
  const items = new Set(writes.map(({ table, storageKey }) => `${table.schema.name}/${storageKey}`));
  if (items.size === writes.length) return;
  throw validationError('Transaction request cannot include multiple operations on one item');
}

/** Counted are the items that are put and the keys and values of the rest. */
function requireSmall(writes: readonly ItemWrite[]): void {
  const bytes = writes.reduce((sum, write) => sum + writeBytes(write), 0);
  if (bytes <= ENGINE_LIMITS.transactionBytes) return;
  throw validationError(`Transaction payload size cannot exceed 4MB. Payload Size: ${bytes}`);
}

function writeBytes({ key, effect }: ItemWrite): number {
  if (effect.kind === 'put' || effect.kind === 'insert') return itemBytes(effect.item);
  if (effect.kind !== 'update') return itemBytes(key);
  const values: Item = Object.fromEntries(
    effect.actions.flatMap((action, index) => {
      if (action.kind === 'remove') return [];
      const value =
        action.kind === 'set' ? (action.value.kind === 'value' ? action.value.value : undefined) : action.value;
      return value === undefined ? [] : [[String(index), value]];
    }),
  );
  return itemBytes(key) + itemBytes(values);
}
