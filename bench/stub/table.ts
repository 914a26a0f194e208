import { itemBytes } from './item-size';
import type { Item } from './value';

interface Entry {
  readonly item: Item;
  readonly bytes: number;
}

const ABSENT: Entry = { item: {}, bytes: 0 };

/** Items by key, with the bytes that each is billed for. */
export class Table {
  readonly #entries = new Map<string, Entry>();

  /** undefined: there is none. */
  get(id: string): Item | undefined {
    return this.#entries.get(id)?.item;
  }

  bytes(id: string): number {
    return (this.#entries.get(id) ?? ABSENT).bytes;
  }

  /** Gives the bytes of the item. */
  put(id: string, item: Item): number {
    const bytes = itemBytes(item);
    this.#entries.set(id, { item, bytes });
    return bytes;
  }

  delete(id: string): void {
    this.#entries.delete(id);
  }
}
