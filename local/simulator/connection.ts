import type { SdkHandlerOptions, SdkHttpRequest, SdkHttpResponse } from '../dynamodb/engine/engine-request-handler';
import type { Observation } from '../oracle/observation';
import type { Database, Landed } from './database';
import type { Decision } from './decision';
import { type LostRequest, lettersIn, lostWrites, type Remembering } from './lost-writes';
import { type Connection, PUT_LETTERS } from './runtime';
import type { Scheduler } from './scheduler';
import type { Worker } from './worker';

export interface ConnectionOptions {
  readonly worker: Worker;
  readonly scheduler: Scheduler;
  readonly database: Database;
  readonly requestTimeoutMs: number;
  readonly latencyMs: (message: string) => number;
  readonly remembering: Remembering;
  readonly observe: (observation: Observation) => void;
}

interface Call {
  readonly name: string;
  readonly request: SdkHttpRequest;
  readonly sentAtMs: number;
  readonly decision: Decision | undefined;
  readonly answer: (response: { response: SdkHttpResponse }) => void;
  /** Ends the call with a broken connection. */
  readonly breakAfter: (ms: number) => void;
}

/**
 * The network between a worker and the database, in the place of the SDK's HTTP handler. A request that has left lands,
 * whatever becomes of its worker, unless it is lost.
 */
export class SimulatedConnection implements Connection {
  readonly metadata = { handlerProtocol: 'http/1.1' };
  readonly #options: ConnectionOptions;

  constructor(options: ConnectionOptions) {
    this.#options = options;
  }

  handle(
    request: SdkHttpRequest,
    { requestTimeout: requestTimeoutMs = this.#options.requestTimeoutMs }: SdkHandlerOptions = {},
  ): Promise<{ response: SdkHttpResponse }> {
    const { worker, scheduler } = this.#options;
    const name = worker.next(operationOf(request));
    return new Promise((resolve, reject) => {
      const decision = worker.decide('call', name);
      worker.onceRunning(`${name} leaves`, () => {
        const ends: (() => void)[] = [];
        const settle = (how: () => void) => {
          for (const cancel of ends) cancel();
          how();
        };
        const failAfter = (how: string, afterMs: number, error: () => Error) => {
          ends.push(
            worker.after(`${name} ${how}`, afterMs, () => settle(() => this.#gaveUp(request, reject, error()))),
          );
        };
        failAfter('times out', requestTimeoutMs, () => timedOut(requestTimeoutMs));
        const breakAfter = (afterMs: number) => failAfter('breaks', afterMs, broken);
        const sentAtMs = scheduler.now();
        const answer = (response: { response: SdkHttpResponse }) => settle(() => resolve(response));
        this.#send({ name, request, sentAtMs, decision, answer, breakAfter });
      });
    });
  }

  updateHttpClientConfig(): void {}

  httpHandlerConfigs(): Record<string, never> {
    return {};
  }

  destroy(): void {}

  #send(call: Call): void {
    const { name, decision, breakAfter } = call;
    const { scheduler, latencyMs } = this.#options;
    if (decision?.do === 'lose' || decision?.do === 'delay') this.#noteLoss(call);
    else if (decision?.do === 'copy') this.#noteLetters(call.request);
    if (decision?.do === 'lose') {
      breakAfter(decision.ms);
      return;
    }
    const afterMs = latencyMs(name) + (decision?.do === 'delay' ? decision.ms : 0);
    scheduler.add({ name: `${name} lands`, afterMs, go: () => this.#land(call) });
    if (decision?.do === 'copy') {
      const copy = `${name} copy`;
      const go = () => {
        this.#takeEffect(copy, call);
      };
      scheduler.add({ name: `${copy} lands`, afterMs: afterMs + decision.ms, go });
    }
  }

  #land(call: Call): void {
    const { name, answer, breakAfter } = call;
    const { worker, latencyMs } = this.#options;
    const { answer: landed, status, output } = this.#takeEffect(name, call);
    if (PASSING.includes(status)) this.#noteLoss(call);
    else if (call.decision?.do === 'refuse-members') this.#noteLoss(call, refusedIn(status, output));
    const arrival = `${name} answered`;
    const arrive = (decision: Decision | undefined) => {
      if (decision) this.#noteLetters(call.request);
      if (decision?.do === 'lose') breakAfter(decision.ms);
      else void landed.then(answer);
    };
    worker.after(arrival, latencyMs(arrival), arrive, 'answer');
  }

  #takeEffect(name: string, { request, sentAtMs, decision }: Call): Landed {
    const { worker, scheduler, database } = this.#options;
    const landed = database.land({ worker: worker.name, sentAtMs, request, decision });
    scheduler.note(`${name} lands: ${landed.status}`);
    return landed;
  }

  /** The answer may be late, and the request have landed. */
  #gaveUp(request: SdkHttpRequest, reject: (error: Error) => void, error: Error): void {
    this.#noteLetters(request);
    reject(error);
  }

  /** Letters whose writer cannot know that they are durable, or that lie there twice. */
  #noteLetters(request: SdkHttpRequest): void {
    const { worker, observe } = this.#options;
    if (operationOf(request) !== PUT_LETTERS) return;
    for (const { record } of lettersIn(request)) {
      observe({ kind: 'letter-lost', worker: worker.name, partition: record.partition, offset: record.offset });
    }
  }

  #noteLoss(call: Call, isLost?: LostRequest['isLost']): void {
    this.#noteLetters(call.request);
    const { request } = call;
    const { worker, remembering, scheduler, observe } = this.#options;
    const sender = { worker: worker.name, atMs: scheduler.now() };
    const lost = { operation: operationOf(request), request, ...(isLost && { isLost }) };
    for (const write of lostWrites(sender, lost, remembering)) observe(write);
  }
}

/** Which members of a request were refused for a passing reason; where its answer does not say so, all of them. */
function refusedIn(status: string, output: object): LostRequest['isLost'] {
  const { Responses } = output as { readonly Responses?: readonly { readonly Error?: { readonly Code?: string } }[] };
  if (status !== 'ok' || Responses === undefined) return undefined;
  return (index) => Responses[index]?.Error?.Code === 'ThrottlingError';
}

/** What the database answers only where a fault has it. */
const PASSING: readonly string[] = ['InternalServerError', 'ProvisionedThroughputExceededException'];

function operationOf({ headers }: SdkHttpRequest): string {
  const target = headers['x-amz-target'] ?? headers['X-Amz-Target'] ?? '';
  return target.slice(target.indexOf('.') + 1);
}

const timedOut = (ms: number) => named('TimeoutError', `The request was not answered within ${ms} ms`);
const broken = () => named('Error', 'socket hang up', 'ECONNRESET');

function named(name: string, message: string, code?: string): Error {
  return Object.assign(new Error(message), { name, ...(code !== undefined && { code }) });
}
