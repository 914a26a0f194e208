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

/** Runs a poller's invocations, one after the other, in a worker that is replaced when it died. */
export class Sandbox {
  readonly #options: SandboxOptions;
  #worker: { readonly name: string; readonly process: Worker } | undefined;
  #started = 0;

  constructor(options: SandboxOptions) {
    this.#options = options;
  }

  async invoke(event: KafkaEvent): Promise<InvocationResult> {
    const { mapping, onEnded } = this.#options;
    const worker = await this.#alive();
    const initError = await worker.process.ready;
    const result =
      initError ?? (await worker.process.invoke(event, { invokedFunctionArn: mapping.invokedFunctionArn }));
    if (!worker.process.alive) {
      onEnded(worker.name, result);
      this.#worker = undefined;
    }
    return result;
  }

  async stop(): Promise<void> {
    await this.#worker?.process.stop();
  }

  async #alive() {
    if (this.#worker?.process.alive) return this.#worker;
    const { name, mapping, environmentFor, onOutput, onStarted } = this.#options;
    this.#started += 1;
    const worker = `${name}/${this.#started}`;
    const process = startWorker({
      function: mapping.function,
      environment: await environmentFor(worker),
      onOutput: (line) => onOutput(worker, line),
    });
    this.#worker = { name: worker, process };
    onStarted(worker, process);
    return this.#worker;
  }
}
