import type { Order } from '../core/lanes';
import { planLanes } from '../core/lanes';
import { isThenable } from '../core/thenable';
import { WOKEN } from '../core/woken';
import { unsettled, validationUnsettled } from '../errors';
import { BatchLanes } from './batch-lanes';
import { type BatchMemory, isBatchMemory } from './batch-memory';
import type { Lane, Step } from './lane';
import type { EventArray, Memory } from './memory';
import type { RecordState } from './record-state';
import type { Scope } from './scope';

/** What is given back late costs the next worker a wait; an answer that waits for it costs this one (D1). */
const CLOSING_MS = 1_000;
/** Timers run and answers are read at least this often, however busy user code keeps the process. */
const TURN_MS = 50;

/** The run of one event's records through their lanes. */
export class Invocation<T> {
  readonly #scope: Scope<T>;
  readonly #memory: Memory<T>;
  readonly #lanes: readonly Lane<T>[];
  /** The memory, where records go to user code several at a time. */
  readonly #sharing: BatchMemory<T> | undefined;
  #turnedAtMs: number;

  constructor(arrays: readonly EventArray<T>[], scope: Scope<T>, memory: Memory<T>) {
    this.#scope = scope;
    this.#memory = memory;
    const { order, processBatch } = scope.settings;
    this.#sharing = processBatch && isBatchMemory(memory) ? memory : undefined;
    this.#lanes = lanesOf(arrays, this.#sharing && order === 'none' ? 'partition' : order);
    this.#turnedAtMs = scope.ports.clock.now();
  }

  /** Resolves when every record has its outcome. Ends the process when user code outlives its grace (A5). */
  async run(): Promise<void> {
    const { ports, deadline } = this.#scope;
    const over = new AbortController();
    try {
      const watch = this.#watchDeadline(over.signal);
      const work = this.#work();
      await Promise.race([work, watch]);
      if (this.#scope.isPastDeadline) await this.#windUp(work);
      const patientUntilMs = ports.clock.now() + CLOSING_MS;
      await this.#scope.within(this.#memory.close(), Math.min(patientUntilMs, deadline.lastMarkAtMs));
    } finally {
      this.#memory.stop();
      over.abort(WOKEN);
    }
    const { outage } = this.#scope;
    if (outage) ports.log.error(outage.message, { code: outage.code });
  }

  async #work(): Promise<void> {
    if (this.#scope.mayStart) await this.#memory.open(this.#lanes);
    const sharing = this.#sharing;
    await Promise.all(this.#lanes.map((lane) => (sharing ? this.#runTogether(lane, sharing) : this.#runLane(lane))));
    await this.#memory.marked();
  }

  async #watchDeadline(over: AbortSignal): Promise<void> {
    const { deadline, ports } = this.#scope;
    while (!over.aborted && !this.#scope.isPastDeadline) {
      const rearm = new AbortController();
      const wake = () => rearm.abort(WOKEN);
      over.addEventListener('abort', wake);
      deadline.onMoved = wake;
      await ports.sleep(deadline.atMs - ports.clock.now(), rearm.signal);
      // One for each time that the deadline moves would make Node warn of a leak.
      over.removeEventListener('abort', wake);
    }
    if (!over.aborted) this.#scope.stop();
  }

  /** Past the deadline: abort what runs, wait a short grace, save the marks, and never answer over running code (A5). */
  async #windUp(work: Promise<unknown>): Promise<void> {
    const { runs, ports, deadline, settings } = this.#scope;
    this.#scope.stop();
    for (const run of runs.running) run.abort(this.#scope.tooLate());
    if (runs.count > 0) await this.#scope.within(work, ports.clock.now() + settings.abortGraceMs);
    if (runs.count > 0) {
      for (const run of runs.running) {
        if (run.isShared) this.#sharing?.cutOffTogether(run.state);
        if (run.isShared || !runs.countsCut(run)) continue;
        this.#scope.observer.noticed('attempts', run.state.record.topic);
        this.#memory.cutOff(run.state);
      }
      await this.#scope.within(this.#memory.marked(), deadline.lastMarkAtMs);
    }
    // A lane that waits for another one's mark would not let the work come to its own.
    if (runs.count === 0) {
      return this.#scope.within(Promise.all([work, this.#memory.marked()]), deadline.lastMarkAtMs);
    }
    this.#memory.stop();
    const records = [...runs.running].map(({ state }) => state.name);
    const error = records.length > 0 ? unsettled({ records, graceMs: settings.abortGraceMs }) : validationUnsettled({});
    ports.log.error(error.message, { code: error.code });
    ports.exit(1);
  }

  async #runTogether(lane: Lane<T>, memory: BatchMemory<T>): Promise<void> {
    await new BatchLanes(this.#scope, memory, this.#advanceNow).run(lane);
    this.#end(lane);
  }

  async #runLane(lane: Lane<T>): Promise<void> {
    for (const [index, state] of lane.records.entries()) {
      lane.position = index;
      lane.phase = 'running';
      if (state.isSettled && state.outcome !== 'open') continue;
      let now = this.#scope.ports.clock.now();
      if (now - this.#turnedAtMs > TURN_MS) {
        await this.#scope.ports.sleep(0);
        now = this.#scope.ports.clock.now();
        this.#turnedAtMs = now;
      }
      const step = this.#advance(lane, state, now);
      if ((isThenable(step) ? await step : step) === 'stop') break;
    }
    // In the same turn: what the last mark of a partition closes depends on the lanes that have ended.
    this.#end(lane);
  }

  #end(lane: Lane<T>): void {
    lane.phase = 'ended';
    this.#memory.laneEnded(lane);
    // Those that the lane never came to: nothing more happens to them.
    for (const state of lane.records) if (!state.isReached && !state.isSettled) state.settle();
  }

  readonly #advanceNow = (lane: Lane<T>, state: RecordState<T>) =>
    this.#advance(lane, state, this.#scope.ports.clock.now());

  #advance(lane: Lane<T>, state: RecordState<T>, nowMs: number): Step | Promise<Step> {
    const refusal = this.#scope.refusal(nowMs);
    if (refusal) {
      state.leaveOpen(refusal);
      return 'stop';
    }
    // Whatever goes wrong in here must not let this answer run ahead of the other lanes' records.
    const failed = (error: unknown): Step => {
      state.leaveOpen(error);
      return 'stop';
    };
    try {
      const step = this.#memory.advance(lane, state);
      return isThenable(step) ? step.catch(failed) : step;
    } catch (error) {
      return failed(error);
    }
  }
}

function lanesOf<T>(arrays: readonly EventArray<T>[], order: Order): Lane<T>[] {
  return arrays.flatMap(({ states }, array) =>
    planLanes(states, order).map((records): Lane<T> => ({ records, array, position: 0, phase: 'running' })),
  );
}
