import { modeOf } from './plan';
import type { Runtime } from './runtime';
import { drawSchedule, runSchedule, type Schedule, sharesOf } from './schedule';
import type { KeptSchedule } from './schedule-file';
import { shrink } from './shrink';
import { runSimulation } from './simulation';
import type { SimulationRule } from './violation';

export interface SimulateOptions {
  readonly runtime: Runtime;
  readonly schedules: number;
  readonly seed: number;
  /** Index of the first schedule. @default 0 */
  readonly first?: number;
  /** Runs no more schedules after one that breaks a rule. @default false */
  readonly stopsAtFailure?: boolean;
}

/** A schedule that broke a rule. */
export interface Failure {
  readonly index: number;
  /** See `modeOf`. */
  readonly mode: string;
  /** The first rule that it broke. */
  readonly rule: SimulationRule;
  /** What happened, for a person. */
  readonly text: string;
}

export interface ModeCount {
  readonly schedules: number;
  readonly violations: number;
}

export interface SimulationResult {
  readonly ok: boolean;
  readonly schedules: number;
  readonly seed: number;
  /** In the order of the schedules. */
  readonly failures: readonly Failure[];
  readonly perMode: Readonly<Record<string, ModeCount>>;
}

/** Draws schedules from a seed, runs them one after the other in this thread, and judges each of them. */
export async function simulate(options: SimulateOptions): Promise<SimulationResult> {
  const { runtime, schedules, seed, first = 0, stopsAtFailure = false } = options;
  const failures: Failure[] = [];
  const perMode: Record<string, ModeCount> = {};
  for (let index = first; index < first + schedules; index += 1) {
    const { plan, director } = drawSchedule(seed, index, runtime.remembers, sharesOf(runtime));
    const {
      violations: [violation],
    } = await runSimulation({ runtime, plan, director }).catch((error: unknown) => {
      throw new Error(`Schedule ${index} of seed ${seed} cannot be run: ${String(error)}`, { cause: error });
    });
    const mode = modeOf(plan);
    perMode[mode] = sum(perMode[mode], { schedules: 1, violations: violation ? 1 : 0 });
    if (violation === undefined) continue;
    failures.push({ index, mode, rule: violation.rule, text: violation.text });
    if (stopsAtFailure) break;
  }
  return resultOf(seed, failures, perMode);
}

/** Puts together what was found in several runs of one seed. */
export function mergeResults(seed: number, results: readonly SimulationResult[]): SimulationResult {
  const perMode: Record<string, ModeCount> = {};
  for (const [mode, count] of results.flatMap((result) => Object.entries(result.perMode))) {
    perMode[mode] = sum(perMode[mode], count);
  }
  return resultOf(
    seed,
    results.flatMap(({ failures }) => failures),
    perMode,
  );
}

function resultOf(
  seed: number,
  failures: readonly Failure[],
  perMode: Readonly<Record<string, ModeCount>>,
): SimulationResult {
  return {
    ok: failures.length === 0,
    schedules: Object.values(perMode).reduce((total, { schedules }) => total + schedules, 0),
    seed,
    failures: [...failures].sort((a, b) => a.index - b.index),
    perMode: Object.fromEntries(Object.entries(perMode).sort(([a], [b]) => (a < b ? -1 : 1))),
  };
}

function sum(a: ModeCount = { schedules: 0, violations: 0 }, b: ModeCount): ModeCount {
  return { schedules: a.schedules + b.schedules, violations: a.violations + b.violations };
}

/** Makes a schedule that failed as small as it gets, so that it still breaks the same rule. */
export async function shrinkFailure(runtime: Runtime, seed: number, { index, rule }: Failure): Promise<KeptSchedule> {
  const drawn = drawSchedule(seed, index, runtime.remembers, sharesOf(runtime));
  await runSimulation({ runtime, plan: drawn.plan, director: drawn.director });
  const tryOut = async (schedule: Schedule) => {
    const { violations, steps } = await runSchedule(runtime, schedule);
    return { isAsGood: violations.some((violation) => violation.rule === rule), cost: steps };
  };
  const schedule = await shrink({ plan: drawn.plan, decisions: drawn.decisions }, tryOut);
  const { violations, traceHash } = await runSchedule(runtime, schedule);
  const violation = violations.find((found) => found.rule === rule);
  if (!violation) throw new Error(`Schedule ${index} of seed ${seed} does not repeat what it did: report this bug`);
  return { ...schedule, rule, text: violation.text, traceHash };
}
