import { spawn } from 'node:child_process';
import { ERROR_CODES } from '../../contract/error-codes';
import { LocalError } from '../../local/errors';
import type { CdkJson } from '../../local/template/cdk-json';

/** Of what an app that failed has printed. */
const SHOWN_CHARACTERS = 4_000;

/**
 * Runs the app of cdk.json as the CDK's own command line does. Rejects with a LocalError that holds what it printed.
 *
 * @param output the folder that it is to write.
 */
export async function synthesize({ app, build, context }: CdkJson, output: string, signal: AbortSignal): Promise<void> {
  signal.throwIfAborted();
  const child = spawn(build === undefined ? app : `${build} && ${app}`, {
    shell: true,
    // A process group of its own, so that what the shell starts can be ended with it.
    detached: true,
    env: {
      ...process.env,
      CDK_OUTDIR: output,
      CDK_CONTEXT_JSON: JSON.stringify({
        ...context,
        'aws:cdk:enable-path-metadata': true,
        'aws:cdk:enable-asset-metadata': true,
        'aws:cdk:bundling-stacks': ['**'],
      }),
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const end = () => {
    if (child.pid !== undefined && child.exitCode === null) endGroup(child.pid);
  };
  signal.addEventListener('abort', end);
  process.on('exit', end);
  let text = '';
  const gather = (chunk: Buffer) => {
    text = (text + chunk.toString()).slice(-SHOWN_CHARACTERS);
  };
  child.stdout.on('data', gather);
  child.stderr.on('data', gather);
  const code = await new Promise<number | null>((done, reject) => {
    child.once('error', reject);
    child.once('close', done);
  }).finally(() => {
    signal.removeEventListener('abort', end);
    process.off('exit', end);
  });
  signal.throwIfAborted();
  if (code === 0) return;
  throw new LocalError(ERROR_CODES.templateInvalid, `the app of cdk.json (${app}) failed:\n${text.trim()}`);
}

function endGroup(pid: number): void {
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // It is gone already.
  }
}
