import { isThenable } from '../core/thenable';
import type { Step } from '../engine/lane';
import type { RecordState } from '../engine/record-state';
import type { Scope } from '../engine/scope';
import type { Tried } from '../engine/tries';
import type { Partition } from './partition';
import type { PartitionFailures } from './partition-failures';
import type { PartitionKeeper } from './partition-keeper';

/** Between two looks at whether anything else runs. */
const IDLE_MS = 10;

type Steps = Step | Promise<Step>;

/** How a memory goes on. */
export interface PartitionRunsOptions<T> {
  /** After a run that succeeded. */
  readonly succeeded: (state: RecordState<T>, result: unknown) => Steps;
  /** Whether it stays open behind a record that failed in the meantime. */
  readonly isBroken?: () => boolean;
}

/** Runs the records of claimed partitions, in slots, and alone where processes died of one of them. */
export class PartitionRuns<T> {
  readonly #scope: Scope<T>;
  readonly #keeper: PartitionKeeper<T>;
  readonly #failures: PartitionFailures<T>;

  constructor(scope: Scope<T>, keeper: PartitionKeeper<T>, failures: PartitionFailures<T>) {
    this.#scope = scope;
    this.#keeper = keeper;
    this.#failures = failures;
  }

  run(partition: Partition<T>, state: RecordState<T>, options: PartitionRunsOptions<T>): Steps {
    const exhausted = this.#failures.exhausted(partition, state);
    if (exhausted) return exhausted;
    if (partition.isAlone) return this.#alone(partition, state, options);
    const { slots } = this.#scope;
    if (slots.tryAcquire()) return this.#inSlot(partition, state, options);
    return slots.acquire().then((granted) => {
      return granted ? this.#inSlot(partition, state, options) : leaveOpen(state, this.#scope.tooLate());
    });
  }

  /** Whatever dies with this record, it is this one that is to blame (P3). */
  async #alone(partition: Partition<T>, state: RecordState<T>, options: PartitionRunsOptions<T>): Promise<Step> {
    if (partition.hasDiedOf(state)) await this.#untilIdle();
    const { slots, solo } = this.#scope;
    await solo.acquire();
    try {
      if (!(await slots.acquire(true))) return leaveOpen(state, this.#scope.tooLate());
      slots.reserve();
      partition.suspect(state);
      if (await this.#keeper.written(partition)) {
        const step = await this.#inSlot(partition, state, options);
        // Or the next one that runs could let this one be blamed for its own death.
        await this.#keeper.written(partition);
        return step;
      }
      slots.release();
      return leaveOpen(state, partition.refusal ?? this.#scope.tooLate());
    } finally {
      slots.unreserve();
      solo.release();
    }
  }

  /** What processes died of goes last: everything else of the batch has made its progress then. */
  async #untilIdle(): Promise<void> {
    const { ports, slots, solo, stopped } = this.#scope;
    do await ports.sleep(IDLE_MS, stopped);
    while (!stopped.aborted && (slots.isBusy || solo.isBusy));
  }

  #inSlot(partition: Partition<T>, state: RecordState<T>, options: PartitionRunsOptions<T>): Steps {
    const { ports, slots, tries } = this.#scope;
    const nowMs = ports.clock.now();
    const refusal = this.refusal(partition, nowMs);
    if (refusal || options.isBroken?.()) {
      slots.release();
      partition.acquit();
      return leaveOpen(state, refusal);
    }
    state.isReached = true;
    const ended = tries.call(state, {
      attempt: partition.attempt(state),
      nowMs,
      isAlone: partition.isAlone,
      refusal: (atMs) => this.refusal(partition, atMs),
    });
    if (isThenable(ended)) return ended.then((later) => this.#ended(partition, state, later, options));
    return this.#ended(partition, state, ended, options);
  }

  /** Why nothing may start on the partition right now. */
  refusal(partition: Partition<T>, nowMs: number): Error | undefined {
    return this.#keeper.refusal(partition, nowMs) ?? this.#scope.refusal(nowMs);
  }

  #ended(partition: Partition<T>, state: RecordState<T>, tried: Tried, options: PartitionRunsOptions<T>): Steps {
    if (partition.isAlone) partition.acquit();
    return tried.ok ? options.succeeded(state, tried.result) : this.#failures.failed(partition, state, tried);
  }
}

function leaveOpen<T>(state: RecordState<T>, error: unknown): Step {
  state.leaveOpen(error);
  return 'stop';
}
