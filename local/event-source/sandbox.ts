import type { KafkaEvent } from '../../contract/event';
import type { KafkaMapping } from '../template/kafka-mapping';
import type { InvocationResult } from '../worker/invocation-result';
import { startWorker, type Worker } from '../worker/worker';

export interface SandboxOptions {
  readonly name: string;
  readonly mapping: KafkaMapping;
  /** What a worker gets besides the template's environment, such as endpoints. */
  readonly environmentFor: (worker: string) => Promise<Readonly<Record<string, string>>>;
  readonly onOutput: (worker: string, line: string) => void;
  readonly onStarted: (name: string, worker: Worker) => void;
  readonly onEnded: (worker: string, result: InvocationResult) => void;
}

interface NamedWorker {
  readonly name: string;
  readonly process: Worker;
}

/** Runs a poller's invocations, one after the other, in a worker that is replaced when it died. */
export class Sandbox {
  readonly #options: SandboxOptions;
  #worker: NamedWorker | undefined;
  #started = 0;
  #stopped = false;

  constructor(options: SandboxOptions) {
    this.#options = options;
  }

  async invoke(event: KafkaEvent): Promise<InvocationResult> {
    const { mapping } = this.#options;
    if (this.#worker && !this.#worker.process.alive) await this.#endedIdle(this.#worker);
    this.#worker ??= await this.#start();
    if (!this.#worker) return STOPPED;
    const { process } = this.#worker;
    const initError = await process.ready;
    const result = initError ?? (await process.invoke(event, { invokedFunctionArn: mapping.invokedFunctionArn }));
    if (!process.alive) this.#ended(this.#worker, result);
    return result;
  }

  /** Kills the worker, and starts none any more. */
  async stop(): Promise<void> {
    this.#stopped = true;
    this.#worker?.process.kill();
    await this.#worker?.process.exited;
  }

  async #start(): Promise<NamedWorker | undefined> {
    const { name, mapping, environmentFor, onOutput, onStarted } = this.#options;
    this.#started += 1;
    const worker = `${name}/${this.#started}`;
    const environment = await environmentFor(worker);
    if (this.#stopped) return undefined;
    const process = startWorker({
      function: mapping.function,
      environment,
      onOutput: (line) => onOutput(worker, line),
    });
    onStarted(worker, process);
    return { name: worker, process };
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
