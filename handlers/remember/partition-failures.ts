import { ERROR_CODES } from '../../contract/error-codes';
import type { Step } from '../engine/lane';
import type { RecordState } from '../engine/record-state';
import { codeOf } from '../engine/runs';
import type { Scope } from '../engine/scope';
import type { Failed } from '../engine/tries';
import { processDied, unsettled } from '../errors';
import { LetterDesk } from './letter-desk';
import type { Partition } from './partition';
import type { PartitionKeeper } from './partition-keeper';

type Steps = Step | Promise<Step>;

/** What becomes of records that failed, where the ledger remembers (protocol P1, P2, P5). */
export class PartitionFailures<T> {
  readonly #scope: Scope<T>;
  readonly #keeper: PartitionKeeper<T>;
  readonly #desk: LetterDesk<T>;

  constructor(scope: Scope<T>, keeper: PartitionKeeper<T>) {
    this.#scope = scope;
    this.#keeper = keeper;
    this.#desk = new LetterDesk(scope);
  }

  /** Open with one more attempt, or parked: then the lane goes on once the closing mark is durable. */
  failed(partition: Partition<T>, state: RecordState<T>, failed: Failed): Steps {
    return this.#judge(partition, state, failed) ?? this.#park(partition, state, failed.error);
  }

  /** Its writes were refused, and a late copy of them may still be under way: no letter before that is over (T5). */
  commitFailed(partition: Partition<T>, state: RecordState<T>, error: Error): Steps {
    const errorClass = this.#scope.tries.classOf(error, state);
    const failed: Failed = { ok: false, error, errorClass, counts: true, ran: true };
    return this.#judge(partition, state, failed) ?? this.#parkFenced(partition, state, error);
  }

  /** A permanent error of a record that did not run: no attempt. */
  refused(partition: Partition<T>, state: RecordState<T>, error: Error): Steps {
    if (this.#desk.takes({ errorClass: 'permanent', counts: true }, 1)) return this.#park(partition, state, error);
    return leaveOpen(state, error);
  }

  /**
   * Parks a record whose last attempt ended with its invocation, by a death or a cut, before it runs once more (P3).
   * undefined: it may run.
   */
  exhausted(partition: Partition<T>, state: RecordState<T>): Promise<Step> | undefined {
    const times = partition.attempt(state) - 1;
    if (times === 0 || !this.#desk.takes({ errorClass: 'transient', counts: true }, times)) return undefined;
    switch (partition.lastError(state)) {
      case ERROR_CODES.processDied:
        return this.#park(partition, state, processDied({ times }), times);
      case ERROR_CODES.unsettled: {
        const { abortGraceMs } = this.#scope.settings;
        return this.#park(partition, state, unsettled({ records: [state.name], graceMs: abortGraceMs }), times);
      }
      default:
        return undefined;
    }
  }

  /** undefined: it is to be parked. */
  #judge(partition: Partition<T>, state: RecordState<T>, failed: Failed): Step | undefined {
    const { error, errorClass, counts } = failed;
    if (errorClass === 'outage') {
      this.#scope.outageOf(state, error);
    } else if (!partition.isOver) {
      if (this.#desk.takes(failed, partition.attempt(state))) return undefined;
      if (counts) this.#count(partition, state, error);
    }
    return leaveOpen(state, error);
  }

  #count(partition: Partition<T>, state: RecordState<T>, error: unknown): void {
    partition.fail(state, codeOf(error), this.#scope.ports.clock.now());
    this.#keeper.changed(partition);
  }

  async #parkFenced(partition: Partition<T>, state: RecordState<T>, error: unknown): Promise<Step> {
    partition.parkings += 1;
    try {
      this.#count(partition, state, error);
      const stands = await this.#keeper.written(partition);
      // The late copy came after all.
      if (stands && partition.hasClosed(state)) {
        state.close('done');
        return 'next';
      }
      return stands ? await this.#park(partition, state, error) : leaveOpen(state, partition.refusal ?? error);
    } finally {
      this.#over(partition);
    }
  }

  async #park(
    partition: Partition<T>,
    state: RecordState<T>,
    error: unknown,
    attempts = partition.attempt(state),
  ): Promise<Step> {
    partition.parkings += 1;
    try {
      const firstFailureMs = partition.firstFailureMs(state);
      const parked = await this.#desk.write(state, { error, attempts, firstFailureMs });
      // A crash or a loss between letter and mark may write the letter again, never lose it.
      if (parked === undefined || partition.isOver) return leaveOpen(state, partition.refusal ?? error);
      state.error = error;
      partition.park(state, parked, this.#scope.ports.clock.now());
      this.#keeper.changed(partition);
      await state.settled;
      return state.outcome === 'open' ? 'stop' : 'next';
    } finally {
      this.#over(partition);
    }
  }

  #over(partition: Partition<T>): void {
    partition.parkings -= 1;
    this.#keeper.changed(partition);
    this.#keeper.look();
  }
}

function leaveOpen<T>(state: RecordState<T>, error: unknown): Step {
  state.leaveOpen(error);
  return 'stop';
}
