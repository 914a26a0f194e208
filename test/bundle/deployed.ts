import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { App, Stack } from 'aws-cdk-lib';
import type { Metafile } from 'esbuild';
import { OnceFunction } from '../../lib';
import { PROJECT } from '../support/project';

/** What CDK would upload for a function. */
export interface Deployed {
  readonly folder: string;
  readonly code: string;
  readonly metafile: Metafile;
}

export interface DeployedFunctions {
  /** By the path of the entry from the root of the project. */
  of(entry: string): Deployed;
  remove(): void;
}

/** Synthesizes functions, so that they are bundled as CDK bundles them: esbuild by its command line, in a process. */
export function deploy(entries: readonly string[]): DeployedFunctions {
  const outdir = mkdtempSync(path.join(tmpdir(), 'msk-once-deployed-'));
  const stack = new Stack(new App({ outdir }), 'Shop');
  for (const [i, entry] of entries.entries()) {
    new OnceFunction(stack, `Function${i}`, { entry: path.join(PROJECT, entry), bundling: { metafile: true } });
  }
  const found = new Map(
    readdirSync(outdir)
      .filter((name) => name.startsWith('asset.'))
      .map((name) => readAsset(path.join(outdir, name))),
  );
  return {
    of: (entry) => found.get(entry) as Deployed,
    remove: () => rmSync(outdir, { recursive: true }),
  };
}

function readAsset(folder: string): [string, Deployed] {
  const metafile: Metafile = JSON.parse(readFileSync(path.join(folder, 'index.meta.json'), 'utf8'));
  const [entry] = Object.values(metafile.outputs).flatMap(({ entryPoint }) => entryPoint ?? []);
  return [entry as string, { folder, code: readFileSync(path.join(folder, 'index.mjs'), 'utf8'), metafile }];
}

/** A file of a user, below the root of the project because CDK bundles nothing else. */
export function userFile(name: string, text: string): { readonly entry: string; remove(): void } {
  mkdirSync(path.join(PROJECT, '.msk-once'), { recursive: true });
  const folder = mkdtempSync(path.join(PROJECT, '.msk-once', 'function-'));
  writeFileSync(path.join(folder, name), text);
  return {
    entry: path.relative(PROJECT, path.join(folder, name)),
    remove: () => rmSync(folder, { recursive: true }),
  };
}

/** Where each package was taken from, and which of its folders, such as `dist-es`, are in the code. */
export function packagesIn({ outputs }: Metafile): Map<string, { homes: Set<string>; folders: Set<string> }> {
  const found = new Map<string, { homes: Set<string>; folders: Set<string> }>();
  for (const { inputs } of Object.values(outputs)) {
    for (const [input, { bytesInOutput }] of Object.entries(inputs)) {
      const inner = input.split('node_modules/').at(-1) as string;
      if (inner === input || bytesInOutput === 0) continue;
      const parts = inner.split('/');
      const name = parts.splice(0, inner.startsWith('@') ? 2 : 1).join('/');
      const entry = found.get(name) ?? { homes: new Set(), folders: new Set() };
      entry.homes.add(input.slice(0, input.length - inner.length));
      entry.folders.add(parts[0] as string);
      found.set(name, entry);
    }
  }
  return found;
}
