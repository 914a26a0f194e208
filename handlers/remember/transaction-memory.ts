import { previousTwins } from '../core/twins';
import type { Lane, Step } from '../engine/lane';
import type { EventArray, Memory } from '../engine/memory';
import type { RecordState } from '../engine/record-state';
import { codeOf, type Ended } from '../engine/runs';
import type { Scope } from '../engine/scope';
import { prepareWrites } from '../transaction/prepare-writes';
import { CommitQueue } from './commit-queue';
import { noticedOf } from './noticed';
import type { Partition } from './partition';
import { PartitionKeeper } from './partition-keeper';
import { twinsAllow } from './twin-gate';

/** Commits effects and marks together; fence, attempts and holes are the ledger's (protocol section 6). */
export class TransactionMemory<T> implements Memory<T> {
  readonly #scope: Scope<T>;
  readonly #states: readonly RecordState<T>[];
  readonly #keeper: PartitionKeeper<T>;
  readonly #queues: readonly CommitQueue<T>[];

  constructor(arrays: readonly EventArray<T>[], scope: Scope<T>) {
    this.#scope = scope;
    this.#states = arrays.flatMap(({ states }) => states);
    this.#keeper = new PartitionKeeper(arrays, scope);
    this.#queues = this.#keeper.partitions.map((partition) => new CommitQueue(partition, this.#keeper, scope));
  }

  get noticed() {
    return noticedOf(this.#keeper.partitions);
  }

  async open(lanes: readonly Lane<T>[]): Promise<void> {
    for (const { array } of lanes) this.#partition(array).lanes += 1;
    this.#keeper.open();
    if (this.#scope.settings.identity === undefined) return;
    await this.#scope.runs.decode(this.#states);
    const twins = previousTwins(this.#states);
    this.#states.forEach((state, index) => {
      state.previousTwin = twins[index];
    });
  }

  async advance(lane: Lane<T>, state: RecordState<T>): Promise<Step> {
    const partition = this.#partition(lane.array);
    const queue = this.#queue(lane.array);
    if (!partition.isClaimed) await this.#keeper.claimed(partition);
    // Closed by what the claim brought.
    if (state.isSettled) return 'next';
    if (state.previousTwin && !(await twinsAllow(state, () => this.#hurry()))) return 'stop';
    const { slots } = this.#scope;
    if (!slots.tryAcquire() && !(await slots.acquire())) return leaveOpen(state, this.#scope.tooLate());
    const refusal = this.#keeper.refusal(partition) ?? (this.#scope.mayStart ? undefined : this.#scope.tooLate());
    if (refusal || queue.isBroken(lane)) {
      slots.release();
      if (refusal) return leaveOpen(state, refusal);
      state.settle();
      return 'stop';
    }
    state.isReached = true;
    const ended = await this.#scope.runs.call(state, partition.attempt(state));
    slots.release();
    return this.#ended(lane, state, ended);
  }

  laneEnded({ array }: Lane<T>): void {
    const partition = this.#partition(array);
    partition.lanes -= 1;
    if (partition.lanes > 0) return;
    this.#queue(array).lanesEnded();
    this.#keeper.changed(partition);
  }

  async marked(): Promise<void> {
    await Promise.all(this.#queues.map((queue) => queue.drained()));
    await this.#keeper.marked();
  }

  async close(): Promise<void> {}

  stop(): void {
    for (const queue of this.#queues) queue.stop();
    this.#keeper.stop();
  }

  #partition(array: number): Partition<T> {
    return this.#keeper.partitions[array] as Partition<T>;
  }

  #queue(array: number): CommitQueue<T> {
    return this.#queues[array] as CommitQueue<T>;
  }

  /** What a twin waits for may be gathered in any partition. */
  #hurry(): void {
    for (const queue of this.#queues) queue.hurry();
  }

  #ended(lane: Lane<T>, state: RecordState<T>, ended: Ended): Step | Promise<Step> {
    const queue = this.#queue(lane.array);
    if (!ended.ok) return this.#failed(lane, state, ended.error, ended.counts);
    try {
      const committed = queue.add(lane, state, prepareWrites(ended.result));
      return this.#scope.settings.independent ? 'next' : committed;
    } catch (error) {
      return this.#failed(lane, state, error, true);
    }
  }

  #failed(lane: Lane<T>, state: RecordState<T>, error: unknown, counts: boolean): Step {
    const partition = this.#partition(lane.array);
    state.leaveOpen(error);
    if (counts && !partition.isOver) {
      partition.fail(state, codeOf(error), this.#scope.ports.clock.now());
      this.#keeper.changed(partition);
    }
    return 'stop';
  }
}

function leaveOpen<T>(state: RecordState<T>, error: unknown): Step {
  state.leaveOpen(error);
  return 'stop';
}
