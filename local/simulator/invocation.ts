import type { InvocationContext, KafkaEvent } from '../../contract/event';
import type { Place } from '../oracle/observation';
import type { InvocationResult } from '../worker/invocation-result';
import { listedIn, namesOf, placesOf } from './places';
import type { SimulatedHandler } from './runtime';
import type { SandboxOptions } from './sandboxes';
import type { Worker } from './worker';

type Ending =
  | { readonly kind: 'response'; readonly payload: unknown }
  | { readonly kind: 'error' | 'timeout'; readonly errorMessage: string }
  | { readonly kind: 'crash'; readonly errorMessage: string };

/** One invocation in one worker: it ends with an answer, at its time-out or with the worker. */
export class Invocation {
  readonly #worker: Worker;
  readonly #options: SandboxOptions;
  readonly #name: string;
  readonly #startedAtMs: number;
  #hasAnswered = false;

  constructor(worker: Worker, options: SandboxOptions) {
    this.#worker = worker;
    this.#options = options;
    this.#name = worker.next('invocation');
    this.#startedAtMs = options.scheduler.now();
  }

  run(handler: SimulatedHandler, event: KafkaEvent): Promise<InvocationResult> {
    const { scheduler, plan, observe } = this.#options;
    const worker = this.#worker;
    const records = placesOf(event);
    scheduler.note(`${this.#name}: ${namesOf(records)}`);
    observe({ kind: 'delivered', worker: worker.name, records });
    worker.resume();
    return new Promise((resolve) => {
      const end = (ending: Ending) => {
        cancelTimeOut();
        forgetWorker();
        resolve(this.#resultOf(ending));
      };
      const forgetWorker = worker.onEnded((cause) => end({ kind: 'crash', errorMessage: cause }));
      const cancelTimeOut = scheduler.add({
        name: `${this.#name} times out`,
        afterMs: plan.function.timeoutMs,
        go: () => {
          forgetWorker();
          this.#timeOut(records);
          end({ kind: 'timeout', errorMessage: `${this.#name} timed out` });
        },
      });
      const answer = (ending: Ending) => this.#answer(ending, end);
      handler(copyOf(event), this.#context()).then(
        (payload) => answer({ kind: 'response', payload: copyOf(payload ?? null) }),
        (error: unknown) => answer({ kind: 'error', errorMessage: String(error) }),
      );
    });
  }

  #context(): InvocationContext {
    const { scheduler, plan, invokedFunctionArn } = this.#options;
    const endsAtMs = this.#startedAtMs + plan.function.timeoutMs;
    return {
      invokedFunctionArn,
      awsRequestId: this.#name,
      getRemainingTimeInMillis: () => endsAtMs - scheduler.now(),
    };
  }

  /** The handler has settled; its answer leaves the worker, which is frozen from then on. */
  #answer(ending: Ending, end: (ending: Ending) => void): void {
    const { scheduler, plan, observe, latencyMs } = this.#options;
    const worker = this.#worker;
    if (worker.isDead) return;
    this.#hasAnswered = true;
    const leave = () => {
      const open = ending.kind === 'response' ? listedIn(ending.payload, plan.mode) : undefined;
      scheduler.note(`${this.#name} ends: ${open ? `open ${namesOf(open) || 'none'}` : 'error'}`);
      observe(open ? { kind: 'answered', worker: worker.name, open } : { kind: 'failed', worker: worker.name });
      worker.rest();
      end(ending);
    };
    const name = `${this.#name} answer`;
    worker.after(name, latencyMs(name), leave, 'return');
  }

  #timeOut(records: readonly Place[]): void {
    const worker = this.#worker;
    if (!this.#hasAnswered && !worker.wasDisturbed) this.#options.onLate(worker.name, records);
    worker.crash('time-out');
  }

  #resultOf(ending: Ending): InvocationResult {
    const durationMs = this.#options.scheduler.now() - this.#startedAtMs;
    if (ending.kind === 'response') return { ...ending, durationMs };
    if (ending.kind === 'crash') {
      return { ...ending, errorType: 'Runtime.ExitError', exitCode: null, signal: null, durationMs };
    }
    return { ...ending, errorType: ending.kind === 'timeout' ? 'Sandbox.Timedout' : 'Error', durationMs };
  }
}

/** Nothing is shared over an invocation's wire. */
const copyOf = <T>(value: T): T => JSON.parse(JSON.stringify(value)) as T;
