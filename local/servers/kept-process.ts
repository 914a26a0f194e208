import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync, rmSync } from 'node:fs';
import { serverFiles } from './package-root';

export interface KeptProcess {
  /** Resolves with the program's exit code once it has ended. Never rejects. */
  readonly ended: Promise<number>;
  /** Ends the program and waits for it. */
  stop(): Promise<void>;
}

export interface KeptProcessOptions {
  readonly program: string;
  readonly arguments: readonly string[];
  readonly cwd: string;
  /** Takes what the program prints. */
  readonly log: string;
  /** Removed once the program has ended, however that came about. */
  readonly removeAfterwards?: string;
}

/**
 * Runs a program that never outlives this process, not even when this process is killed: a keeper runs it and ends
 * it as soon as its standard input, a pipe that only we hold, ends.
 */
export function startKept(options: KeptProcessOptions): KeptProcess {
  const log = openSync(options.log, 'a');
  const keeper = spawn(
    process.execPath,
    [serverFiles('keeper.cjs'), options.removeAfterwards ?? '', options.program, ...options.arguments],
    {
      cwd: options.cwd,
      stdio: ['pipe', log, log],
      // A group of its own: Ctrl-C in a terminal reaches us alone, and we end the servers in order.
      detached: true,
      env: { ...process.env, NODE_OPTIONS: '' },
    },
  );
  closeSync(log);
  // The keeper may be gone when its pipe is closed.
  keeper.stdin?.on('error', () => undefined);
  const ended = exitOf(keeper, options.removeAfterwards);
  return {
    ended,
    async stop() {
      keeper.stdin?.end();
      await ended;
    },
  };
}

async function exitOf(keeper: ChildProcess, directory: string | undefined): Promise<number> {
  const code = await new Promise<number>((resolve) => {
    keeper.once('error', () => resolve(127));
    keeper.once('exit', (exitCode) => resolve(exitCode ?? 1));
  });
  // A keeper that was killed leaves its program behind, in the keeper's group.
  try {
    if (keeper.pid !== undefined) process.kill(-keeper.pid, 'SIGKILL');
  } catch {
    // The group is empty.
  }
  if (directory !== undefined) rmSync(directory, { recursive: true, force: true, maxRetries: 3 });
  return code;
}
