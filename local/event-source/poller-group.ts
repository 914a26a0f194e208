import type { GroupMember } from '../broker/broker';
import { seededRandom } from '../seeded-random';
import type { Time } from '../time';
import { NO_DELIVERY_FAULTS } from './delivery-faults';
import type { EventSourceOptions } from './event-source-options';
import type { RecordFilter } from './filter/filter';
import { Poller } from './poller';
import { pollerSettings } from './poller-settings';
import type { Sandbox } from './sandbox';

interface RunningPoller {
  readonly poller: Poller;
  readonly sandbox: Sandbox;
  readonly stop: AbortController;
  /** Never rejects. */
  readonly ended: Promise<void>;
}

export interface PollerGroupOptions {
  readonly source: EventSourceOptions;
  readonly time: Time;
  readonly filter: RecordFilter;
  /** Something was resolved, or a poller has come to its end: whoever waits may look again. */
  readonly moved: () => void;
  readonly failed: (error: unknown) => void;
}

/** The pollers of one mapping, each with its sandbox and its place in the consumer group. */
export class PollerGroup {
  readonly #options: PollerGroupOptions;
  readonly #running = new Set<RunningPoller>();
  readonly #rebalances = new Set<Promise<void>>();
  #joined = 0;
  #hasStopped = false;

  constructor(options: PollerGroupOptions) {
    this.#options = options;
  }

  get pollers(): readonly Poller[] {
    return [...this.#running].map(({ poller }) => poller);
  }

  /** As many as the mapping starts with. */
  async open(): Promise<void> {
    for (let count = this.#minimum; count > 0; count -= 1) await this.scaleUp();
  }

  /** One more joins. Does nothing after {@link stop}. */
  async scaleUp(): Promise<void> {
    if (this.#hasStopped) return;
    const { source, time, filter, moved, failed } = this.#options;
    this.#joined += 1;
    const name = `poller-${this.#joined}`;
    const random = seededRandom(source.seed + this.#joined - 1);
    const sandbox = source.sandboxes.open(name);
    const poller = new Poller({
      name,
      member: await this.#join(),
      rejoin: () => this.#join(),
      settings: pollerSettings(source.mapping, source.bootstrapServers, source.choices),
      mapping: source.mapping,
      random,
      time,
      invoke: (event) => sandbox.invoke(event),
      filter,
      destination: source.destination,
      faults: source.faults ?? NO_DELIVERY_FAULTS,
      rebalance: () => this.#rebalance(),
      settled: moved,
      events: source.events,
    });
    const stop = new AbortController();
    if (this.#hasStopped) stop.abort();
    this.#running.add({ poller, sandbox, stop, ended: poller.run(stop.signal).catch(failed) });
  }

  /** The one that joined last finishes its batch, commits it and leaves, unless it is the only one. */
  async scaleDown(): Promise<void> {
    const last = this.#active.at(-1);
    if (last && this.#active.length > 1) await this.#retire(last);
  }

  /** Row 29: all leave; a batch that runs is finished and committed, or abandoned. */
  async disable(): Promise<void> {
    const isAbandoned = this.#options.source.choices['disable-in-flight'] === 'abandoned';
    await Promise.all(this.#active.map((one) => (isAbandoned ? this.#abandon(one) : this.#retire(one))));
  }

  /** Ends everything at once and for good. */
  async stop(): Promise<void> {
    this.#hasStopped = true;
    await this.#endAll();
    await Promise.all(this.#rebalances);
    await this.#endAll();
  }

  /** Those that do not leave already. */
  get #active(): readonly RunningPoller[] {
    return [...this.#running].filter(({ stop }) => !stop.signal.aborted);
  }

  get #minimum(): number {
    const { mapping, choices } = this.#options.source;
    return mapping.pollers?.minimum ?? choices['on-demand-pollers'];
  }

  #join(): Promise<GroupMember> {
    const { broker, mapping } = this.#options.source;
    const { consumerGroupId: groupId, topic, startingPosition, startingPositionTimestampMs } = mapping;
    const timestamp = startingPositionTimestampMs;
    const start = timestamp === undefined ? {} : { startingTimestampMs: timestamp };
    return broker.join({ groupId, topic, startingPosition, ...start });
  }

  /** One more joins, or the one that came so leaves, while invocations run. */
  #rebalance(): void {
    const change = this.#active.length > this.#minimum ? this.scaleDown() : this.scaleUp();
    const rebalance = change.catch(this.#options.failed).finally(() => this.#rebalances.delete(rebalance));
    this.#rebalances.add(rebalance);
  }

  async #retire(one: RunningPoller): Promise<void> {
    one.stop.abort();
    await one.ended;
    await one.sandbox.stop();
    this.#running.delete(one);
    this.#options.moved();
  }

  async #abandon(one: RunningPoller): Promise<void> {
    await one.poller.abandon();
    await one.sandbox.stop();
    await this.#retire(one);
  }

  async #endAll(): Promise<void> {
    const running = [...this.#running];
    for (const { stop, poller } of running) {
      stop.abort();
      // An invocation that is killed has not failed.
      poller.cutShort();
    }
    await Promise.all(running.flatMap(({ sandbox, ended }) => [sandbox.stop(), ended]));
  }
}
