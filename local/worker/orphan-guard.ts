import { type ChildProcess, spawn } from 'node:child_process';

/**
 * Sees to it that no worker outlives this process. A worker ends by itself when the IPC channel closes, unless it is
 * frozen or its event loop is blocked; then somebody else has to end it when this process was killed. That is a shell
 * which holds the list of process groups and acts when its input ends. It has a session of its own, so that Ctrl-C
 * does not end it first.
 */
const GUARD = `
groups=' '
while read -r sign group; do
  case $sign in
    +) groups="$groups$group " ;;
    -) groups="\${groups%% $group *} \${groups#* $group }" ;;
  esac
done
for group in $groups; do kill -s KILL -- "-$group"; done
`;

const alive = new Set<number>();
let guard: ChildProcess | undefined;

/** From here on the process group ends with this process, however this process ends. */
export function watch(group: number): void {
  if (alive.size === 0) process.on('exit', killAll);
  alive.add(group);
  guard ??= startGuard();
  guard.stdin?.write(`+ ${group}\n`);
}

export function unwatch(group: number): void {
  if (!alive.delete(group)) return;
  guard?.stdin?.write(`- ${group}\n`);
  if (alive.size > 0) return;
  process.off('exit', killAll);
  guard?.stdin?.end();
  guard = undefined;
}

function killAll(): void {
  for (const group of alive) killGroup(group, 'SIGKILL');
}

/** A worker leads a process group of its own, so that what the function started ends and stops with it. */
export function killGroup(group: number, signal: 'SIGKILL' | 'SIGSTOP' | 'SIGCONT'): void {
  try {
    process.kill(-group, signal);
  } catch (error) {
    // ESRCH: it is gone already. EPERM: so macOS says of a group of zombies.
    if (!['ESRCH', 'EPERM'].includes(String((error as NodeJS.ErrnoException).code))) throw error;
  }
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
