import type { BatchMemory, Hold } from '../engine/batch-memory';
import type { Lane, Step } from '../engine/lane';
import type { EventArray } from '../engine/memory';
import type { RecordState } from '../engine/record-state';
import type { Scope } from '../engine/scope';
import type { Tried } from '../engine/tries';
import type { Partition } from './partition';
import { PartitionFailures } from './partition-failures';
import { PartitionHold } from './partition-hold';
import { PartitionKeeper } from './partition-keeper';
import { PartitionRuns } from './partition-runs';

/** Remembers offsets: one claim before and marks by time behind, for whole partitions (protocol section 4). */
export class LedgerMemory<T> implements BatchMemory<T> {
  readonly #scope: Scope<T>;
  readonly #keeper: PartitionKeeper<T>;
  readonly #failures: PartitionFailures<T>;
  readonly #runs: PartitionRuns<T>;

  constructor(arrays: readonly EventArray<T>[], scope: Scope<T>) {
    this.#scope = scope;
    this.#keeper = new PartitionKeeper(arrays, scope);
    this.#failures = new PartitionFailures(scope, this.#keeper);
    this.#runs = new PartitionRuns(scope, this.#keeper, this.#failures);
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

  ready(lane: Lane<T>): Promise<void> {
    return this.#keeper.claimed(this.#partition(lane.array));
  }

  mayShare({ array }: Lane<T>, state: RecordState<T>): boolean {
    const partition = this.#partition(array);
    const isFirst = partition.attempt(state) === 1 && !partition.isSingle(state);
    return partition.isClaimed && !partition.isAlone && isFirst && !state.isSettled;
  }

  async hold({ array }: Lane<T>, states: readonly RecordState<T>[]): Promise<Hold<T>[]> {
    const partition = this.#partition(array);
    return states.map((state) => new PartitionHold(state, partition, this.#holder));
  }

  readonly #holder = {
    refusal: (partition: Partition<T>, nowMs: number) => this.#runs.refusal(partition, nowMs),
    ended: (partition: Partition<T>, state: RecordState<T>, tried: Tried) =>
      tried.ok ? this.#succeeded(partition, state) : this.#failures.failed(partition, state, tried),
    runSingly: (state: RecordState<T>) => this.#keeper.runSingly(state),
  };

  cutOffTogether(state: RecordState<T>): void {
    this.#keeper.runSingly(state);
  }

  laneEnded({ array }: Lane<T>): void {
    const partition = this.#partition(array);
    partition.lanes -= 1;
    if (partition.lanes === 0) this.#keeper.changed(partition);
  }

  cutOff(state: RecordState<T>): void {
    this.#keeper.cutOff(state);
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
    return this.#runs.run(partition, state, { succeeded: () => this.#succeeded(partition, state) });
  }

  #succeeded(partition: Partition<T>, state: RecordState<T>): Step {
    if (partition.isOver) return this.#tooLateToMark(partition, state);
    partition.close(state, 'done', this.#scope.ports.clock.now());
    this.#keeper.changed(partition);
    return 'next';
  }

  /** The partition was lost while user code ran. */
  #tooLateToMark(partition: Partition<T>, state: RecordState<T>): Step {
    const reason = partition.refusal?.message ?? 'the partition was given back';
    this.#scope.tellUnsaved(state, reason);
    state.leaveOpen(partition.refusal);
    return 'stop';
  }
}
