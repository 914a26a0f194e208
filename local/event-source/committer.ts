import type { GroupMember } from '../broker/broker';
import { CommitRefused } from '../broker/commit-refused';
import type { Time } from '../time';
import type { DeliveryFaults } from './delivery-faults';
import type { OwnedPartition } from './owned-partition';
import type { PollerEvents } from './poller-events';

export interface CommitterOptions {
  readonly name: string;
  readonly faults: DeliveryFaults;
  readonly time: Time;
  readonly events: PollerEvents;
}

const AGAIN_AFTER_MS = 1_000;

/** Row 8: commits, per partition, up to where everything is resolved, if that has moved. */
export class Committer {
  readonly #options: CommitterOptions;
  /** After a commit that failed. */
  readonly #pausedUntilMs = new WeakMap<OwnedPartition, number>();

  constructor(options: CommitterOptions) {
    this.#options = options;
  }

  /** Whether an idle poller has something to commit. */
  isDue(member: GroupMember, partitions: readonly OwnedPartition[]): boolean {
    const now = this.#options.time.now();
    return partitions.some(
      (owned) => now >= (this.#pausedUntilMs.get(owned) ?? 0) && toCommit(owned, member) !== undefined,
    );
  }

  /** A commit that fails is made again by the next call. */
  async commit(member: GroupMember, partitions: readonly OwnedPartition[]): Promise<void> {
    for (const owned of partitions) {
      const nextOffset = toCommit(owned, member);
      if (nextOffset === undefined || (await this.#commitOne(member, owned, nextOffset))) continue;
      this.#pausedUntilMs.set(owned, this.#options.time.now() + AGAIN_AFTER_MS);
    }
  }

  async #commitOne(member: GroupMember, owned: OwnedPartition, nextOffset: number): Promise<boolean> {
    const { name: poller, faults, events } = this.#options;
    const { partition } = owned;
    if (faults.commitFails({ poller, partition, nextOffset })) return false;
    try {
      await member.commit(partition, nextOffset);
    } catch (error) {
      // The new owner reads from the last commit; nothing is lost by a commit that is not made.
      if (error instanceof CommitRefused) return false;
      throw error;
    }
    owned.committed = nextOffset;
    events.committed(poller, partition, nextOffset);
    return true;
  }
}

function toCommit(owned: OwnedPartition, member: GroupMember): number | undefined {
  const nextOffset = owned.resolvedUpTo(member);
  return nextOffset === owned.committed ? undefined : nextOffset;
}
