import { runSchedule } from '../../local/simulator/schedule';
import type { KeptSchedule } from '../../local/simulator/schedule-file';
import { type Failure, type SimulationResult, shrinkFailure, simulate } from '../../local/simulator/simulate';
import type { SimulationRun } from '../../local/simulator/simulation';
import { shippedRuntime } from './shipped-runtime';

/** What a thread is told to do. */
export type Task =
  | { readonly kind: 'run'; readonly seed: number; readonly first: number; readonly schedules: number }
  | { readonly kind: 'shrink'; readonly seed: number; readonly failure: Failure }
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
  const runtime = shippedRuntime;
  switch (task.kind) {
    case 'run':
      return simulate({ runtime, seed: task.seed, first: task.first, schedules: task.schedules });
    case 'shrink':
      return shrinkFailure(runtime, task.seed, task.failure);
    case 'replay':
      return runSchedule(runtime, task.schedule, true);
  }
}
