import type { Assignment, TopicRecord } from '../broker/broker';
import { type OwnedPartition, OwnedPartitions } from './owned-partition';
import { PendingBatches } from './pending-batches';

/** What a poller has in its hands: its partitions, and the batches of theirs that are not resolved. */
export class Holdings {
  readonly partitions = new OwnedPartitions();
  readonly pending = new PendingBatches();

  /** What is not assigned any more, or was assigned anew, is not ours to resolve: it is read again. */
  follow(assigned: readonly Assignment[]): void {
    if (!this.partitions.follow(assigned)) return;
    this.pending.keepOwned((partition, epoch) => this.partitions.owns(partition, epoch));
  }

  /** The partitions that no unresolved batch holds (row 7). */
  get free(): readonly OwnedPartition[] {
    const { held } = this.pending;
    return this.partitions.all.filter(({ partition }) => !held.has(partition));
  }

  /** Of these records of the batch that is delivered, those that are still ours. */
  stillOurs(records: readonly TopicRecord[]): readonly TopicRecord[] {
    const { current } = this.pending;
    return records.filter(({ partition }) => current?.holds.has(partition));
  }

  /** These records of the batch that is delivered need nothing more, as far as they are still ours. */
  resolve(records: readonly TopicRecord[]): void {
    for (const record of this.stillOurs(records)) this.partitions.get(record.partition)?.progress.resolve(record);
  }
}
