import type { Assignment, GroupMember, TopicRecord } from '../broker/broker';
import { PartitionProgress } from './partition-progress';

/** A record that was read and waits for a batch. */
export interface WaitingRecord {
  readonly record: TopicRecord;
  /** In the event. */
  readonly bytes: number;
}

/** A partition during one assignment to a member. */
export class OwnedPartition {
  readonly progress = new PartitionProgress();
  readonly #waiting: WaitingRecord[] = [];
  #waitingBytes = 0;
  /** The last offset committed in this assignment. */
  committed: number | undefined;

  constructor(
    readonly partition: number,
    readonly epoch: number,
  ) {}

  /** What was read and is in no batch yet, in offset order. */
  get waiting(): readonly WaitingRecord[] {
    return this.#waiting;
  }

  get waitingBytes(): number {
    return this.#waitingBytes;
  }

  wait(record: WaitingRecord): void {
    this.#waiting.push(record);
    this.#waitingBytes += record.bytes;
  }

  /** Takes the first `count` of what waits out of the line. */
  dequeue(count: number): void {
    for (const { bytes } of this.#waiting.splice(0, count)) this.#waitingBytes -= bytes;
  }

  /**
   * Up to which offset everything is resolved, which is what can be committed. Where nothing is left to do it passes
   * what no reader sees: transaction markers, aborted records, what compaction or retention removed.
   */
  resolvedUpTo(member: GroupMember): number | undefined {
    const { unresolved, commitOffset } = this.progress;
    if (unresolved > 0 || member.ready(this.partition) > 0) return commitOffset;
    const position = member.position(this.partition);
    // At 0 there was never anything.
    if (position === undefined || position === 0) return commitOffset;
    return Math.max(position, commitOffset ?? 0);
  }
}

/** The partitions that a member owns, as of the last look at its assignment. */
export class OwnedPartitions {
  readonly #owned = new Map<number, OwnedPartition>();

  get all(): readonly OwnedPartition[] {
    return [...this.#owned.values()];
  }

  get(partition: number): OwnedPartition | undefined {
    return this.#owned.get(partition);
  }

  owns(partition: number, epoch: number | undefined): boolean {
    return epoch !== undefined && this.#owned.get(partition)?.epoch === epoch;
  }

  /** `true`: the assignment has changed. A partition that was assigned anew begins anew. */
  follow(assigned: readonly Assignment[]): boolean {
    const isSame =
      assigned.length === this.#owned.size && assigned.every(({ partition, epoch }) => this.owns(partition, epoch));
    if (isSame) return false;
    const before = new Map(this.#owned);
    this.#owned.clear();
    for (const { partition, epoch } of assigned) {
      const kept = before.get(partition);
      this.#owned.set(partition, kept?.epoch === epoch ? kept : new OwnedPartition(partition, epoch));
    }
    return true;
  }
}
