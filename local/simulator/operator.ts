import { EVENT_SOURCE_MSK, type KafkaEventRecord } from '../../contract/event';
import type { Letter } from '../../contract/letter';
import type { RedriveEvent } from '../../contract/redrive';
import type { Sandboxes } from '../event-source/sandbox';
import type { Observation } from '../oracle/observation';
import type { KafkaMapping } from '../template/kafka-mapping';
import { nameOf, parkedPlace } from './places';
import type { Plan, RedrivePlan } from './plan';
import type { Scheduler } from './scheduler';

export interface OperatorOptions {
  readonly plan: Pick<Plan, 'redrives'>;
  readonly scheduler: Scheduler;
  readonly sandboxes: () => Sandboxes;
  readonly mapping: KafkaMapping;
  readonly heal: () => void;
  readonly observe: (observation: Observation) => void;
}

const PREFIX = 'redrive-';

/** Whether the worker was started for a redrive. */
export const isRedriver = (worker: string) => worker.startsWith(PREFIX);

/** Redrives letters, each time in a sandbox of its own: as many invocations at once as the plan says. */
export class Operator {
  readonly #options: OperatorOptions;
  readonly #letters = new Map<string, Letter>();
  readonly #parked = new Set<string>();
  #open = 0;
  #started = 0;

  constructor(options: OperatorOptions) {
    this.#options = options;
  }

  /** Whether a redrive is yet to come, or under way. */
  get isBusy(): boolean {
    return this.#open > 0;
  }

  keep(letter: Letter): void {
    this.#letters.set(nameOf(letter.record), letter);
  }

  parked(name: string): void {
    const isFirst = this.#parked.size === 0;
    this.#parked.add(name);
    if (!isFirst) return;
    const { plan, scheduler } = this.#options;
    for (const redrive of plan.redrives ?? []) {
      this.#open += 1;
      this.#started += 1;
      const name = `${PREFIX}${this.#started}`;
      scheduler.add({ name, afterMs: redrive.afterMs, go: () => void this.#redrive(name, redrive) });
    }
  }

  async #redrive(name: string, { heals }: RedrivePlan): Promise<void> {
    const { sandboxes, observe, heal } = this.#options;
    if (heals) heal();
    const event = this.#event();
    const result = await sandboxes().open(name).invoke(event);
    this.#open -= 1;
    const worker = `${name}/1`;
    const answer = result.kind === 'response' ? outcomesIn(result.payload) : undefined;
    if (result.kind === 'crash' || result.kind === 'timeout') return;
    observe({ kind: 'redrive-answer', worker, ...(answer && { outcomes: answer }) });
  }

  #event(): RedriveEvent {
    const { eventSourceArn } = this.#options.mapping;
    const letters = [...this.#parked].flatMap((name) => this.#letters.get(name) ?? []).sort(byPlace);
    const records: Record<string, KafkaEventRecord[]> = {};
    for (const { record } of letters) {
      const array = `${record.topic}-${record.partition}`;
      records[array] = [...(records[array] ?? []), record];
    }
    return {
      eventSource: EVENT_SOURCE_MSK,
      ...(eventSourceArn !== undefined && { eventSourceArn }),
      bootstrapServers: 'b-1.shop.example:9098',
      records,
      mskOnce: { redrive: { letters: letters.map(({ id }) => id) } },
    };
  }
}

function byPlace({ record: a }: Letter, { record: b }: Letter): number {
  return a.partition - b.partition || a.offset - b.offset;
}

type Outcomes = Extract<Observation, { readonly kind: 'redrive-answer' }>['outcomes'];

/** undefined: it cannot be read. */
function outcomesIn(payload: unknown): Outcomes {
  const { mskOnce } = (payload ?? {}) as { readonly mskOnce?: { readonly redriven?: unknown } };
  if (!Array.isArray(mskOnce?.redriven)) return undefined;
  return mskOnce.redriven.map(({ id, outcome }) => ({
    ...(parkedPlace(id) ?? { partition: -1, offset: -1 }),
    outcome,
  }));
}
