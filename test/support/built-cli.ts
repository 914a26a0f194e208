import { copyFileSync, readdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { buildSync } from 'esbuild';
import { oncePerRun } from './once-per-run';
import { PROJECT } from './project';

/**
 * The command as JavaScript, file by file as it is shipped. A loader of TypeScript would take longer than most of what
 * the tests let it do. Gives the path of its program.
 */
export async function builtCli(): Promise<string> {
  const folder = await oncePerRun('cli', (into) => {
    const entryPoints = ['bin', 'contract', 'handlers', 'local'].flatMap((path) =>
      readdirSync(join(PROJECT, path), { recursive: true, encoding: 'utf8' })
        .filter((name) => name.endsWith('.ts') && !name.endsWith('.d.ts'))
        .map((name) => join(PROJECT, path, name)),
    );
    const outdir = join(into, 'dist');
    buildSync({ entryPoints, outdir, outbase: PROJECT, format: 'cjs', platform: 'node', target: 'node20' });
    copyFileSync(join(PROJECT, 'package.json'), join(into, 'package.json'));
    symlinkSync(join(PROJECT, 'node_modules'), join(into, 'node_modules'));
  });
  return join(folder, 'dist', 'bin', 'cli.js');
}
