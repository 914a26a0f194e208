import type { TopicRecord } from '../broker/broker';

/** What one owner of a partition knows of it: which of the offsets it has taken are unresolved. */
export class PartitionProgress {
  #nextOffset: number | undefined;
  readonly #unresolved = new Set<number>();

  take(records: readonly TopicRecord[]): void {
    for (const { offset } of records) {
      this.#unresolved.add(offset);
      this.#nextOffset = offset + 1;
    }
  }

  resolve(records: readonly TopicRecord[]): void {
    for (const { offset } of records) this.#unresolved.delete(offset);
  }

  /**
   * The offset to commit: the lowest unresolved one, else the one after the last taken. Kafka holds one offset per
   * partition, so a commit beyond an unresolved record would lose it.
   */
  get commitOffset(): number | undefined {
    if (this.#unresolved.size === 0) return this.#nextOffset;
    let lowest = Number.POSITIVE_INFINITY;
    for (const offset of this.#unresolved) lowest = Math.min(lowest, offset);
    return lowest;
  }

  get unresolved(): number {
    return this.#unresolved.size;
  }
}
