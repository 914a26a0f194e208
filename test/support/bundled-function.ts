import path from 'node:path';
import { build } from 'esbuild';
import { PROJECT } from './project';

/** Bundles a function as the constructs do, into `index.mjs` of that folder. The handler is `index.handler`. */
export async function bundleFunction(entry: string, folder: string): Promise<void> {
  await build({
    absWorkingDir: PROJECT,
    entryPoints: [entry],
    outfile: path.join(folder, 'index.mjs'),
    bundle: true,
    platform: 'node',
    target: 'node20',
    format: 'esm',
    mainFields: ['module', 'main'],
    banner: { js: "import{createRequire as __cr}from'node:module';const require=__cr(import.meta.url);" },
    logLevel: 'silent',
  });
}
