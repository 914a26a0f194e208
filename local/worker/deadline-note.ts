import { closeSync, mkdtempSync, openSync, readSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Either the deadline, in milliseconds since the epoch, or what is left of the time while it stands still. */
export type NotedDeadline = { readonly deadlineMs: number } | { readonly leftMs: number };

const LENGTH = 64;

/**
 * A note of the deadline that another process reads whenever it wants to know. A message would come too late: after a
 * breakpoint a function may ask for its remaining time before it gives its event loop a turn. The file has no name any
 * more, so that nothing is left of it, however the processes end.
 */
export class DeadlineNote {
  /** To be handed to the other process. */
  readonly fd: number;

  constructor() {
    const directory = mkdtempSync(join(tmpdir(), 'msk-once-deadline-'));
    try {
      this.fd = openSync(join(directory, 'note'), 'w+');
    } finally {
      rmSync(directory, { recursive: true });
    }
  }

  write(noted: NotedDeadline): void {
    writeSync(this.fd, JSON.stringify(noted).padEnd(LENGTH), 0);
  }

  close(): void {
    closeSync(this.fd);
  }
}

/** undefined: nothing is noted. */
export function readDeadlineNote(fd: number): NotedDeadline | undefined {
  const buffer = Buffer.alloc(LENGTH);
  for (;;) {
    const text = buffer.toString('utf8', 0, readSync(fd, buffer, 0, LENGTH, 0));
    if (text === '') return undefined;
    try {
      return JSON.parse(text) as NotedDeadline;
    } catch {
      // Half of it was written just now.
    }
  }
}
