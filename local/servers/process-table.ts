import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

export interface ProcessInfo {
  readonly parent: number;
  /** When it started, in the system's own form: with the id it tells a process from a later one with the same id. */
  readonly started: string;
  readonly command: string;
}

/** What the system says of a process; nothing for one that has ended. */
export function processInfo(pid: number): ProcessInfo | undefined {
  try {
    return process.platform === 'linux' ? fromProc(pid) : fromPs(pid);
  } catch {
    return undefined;
  }
}

/** A process that was killed and that its own parent has not looked at yet. */
const ZOMBIE = 'Z';

/** Source: proc_pid_stat(5). The second field is the program's name and may hold spaces and parentheses. */
function fromProc(pid: number): ProcessInfo | undefined {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const [state, parent] = fields;
  const started = fields[19];
  if (state === ZOMBIE || started === undefined) return undefined;
  const command = readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ').trim();
  return { parent: Number(parent), started, command };
}

function fromPs(pid: number): ProcessInfo | undefined {
  const output = execFileSync('ps', ['-o', 'stat=,ppid=,lstart=,command=', '-p', String(pid)], {
    encoding: 'utf8',
    env: { ...process.env, LC_ALL: 'C' },
  });
  const fields = /^\s*(\S+)\s+(\d+)\s+(\w+\s+\w+\s+\d+\s+[\d:]+\s+\d+)\s+(.*)$/m.exec(output);
  if (!fields || fields[1]?.startsWith(ZOMBIE)) return undefined;
  return { parent: Number(fields[2]), started: fields[3] ?? '', command: fields[4] ?? '' };
}
