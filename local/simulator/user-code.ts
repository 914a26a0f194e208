import type { Observation } from '../oracle/observation';
import type { FailureClass, Plan, Work } from './plan';
import type { SimulatedRecord, SimulatedWrite } from './runtime';
import type { Scheduler } from './scheduler';
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

/** One call of `process`. */
interface Run {
  readonly name: string;
  readonly worker: Worker;
  readonly record: SimulatedRecord;
  readonly work: Work;
  /** What every observation of it says. */
  readonly seen: { readonly worker: string; readonly partition: number; readonly offset: number; readonly run: number };
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

  constructor(options: UserCodeOptions) {
    this.#options = options;
  }

  async run(worker: Worker, record: SimulatedRecord): Promise<readonly SimulatedWrite[] | undefined> {
    if (worker.isDead) return NEVER;
    const { plan, scheduler, observe } = this.#options;
    const { partition, offset, attempt, signal, value } = record;
    const name = worker.next('process');
    const run: Run = {
      name,
      worker,
      record,
      work: plan.work[value.id] ?? {},
      seen: { worker: worker.name, partition, offset, run: ++this.#runs },
    };
    scheduler.note(`${name} begins: ${partition}@${offset} ${value.id}, attempt ${attempt}`);
    observe({ kind: 'started', ...run.seen, attempt });
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
    const writes = writesOf(
      record.value.id,
      seen,
      work.writes === 'refused-once' && !isFirst ? undefined : work.writes,
    );
    return new Promise((resolve) => {
      const finish = () => {
        this.#end(run, 'resolved');
        resolve(writes);
      };
      worker.after(`${name} done`, 0, finish, 'ran');
    });
  }

  #does({ record: { value }, work }: Run, what: 'failures' | 'kills' | 'hangs'): boolean {
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

  #end({ name, seen }: Run, result: 'resolved' | 'rejected' | 'aborted', error?: unknown): unknown {
    const { scheduler, observe } = this.#options;
    if (result !== 'resolved') scheduler.note(`${name} ${result}`);
    const says = error instanceof PlannedFailure ? error.errorClass : undefined;
    observe({ kind: 'ended', ...seen, result, ...(says && { says }) });
    return error;
  }
}

/** What a dead worker waits for. */
const NEVER: Promise<never> = new Promise(() => undefined);
