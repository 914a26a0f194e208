import type { Ended, Observation } from '../oracle/observation';
import type { FailureClass, Plan, Work } from './plan';
import type { SimulatedBatchResult, SimulatedRecord, SimulatedWrite } from './runtime';
import type { Scheduler } from './scheduler';
import { isWithoutEffect } from './topic';
import { writesOf } from './transaction-writes';
import type { Worker } from './worker';

export interface UserCodeOptions {
  readonly plan: Plan;
  readonly scheduler: Scheduler;
  readonly observe: (observation: Observation) => void;
  readonly latencyMs: (message: string) => number;
}

/** What user code fails with. */
export class PlannedFailure extends Error {
  override readonly name = 'PlannedFailure';

  /** @param errorClass what it says of the error; undefined: nothing, so it may pass */
  constructor(readonly errorClass: FailureClass | undefined) {
    super('fails as planned');
  }
}

/** One call of `process`, or what a call of `processBatch` does with one of its records. */
interface Run {
  readonly name: string;
  readonly worker: Worker;
  readonly record: SimulatedRecord;
  readonly work: Work;
  /** What every observation of it says. */
  readonly seen: { readonly worker: string; readonly partition: number; readonly offset: number; readonly run: number };
  /** There are others in its call, and it ends with them. */
  readonly isShared: boolean;
}

/**
 * `process` of the simulated function: it works for a while, fails as planned, and sends its effect into the world; with
 * transactions it gives it back instead.
 */
export class UserCode {
  readonly #options: UserCodeOptions;
  /** By identity and by what it did: how many of its runs have. */
  readonly #counts = new Map<string, number>();
  /** Identities whose writes were given back before. */
  readonly #hasGivenBack = new Set<string>();
  #runs = 0;
  /** Calls over several records that have rejected. */
  #rejected = 0;
  #isHealed = false;

  constructor(options: UserCodeOptions) {
    this.#options = options;
  }

  /** From now on it fails no more. */
  heal(): void {
    this.#isHealed = true;
  }

  run(worker: Worker, record: SimulatedRecord): Promise<readonly SimulatedWrite[] | undefined> {
    return worker.isDead ? NEVER : this.#work(this.#begin(worker, record, false));
  }

  /**
   * In order it stops at the first record that fails, and when it is aborted between two; else it works on all of them
   * side by side.
   */
  async runBatch(worker: Worker, records: readonly SimulatedRecord[]): Promise<SimulatedBatchResult | undefined> {
    const [record] = records;
    if (worker.isDead || record === undefined) return NEVER;
    if (records.length === 1) return this.#alone(worker, record);
    // Its leases are known to hold when it is called, and not when it comes to a record.
    const runs = records.map((one) => this.#begin(worker, one, true));
    const failed = await (this.#options.plan.order === 'none' ? this.#sideBySide(runs) : this.#inOrder(runs));
    return this.#endCall(runs, failed);
  }

  /** Whether it lists its one record or rejects is one and the same. */
  async #alone(worker: Worker, record: SimulatedRecord): Promise<SimulatedBatchResult | undefined> {
    try {
      await this.run(worker, record);
      return undefined;
    } catch (error) {
      if (this.#options.plan.batch?.failures === 'rejected') throw error;
      return { failed: [{ record, error }] };
    }
  }

  async #sideBySide(runs: readonly Run[]): Promise<ReadonlyMap<Run, unknown>> {
    const failed = new Map<Run, unknown>();
    const work = (run: Run) => this.#work(run).catch((error: unknown) => failed.set(run, error));
    await Promise.all(runs.map(work));
    return failed;
  }

  async #inOrder(runs: readonly Run[]): Promise<ReadonlyMap<Run, unknown>> {
    for (const run of runs) {
      try {
        if (run !== runs[0]) run.record.signal.throwIfAborted();
        await this.#work(run);
      } catch (error) {
        return new Map([[run, error]]);
      }
    }
    return new Map();
  }

  /** Of a call that rejects nobody knows anything; behind a failed record in order nothing has begun. */
  #endCall(runs: readonly Run[], failed: ReadonlyMap<Run, unknown>): SimulatedBatchResult | undefined {
    const { plan } = this.#options;
    const [
      {
        record: { signal },
      },
    ] = runs as [Run];
    const [error] = failed.values();
    const isWhole = failed.size > 0 ? plan.batch?.failures === 'rejected' : this.#rejects();
    const result = signal.aborted ? 'aborted' : 'rejected';
    const firstFailed = runs.findIndex((run) => failed.has(run));
    runs.forEach((run, index) => {
      if (isWhole) this.#ended(run, result, 'call');
      else if (failed.has(run)) this.#ended(run, result, saysOf(failed.get(run)));
      else if (plan.order !== 'none' && firstFailed !== -1 && index > firstFailed) this.#ended(run, 'aborted');
      else this.#ended(run, 'resolved');
    });
    if (isWhole) throw error ?? new PlannedFailure(undefined);
    if (failed.size === 0) return undefined;
    return { failed: [...failed].map(([{ record }, why]) => ({ record, error: why })) };
  }

  #rejects(): boolean {
    this.#rejected += 1;
    return this.#rejected <= (this.#options.plan.batch?.rejects ?? 0);
  }

  #begin(worker: Worker, record: SimulatedRecord, isShared: boolean): Run {
    const { plan, scheduler, observe } = this.#options;
    const { partition, offset, attempt, value } = record;
    const name = worker.next('process');
    const run: Run = {
      name,
      worker,
      record,
      work: plan.work[value.id] ?? {},
      seen: { worker: worker.name, partition, offset, run: ++this.#runs },
      isShared,
    };
    scheduler.note(`${name} begins: ${partition}@${offset} ${value.id}, attempt ${attempt}`);
    observe({ kind: 'started', ...run.seen, attempt, ...(isShared && { isShared }) });
    return run;
  }

  async #work(run: Run): Promise<readonly SimulatedWrite[] | undefined> {
    const { plan, scheduler } = this.#options;
    const { name, worker, record } = run;
    const { signal } = record;
    const decision = worker.decide('run', name);
    const workMs = (run.work.ms ?? 0) + (decision?.do === 'delay' ? decision.ms : 0);
    const heard = run.work.whenAborted === 'ignore' ? undefined : signal;
    await scheduler.sleepAs({ name: `${name} works`, owner: worker }, workMs, heard);
    if (heard?.aborted) return this.#reject(run, 'aborted', heard.reason);
    const result = signal.aborted ? 'aborted' : 'rejected';
    if (this.#does(run, 'kills')) worker.crash('killed by its record');
    if (worker.isDead || this.#does(run, 'hangs')) return NEVER;
    if (this.#does(run, 'failures')) return this.#reject(run, result, new PlannedFailure(run.work.failsAs));
    if (plan.remember === 'transaction') return this.#giveBack(run);
    await this.#takeEffect(run);
    return undefined;
  }

  /** After the end of a run there is a moment, as there is after the end of an effect. */
  #giveBack(run: Run): Promise<readonly SimulatedWrite[]> {
    const { work, record, seen, worker, name } = run;
    const isFirst = !this.#hasGivenBack.has(record.value.id);
    this.#hasGivenBack.add(record.value.id);
    const isWell = this.#isHealed && !isWithoutEffect(work.writes);
    const special = (work.writes === 'refused-once' && !isFirst) || isWell ? undefined : work.writes;
    const writes = writesOf(record.value.id, seen, special);
    return new Promise((resolve) => {
      const finish = () => {
        this.#end(run, 'resolved');
        resolve(writes);
      };
      worker.after(`${name} done`, 0, finish, 'ran');
    });
  }

  #does({ record: { value }, work }: Run, what: 'failures' | 'kills' | 'hangs'): boolean {
    if (this.#isHealed) return false;
    const planned = work[what] ?? 0;
    const name = `${value.id} ${what}`;
    const done = this.#counts.get(name) ?? 0;
    this.#counts.set(name, done + 1);
    return planned < 0 || done < planned;
  }

  /** What is sent arrives, whatever becomes of the worker. */
  #takeEffect(run: Run): Promise<void> {
    const { scheduler, observe, latencyMs } = this.#options;
    const { name, worker, seen, work, record } = run;
    const sentAtMs = scheduler.now();
    const land = () => {
      scheduler.note(`${name} takes effect`);
      observe({ kind: 'effect', ...seen, sentAtMs, atMs: scheduler.now() });
    };
    const arriveMs = latencyMs(`${name} effect`);
    scheduler.add({ name: `${name} effect`, afterMs: arriveMs, go: land });
    return new Promise((resolve, reject) => {
      const done = `${name} done`;
      const abandon = () => {
        cancel();
        reject(this.#end(run, 'aborted', record.signal.reason));
      };
      const finish = () => {
        record.signal.removeEventListener('abort', abandon);
        this.#end(run, 'resolved');
        resolve();
      };
      const cancel = worker.after(done, arriveMs + latencyMs(done), finish, 'ran');
      if (work.whenAborted === 'abandon') record.signal.addEventListener('abort', abandon, { once: true });
    });
  }

  #reject(run: Run, result: 'rejected' | 'aborted', error: unknown): never {
    throw this.#end(run, result, error);
  }

  /** A shared run ends with its call. */
  #end(run: Run, result: Ended['result'], error?: unknown): unknown {
    if (!run.isShared) this.#ended(run, result, saysOf(error));
    return error;
  }

  #ended({ name, seen }: Run, result: Ended['result'], says?: Ended['says']): void {
    const { scheduler, observe } = this.#options;
    if (result !== 'resolved') scheduler.note(`${name} ${result}`);
    observe({ kind: 'ended', ...seen, result, ...(says && { says }) });
  }
}

const saysOf = (error: unknown) => (error instanceof PlannedFailure ? error.errorClass : undefined);

/** What a dead worker waits for. */
const NEVER: Promise<never> = new Promise(() => undefined);
