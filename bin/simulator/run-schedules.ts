import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Remember } from '../../local/simulator/plan';
import { writeSchedule } from '../../local/simulator/schedule-file';
import { type Failure, mergeResults, type SimulationResult } from '../../local/simulator/simulate';
import type { Threads } from './threads';

export interface RunOptions {
  readonly schedules: number;
  readonly seed: number;
  readonly remembers: readonly Remember[];
  /** Where schedules that broke a rule are kept; made when there is one. */
  readonly folder: string;
  readonly onProgress: (done: number, failures: number) => void;
  readonly onShrink: (failure: Failure) => void;
}

export interface KeptViolation {
  readonly rule: string;
  readonly text: string;
  readonly file: string;
}

export interface SchedulesRun extends Omit<SimulationResult, 'failures'> {
  readonly failures: number;
  /** The first few, each as small as it got. */
  readonly violations: readonly KeptViolation[];
  readonly seconds: number;
}

/** So many a task: often enough to see progress, seldom enough that threads do not wait for each other. */
const SHARE = 25;
/** Further ones mostly tell the same. */
const MAXIMUM_KEPT = 10;

/** Runs schedules on threads, and keeps those that broke a rule. What it finds does not depend on the threads. */
export async function runSchedules(threads: Threads, options: RunOptions): Promise<SchedulesRun> {
  const { schedules, seed, remembers, onProgress } = options;
  const startedAtMs = Date.now();
  let next = 0;
  let found = mergeResults(seed, []);
  const takeShares = async () => {
    while (next < schedules) {
      const first = next;
      next += SHARE;
      const share = await threads.do({
        kind: 'run',
        drawn: { seed, remembers },
        first,
        schedules: Math.min(SHARE, schedules - first),
      });
      found = mergeResults(seed, [found, share]);
      onProgress(found.schedules, found.failures.length);
    }
  };
  await Promise.all(Array.from({ length: threads.size }, takeShares));
  const { failures, ...result } = found;
  const seconds = (Date.now() - startedAtMs) / 1_000;
  return { ...result, failures: failures.length, violations: await keep(threads, failures, options), seconds };
}

async function keep(threads: Threads, failures: readonly Failure[], options: RunOptions): Promise<KeptViolation[]> {
  const { seed, remembers, folder, onShrink } = options;
  if (failures.length > 0) mkdirSync(folder, { recursive: true });
  return Promise.all(
    failures.slice(0, MAXIMUM_KEPT).map(async (failure) => {
      onShrink(failure);
      const schedule = await threads.do({ kind: 'shrink', drawn: { seed, remembers }, failure });
      const file = join(folder, `seed-${seed}-schedule-${failure.index}-${failure.rule}.json`);
      writeSchedule(file, schedule);
      return { rule: schedule.rule, text: schedule.text, file };
    }),
  );
}
