import type { Hold } from '../engine/batch-memory';
import type { Step } from '../engine/lane';
import type { RecordState } from '../engine/record-state';
import type { Tried } from '../engine/tries';
import type { Partition } from './partition';

/** What ends a hold in its memory. */
export interface PartitionHolder<T> {
  refusal(partition: Partition<T>, nowMs: number): Error | undefined;
  ended(partition: Partition<T>, state: RecordState<T>, tried: Tried): Step | Promise<Step>;
  runSingly(state: RecordState<T>): void;
}

/** A record of a claimed partition, which may start beside others of it. */
export class PartitionHold<T> implements Hold<T> {
  readonly #partition: Partition<T>;
  readonly #holder: PartitionHolder<T>;

  constructor(
    readonly state: RecordState<T>,
    partition: Partition<T>,
    holder: PartitionHolder<T>,
  ) {
    this.#partition = partition;
    this.#holder = holder;
  }

  get attempt(): number {
    return this.#partition.attempt(this.state);
  }

  refusal(nowMs: number): Error | undefined {
    return this.#holder.refusal(this.#partition, nowMs);
  }

  /** A refusal says what there is to say of a partition's lease. */
  isFresh(): boolean {
    return true;
  }

  /** What runs on a partition is known to whoever keeps it. */
  begun(): void {}

  ended(tried: Tried): Step | Promise<Step> {
    return this.#holder.ended(this.#partition, this.state, tried);
  }

  giveBack(error: unknown, isSingle: boolean): void {
    if (isSingle) this.#holder.runSingly(this.state);
    this.state.leaveOpen(error);
  }
}
