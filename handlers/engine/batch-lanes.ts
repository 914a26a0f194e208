import type { BatchMemory, Hold } from './batch-memory';
import { HeldBatch } from './held-batch';
import type { Lane, Step } from './lane';
import type { RecordState } from './record-state';
import type { Scope } from './scope';

type Advance<T> = (lane: Lane<T>, state: RecordState<T>) => Step | Promise<Step>;

/**
 * Runs lanes whose records go to `processBatch`, in calls of as many as may be in one. A record that may not be in a call
 * with others (it has failed before, it waits for somebody, it cannot be decoded) goes through `advance`, as one does
 * under `process`. Where there is no order, a lane is a whole partition.
 */
export class BatchLanes<T> {
  readonly #scope: Scope<T>;
  readonly #memory: BatchMemory<T>;
  readonly #advance: Advance<T>;

  constructor(scope: Scope<T>, memory: BatchMemory<T>, advance: Advance<T>) {
    this.#scope = scope;
    this.#memory = memory;
    this.#advance = advance;
  }

  /** Never rejects. */
  async run(lane: Lane<T>): Promise<void> {
    try {
      await this.#memory.ready(lane);
      if (this.#scope.settings.order === 'none') await this.#inAnyOrder(lane);
      else await this.#inOrder(lane);
    } catch (error) {
      // Whatever goes wrong in here must not let this answer run ahead of the other lanes' records.
      for (const state of lane.records) if (!state.isSettled) state.leaveOpen(error);
    }
  }

  async #inOrder(lane: Lane<T>): Promise<void> {
    const { records } = lane;
    for (let index = 0; index < records.length; ) {
      const state = records[index] as RecordState<T>;
      if (isClosed(state)) {
        index += 1;
        continue;
      }
      lane.position = index;
      lane.phase = 'running';
      const holds = await this.#hold(lane, this.#next(lane, index));
      const last = holds.at(-1);
      // What may not share goes alone; what was found closed is looked at once more.
      if (last === undefined && !isClosed(state)) {
        if ((await this.#advance(lane, state)) === 'stop') return;
        index += 1;
      }
      if (last === undefined) continue;
      index = records.indexOf(last.state, index) + 1;
      if ((await new HeldBatch(this.#scope).run(holds)) === 'stop') return;
    }
  }

  /** From there on, as many as may be in one call; closed ones are passed over. */
  #next(lane: Lane<T>, from: number): RecordState<T>[] {
    const found: RecordState<T>[] = [];
    for (let index = from; index < lane.records.length; index += 1) {
      const state = lane.records[index] as RecordState<T>;
      if (isClosed(state)) continue;
      if (found.length === this.#most || !this.#memory.mayShare(lane, state)) break;
      found.push(state);
    }
    return found;
  }

  async #inAnyOrder(lane: Lane<T>): Promise<void> {
    const open = lane.records.filter((state) => !isClosed(state));
    const sharing = open.filter((state) => this.#memory.mayShare(lane, state));
    const calls = Array.from({ length: Math.ceil(sharing.length / this.#most) }, (_, index) =>
      sharing.slice(index * this.#most, (index + 1) * this.#most),
    );
    const shares = new Set(sharing);
    await Promise.all([
      ...open.filter((state) => !shares.has(state)).map((state) => this.#advance(lane, state)),
      ...calls.map((states) => this.#inOneCall(lane, states)),
    ]);
  }

  async #inOneCall(lane: Lane<T>, states: readonly RecordState<T>[]): Promise<void> {
    const holds = await this.#hold(lane, states);
    const held = new Set(holds.map(({ state }) => state));
    await Promise.all([
      holds.length > 0 && new HeldBatch(this.#scope).run(holds),
      ...states.filter((state) => !held.has(state) && !isClosed(state)).map((state) => this.#advance(lane, state)),
    ]);
  }

  /** In a slot, if there are any: one for the whole call. */
  async #hold(lane: Lane<T>, states: readonly RecordState<T>[]): Promise<Hold<T>[]> {
    const { slots } = this.#scope;
    if (states.length < 2 || !this.#scope.mayStart) return [];
    if (!slots.tryAcquire() && !(await slots.acquire())) return [];
    const decoded = await this.#decoded(states);
    const holds = decoded.length > 1 && this.#scope.mayStart ? await this.#memory.hold(lane, decoded) : [];
    if (holds.length === 0) slots.release();
    return holds;
  }

  /** Those that have something to be processed; of an ordered lane up to the first that has not. */
  async #decoded(states: readonly RecordState<T>[]): Promise<readonly RecordState<T>[]> {
    if (states.length < 2) return [];
    const { runs, settings } = this.#scope;
    await runs.decode(states.filter(({ content }) => content === undefined));
    if (settings.order === 'none') return states.filter(({ content }) => content?.kind === 'ready');
    const end = states.findIndex(({ content }) => content?.kind !== 'ready');
    return end < 0 ? states : states.slice(0, end);
  }

  get #most(): number {
    return this.#scope.settings.maxRecordsPerCall ?? 1;
  }
}

function isClosed<T>({ isSettled, outcome }: RecordState<T>): boolean {
  return isSettled && outcome !== 'open';
}
