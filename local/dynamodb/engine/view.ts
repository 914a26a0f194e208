import { type AttributeValue, type Item, typeOf } from './attribute-value';
import { compareValues } from './compare-values';
import { validationError } from './errors';
import type { IndexSchema } from './index-schema';
import { type KeyAttribute, type KeySchema, keyAttributes } from './key-schema';
import { parseItem } from './parse-value';
import { onlyAttributes, type Table } from './table';

/** What Scan and Query read: a table, or those of its items that have the key of one of its indexes. */
export class View {
  /** Of the index and of the table: together they name one item. */
  readonly keyAttributes: readonly KeyAttribute[];

  constructor(
    readonly table: Table,
    readonly index?: IndexSchema,
  ) {
    const all = [...(index ? keyAttributes(index) : []), ...table.keyAttributes];
    this.keyAttributes = all.filter(({ name }, place) => all.findIndex((other) => other.name === name) === place);
  }

  get schema(): KeySchema {
    return this.index ?? this.table.schema;
  }

  items(): readonly Item[] {
    if (this.index === undefined) return this.table.items();
    return this.table.items().filter((item) => this.keyAttributes.every(({ name }) => Object.hasOwn(item, name)));
  }

  /**
   * By a hash of the partition key, then by the sort key: the order of a scan is none that a caller could lean on, and
   * the same one whatever was written in between. In an index the table's key decides last.
   */
  inOrder(items: readonly Item[]): readonly Item[] {
    const placed = items.map((item) => ({ item, place: this.#placeOf(item) }));
    return placed.sort((left, right) => comparePlaces(left.place, right.place)).map(({ item }) => item);
  }

  /** Below 0 where the first stands before the second. */
  compare(left: Item, right: Item): number {
    return comparePlaces(this.#placeOf(left), this.#placeOf(right));
  }

  #placeOf(item: Item): Place {
    const { hash, range } = this.schema;
    const partition = JSON.stringify(item[hash.name]);
    const storageKey = this.index ? this.table.storageKeyOf(item) : '';
    return { hash: hashOf(partition), partition, sort: range && item[range.name], storageKey };
  }

  /** Where the next page goes on. */
  keyOf(item: Item): Item {
    return onlyAttributes(item, this.keyAttributes);
  }

  /** Reads `ExclusiveStartKey`. */
  parseStart(input: unknown): Item | undefined {
    if (input === undefined || input === null || Object.keys(input).length === 0) return undefined;
    const start = parseItem(input);
    const fits = ({ name, type }: KeyAttribute) =>
      Object.hasOwn(start, name) && typeOf(start[name] as AttributeValue) === type;
    if (Object.keys(start).length !== this.keyAttributes.length || !this.keyAttributes.every(fits)) {
      throw validationError(
        `The provided starting key is invalid: it must hold exactly ${this.keyAttributes.map(({ name, type }) => `${name} (${type})`).join(', ')}`,
      );
    }
    return start;
  }

  projects(name: string): boolean {
    const { ProjectionType, NonKeyAttributes } = this.index?.projection ?? { ProjectionType: 'ALL' };
    return (
      ProjectionType === 'ALL' ||
      NonKeyAttributes?.includes(name) === true ||
      this.keyAttributes.some((attribute) => attribute.name === name)
    );
  }

  /** As much of an item as the index has. */
  projected(item: Item): Item {
    if ((this.index?.projection.ProjectionType ?? 'ALL') === 'ALL') return item;
    return Object.fromEntries(Object.entries(item).filter(([name]) => this.projects(name)));
  }
}

interface Place {
  readonly hash: number;
  readonly partition: string;
  readonly sort: AttributeValue | undefined;
  readonly storageKey: string;
}

function comparePlaces(left: Place, right: Place): number {
  return (
    left.hash - right.hash ||
    compareTexts(left.partition, right.partition) ||
    (left.sort && right.sort && compareValues(left.sort, right.sort)) ||
    compareTexts(left.storageKey, right.storageKey)
  );
}

function compareTexts(left: string, right: string): number {
  return left < right ? -1 : left > right ? 1 : 0;
}

/** FNV-1a. */
function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index += 1) {
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  }
  return hash >>> 0;
}
