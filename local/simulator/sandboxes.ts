import type { Mappings } from '../../contract/environment';
import type { Sandbox, Sandboxes } from '../event-source/sandbox';
import type { Observation, Place } from '../oracle/observation';
import { SimulatedConnection } from './connection';
import type { Database } from './database';
import { Invocation } from './invocation';
import type { Remembering } from './lost-writes';
import type { Plan } from './plan';
import type { Runtime, SimulatedHandler, SimulatedSettings } from './runtime';
import type { Scheduler } from './scheduler';
import { WorkerEnded } from './unhandled';
import type { UserCode } from './user-code';
import { Worker } from './worker';

/** What the sandboxes of a run share. */
export interface SandboxOptions {
  readonly plan: Plan;
  readonly runtime: Runtime;
  readonly scheduler: Scheduler;
  readonly database: Database;
  readonly userCode: UserCode;
  readonly mappings: Mappings;
  readonly remembering: Remembering;
  readonly invokedFunctionArn: string;
  readonly latencyMs: (message: string) => number;
  readonly observe: (observation: Observation) => void;
  /** An invocation was not answered before its end, and nothing had held its worker up. */
  readonly onLate: (worker: string, records: readonly Place[]) => void;
}

/** A process with the function loaded in it. */
interface Process {
  readonly worker: Worker;
  readonly handler: SimulatedHandler;
}

/** Runs invocations in simulated workers; one that died is replaced. */
export class SimulatedSandboxes implements Sandboxes {
  /** By how much the clock of each worker is ahead. */
  readonly clocksAheadMs: Record<string, number> = {};
  readonly #options: SandboxOptions;
  readonly #releases: (() => void)[] = [];
  #started = 0;
  #active = 0;

  constructor(options: SandboxOptions) {
    this.#options = options;
  }

  /** Invocations that have not ended. */
  get active(): number {
    return this.#active;
  }

  /** The run is over: nothing of any worker goes on. */
  close(): void {
    for (const release of this.#releases.splice(0)) release();
  }

  open(poller: string): Sandbox {
    let started = 0;
    let process: Process | undefined;
    return {
      invoke: async (event) => {
        if (process === undefined || process.worker.isDead) {
          started += 1;
          process = this.#start(`${poller}/${started}`);
        }
        this.#active += 1;
        const result = await new Invocation(process.worker, this.#options).run(process.handler, event);
        this.#active -= 1;
        return result;
      },
      stop: async () => process?.worker.crash('stop'),
    };
  }

  #start(name: string): Process {
    const { plan, scheduler, observe, runtime } = this.#options;
    const aheadMs = plan.clocksAheadMs[this.#started] ?? 0;
    this.#started += 1;
    this.clocksAheadMs[name] = aheadMs;
    scheduler.note(`${name} starts`);
    const onStall = (kind: 'frozen' | 'thawed') => observe({ kind, worker: name });
    const worker = new Worker({ name, scheduler, seed: plan.seed, aheadMs, onStall });
    worker.onEnded((cause) => {
      scheduler.note(`${name} ends: ${cause}`);
      observe({ kind: 'killed', worker: name, cause });
    });
    return { worker, handler: loaded(() => runtime.start(this.#surroundingsOf(worker))) };
  }

  #surroundingsOf(worker: Worker): Parameters<Runtime['start']>[0] {
    const { plan, runtime, scheduler, database, userCode, mappings, remembering, latencyMs, observe } = this.#options;
    const { requestTimeoutMs } = runtime;
    return {
      settings: settingsOf(plan),
      mappings,
      ...remembering,
      clock: worker.clock,
      sleep: worker.sleep,
      random: worker.random,
      connection: new SimulatedConnection({
        worker,
        scheduler,
        database,
        requestTimeoutMs,
        latencyMs,
        remembering,
        observe,
      }),
      exit: (code) => {
        worker.crash(`exit ${code}`);
        throw new WorkerEnded(`${worker.name} has ended`);
      },
      atEnd: (release) => this.#releases.push(release),
      log: (level, message) => {
        if (!worker.isDead) scheduler.note(`${worker.name} ${level}: ${message}`);
      },
      process: (record) => userCode.run(worker, record),
      processBatch: (records) => userCode.runBatch(worker, records),
    };
  }
}

function settingsOf({ remember, identity, independent, order, batch, deadLetters, ...plan }: Plan): SimulatedSettings {
  return { ...plan.function, remember, identity, independent, order, batch, deadLetters };
}

/** What a function throws while it is loaded ends each of its invocations. */
function loaded(load: () => SimulatedHandler): SimulatedHandler {
  try {
    return load();
  } catch (error) {
    return () => Promise.reject(error);
  }
}
