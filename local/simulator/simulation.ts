import type { Observation } from '../oracle/observation';
import type { Director } from './decision';
import { namesOf } from './places';
import type { Plan } from './plan';
import type { Runtime } from './runtime';
import type { End } from './scheduler';
import { CONSUMER, factsOf, producedOf, TOPIC } from './topic';
import { watchUnhandled } from './unhandled';
import { verdictOf } from './verdict';
import type { Violation } from './violation';
import { World } from './world';

export interface SimulationOptions {
  readonly runtime: Runtime;
  readonly plan: Plan;
  readonly director: Director;
  /** Keeps what happens as lines, for a person. @default false */
  readonly keepsLines?: boolean;
}

export interface SimulationRun {
  /** What the oracle found first, what is stuck last. */
  readonly violations: readonly Violation[];
  /** Equal where the same happened. */
  readonly traceHash: string;
  readonly lines: readonly string[];
  /** How much there was to do. */
  readonly steps: number;
  /** Virtual time that has passed. */
  readonly elapsedMs: number;
}

/** So long after a fault or a mark there must be another mark: many leases, time-outs and retries. */
const PATIENCE_MS = 10 * 60_000;
/** By then everything has landed that was under way when all was resolved. */
const AFTERMATH_MS = 15 * 60_000;

/** Runs one schedule from its start to its verdict, in a world of its own. */
export function runSimulation(options: SimulationOptions): Promise<SimulationRun> {
  return new Simulation(options).run();
}

class Simulation {
  readonly #plan: Plan;
  readonly #world: World;
  #isUnderWay = false;
  /** Whether something has happened since it was asked what is left to do. */
  #hasChanged = true;
  #patientUntilMs = 0;
  /** Why the mapping could not be started. */
  #failure: { readonly error: unknown } | undefined;

  constructor({ keepsLines = false, ...options }: SimulationOptions) {
    this.#plan = options.plan;
    this.#world = new World({
      ...options,
      keepsLines,
      onChange: (observation) => this.#changed(observation),
      onTrouble: (ms) => this.#bePatient(ms),
    });
    this.#bePatient(0);
  }

  async run(): Promise<SimulationRun> {
    const { scheduler, trace, sandboxes, resolution, observations, violations, report } = this.#world;
    const clockAheadMs = sandboxes.clocksAheadMs;
    const unwatch = watchUnhandled((reason) => report('unhandled-rejection', String(reason)));
    try {
      const stuck = await this.#turnTime();
      const found = verdictOf(this.#plan, {
        resolution,
        observations,
        clockAheadMs,
        isPunctual: this.#world.isPunctual,
      });
      return {
        violations: [...found, ...violations, ...stuck],
        traceHash: trace.hash,
        lines: trace.lines,
        steps: scheduler.steps,
        elapsedMs: scheduler.elapsedMs,
      };
    } finally {
      unwatch();
      sandboxes.close();
    }
  }

  /** Gives what is stuck. */
  async #turnTime(): Promise<Violation[]> {
    const { scheduler, broker, eventSource } = this.#world;
    await broker.createTopic(TOPIC, this.#plan.partitions.length);
    for (const [atMs, produced] of producedOf(this.#plan)) {
      const go = () => {
        for (const { messages, isAborted } of produced) {
          void (isAborted ? broker.transaction(TOPIC, messages, 'abort') : broker.produce(TOPIC, messages));
        }
      };
      scheduler.add({ name: `producer at ${atMs}`, afterMs: atMs, go });
    }
    const start = () => {
      this.#start().catch((error: unknown) => {
        this.#failure = { error };
      });
    };
    scheduler.add({ name: 'mapping starts', afterMs: this.#plan.mapping.startsAtMs, go: start });
    const end = await scheduler.run(() => this.#isOver());
    if (this.#failure) throw this.#failure.error;
    const stuck = end === 'over' && !this.#isOutOfPatience ? [] : [this.#stuck(end)];
    // From here on nothing starts any more, and what was sent lands.
    const stopped = eventSource.stop();
    const aftermathEndsMs = scheduler.now() + AFTERMATH_MS;
    await scheduler.run(() => scheduler.now() >= aftermathEndsMs);
    await stopped;
    return stuck;
  }

  async #start(): Promise<void> {
    const { broker, eventSource, resolution } = this.#world;
    await eventSource.start();
    const starts = await broker.committedOffsets(CONSUMER, TOPIC);
    resolution.expect(factsOf(this.#plan).filter(({ partition, offset }) => offset >= (starts.get(partition) ?? 0)));
    this.#isUnderWay = true;
  }

  #isOver(): boolean {
    if (this.#isOutOfPatience || this.#failure) return true;
    if (!this.#isUnderWay || !this.#hasChanged || this.#world.sandboxes.active > 0 || this.#world.operator.isBusy)
      return false;
    this.#hasChanged = false;
    return this.#world.resolution.pending().length === 0;
  }

  get #isOutOfPatience(): boolean {
    return this.#world.scheduler.now() >= this.#patientUntilMs;
  }

  /** There is time for what happens now to be overcome. */
  #bePatient(extraMs: number): void {
    this.#patientUntilMs = Math.max(this.#patientUntilMs, this.#world.scheduler.now() + extraMs + PATIENCE_MS);
  }

  #changed(observation: Observation | undefined): void {
    this.#hasChanged = true;
    if (observation?.kind === 'mark') this.#bePatient(0);
  }

  #stuck(end: End): Violation {
    const pending = namesOf(this.#world.resolution.pending()) || 'nothing';
    return { rule: 'stuck', text: `${WORDS[end]}, and ${pending} is open or not committed` };
  }
}

const WORDS: Readonly<Record<End, string>> = {
  over: `There was no mark for ${PATIENCE_MS / 60_000} minutes`,
  idle: 'Nothing goes on',
  endless: 'It goes on and on',
};
