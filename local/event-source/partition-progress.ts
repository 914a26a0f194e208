import type { TopicRecord } from '../broker/broker';

/** What one owner of a partition knows of it: which of the offsets it has taken are unresolved. */
export class PartitionProgress {
  #nextOffset: number | undefined;
  /** In the order in which they were taken, which is the order of the offsets. */
  readonly #unresolved = new Set<number>();

  take(records: readonly TopicRecord[]): void {
    for (const { offset } of records) {
      this.#unresolved.add(offset);
      this.#nextOffset = offset + 1;
    }
  }

  resolve({ offset }: TopicRecord): void {
    this.#unresolved.delete(offset);
  }

  /**
   * The offset to commit: the lowest unresolved one, else the one after the last taken. Kafka holds one offset per
   * partition, so a commit beyond an unresolved record would lose it.
   */
  get commitOffset(): number | undefined {
    return this.#unresolved.values().next().value ?? this.#nextOffset;
  }

  get unresolved(): number {
    return this.#unresolved.size;
  }
}
