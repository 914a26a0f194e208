import { existsSync, mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

/** Names the folder to the processes of a run of Jest. */
const VARIABLE = 'MSK_ONCE_TEST_RUN';
const LOOK_MS = 20;

export function openRunFolder(): void {
  process.env[VARIABLE] = realpathSync(mkdtempSync(join(tmpdir(), 'msk-once-test-run-')));
}

export function removeRunFolder(): void {
  rmSync(process.env[VARIABLE] ?? '', { recursive: true, force: true });
}

/**
 * What takes seconds to make and is only read: made by the first test file that asks, in whichever process, and found by
 * the others. Gives its folder, which nobody else may write to.
 */
export async function oncePerRun(name: string, make: (folder: string) => void | Promise<void>): Promise<string> {
  const run = process.env[VARIABLE];
  if (run === undefined) throw new Error(`${VARIABLE} is not set: the globalSetup of this Jest configuration sets it`);
  const folder = join(run, name);
  const [made, failed] = [`${folder}.made`, `${folder}.failed`];
  if (isFirst(folder)) {
    try {
      await make(folder);
    } catch (error) {
      writeFileSync(failed, '');
      throw error;
    }
    writeFileSync(made, '');
  }
  while (!existsSync(made)) {
    if (existsSync(failed))
      throw new Error(`${name} could not be made: the first test file that asked for it says why`);
    await delay(LOOK_MS);
  }
  return folder;
}

/** A folder can be made only once, whoever tries. */
function isFirst(folder: string): boolean {
  try {
    mkdirSync(folder);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}
