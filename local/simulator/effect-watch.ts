import type { Item } from '../dynamodb/engine/attribute-value';
import type { EffectSeen } from '../oracle/observation';
import type { Seen } from './memory-watch';

/** Reads after each accepted request which effects the database holds: they are counted where they are, not where they are asked for. */
export class EffectWatch {
  readonly #read: () => readonly Item[];
  #items: ReadonlyMap<string, Item> = new Map();

  /** @param read gives every item of the effects' table. */
  constructor(read: () => readonly Item[]) {
    this.#read = read;
  }

  /** The effects that the last request had, in the order of the topic. */
  look({ worker, sentAtMs, atMs }: Seen): EffectSeen[] {
    const before = this.#items;
    this.#items = new Map(this.#read().map((item) => [(item.id as { readonly S: string }).S, item]));
    return [...this.#items]
      .flatMap(([id, item]) => {
        // A request writes an item once at most.
        if (numberIn(item, 'times') === numberIn(before.get(id), 'times')) return [];
        const [partition, offset, run] = ['partition', 'offset', 'run'].map((name) => numberIn(item, name));
        return [{ kind: 'effect' as const, worker, sentAtMs, atMs, partition, offset, run } as EffectSeen];
      })
      .sort((a, b) => a.partition - b.partition || a.offset - b.offset);
  }
}

function numberIn(item: Item | undefined, name: string): number | undefined {
  const value = item?.[name];
  return value !== undefined && 'N' in value ? Number(value.N) : undefined;
}
