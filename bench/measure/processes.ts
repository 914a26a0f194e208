import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import type { Bundles } from './bundles';
import type { ClientAnswer, ClientPlan, ClientResult } from './plan';

/** A database that answers in its own process. */
export interface Stub {
  readonly endpoint: string;
  stop(): Promise<void>;
}

export async function startStubProcess(bundles: Bundles, delayMs: number): Promise<Stub> {
  const child = fork(await bundles.file('stub/main'), [String(delayMs)], {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  const [{ endpoint }] = (await Promise.race([
    once(child, 'message'),
    once(child, 'exit').then(([code]) => Promise.reject(new Error(`The stub ended with exit code ${code}`))),
  ])) as [{ endpoint: string }];
  return { endpoint, stop: () => stop(child) };
}

async function stop(child: ChildProcess): Promise<void> {
  const ended = once(child, 'exit');
  child.disconnect();
  await ended;
}

export interface ClientOptions {
  readonly environment: Readonly<Record<string, string>>;
  readonly plan: ClientPlan;
}

const OUTPUT_LINES = 5;
const LINE_LENGTH = 500;

/** Measures in a fresh process. Rejects with what the process said when it fails. */
export async function runClient(bundles: Bundles, { environment, plan }: ClientOptions): Promise<ClientResult> {
  const child = fork(await bundles.file('measure/client', true), [], {
    env: { PATH: process.env.PATH, ...environment },
    execArgv: ['--expose-gc'],
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  const output: string[] = [];
  for (const stream of [child.stdout, child.stderr]) {
    stream?.on('data', (chunk: Buffer) => output.push(...String(chunk).trimEnd().split('\n')));
  }
  child.send(plan);
  const answered = new Promise<ClientAnswer>((resolve) => {
    child.once('message', (answer) => resolve(answer as ClientAnswer));
    child.once('exit', (code) => resolve({ error: `the process ended with exit code ${code}` }));
  });
  const answer = await answered;
  if (child.exitCode === null) await once(child, 'exit');
  if ('result' in answer) return answer.result;
  throw new Error(
    [answer.error, ...output.slice(0, OUTPUT_LINES).map((line) => line.slice(0, LINE_LENGTH))].join('\n'),
  );
}
