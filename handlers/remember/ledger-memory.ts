import { isThenable } from '../core/thenable';
import type { Lane, Step } from '../engine/lane';
import type { EventArray, Memory } from '../engine/memory';
import type { RecordState } from '../engine/record-state';
import { codeOf, type Ended } from '../engine/runs';
import type { Scope } from '../engine/scope';
import { noticedOf } from './noticed';
import type { Partition } from './partition';
import { PartitionKeeper } from './partition-keeper';

/** Remembers offsets: one claim before and marks by time behind, for whole partitions (protocol section 4). */
export class LedgerMemory<T> implements Memory<T> {
  readonly #scope: Scope<T>;
  readonly #keeper: PartitionKeeper<T>;

  constructor(arrays: readonly EventArray<T>[], scope: Scope<T>) {
    this.#scope = scope;
    this.#keeper = new PartitionKeeper(arrays, scope);
  }

  get noticed() {
    return noticedOf(this.#keeper.partitions);
  }

  open(lanes: readonly Lane<T>[]): void {
    for (const { array } of lanes) this.#partition(array).lanes += 1;
    this.#keeper.open();
    void this.#scope.runs.decodeAhead(
      this.#keeper.partitions.flatMap(({ array }) => array.states),
      () => this.#keeper.isAnswered,
      () => this.#scope.ports.sleep(0),
    );
  }

  advance(lane: Lane<T>, state: RecordState<T>): Step | Promise<Step> {
    const partition = this.#partition(lane.array);
    if (partition.isClaimed) return this.#start(partition, state);
    return this.#keeper.claimed(partition).then(() => this.#start(partition, state));
  }

  laneEnded({ array }: Lane<T>): void {
    const partition = this.#partition(array);
    partition.lanes -= 1;
    if (partition.lanes === 0) this.#keeper.changed(partition);
  }

  marked(): Promise<void> {
    return this.#keeper.marked();
  }

  async close(): Promise<void> {}

  stop(): void {
    this.#keeper.stop();
  }

  #partition(array: number): Partition<T> {
    return this.#keeper.partitions[array] as Partition<T>;
  }

  #start(partition: Partition<T>, state: RecordState<T>): Step | Promise<Step> {
    // Closed by what the claim brought.
    if (state.isSettled) return 'next';
    const { slots } = this.#scope;
    if (slots.tryAcquire()) return this.#run(partition, state);
    return slots.acquire().then((granted) => {
      if (granted) return this.#run(partition, state);
      state.leaveOpen(this.#scope.tooLate());
      return 'stop';
    });
  }

  #run(partition: Partition<T>, state: RecordState<T>): Step | Promise<Step> {
    const refusal = this.#keeper.refusal(partition) ?? (this.#scope.mayStart ? undefined : this.#scope.tooLate());
    if (refusal) {
      this.#scope.slots.release();
      state.leaveOpen(refusal);
      return 'stop';
    }
    state.isReached = true;
    const ended = this.#scope.runs.call(state, partition.attempt(state));
    if (isThenable(ended)) return ended.then((later) => this.#ended(partition, state, later));
    return this.#ended(partition, state, ended);
  }

  #ended(partition: Partition<T>, state: RecordState<T>, ended: Ended): Step {
    this.#scope.slots.release();
    const now = this.#scope.ports.clock.now();
    if (ended.ok) {
      if (partition.isOver) return this.#tooLateToMark(partition, state);
      partition.close(state, 'done', now);
      this.#keeper.changed(partition);
      return 'next';
    }
    state.leaveOpen(ended.error);
    if (ended.counts && !partition.isOver) {
      partition.fail(state, codeOf(ended.error), now);
      this.#keeper.changed(partition);
    }
    return 'stop';
  }

  /** The partition was lost while user code ran. */
  #tooLateToMark(partition: Partition<T>, state: RecordState<T>): Step {
    const reason = partition.refusal?.message ?? 'the partition was given back';
    this.#scope.ports.log.error(`The effect of ${state.name} happened, and its mark was not saved`, { reason });
    state.leaveOpen(partition.refusal);
    return 'stop';
  }
}
