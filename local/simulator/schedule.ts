import { seededRandom } from '../seeded-random';
import { batchPlan } from './batch-plan';
import { type Decision, type Director, ReplayDirector } from './decision';
import { failingPlan } from './failing-plan';
import type { Plan, Remember } from './plan';
import { RandomDirector } from './random-director';
import { randomPlan, stormPlan } from './random-plan';
import { redrivePlan } from './redrive-plan';
import type { Runtime } from './runtime';
import { runSimulation, type SimulationRun } from './simulation';
import { hashOf } from './trace';
import { randomWeather, STORM, UNREST } from './weather';

/** Everything that decides what happens: run again, it happens again. */
export interface Schedule {
  readonly plan: Plan;
  /** Where it does not go on in order. */
  readonly decisions: readonly Decision[];
}

/** A schedule whose decisions are drawn, and written down, while it runs. */
export interface DrawnSchedule extends Schedule {
  readonly director: Director;
}

/** Share of the schedules in which workers meet, and stand still for longer than a lease. */
const STORMS = 0.3;
/** Share of those in which partitions move and workers die, and every message takes its time and no longer. */
const UNRESTS = 0.2;

/** Share of the schedules that have dead letters, where the runtime has any, and much that cannot work. */
export const FAILING = 0.3;

/** Share of the schedules without transactions that run several records in one call, where the runtime can. */
export const BATCHES = 0.25;

/** Share of those with dead letters in which they are redriven, where the runtime can. */
export const REDRIVES = 0.4;

/** Shares of the schedules with something special; what the others are does not depend on them. */
export interface Shares {
  /** With dead letters, and much that cannot work. @default 0 */
  readonly failing?: number;
  /** Of those without transactions: with several records in one call. @default 0 */
  readonly batches?: number;
  /** Of those with dead letters: with redrives. @default 0 */
  readonly redrives?: number;
}

/** What there is of a runtime is drawn in these shares. */
export function sharesOf({ parks = false, batches = false, redrives = false }: Runtime): Shares {
  return { failing: parks ? FAILING : 0, batches: batches ? BATCHES : 0, redrives: redrives ? REDRIVES : 0 };
}

/** The schedule of a seed with this index; it depends on nothing else. */
export function drawSchedule(
  seed: number,
  index: number,
  remembers: readonly Remember[],
  { failing = 0, batches = 0, redrives = 0 }: Shares = {},
): DrawnSchedule {
  const random = seededRandom(hashOf(`schedule ${index}`, seed));
  const share = random();
  const isStorm = share < STORMS;
  const isUnrest = !isStorm && share < STORMS + UNRESTS;
  const usual = isStorm || (isUnrest && random() < 0.7) ? stormPlan(random, remembers) : randomPlan(random, remembers);
  const ofFailures = seededRandom(hashOf('failing', usual.seed));
  const parking = ofFailures() < failing ? failingPlan(usual, ofFailures) : usual;
  const ofBatches = seededRandom(hashOf('batches', usual.seed));
  const isBatch = usual.remember !== 'transaction' && ofBatches() < batches;
  const calling = isBatch ? batchPlan(parking, ofBatches) : parking;
  const ofRedrives = seededRandom(hashOf('redrives', usual.seed));
  const isRedriven = calling.deadLetters !== undefined && ofRedrives() < redrives;
  const plan = isRedriven ? redrivePlan(calling, ofRedrives) : calling;
  const director = new RandomDirector(random, plan, isStorm ? STORM : isUnrest ? UNREST : randomWeather(random));
  return { plan, director, decisions: director.decisions };
}

/** Runs a schedule as it is written down. */
export function runSchedule(
  runtime: Runtime,
  { plan, decisions }: Schedule,
  keepsLines = false,
): Promise<SimulationRun> {
  return runSimulation({ runtime, plan, director: new ReplayDirector(decisions), keepsLines });
}
