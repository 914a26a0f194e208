import type { InProcessBroker } from '../broker/in-process';
import type { EventSource } from '../event-source/event-source';
import type { Database } from './database';
import type { Decision } from './decision';
import type { Resolution } from './resolution';
import { CONSUMER, TOPIC } from './topic';

export interface UpheavalsOptions {
  readonly broker: InProcessBroker;
  readonly database: Database;
  readonly eventSource: EventSource;
  readonly resolution: Resolution;
}

const MAXIMUM_POLLERS = 4;

/** What concerns more than the worker at hand: the database, or the consumer group. */
export class Upheavals {
  readonly #options: UpheavalsOptions;

  constructor(options: UpheavalsOptions) {
    this.#options = options;
  }

  act(decision: Decision): void {
    if (decision.do === 'down') this.#options.database.goDown(decision.ms);
    else if (decision.do === 'rebalance') this.#rebalance();
    else if (decision.do === 'rewind') this.#rewind(decision);
  }

  /** One more poller, or one less where there are many: partitions move, and invocations of before go on. */
  #rebalance(): void {
    const { broker, eventSource } = this.#options;
    const members = broker.members(CONSUMER, TOPIC).length;
    if (members === 0) return;
    if (members < MAXIMUM_POLLERS) void eventSource.scaleUp();
    else void eventSource.scaleDown();
  }

  /** As somebody does who sets a group's offset back, also to before where the mapping began. */
  #rewind({ partition, offset }: Extract<Decision, { readonly do: 'rewind' }>): void {
    const { broker, resolution } = this.#options;
    if (!resolution.isExpecting || offset >= resolution.committedOffset(partition)) return;
    const owner = broker
      .members(CONSUMER, TOPIC)
      .find((member) => member.assigned().some((assignment) => assignment.partition === partition));
    if (owner === undefined) return;
    void owner.commit(partition, offset);
    resolution.committed(partition, offset);
    resolution.expectFrom(partition, offset);
    broker.rebalance(CONSUMER, TOPIC);
  }
}
