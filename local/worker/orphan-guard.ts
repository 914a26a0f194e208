import { type ChildProcess, spawn } from 'node:child_process';
import { killFamily, type WorkerFamily } from './worker-family';

/**
 * Sees to it that no worker outlives this process. A worker ends by itself when the IPC channel closes, unless it is
 * frozen or its event loop is blocked; then somebody else has to end it when this process was killed. That is a shell
 * which holds the list of process groups and of marks and acts when its input ends. It has a session of its own, so that
 * Ctrl-C does not end it first.
 */
const GUARD = `
groups=' '
marks=' '
while read -r sign group mark; do
  case $sign in
    +) groups="$groups$group "; marks="$marks$mark " ;;
    -) groups="\${groups%% $group *} \${groups#* $group }"; marks="\${marks%% $mark *} \${marks#* $mark }" ;;
  esac
done
for group in $groups; do kill -s KILL -- "-$group"; done
for mark in $marks; do
  for look in 1 2 3 4 5; do
    for file in $(grep -laF "$mark" /proc/[0-9]*/environ); do
      process="\${file#/proc/}"
      kill -s KILL "\${process%/environ}"
    done
  done
done
`;

const alive = new Map<number, WorkerFamily>();
let guard: ChildProcess | undefined;

/** From here on the family ends with this process, however this process ends. */
export function watch(family: WorkerFamily): void {
  if (alive.size === 0) process.on('exit', killAll);
  alive.set(family.group, family);
  guard ??= startGuard();
  tell('+', family);
}

export function unwatch(family: WorkerFamily): void {
  if (!alive.delete(family.group)) return;
  tell('-', family);
  if (alive.size > 0) return;
  process.off('exit', killAll);
  guard?.stdin?.end();
  guard = undefined;
}

function tell(sign: '+' | '-', { group, mark }: WorkerFamily): void {
  guard?.stdin?.write(`${sign} ${group} ${mark}\n`);
}

function killAll(): void {
  for (const family of alive.values()) killFamily(family);
}

function startGuard(): ChildProcess {
  const shell = spawn('/bin/sh', ['-c', GUARD], { stdio: ['pipe', 'ignore', 'ignore'], detached: true, env: {} });
  // Without a shell the IPC channel alone has to do.
  shell.on('error', () => {});
  shell.stdin.on('error', () => {});
  shell.unref();
  (shell.stdin as unknown as { unref(): void }).unref();
  return shell;
}
