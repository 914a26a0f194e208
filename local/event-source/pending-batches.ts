import { isBlocked, type PendingBatch, withRecords } from './pending-batch';

/**
 * The unresolved batches of a poller, in the order in which they began. Two of them share a partition only when they are
 * parts of one batch; the later part then waits until the earlier one is resolved.
 */
export class PendingBatches {
  #batches: readonly PendingBatch[] = [];
  #current: PendingBatch | undefined;

  get all(): readonly PendingBatch[] {
    return this.#batches;
  }

  add(batch: PendingBatch): PendingBatch {
    this.#batches = [...this.#batches, batch];
    return batch;
  }

  /** The batch is delivered: it keeps its place until {@link finish}. */
  begin(batch: PendingBatch): void {
    this.#current = batch;
  }

  /** Of the batch that is delivered, what this poller still owns: perhaps nothing. */
  get current(): PendingBatch | undefined {
    return this.#current;
  }

  /** Puts what is left of the batch that was delivered into its place. */
  finish(rest: readonly PendingBatch[]): void {
    const current = this.#current;
    this.#batches = this.#batches.flatMap((one) => (one === current ? rest : [one]));
    this.#current = undefined;
  }

  clear(): void {
    this.#batches = [];
    this.#current = undefined;
  }

  /** The batch that is to be delivered next; undefined: none is due. */
  due(nowMs: number): PendingBatch | undefined {
    return this.#deliverable()
      .filter(({ dueAtMs }) => dueAtMs <= nowMs)
      .reduce<PendingBatch | undefined>(
        (first, one) => (first && first.dueAtMs <= one.dueAtMs ? first : one),
        undefined,
      );
  }

  /** When a batch will be due; infinity: no batch will. */
  get nextDueAtMs(): number {
    return Math.min(Number.POSITIVE_INFINITY, ...this.#deliverable().map(({ dueAtMs }) => dueAtMs));
  }

  /** Partitions that bring no new records. */
  get held(): ReadonlySet<number> {
    return new Set(this.#batches.flatMap(({ holds }) => [...holds.keys()]));
  }

  /** Partitions whose records are not delivered any more: those of blocked batches, and of what waits for them. */
  get blocked(): ReadonlySet<number> {
    const blocked = new Set<number>();
    for (const batch of this.#batches) {
      if (!isBlocked(batch) && !sharesAny(batch.partitions, blocked)) continue;
      for (const partition of [...batch.partitions, ...batch.holds.keys()]) blocked.add(partition);
    }
    return blocked;
  }

  /** After a change of the assignment: what is not owned as it was is another owner's to resolve. */
  keepOwned(isOwned: (partition: number, epoch: number | undefined) => boolean): void {
    this.#batches = this.#batches.flatMap((batch) => {
      const holds = new Map([...batch.holds].filter(([partition, epoch]) => isOwned(partition, epoch)));
      const records = batch.records.filter(({ partition }) => holds.has(partition));
      const kept = withRecords({ ...batch, holds }, records, true);
      if (batch === this.#current) this.#current = kept;
      return records.length === 0 && kept !== this.#current ? [] : [kept];
    });
  }

  #deliverable(): readonly PendingBatch[] {
    const earlier = new Set<number>();
    return this.#batches.filter(({ partitions }) => {
      const waits = sharesAny(partitions, earlier);
      for (const partition of partitions) earlier.add(partition);
      return !waits;
    });
  }
}

const sharesAny = (some: ReadonlySet<number>, others: ReadonlySet<number>) => [...some].some((one) => others.has(one));
