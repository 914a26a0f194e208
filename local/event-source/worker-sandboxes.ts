import type { KafkaEvent } from '../../contract/event';
import type { LambdaFunction } from '../template/lambda-function';
import type { InvocationResult } from '../worker/invocation-result';
import { type InspectOptions, startWorker, type Worker } from '../worker/worker';
import type { Sandbox, Sandboxes } from './sandbox';

export interface WorkerSandboxesOptions {
  readonly function: LambdaFunction;
  readonly invokedFunctionArn: string;
  /** What a worker gets besides the template's environment, such as endpoints. */
  readonly environmentFor: (worker: string) => Promise<Readonly<Record<string, string>>>;
  /** How far the clock of a worker runs ahead. @default it does not */
  readonly clockOffsetMs?: (worker: string) => number;
  /**
   * Where a debugger finds the workers of a poller, one after the other; only the first one waits for it.
   * @default no debugger
   */
  readonly inspectFor?: (poller: string) => InspectOptions;
  readonly onOutput: (worker: string, line: string) => void;
  /** A worker ended, in an invocation or between two: killed, timed out, exited. */
  readonly onEnded: (worker: string, result: InvocationResult) => void;
}

/** Runs invocations in worker processes; one that died is replaced. */
export class WorkerSandboxes implements Sandboxes {
  readonly #options: WorkerSandboxesOptions;
  readonly #workers = new Map<string, Worker>();

  constructor(options: WorkerSandboxesOptions) {
    this.#options = options;
  }

  /** A worker that is alive, by its name: `<poller>/<n>`. */
  worker(name: string): Worker | undefined {
    return this.#workers.get(name);
  }

  open(poller: string): Sandbox {
    const inspect = this.#options.inspectFor?.(poller);
    return new WorkerSandbox(poller, {
      ...this.#options,
      ...(inspect && { inspect }),
      onStarted: (name, worker) => this.#workers.set(name, worker),
      onEnded: (name, result) => {
        this.#workers.delete(name);
        this.#options.onEnded(name, result);
      },
    });
  }
}

interface SandboxOptions extends WorkerSandboxesOptions {
  readonly inspect?: InspectOptions;
  readonly onStarted: (name: string, worker: Worker) => void;
}

interface NamedWorker {
  readonly name: string;
  readonly process: Worker;
}

class WorkerSandbox implements Sandbox {
  readonly #poller: string;
  readonly #options: SandboxOptions;
  #worker: NamedWorker | undefined;
  #started = 0;
  #busy = false;
  #stopped = false;

  constructor(poller: string, options: SandboxOptions) {
    this.#poller = poller;
    this.#options = options;
  }

  async invoke(event: KafkaEvent): Promise<InvocationResult> {
    const { invokedFunctionArn } = this.#options;
    if (this.#worker && !this.#worker.process.alive) await this.#endedIdle(this.#worker);
    this.#worker ??= await this.#start();
    if (!this.#worker) return STOPPED;
    const { process } = this.#worker;
    this.#busy = true;
    const initError = await process.ready;
    const result = initError ?? (await process.invoke(event, { invokedFunctionArn }));
    this.#busy = false;
    if (!process.alive) this.#ended(this.#worker, result);
    return result;
  }

  /** Ends an invocation at once. Between two, the worker may first say what it has printed. */
  async stop(): Promise<void> {
    this.#stopped = true;
    const process = this.#worker?.process;
    if (!process) return;
    if (this.#busy || !process.alive) process.kill();
    else await process.stop();
    await process.exited;
  }

  async #start(): Promise<NamedWorker | undefined> {
    const { function: lambda, environmentFor, clockOffsetMs, inspect, onOutput, onStarted } = this.#options;
    this.#started += 1;
    const name = `${this.#poller}/${this.#started}`;
    const environment = await environmentFor(name);
    if (this.#stopped) return undefined;
    const process = startWorker({
      function: lambda,
      environment,
      ...(clockOffsetMs && { clockOffsetMs: clockOffsetMs(name) }),
      ...(inspect && { inspect: this.#started === 1 ? inspect : { port: inspect.port } }),
      onOutput: (line) => onOutput(name, line),
    });
    onStarted(name, process);
    return { name, process };
  }

  async #endedIdle(worker: NamedWorker): Promise<void> {
    const errorMessage = 'The worker ended between two invocations';
    const exit = await worker.process.exited;
    this.#ended(worker, { kind: 'crash', errorType: 'Runtime.ExitError', errorMessage, ...exit, durationMs: 0 });
  }

  #ended(worker: NamedWorker, result: InvocationResult): void {
    this.#worker = undefined;
    this.#options.onEnded(worker.name, result);
  }
}

const STOPPED: InvocationResult = {
  kind: 'crash',
  errorType: 'Sandbox.Stopped',
  errorMessage: 'The event source was stopped before the worker started',
  exitCode: null,
  signal: null,
  durationMs: 0,
};
