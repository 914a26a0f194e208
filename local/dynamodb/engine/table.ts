import { type AttributeValue, type Item, isEmptyScalar, typeOf } from './attribute-value';
import { itemError, validationError } from './errors';
import type { IndexSchema } from './index-schema';
import { type Definitions, type KeyAttribute, type KeySchema, keyAttributes } from './key-schema';
import { ENGINE_LIMITS } from './limits';
import { parseItem } from './parse-value';
import { valueBytes } from './value-size';

export interface TableSchema extends KeySchema {
  readonly name: string;
  readonly definitions: Definitions;
  readonly indexes: readonly IndexSchema[];
}

/** What an item is stored under: equal for equal keys. */
export type StorageKey = string;

/** The items of a table. They are never changed in place, so a reader may keep one. */
export class Table {
  readonly keyAttributes: readonly KeyAttribute[];
  readonly #items = new Map<StorageKey, Item>();
  /** The attribute of the TTL setting; nothing is ever deleted by it. */
  ttlAttribute: string | undefined;

  constructor(
    readonly schema: TableSchema,
    readonly createdAtMs: number,
  ) {
    this.keyAttributes = keyAttributes(schema);
  }

  get(key: StorageKey): Item | undefined {
    return this.#items.get(key);
  }

  put(key: StorageKey, item: Item): void {
    this.#items.set(key, item);
  }

  delete(key: StorageKey): void {
    this.#items.delete(key);
  }

  /** In no order to lean on. */
  items(): readonly Item[] {
    return [...this.#items.values()];
  }

  /** The key of a request: exactly the key attributes. */
  keyOf(input: unknown): { readonly key: Item; readonly storageKey: StorageKey } {
    const key = parseItem(input);
    const fits = ({ name, type }: KeyAttribute) =>
      Object.hasOwn(key, name) && typeOf(key[name] as AttributeValue) === type;
    if (Object.keys(key).length !== this.keyAttributes.length || !this.keyAttributes.every(fits)) {
      throw itemError('The provided key element does not match the schema');
    }
    return { key, storageKey: this.storageKeyOf(key) };
  }

  /** Checks the key attributes of an item. */
  storageKeyOf(item: Item): StorageKey {
    for (const { name } of this.keyAttributes) {
      if (Object.hasOwn(item, name)) continue;
      throw validationError(`One or more parameter values were invalid: Missing the key ${name} in the item`);
    }
    const { hash, range } = this.schema;
    const hashKey = keyText(item, hash, ENGINE_LIMITS.hashKeyBytes);
    return range ? JSON.stringify([hashKey, keyText(item, range, ENGINE_LIMITS.rangeKeyBytes)]) : hashKey;
  }

  onlyKey(item: Item): Item {
    return onlyAttributes(item, this.keyAttributes);
  }
}

export function onlyAttributes(item: Item, attributes: readonly KeyAttribute[]): Item {
  return Object.fromEntries(attributes.map(({ name }) => [name, item[name] as AttributeValue]));
}

function keyText(item: Item, { name, type }: KeyAttribute, maximumBytes: number): string {
  const value = item[name] as AttributeValue;
  const actual = typeOf(value);
  if (actual !== type) {
    throw itemError(
      `One or more parameter values were invalid: Type mismatch for key ${name} expected: ${type} actual: ${actual}`,
    );
  }
  if (isEmptyScalar(value)) {
    throw validationError(
      'One or more parameter values are not valid. ' +
        `The AttributeValue for a key attribute cannot contain an empty ${type === 'B' ? 'binary' : 'string'} value. Key: ${name}`,
    );
  }
  if (valueBytes(value) > maximumBytes) {
    throw validationError(
      `One or more parameter values were invalid: Size of the key attribute ${name} has exceeded the maximum size limit of ${maximumBytes} bytes`,
    );
  }
  return (value as Record<string, string>)[type] as string;
}
