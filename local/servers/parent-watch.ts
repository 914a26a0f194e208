import { processInfo } from './process-table';

const LOOK_EVERY_MS = 500;
/** These start one program and stay when their own starter is killed: what counts is who started them. */
const LAUNCHER = /^\S*sh -c |\btsx\b/;

/**
 * Calls back once when the process that started this one has ended: `npm run` through its shell and tsx, or a test
 * runner. A killed parent sends no signal; its children just get another parent.
 */
export function watchParents(gone: () => void): () => void {
  const parents = startersOf(process.ppid);
  const timer = setInterval(() => {
    if (parents.every(({ pid, started }) => processInfo(pid)?.started === started)) return;
    clearInterval(timer);
    gone();
  }, LOOK_EVERY_MS);
  timer.unref();
  return () => clearInterval(timer);
}

function startersOf(parent: number): { readonly pid: number; readonly started: string }[] {
  const starters: { pid: number; started: string }[] = [];
  for (let pid = parent; pid > 1; ) {
    const info = processInfo(pid);
    if (!info) break;
    starters.push({ pid, started: info.started });
    if (!LAUNCHER.test(info.command)) break;
    pid = info.parent;
  }
  return starters;
}
