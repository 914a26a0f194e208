import { relative, resolve, sep } from 'node:path';
import { watch } from 'chokidar';
import { readCdkJson } from '../../local/template/cdk-json';
import { synthesize } from './synthesize';
import type { View } from './view';

export interface Watching {
  /** Called after each new synthesis, one call at a time. */
  onChange(reload: () => Promise<void>): void;
  /** Resolves when nothing of it runs any more. */
  close(): Promise<void>;
}

/** Several files are often saved at once. */
const QUIET_MS = 150;
const IGNORED: ReadonlySet<string> = new Set(['node_modules', 'cdk.out', 'dist', 'coverage']);

/**
 * Runs the app of cdk.json, now and whenever a file of the project is saved. A synthesis that fails is told and leaves
 * everything as it was; the first one rejects.
 *
 * @param given the folder that the app is to write. Default: that of cdk.json.
 */
export async function watchApplication(given: string | undefined, view: View, signal: AbortSignal): Promise<Watching> {
  const root = process.cwd();
  const { output } = readCdkJson(root);
  const target = given === undefined ? output : resolve(given);
  const closing = new AbortController();
  const either = AbortSignal.any([signal, closing.signal]);
  await synthesize(readCdkJson(root), target, either);

  let reload: (() => Promise<void>) | undefined;
  /** Synthesized before anything ran that could take it. */
  let missed = '';
  let timer: NodeJS.Timeout | undefined;
  let changed = '';
  let working: Promise<void> | undefined;
  const work = async () => {
    while (changed !== '' && !either.aborted) {
      view.event({ type: 'note', text: `${changed} was saved: running the app again` });
      const saved = changed;
      changed = '';
      try {
        await synthesize(readCdkJson(root), target, either);
        if (reload === undefined) {
          missed = saved;
          continue;
        }
        await reload();
        view.event({ type: 'note', text: 'The new function is at work.' });
      } catch (error) {
        if (either.aborted) return;
        const problem = error instanceof Error ? error.message : String(error);
        view.event({ type: 'note', text: `The function goes on as it was: ${problem}` });
      }
    }
  };
  const begin = () => {
    working ??= work().finally(() => {
      working = undefined;
    });
  };
  const watcher = watch(root, {
    ignoreInitial: true,
    ignored: (path) => isIgnored(relative(root, path), relative(root, target)),
  }).on('all', (_, path) => {
    changed = relative(root, path);
    clearTimeout(timer);
    timer = setTimeout(begin, QUIET_MS);
  });
  await new Promise<void>((ready) => watcher.once('ready', () => ready()));
  return {
    onChange: (given) => {
      reload = given;
      if (missed === '') return;
      changed = missed;
      begin();
    },
    close: async () => {
      clearTimeout(timer);
      closing.abort();
      await watcher.close();
      await working;
    },
  };
}

/** What the app writes itself, what others install, and what is hidden. */
function isIgnored(path: string, output: string): boolean {
  if (path === '') return false;
  if (path === output || path.startsWith(`${output}${sep}`)) return true;
  return path.split(sep).some((part) => IGNORED.has(part) || part.startsWith('.'));
}
