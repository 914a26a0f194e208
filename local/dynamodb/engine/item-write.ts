import type { AttributeValue, Item } from './attribute-value';
import { type Condition, holds } from './condition';
import { conditionalCheckFailed, duplicateItem, itemError, validationError } from './errors';
import { requireIndexKeys } from './index-keys';
import { ENGINE_LIMITS } from './limits';
import { requireNestingLevels } from './parse-value';
import type { StorageKey, Table } from './table';
import { applyUpdate, type UpdateAction } from './update';
import { itemBytes, valueBytes } from './value-size';

/** A write on one item, checked as far as it can be without looking at the item. */
export interface ItemWrite {
  readonly table: Table;
  readonly key: Item;
  readonly storageKey: StorageKey;
  readonly condition: Condition | undefined;
  /** Whether a refusal gives the item that stood in the way. */
  readonly returnsOldOnFailure: boolean;
  readonly effect: Effect;
  /** Those of the request that stand in expressions, or parameters of the statement. */
  readonly values: readonly AttributeValue[];
}

export type Effect =
  | { readonly kind: 'put'; readonly item: Item }
  /** A put that never replaces: PartiQL's INSERT. */
  | { readonly kind: 'insert'; readonly item: Item }
  | { readonly kind: 'update'; readonly actions: readonly UpdateAction[] }
  | { readonly kind: 'delete' }
  /** A condition check: the item stays as it is. */
  | { readonly kind: 'none' };

/** What the write would do now; nothing is stored yet. */
export interface Outcome {
  readonly write: ItemWrite;
  readonly before: Item | undefined;
  readonly after: Item | undefined;
}

export function tryWrite(write: ItemWrite): Outcome {
  if (write.effect.kind === 'update') requireValueSizes(write.effect.actions);
  const before = write.table.get(write.storageKey);
  if (write.condition !== undefined && !holds(write.condition, before)) {
    throw conditionalCheckFailed(write.returnsOldOnFailure ? before : undefined);
  }
  return { write, before, after: after(write, before) };
}

export function store({ write, before, after: item }: Outcome): void {
  if (item === before) return;
  if (item === undefined) write.table.delete(write.storageKey);
  else write.table.put(write.storageKey, item);
}

function after({ table, key, effect }: ItemWrite, before: Item | undefined): Item | undefined {
  switch (effect.kind) {
    case 'put':
      return effect.item;
    case 'insert':
      if (before !== undefined) throw duplicateItem();
      return effect.item;
    case 'delete':
      return undefined;
    case 'none':
      return before;
    case 'update': {
      requireNoKeyUpdate(table, effect.actions);
      const item = applyUpdate(effect.actions, before ?? key);
      if (itemBytes(item) > ENGINE_LIMITS.itemBytes) {
        throw updateTooLarge();
      }
      if (effect.actions.some(({ path }) => path.length > 1)) requireNestingLevels(item);
      requireIndexKeys(table, item, 'update');
      return item;
    }
  }
}

/** A value that can stand in no item is refused before the condition is looked at. Measured with DynamoDB Local 3.1.0. */
function requireValueSizes(actions: readonly UpdateAction[]): void {
  for (const action of actions) {
    if (action.kind !== 'set' || action.value.kind !== 'value') continue;
    if (valueBytes(action.value.value) > ENGINE_LIMITS.itemBytes) throw updateTooLarge();
  }
}

function updateTooLarge() {
  return validationError('Item size to update has exceeded the maximum allowed size');
}

export function requireItemSize(item: Item, error = validationError): void {
  if (itemBytes(item) > ENGINE_LIMITS.itemBytes) {
    throw error('Item size has exceeded the maximum allowed size');
  }
}

/**
 * The key of an item never changes; a path that begins with one of its attributes is refused, after the condition was
 * looked at. Measured with DynamoDB Local 3.1.0.
 */
function requireNoKeyUpdate(table: Table, actions: readonly UpdateAction[]): void {
  for (const { name } of table.keyAttributes) {
    if (!actions.some(({ path }) => path[0] === name)) continue;
    throw itemError(
      `One or more parameter values were invalid: Cannot update attribute ${name}. This attribute is part of the key`,
    );
  }
}
