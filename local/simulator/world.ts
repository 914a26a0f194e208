import { InProcessBroker } from '../broker/in-process';
import { type Choices, chooseFrom } from '../event-source/choices';
import { EventSource } from '../event-source/event-source';
import type { PollerEvents } from '../event-source/poller-events';
import type { Observation } from '../oracle/observation';
import { Database } from './database';
import type { Decision, Director } from './decision';
import { deliveryDirector } from './delivery-director';
import { EffectWatch } from './effect-watch';
import { latencyMs } from './latency';
import { letterBox } from './letter-box';
import { MAPPING_NAME, mappingOf } from './mapping';
import { MemoryWatch } from './memory-watch';
import { isRedriver, Operator } from './operator';
import { nameOf, namesOf } from './places';
import type { Plan } from './plan';
import { Resolution } from './resolution';
import type { Runtime } from './runtime';
import { SimulatedSandboxes } from './sandboxes';
import { Scheduler } from './scheduler';
import { CONSUMER } from './topic';
import { Trace } from './trace';
import { EFFECTS_TABLE } from './transaction-writes';
import { Upheavals } from './upheavals';
import { UserCode } from './user-code';
import type { SimulationRule, Violation } from './violation';

export interface WorldOptions {
  readonly runtime: Runtime;
  readonly plan: Plan;
  readonly director: Director;
  readonly keepsLines: boolean;
  /** Something happened that may bring the end nearer. */
  readonly onChange: (observation?: Observation) => void;
  /** Something went wrong, and for so long its consequences must be borne with. */
  readonly onTrouble: (ms: number) => void;
}

const HOLDS_UP: readonly Decision['do'][] = [
  'delay',
  'lose',
  'throttle',
  'fail',
  'refuse-members',
  'hide-members',
  'down',
];
const START_MS = 1_790_000_000_000;
const TABLE = 'Idempotency';

/** Everything that one schedule happens in: nothing of it is shared with another one. */
export class World {
  readonly trace: Trace;
  readonly scheduler: Scheduler;
  readonly broker: InProcessBroker;
  readonly eventSource: EventSource;
  readonly sandboxes: SimulatedSandboxes;
  readonly resolution: Resolution;
  readonly operator: Operator;
  readonly observations: Observation[] = [];
  /** What was seen to be wrong while it happened. */
  readonly violations: Violation[] = [];
  /** Whether nothing has held up a message to the database or from it: then marks come when they should. */
  isPunctual = true;
  readonly #options: WorldOptions;

  constructor(options: WorldOptions) {
    const { runtime, plan, director, keepsLines, onTrouble } = options;
    this.#options = options;
    this.trace = new Trace(keepsLines);
    const onDecision = (decision: Decision) => {
      if (decision.do !== 'switch') onTrouble('ms' in decision ? decision.ms : 0);
      if (HOLDS_UP.includes(decision.do)) this.isPunctual = false;
      upheavals.act(decision);
    };
    const scheduler = new Scheduler({ director, trace: this.trace, startMs: START_MS, onDecision });
    this.scheduler = scheduler;
    this.broker = new InProcessBroker({ time: scheduler });
    const observe = (observation: Observation) => this.#observe(observation);
    const messageMs = (message: string) => latencyMs(plan, message);
    const database = new Database({
      clock: scheduler,
      tables: [TABLE, EFFECTS_TABLE],
      memberItems: plan.seed % 2 === 0,
      memory: () => memory,
      letters: letterBox({
        plan,
        clock: scheduler,
        startMs: START_MS,
        observe,
        onLetter: (letter) => this.operator.keep(letter),
      }),
      onAccepted: ({ worker, sentAtMs }) => {
        const seen = { worker, sentAtMs, atMs: scheduler.now() };
        if (plan.remember === 'transaction') effects.look(seen).forEach(observe);
        watch.look({ ...seen, aheadMs: this.sandboxes.clocksAheadMs[worker] ?? 0 }).forEach(observe);
      },
    });
    const { clockSkewMs } = plan.function;
    const memory =
      plan.store === 'memory'
        ? runtime.memory?.({ clock: scheduler, clockSkewMs, database: database.engine })
        : undefined;
    const watch = new MemoryWatch(() => memory?.items() ?? database.itemsOf(TABLE));
    const effects = new EffectWatch(() => database.itemsOf(EFFECTS_TABLE));
    this.resolution = new Resolution(plan, watch);
    const mapping = mappingOf(plan);
    const userCode = new UserCode({ plan, scheduler, observe, latencyMs: messageMs });
    this.operator = new Operator({
      plan,
      scheduler,
      mapping,
      sandboxes: () => this.sandboxes,
      heal: () => userCode.heal(),
      observe,
    });
    this.sandboxes = new SimulatedSandboxes({
      plan,
      runtime,
      scheduler,
      database,
      userCode,
      mappings: { [MAPPING_NAME]: { consumer: CONSUMER, source: '0a1b-2', generation: 1 } },
      remembering: { table: TABLE, memory },
      invokedFunctionArn: mapping.invokedFunctionArn,
      latencyMs: messageMs,
      observe,
      onLate: (worker, records) =>
        this.report('late-answer', `${worker} gave no answer for ${namesOf(records)} in time`),
    });
    this.eventSource = new EventSource({
      mapping,
      broker: this.broker,
      bootstrapServers: 'b-1.shop.example:9098',
      seed: plan.seed,
      choices: choicesOf(plan),
      sandboxes: this.sandboxes,
      faults: deliveryDirector(scheduler),
      time: scheduler,
      events: this.#pollerEvents(),
    });
    const upheavals = new Upheavals({
      broker: this.broker,
      database,
      eventSource: this.eventSource,
      resolution: this.resolution,
    });
  }

  readonly report = (rule: SimulationRule, text: string): void => {
    this.violations.push({ rule, text });
  };

  #observe(observation: Observation): void {
    const atMs = this.scheduler.now();
    const told: Observation = { atMs, ...observation };
    if (told.kind === 'parked') this.operator.parked(nameOf(told));
    const isRedrive = isRedriver(told.worker) && told.kind !== 'redrive-answer';
    const seen: Observation = isRedrive ? { kind: 'redrive', worker: told.worker, atMs, seen: told } : told;
    this.observations.push(seen);
    this.#options.onChange(seen);
  }

  #pollerEvents(): PollerEvents {
    return {
      delivered: (_, records) => this.resolution.delivered(records),
      answered: () => {},
      complained: (_, { kind, text }) => {
        if (kind === 'error') this.report('unreadable-answer', text);
      },
      discarded: (_, records, { reason }) => this.report('given-up', `${namesOf(records)} were given up: ${reason}`),
      blocked: (_, records, reason) => this.report('given-up', `${namesOf(records)} were given up: ${reason}`),
      committed: (poller, partition, nextOffset) => {
        this.scheduler.note(`${poller} commits offset ${nextOffset} of partition ${partition}`);
        this.resolution.committed(partition, nextOffset);
        this.#options.onChange();
      },
      filtered: () => {},
    };
  }
}

function choicesOf({ reading, mapping }: Plan): Choices {
  return chooseFrom({ 'blocked-after-retries': '1000000', ...mapping.choices, 'partial-response': reading });
}
