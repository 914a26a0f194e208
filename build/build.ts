import { spawnSync } from 'node:child_process';
import { chmodSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { buildSync } from 'esbuild';
import { MODULE_ENTRIES, REPOSITORY_ONLY } from './package-entries';

const ROOT = join(__dirname, '..');
const DIST = join(ROOT, 'dist');

rmSync(DIST, { recursive: true, force: true });
compile();
for (const path of REPOSITORY_ONLY) rmSync(join(DIST, path), { recursive: true });
buildModules();
chmodSync(join(DIST, 'bin', 'cli.js'), 0o755);

/** CommonJS and types, file by file. */
function compile(): void {
  const compiler = join(ROOT, 'node_modules', '@typescript', 'native', 'bin', 'tsc');
  const project = join(ROOT, 'tsconfig.build.json');
  const { status } = spawnSync(process.execPath, [compiler, '-p', project], { stdio: 'inherit' });
  if (status !== 0) process.exit(status ?? 1);
}

/**
 * What runs in a function, as ES modules, of which a bundler takes only what is used. What entries share is in files of
 * its own, so that there is one copy of it. The identifiers of contract/bundle.ts stay free for the user's bundler.
 */
function buildModules(): void {
  buildSync({
    absWorkingDir: ROOT,
    entryPoints: MODULE_ENTRIES.map((entry) => `${entry}.ts`),
    outbase: ROOT,
    outdir: DIST,
    outExtension: { '.js': '.mjs' },
    chunkNames: 'modules/[name]-[hash]',
    bundle: true,
    splitting: true,
    packages: 'external',
    format: 'esm',
    platform: 'node',
    target: 'node20',
    logLevel: 'warning',
  });
  // The types are those of CommonJS, so that a value of one is a value of the other.
  for (const entry of MODULE_ENTRIES) writeFileSync(join(DIST, `${entry}.d.mts`), "export * from './index.js';\n");
}
