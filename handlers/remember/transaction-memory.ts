import { previousTwins } from '../core/twins';
import type { Lane, Step } from '../engine/lane';
import type { EventArray, Memory } from '../engine/memory';
import type { RecordState } from '../engine/record-state';
import type { Scope } from '../engine/scope';
import { identityConflict } from '../errors';
import { isUnknown } from '../store/unknown';
import { prepareWrites } from '../transaction/prepare-writes';
import { CommitQueue } from './commit-queue';
import { IdentityReader } from './identity-reader';
import type { Partition } from './partition';
import { PartitionFailures } from './partition-failures';
import { PartitionKeeper } from './partition-keeper';
import { PartitionRuns } from './partition-runs';
import { twinsAllow } from './twin-gate';

/** Commits effects and marks together; fence, attempts and holes are the ledger's (protocol section 6). */
export class TransactionMemory<T> implements Memory<T> {
  readonly #scope: Scope<T>;
  readonly #states: readonly RecordState<T>[];
  readonly #keeper: PartitionKeeper<T>;
  readonly #failures: PartitionFailures<T>;
  readonly #runs: PartitionRuns<T>;
  readonly #queues: readonly CommitQueue<T>[];
  readonly #identities: IdentityReader<T>;

  constructor(arrays: readonly EventArray<T>[], scope: Scope<T>) {
    this.#scope = scope;
    this.#states = arrays.flatMap(({ states }) => states);
    this.#keeper = new PartitionKeeper(arrays, scope);
    this.#identities = new IdentityReader(scope);
    this.#failures = new PartitionFailures(scope, this.#keeper);
    this.#runs = new PartitionRuns(scope, this.#keeper, this.#failures);
    this.#queues = this.#keeper.partitions.map(
      (partition) => new CommitQueue(partition, this.#keeper, this.#failures, scope),
    );
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
    const settled = state.previousTwin && (await this.#behindTwins(lane, state));
    if (settled) return settled;
    return this.#runs.run(partition, state, {
      isBroken: () => queue.isBroken(lane),
      succeeded: (_, result) => this.#succeeded(lane, state, result),
    });
  }

  laneEnded({ array }: Lane<T>): void {
    const partition = this.#partition(array);
    partition.lanes -= 1;
    if (partition.lanes > 0) return;
    this.#queue(array).lanesEnded();
    this.#keeper.changed(partition);
  }

  cutOff(state: RecordState<T>): void {
    this.#keeper.cutOff(state);
  }

  async marked(): Promise<void> {
    await Promise.all(this.#queues.map((queue) => queue.drained()));
    await this.#keeper.marked();
  }

  async close(): Promise<void> {}

  stop(): void {
    this.#identities.stop();
    for (const queue of this.#queues) queue.stop();
    this.#keeper.stop();
  }

  #partition(array: number): Partition<T> {
    return this.#keeper.partitions[array] as Partition<T>;
  }

  #queue(array: number): CommitQueue<T> {
    return this.#queues[array] as CommitQueue<T>;
  }

  /** One of its twins may have closed its identity, and only the store knows with which payload (O3, C7). */
  async #behindTwins(lane: Lane<T>, state: RecordState<T>): Promise<Step | undefined> {
    if (!(await twinsAllow(state, () => this.#hurry()))) return 'stop';
    const partition = this.#partition(lane.array);
    const refusal = partition.refusal ?? this.#scope.refusal(this.#scope.ports.clock.now());
    if (refusal) return leaveOpen(state, refusal);
    const stored = await this.#identities.read(state);
    if (stored.kind === 'open') return undefined;
    if (partition.refusal) return leaveOpen(state, partition.refusal);
    state.isReached = true;
    if (isUnknown(stored)) return leaveOpen(state, this.#scope.unanswered('look up', stored));
    if (stored.kind === 'conflict') {
      state.isConflict = true;
      return this.#failures.refused(partition, state, identityConflict({ id: state.id ?? '' }));
    }
    partition.close(state, stored.outcome === 'parked' ? 'parked' : 'duplicate', this.#scope.ports.clock.now());
    this.#keeper.changed(partition);
    return 'next';
  }

  /** What a twin waits for may be gathered in any partition. */
  #hurry(): void {
    for (const queue of this.#queues) queue.hurry();
  }

  #succeeded(lane: Lane<T>, state: RecordState<T>, result: unknown): Step | Promise<Step> {
    try {
      const committed = this.#queue(lane.array).add(lane, state, prepareWrites(result));
      return this.#scope.settings.independent ? 'next' : committed;
    } catch (error) {
      const errorClass = this.#scope.tries.classOf(error, state);
      return this.#failures.failed(this.#partition(lane.array), state, {
        ok: false,
        error,
        errorClass,
        counts: true,
        ran: true,
      });
    }
  }
}

function leaveOpen<T>(state: RecordState<T>, error: unknown): Step {
  state.leaveOpen(error);
  return 'stop';
}
