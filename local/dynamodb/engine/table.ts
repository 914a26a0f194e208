import { type AttributeValue, type Item, parseItem, typeOf } from './attribute-value';
import { itemError, validationError } from './errors';
import { ENGINE_LIMITS } from './limits';

export interface KeyAttribute {
  readonly name: string;
  readonly type: 'S' | 'N' | 'B';
}

export interface TableSchema {
  readonly name: string;
  readonly hash: KeyAttribute;
  readonly range: KeyAttribute | undefined;
}

/** What an item is stored under: equal for equal keys. */
export type StorageKey = string;

/** The items of a table. They are never changed in place, so a reader may keep one. */
export class Table {
  readonly #items = new Map<StorageKey, Item>();
  #order: readonly (readonly [StorageKey, Item])[] | undefined;
  /** The attribute of the TTL setting; nothing is ever deleted by it. */
  ttlAttribute: string | undefined;

  constructor(
    readonly schema: TableSchema,
    readonly createdAtMs: number,
  ) {}

  get size(): number {
    return this.#items.size;
  }

  get keyAttributes(): readonly KeyAttribute[] {
    const { hash, range } = this.schema;
    return range ? [hash, range] : [hash];
  }

  get(key: StorageKey): Item | undefined {
    return this.#items.get(key);
  }

  put(key: StorageKey, item: Item): void {
    this.#items.set(key, item);
    this.#order = undefined;
  }

  delete(key: StorageKey): void {
    if (this.#items.delete(key)) this.#order = undefined;
  }

  /**
   * By a hash of the partition key, as the service scans: in no order that a caller could lean on, and the same one
   * whatever was written in between.
   */
  inScanOrder(): readonly Item[] {
    this.#order ??= [...this.#items].sort(([left], [right]) => compareKeys(left, right));
    return this.#order.map(([, item]) => item);
  }

  /** Below 0 where the first stands before the second in a scan. */
  static compare(left: StorageKey, right: StorageKey): number {
    return compareKeys(left, right);
  }

  /** The key of a request: exactly the key attributes. */
  keyOf(input: unknown): { readonly key: Item; readonly storageKey: StorageKey } {
    const key = parseItem(input);
    if (Object.keys(key).length !== this.keyAttributes.length) {
      throw validationError('The number of conditions on the keys is invalid');
    }
    return { key, storageKey: this.storageKeyOf(key) };
  }

  /** Checks the key attributes of an item or key. */
  storageKeyOf(item: Item): StorageKey {
    const { hash, range } = this.schema;
    for (const { name } of this.keyAttributes) {
      if (!Object.hasOwn(item, name)) throw validationError('One of the required keys was not given a value');
    }
    const hashKey = keyText(item, hash, ENGINE_LIMITS.hashKeyBytes);
    return range ? JSON.stringify([hashKey, keyText(item, range, ENGINE_LIMITS.rangeKeyBytes)]) : hashKey;
  }

  onlyKey(item: Item): Item {
    return Object.fromEntries(this.keyAttributes.map(({ name }) => [name, item[name] as AttributeValue]));
  }
}

function keyText(item: Item, { name, type }: KeyAttribute, maximumBytes: number): string {
  const value = item[name] as AttributeValue;
  if (typeOf(value) !== type) {
    throw itemError('One or more parameter values were invalid: Type mismatch for key');
  }
  const text = (value as Record<string, string>)[type] as string;
  if (text === '') {
    const kind = type === 'B' ? 'binary' : 'string';
    throw validationError(
      'One or more parameter values are not valid. ' +
        `The AttributeValue for a key attribute cannot contain an empty ${kind} value. Key: ${name}`,
    );
  }
  const bytes = type === 'B' ? Buffer.byteLength(text, 'base64') : Buffer.byteLength(text);
  if (bytes > maximumBytes) {
    throw validationError(
      `Hash primary key values must be under ${ENGINE_LIMITS.hashKeyBytes} bytes, and range primary key values must be under ${ENGINE_LIMITS.rangeKeyBytes} bytes`,
    );
  }
  return text;
}

function compareKeys(left: StorageKey, right: StorageKey): number {
  return hashOf(left) - hashOf(right) || (left < right ? -1 : left > right ? 1 : 0);
}

/** FNV-1a. */
function hashOf(key: StorageKey): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < key.length; index += 1) {
    hash = Math.imul(hash ^ key.charCodeAt(index), 0x01000193);
  }
  return hash >>> 0;
}
