import type { Remember } from '../../local/simulator/plan';
import { runSchedule } from '../../local/simulator/schedule';
import type { KeptSchedule } from '../../local/simulator/schedule-file';
import { type Failure, type SimulationResult, shrinkFailure, simulate } from '../../local/simulator/simulate';
import type { SimulationRun } from '../../local/simulator/simulation';
import { shippedRuntime } from './shipped-runtime';

/** What schedules are drawn from: with its number it makes each of them. */
export interface Drawn {
  readonly seed: number;
  /** Of these ways of remembering. */
  readonly remembers: readonly Remember[];
}

/** What a thread is told to do. */
export type Task =
  | {
      readonly kind: 'run';
      readonly drawn: Drawn;
      readonly first: number;
      readonly schedules: number;
    }
  | { readonly kind: 'shrink'; readonly drawn: Drawn; readonly failure: Failure }
  | { readonly kind: 'replay'; readonly schedule: KeptSchedule };

/** What each kind of task gives. */
export interface Gives {
  readonly run: SimulationResult;
  readonly shrink: KeptSchedule;
  readonly replay: SimulationRun;
}

/** What a thread answers to a task. */
export type Reply =
  | { readonly kind: 'given'; readonly given: Gives[Task['kind']] }
  | { readonly kind: 'failed'; readonly message: string };

/** Does a task with the runtime as it is shipped. */
export function perform(task: Task): Promise<Gives[Task['kind']]> {
  if (task.kind === 'replay') return runSchedule(shippedRuntime, task.schedule, true);
  const { seed, remembers } = task.drawn;
  const runtime = { ...shippedRuntime, remembers };
  if (task.kind === 'shrink') return shrinkFailure(runtime, seed, task.failure);
  return simulate({ runtime, seed, first: task.first, schedules: task.schedules });
}
