import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import type { LambdaFunction } from '../template/lambda-function';
import { bootstrapFile } from './bootstrap-file';
import type { InvokeMessage, WorkerMessage } from './messages';
import { unwatch, watch } from './orphan-guard';
import { type OutputListener, readLines } from './output-lines';
import { workerEnvironment } from './worker-environment';
import { killFamily, signalGroup } from './worker-family';
import { settingsArgument, type WorkerSettings } from './worker-settings';

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
/** The first one after the standard streams and the IPC channel. */
const INHERITED_FD = 4;

export interface SpawnOptions {
  readonly function: LambdaFunction;
  readonly environment: Readonly<Record<string, string>>;
  readonly settings: WorkerSettings;
  /** Opens an inspector at a port of the process's own choice, which it prints. */
  readonly inspect: boolean;
  readonly onOutput: OutputListener | undefined;
  readonly onMessage: (message: WorkerMessage) => void;
}

export function spawnWorker(options: SpawnOptions): WorkerProcess {
  const { function: lambda, environment, settings, inspect, onOutput, onMessage } = options;
  const bootstrap = bootstrapFile();
  const env = workerEnvironment(lambda, environment);
  const { deadlineFd } = settings;
  const told = { ...settings, deadlineFd: deadlineFd === undefined ? undefined : INHERITED_FD };
  const flags = inspect ? [`--inspect${settings.waitForDebugger ? '-wait' : ''}=127.0.0.1:0`] : [];
  const child = spawn(process.execPath, [...flags, bootstrap.path, settingsArgument(told)], {
    cwd: lambda.assetPath,
    env,
    stdio: ['ignore', 'pipe', 'pipe', 'ipc', ...(deadlineFd === undefined ? [] : [deadlineFd])],
    serialization: 'advanced',
    // A process group of its own: signals reach what the function starts, and Ctrl-C does not look like its crash.
    detached: true,
  });
  const { pid } = child;
  const family = pid === undefined ? undefined : { group: pid, mark: markOf(env) };
  if (family) watch(family);
  let running = pid !== undefined;

  const exited = new Promise<WorkerExit>((resolve) => {
    // Not `close`: Node.js leaves it out where this side has closed the channel.
    const drained = Promise.allSettled([
      once(child, 'disconnect'),
      ...[child.stdout, child.stderr].map((stream) => stream && once(stream, 'close')),
    ]);
    child.on('exit', (exitCode, signal) => {
      running = false;
      if (family) killFamily(family);
      void Promise.race([drained, delay(DRAIN_MS, undefined, { ref: false })]).then(() => {
        if (family) {
          // What was just being started when its worker ended is seen by now.
          killFamily(family);
          unwatch(family);
        }
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
      if (running && pid !== undefined) signalGroup(pid, signal);
    },
    disconnect: () => {
      if (child.connected) child.disconnect();
    },
  };
}

/** The random part of its log stream's name, which everything that it starts inherits. */
function markOf(env: Readonly<Record<string, string>>): string {
  return /[0-9a-f]{32}$/.exec(env.AWS_LAMBDA_LOG_STREAM_NAME ?? '')?.[0] ?? '';
}
