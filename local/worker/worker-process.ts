import { spawn } from 'node:child_process';
import { once } from 'node:events';
import type { LambdaFunction } from '../template/lambda-function';
import { bootstrapFile } from './bootstrap-file';
import type { InvokeMessage, WorkerMessage } from './messages';
import { killGroup, unwatch, watch } from './orphan-guard';
import { type OutputListener, readLines } from './output-lines';
import { workerEnvironment } from './worker-environment';

export interface WorkerExit {
  readonly exitCode: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** The process alone: what it is started with, how it is signalled, how its end is seen. */
export interface WorkerProcess {
  readonly pid: number;
  /** Resolves when the process is gone and everything it said has been read. */
  readonly exited: Promise<WorkerExit>;
  send(message: InvokeMessage): void;
  /** Reaches the process and what it started; nothing once the process is gone. */
  signal(signal: 'SIGKILL' | 'SIGSTOP' | 'SIGCONT'): void;
  /** Closes the IPC channel, at which the process ends by itself. */
  disconnect(): void;
}

/** How long the output of an ended process is waited for: what it started may still hold the pipe. */
const DRAIN_MS = 1000;

export interface SpawnOptions {
  readonly function: LambdaFunction;
  readonly environment: Readonly<Record<string, string>>;
  readonly onOutput: OutputListener | undefined;
  readonly onMessage: (message: WorkerMessage) => void;
}

export function spawnWorker({ function: lambda, environment, onOutput, onMessage }: SpawnOptions): WorkerProcess {
  const bootstrap = bootstrapFile();
  const child = spawn(process.execPath, [bootstrap.path], {
    cwd: lambda.assetPath,
    env: workerEnvironment(lambda, environment),
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    serialization: 'advanced',
    // A process group of its own: signals reach what the function starts, and Ctrl-C does not look like its crash.
    detached: true,
  });
  const { pid } = child;
  if (pid !== undefined) watch(pid);
  let running = pid !== undefined;

  const exited = new Promise<WorkerExit>((resolve) => {
    // Not `close`: Node.js leaves it out where this side has closed the channel.
    const drained = Promise.allSettled([
      once(child, 'disconnect'),
      ...[child.stdout, child.stderr].map((stream) => stream && once(stream, 'close')),
    ]);
    child.on('exit', (exitCode, signal) => {
      running = false;
      if (pid !== undefined) {
        killGroup(pid, 'SIGKILL');
        unwatch(pid);
      }
      const timer = setTimeout(() => resolve({ exitCode, signal }), DRAIN_MS);
      void drained.then(() => {
        clearTimeout(timer);
        resolve({ exitCode, signal });
      });
    });
    child.on('error', () => {
      // Not started at all: there will be no exit.
      if (pid === undefined) resolve({ exitCode: null, signal: null });
    });
  });
  void exited.then(bootstrap.remove);
  child.on('message', (message: WorkerMessage) => {
    // The first message says that the program has been loaded.
    bootstrap.remove();
    onMessage(message);
  });
  if (child.stdout !== null) readLines(child.stdout, 'stdout', onOutput);
  if (child.stderr !== null) readLines(child.stderr, 'stderr', onOutput);

  return {
    pid: pid ?? -1,
    exited,
    // A message that cannot be sent has no reader any more; the exit says so.
    send: (message) => void child.send(message, () => {}),
    signal: (signal) => {
      if (running && pid !== undefined) killGroup(pid, signal);
    },
    disconnect: () => {
      if (child.connected) child.disconnect();
    },
  };
}
