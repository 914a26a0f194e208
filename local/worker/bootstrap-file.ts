import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { extname, join } from 'node:path';
import { buildSync } from 'esbuild';

export interface BootstrapFile {
  readonly path: string;
  /** Removes the file if it was made for this worker. */
  remove(): void;
}

const SOURCE = join(__dirname, 'runtime', 'bootstrap');
let compiled: string | undefined;

/**
 * The program of a worker process, as a file that plain Node.js runs. A loader of TypeScript in the child would also
 * load the function's code, which then would not run as deployed; so from source it is compiled here, once.
 */
export function bootstrapFile(): BootstrapFile {
  if (extname(__filename) === '.js') return { path: `${SOURCE}.js`, remove: () => {} };
  compiled ??= compile();
  const directory = mkdtempSync(join(tmpdir(), 'msk-once-worker-'));
  const path = join(directory, 'bootstrap.mjs');
  writeFileSync(path, compiled);
  return { path, remove: () => rmSync(directory, { recursive: true, force: true }) };
}

function compile(): string {
  const { outputFiles } = buildSync({
    entryPoints: [`${SOURCE}.ts`],
    bundle: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    write: false,
  });
  return outputFiles[0]?.text ?? '';
}
