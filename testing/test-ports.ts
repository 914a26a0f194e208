import type { MemoryDeadLetters } from '../handlers/dead-letters/memory-dead-letters';
import type { Ports } from '../handlers/ports';
import type { MemoryStore } from '../handlers/store/memory-store';
import { mortal } from './mortal';
import type { TestTime } from './test-time';
import type { Worker } from './worker';

export interface LoggedLine {
  readonly level: string;
  readonly message: string;
  readonly fields: Readonly<Record<string, unknown>>;
}

/** What all workers of a processor share. */
export interface TestWorld {
  readonly time: TestTime;
  readonly store: MemoryStore;
  /** undefined: there are none. */
  readonly deadLetters: MemoryDeadLetters | undefined;
  readonly logged: LoggedLine[];
  readonly tokens: { next: number };
}

/** The world outside of the runtime, as one worker sees it. */
export function testPorts(world: TestWorld, worker: Worker): Ports {
  const { time, store, deadLetters, logged, tokens } = world;
  const write = (level: string, message: string, fields: Readonly<Record<string, unknown>>) => {
    if (!worker.isDead) logged.push({ level, message, fields });
  };
  return {
    clock: { now: () => time.now() },
    sleep: (ms, signal) => worker.sleep(ms, signal),
    random: {
      fraction: () => 0.5,
      token: () => `token-${String(tokens.next++).padStart(6, '0')}`,
    },
    store: mortal(store, worker),
    deadLetters: deadLetters && mortal(deadLetters, worker),
    log: {
      info: (message, fields) => write('info', message, fields),
      error: (message, fields) => write('error', message, fields),
    },
    exit: (code) => {
      const last = logged.findLast(({ level }) => level === 'error')?.message;
      throw worker.end(`ended itself with code ${code}${last === undefined ? '' : `: ${last}`}`);
    },
  };
}
