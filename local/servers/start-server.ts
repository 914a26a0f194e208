import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { ERROR_CODES, EXIT } from '../../contract/error-codes';
import { LocalError } from '../errors';
import type { ServerAddress } from './address';
import type { ServerDefinition } from './definition';
import { endOrAbort } from './end-or-abort';
import { type KeptProcess, startKept } from './kept-process';

export interface RunningServer {
  readonly server: ServerDefinition;
  readonly address: ServerAddress;
  readonly log: string;
  readonly process: KeptProcess;
}

export interface StartServerOptions {
  readonly address: ServerAddress;
  readonly java: string;
  /** The folder with the server's jars. */
  readonly lib: string;
  /** `.msk-once/servers/<name>`. */
  readonly directory: string;
  readonly report: (line: string) => void;
  readonly signal: AbortSignal;
}

const READY_WITHIN_MS = 60_000;
const ASK_EVERY_MS = 100;

/** Starts one server on fresh data and resolves once it answers. */
export async function startServer(server: ServerDefinition, options: StartServerOptions): Promise<RunningServer> {
  const { address, java, lib, directory, report, signal } = options;
  const begun = Date.now();
  const log = path.join(directory, `${address.port}.log`);
  mkdirSync(path.join(directory, 'run'), { recursive: true });
  writeFileSync(log, '');
  const run = mkdtempSync(path.join(directory, 'run', `${address.port}-`));
  try {
    const programs = [...server.programs({ address, lib, run })];
    const last = programs.pop() ?? [];
    for (const program of programs) {
      const code = await endOrAbort(startKept({ program: java, arguments: program, cwd: run, log }), signal);
      if (code !== 0) throw didNotStart(server, log, code);
    }
    const running: RunningServer = {
      server,
      address,
      log,
      process: startKept({ program: java, arguments: last, cwd: run, log, removeAfterwards: run }),
    };
    await untilReady(running, signal);
    report(`${server.title} is ready at ${address.text} (${((Date.now() - begun) / 1000).toFixed(1)} s).`);
    return running;
  } catch (error) {
    rmSync(run, { recursive: true, force: true });
    throw error;
  }
}

async function untilReady({ server, address, log, process }: RunningServer, signal: AbortSignal): Promise<void> {
  const deadline = Date.now() + READY_WITHIN_MS;
  let exitCode: number | undefined;
  void process.ended.then((code) => {
    exitCode = code;
  });
  try {
    while (!(await server.answers(address))) {
      signal.throwIfAborted();
      if (exitCode !== undefined) throw didNotStart(server, log, exitCode);
      if (Date.now() > deadline) throw notReady(server, address, log);
      await delay(ASK_EVERY_MS);
    }
  } catch (error) {
    await process.stop();
    throw error;
  }
}

function didNotStart(server: ServerDefinition, log: string, code: number): LocalError {
  const output = readFileSync(log, 'utf8');
  const reason = /UnsupportedClassVersionError/.test(output)
    ? 'It needs Java 17 or later: install it, or set JAVA_HOME to it.'
    : `It said:\n${lastLines(output)}\n`;
  return new LocalError(
    ERROR_CODES.serverFailed,
    `${server.title} ended with exit code ${code} before it answered. ${reason} Its log is ${log}.`,
    EXIT.failed,
  );
}

function notReady(server: ServerDefinition, address: ServerAddress, log: string): LocalError {
  return new LocalError(
    ERROR_CODES.serverFailed,
    `${server.title} did not answer at ${address.text} within ${READY_WITHIN_MS / 1000} s. Its log is ${log}.`,
    EXIT.timedOut,
  );
}

function lastLines(output: string): string {
  return output.trimEnd().split('\n').slice(-8).join('\n');
}
