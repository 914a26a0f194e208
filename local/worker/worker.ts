import { randomUUID } from 'node:crypto';
import type { LambdaFunction } from '../template/lambda-function';
import { DebuggedTime } from './debugged-time';
import type { InitError, InvocationResult } from './invocation-result';
import type { WorkerMessage } from './messages';
import type { OutputListener } from './output-lines';
import { StoppableTimer } from './stoppable-timer';
import { spawnWorker, type WorkerExit } from './worker-process';

export interface WorkerOptions {
  readonly function: LambdaFunction;
  /** Added to the function's environment, and stronger than it: local endpoints. */
  readonly environment?: Readonly<Record<string, string>>;
  /** Gets what the function prints, line by line. A line may arrive after the answer that it was printed before. */
  readonly onOutput?: OutputListener;
  /** @default 10 s, as in Lambda. */
  readonly initTimeoutMs?: number;
  /** How far the clock of the process runs ahead of the machine's, or behind if negative. @default 0 */
  readonly clockOffsetMs?: number;
  /** @default no debugger */
  readonly inspect?: InspectOptions;
}

/**
 * A debugger may attach. While it holds the process at a breakpoint the time-outs stand still, and so does the
 * remaining time that the function sees; its own timers and the clock go on.
 */
export interface InspectOptions {
  /** Of this machine, at which the debugger finds the process. The URL comes as a line of the process's output. */
  readonly port: number;
  /** Whether the function is loaded only when a debugger has attached. @default false */
  readonly waitForDebugger?: boolean;
}

export interface InvocationOptions {
  readonly invokedFunctionArn: string;
  /** @default the function's own. */
  readonly timeoutMs?: number;
  /** @default a new UUID. */
  readonly requestId?: string;
}

/**
 * One execution environment of a function: a process that takes one invocation at a time. After a time-out, a crash
 * or an initialisation error it is dead, and the next invocation needs another worker. It keeps this process running
 * until it is stopped or killed.
 */
export interface Worker {
  readonly pid: number;
  readonly alive: boolean;
  /** `undefined` once the function is loaded, else why it could not be. Never rejects. */
  readonly ready: Promise<InitError | undefined>;
  readonly exited: Promise<WorkerExit>;
  /** Never rejects, whatever the function does; only for a second invocation at once, or on a dead worker. */
  invoke(event: unknown, options: InvocationOptions): Promise<InvocationResult>;
  kill(): void;
  /** Stops the process where it is, as Lambda does between invocations. Its time goes on. */
  freeze(): void;
  thaw(): void;
  /** Ends the worker between two invocations. */
  stop(): Promise<void>;
}

/** What ends a wait: a message, the end of the process, or the time-out. */
type Answer =
  | Exclude<WorkerMessage, { readonly type: 'attached' }>
  | ({ readonly type: 'exit' } & WorkerExit)
  | { readonly type: 'timeout' };

// Source: Lambda Developer Guide, execution environment lifecycle.
const INIT_TIMEOUT_MS = 10_000;
/** For a process that ends by itself. */
const GRACE_MS = 2000;

export function startWorker(options: WorkerOptions): Worker {
  const { function: lambda, environment = {}, onOutput, initTimeoutMs = INIT_TIMEOUT_MS } = options;
  const { clockOffsetMs = 0, inspect } = options;
  let alive = true;
  let busy = false;
  let exit: WorkerExit | undefined;
  /** Takes what ends the current wait; replaced as soon as it has, so that no answer is kept in memory. */
  let settle: (found: Answer) => void = ignore;
  const debugging = inspect && new DebuggedTime(inspect, onOutput);
  const child = spawnWorker({
    function: lambda,
    environment,
    settings: { clockOffsetMs, waitForDebugger: inspect?.waitForDebugger ?? false, deadlineFd: debugging?.deadlineFd },
    inspect: inspect !== undefined,
    onOutput: debugging ? debugging.output : onOutput,
    onMessage(message) {
      if (message.type === 'fatal') alive = false;
      if (message.type === 'attached') debugging?.attached();
      else settle(message);
    },
  });
  const exited = child.exited.then(async (found) => {
    alive = false;
    exit = found;
    settle({ type: 'exit', ...found });
    await debugging?.close();
    return found;
  });

  function answer(timeoutMs: number): Promise<Answer> {
    return new Promise<Answer>((resolve) => {
      const mine = (found: Answer) => {
        if (settle !== mine) return;
        timer.stop();
        debugging?.takeOff(timer);
        settle = ignore;
        resolve(found);
      };
      settle = mine;
      // An answer that lies in the channel already has arrived in time: it is read before the immediate runs.
      const timer = new StoppableTimer(timeoutMs, () => setImmediate(() => mine({ type: 'timeout' })));
      debugging?.takeOver(timer);
      if (exit !== undefined) mine({ type: 'exit', ...exit });
    });
  }

  async function end(graceMs: number): Promise<void> {
    alive = false;
    const timer = setTimeout(() => child.signal('SIGKILL'), graceMs);
    await exited;
    clearTimeout(timer);
  }

  async function initialise(): Promise<InitError | undefined> {
    const elapsed = stopwatch();
    const answered = answer(initTimeoutMs);
    const problem = debugging && (await debugging.open());
    if (problem !== undefined) {
      await end(0);
      return { kind: 'init-error', errorType: 'Inspector.NotOpened', errorMessage: problem, durationMs: elapsed() };
    }
    const found = await answered;
    if (found.type === 'ready') return undefined;
    await end(found.type === 'timeout' ? 0 : GRACE_MS);
    const durationMs = elapsed();
    switch (found.type) {
      case 'init-error':
      case 'fatal':
        return { kind: 'init-error', ...found.error, durationMs };
      case 'exit':
        return { kind: 'init-error', ...exitError(found), durationMs };
      default: {
        const errorMessage = `INIT_REPORT Init Duration: ${initTimeoutMs.toFixed(2)} ms Phase: init Status: timeout`;
        return { kind: 'init-error', errorType: 'Sandbox.Timedout', errorMessage, durationMs };
      }
    }
  }

  async function run(event: unknown, given: InvocationOptions): Promise<InvocationResult> {
    const { invokedFunctionArn, timeoutMs = lambda.timeoutMs, requestId = randomUUID() } = given;
    const json = JSON.stringify(event) ?? 'null';
    const elapsed = stopwatch();
    const answered = answer(timeoutMs);
    child.send({ type: 'invoke', requestId, event: json, deadlineMs: Date.now() + timeoutMs, invokedFunctionArn });
    const found = await answered;
    switch (found.type) {
      case 'response':
        return { kind: 'response', payload: JSON.parse(found.payload), durationMs: elapsed() };
      case 'error':
        return { kind: 'error', ...found.error, durationMs: elapsed() };
      case 'exit': {
        const { exitCode, signal } = found;
        return { kind: 'crash', ...exitError(found, requestId), exitCode, signal, durationMs: elapsed() };
      }
      case 'timeout': {
        await end(0);
        const errorMessage = `RequestId: ${requestId} Error: Task timed out after ${(timeoutMs / 1000).toFixed(2)} seconds`;
        return { kind: 'timeout', errorType: 'Sandbox.Timedout', errorMessage, durationMs: elapsed() };
      }
      case 'fatal':
        await end(GRACE_MS);
        return { kind: 'error', ...found.error, durationMs: elapsed() };
      default:
        throw new Error(`A worker answered an invocation with "${found.type}". This is a bug in msk-once.`);
    }
  }

  const ready = initialise();
  return {
    pid: child.pid,
    get alive() {
      return alive;
    },
    ready,
    exited,
    async invoke(event, given) {
      if (busy) throw new Error('A worker takes one invocation at a time. This is a bug in its caller.');
      busy = true;
      const wasAlive = alive;
      try {
        const initError = await ready;
        if (initError !== undefined) return initError;
        if (!wasAlive) throw new Error('The worker is dead; start another one. This is a bug in its caller.');
        return await run(event, given);
      } finally {
        busy = false;
      }
    },
    kill() {
      alive = false;
      child.signal('SIGKILL');
    },
    freeze: () => child.signal('SIGSTOP'),
    thaw: () => child.signal('SIGCONT'),
    async stop() {
      if (busy)
        throw new Error(
          'A worker can be stopped only between invocations; kill() ends it at once. This is a bug in its caller.',
        );
      child.signal('SIGCONT');
      child.disconnect();
      await end(GRACE_MS);
    },
  };
}

/** Lambda's words for a process that ended. */
function exitError({ exitCode, signal }: WorkerExit, requestId?: string): { errorType: string; errorMessage: string } {
  const how = signal === null ? `exit status ${exitCode}` : `signal: ${signal === 'SIGKILL' ? 'killed' : signal}`;
  const reason =
    signal === null && exitCode === 0
      ? 'Runtime exited without providing a reason'
      : `Runtime exited with error: ${how}`;
  const prefix = requestId === undefined ? '' : `RequestId: ${requestId} `;
  return { errorType: 'Runtime.ExitError', errorMessage: `${prefix}Error: ${reason}` };
}

function ignore(): void {}

function stopwatch(): () => number {
  const start = performance.now();
  return () => performance.now() - start;
}
