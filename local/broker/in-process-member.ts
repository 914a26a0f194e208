import type { Time } from '../time';
import type { Assignment, GroupMember, GroupOptions, TopicRecord } from './broker';
import { CommitRefused } from './commit-refused';
import { type InProcessGroup, startOf } from './in-process-group';
import type { InProcessTopic } from './in-process-topic';
import type { PartitionLog } from './partition-log';
import { Waiters } from './waiters';

interface Owned {
  readonly epoch: number;
  readonly log: PartitionLog;
  position: number;
}

/** A member as it sees itself: the group may have expelled it meanwhile. */
export class InProcessMember implements GroupMember {
  readonly #owned = new Map<number, Owned>();
  readonly #waiters: Waiters;
  #hasLeft = false;

  constructor(
    readonly options: GroupOptions,
    private readonly topic: InProcessTopic,
    private readonly group: InProcessGroup,
    time: Time,
  ) {
    this.#waiters = new Waiters(time);
  }

  get hasLeft(): boolean {
    return this.#hasLeft;
  }

  assign(positions: ReadonlyMap<number, number>): void {
    this.#owned.clear();
    for (const [partition, position] of positions) {
      const log = this.topic.partitions[partition];
      if (log) this.#owned.set(partition, { epoch: this.group.nextEpoch(), log, position });
    }
    this.wake();
  }

  assigned(): readonly Assignment[] {
    return [...this.#owned].map(([partition, { epoch }]) => ({ partition, epoch }));
  }

  ready(partition: number): number {
    const owned = this.#inRange(partition);
    return owned ? owned.log.countFrom(owned.position) : 0;
  }

  position(partition: number): number | undefined {
    return this.#inRange(partition)?.log.end;
  }

  take(partition: number, max: number): TopicRecord[] {
    const owned = this.#inRange(partition);
    if (!owned) return [];
    const records = owned.log.read(owned.position, max);
    owned.position = (records.at(-1)?.offset ?? owned.position - 1) + 1;
    return records;
  }

  changed(timeoutMs: number, signal?: AbortSignal): Promise<void> {
    return this.#waiters.wait(timeoutMs, signal);
  }

  wake(): void {
    this.#waiters.wake();
  }

  async commit(partition: number, nextOffset: number): Promise<void> {
    if (!this.#owned.has(partition) || !this.group.members.includes(this)) {
      throw new CommitRefused(this.topic.name, partition, nextOffset, 'this member of the group does not own it now');
    }
    this.group.committed.set(partition, nextOffset);
  }

  async leave(): Promise<void> {
    this.#hasLeft = true;
    this.assign(new Map());
    this.group.remove(this);
  }

  /** Reading begins anew by the starting position when retention took away the records that were next. */
  #inRange(partition: number): Owned | undefined {
    const owned = this.#owned.get(partition);
    if (owned && !owned.log.contains(owned.position)) owned.position = startOf(owned.log, this.options);
    return owned;
  }
}
