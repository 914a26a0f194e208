import { existsSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { LambdaFunction } from '../../../local/template/lambda-function';
import { startWorker, type Worker, type WorkerOptions } from '../../../local/worker/worker';

export const ARN = 'arn:aws:lambda:us-east-1:000000000000:function:flights:flights-partial';

/** A folder for one test file, gone with it. */
export function temporaryFolder(): { path: string; remove(): void } {
  const path = realpathSync(mkdtempSync(join(tmpdir(), 'msk-once-test-')));
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
}

/** Writes files into a new folder and describes the function that lies there. */
export function deploy(
  root: string,
  files: Readonly<Record<string, string>>,
  overrides: Partial<LambdaFunction> = {},
): LambdaFunction {
  const assetPath = mkdtempSync(join(root, 'asset.'));
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(assetPath, name)), { recursive: true });
    writeFileSync(join(assetPath, name), content);
  }
  return {
    logicalId: 'Flights',
    name: 'flights',
    version: '$LATEST',
    region: 'us-east-1',
    handler: 'index.handler',
    runtime: 'nodejs22.x',
    timeoutMs: 5000,
    memoryMb: 256,
    logGroupName: '/aws/lambda/flights',
    environment: {},
    assetPath,
    ...overrides,
  };
}

/** Workers that end with their test. */
export class Workers {
  private readonly started: Worker[] = [];

  start(options: WorkerOptions): Worker {
    const worker = startWorker(options);
    this.started.push(worker);
    return worker;
  }

  async killAll(): Promise<void> {
    for (const worker of this.started) worker.kill();
    await Promise.all(this.started.splice(0).map(({ exited }) => exited));
  }
}

export function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    // A process that has ended but that nobody has waited for answers signals, too.
    const stat = `/proc/${pid}/stat`;
    return !existsSync(stat) || !/\) Z /.test(readFileSync(stat, 'utf8'));
  } catch {
    return false;
  }
}

/** Waits until the condition holds; throws after five seconds. */
export async function until(holds: () => boolean, what: string): Promise<void> {
  const end = Date.now() + 5000;
  while (!holds()) {
    if (Date.now() > end) throw new Error(`waited in vain until ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
