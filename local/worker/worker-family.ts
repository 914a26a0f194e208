import { readdirSync, readFileSync } from 'node:fs';

/** A worker and everything that its function has started. */
export interface WorkerFamily {
  /** The process group that the worker leads. */
  readonly group: number;
  /** Stands in the environment of each of them, and of no other process. */
  readonly mark: string;
}

/** Reaches the worker and what it started, but for processes that have left its group. */
export function signalGroup(group: number, signal: 'SIGKILL' | 'SIGSTOP' | 'SIGCONT'): void {
  signalProcess(-group, signal);
}

/** Ends all of them. Those that have left the group are known by their environment, where the system shows it (Linux). */
export function killFamily({ group, mark }: WorkerFamily): void {
  signalGroup(group, 'SIGKILL');
  for (let looks = 0; looks < MOST_LOOKS; looks += 1) {
    const others = processesWith(mark);
    if (others.length === 0) return;
    for (const pid of others) signalProcess(pid, 'SIGKILL');
  }
}

/** A process that is killed may have started another one since it was seen. */
const MOST_LOOKS = 20;

function signalProcess(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    // ESRCH: it is gone already. EPERM: so macOS says of a group of zombies.
    if (!['ESRCH', 'EPERM'].includes(String((error as NodeJS.ErrnoException).code))) throw error;
  }
}

function processesWith(mark: string): number[] {
  if (process.platform !== 'linux' || mark === '') return [];
  return readdirSync('/proc')
    .map(Number)
    .filter((pid) => pid > 0 && pid !== process.pid && environmentOf(pid).includes(mark));
}

/** Source: proc_pid_environ(5). Empty for processes of other people, and for those that have ended. */
function environmentOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/environ`, 'latin1');
  } catch {
    return '';
  }
}
