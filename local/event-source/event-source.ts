import { REAL_TIME, type Time } from '../time';
import type { EventSourceOptions } from './event-source-options';
import { compileFilter } from './filter/filter';
import { PollerGroup } from './poller-group';
import { refuseInvalid } from './refuse-invalid';
import { resolutionOf } from './resolution';

export type { EventSourceOptions } from './event-source-options';

/** How long nobody looks whether everything is resolved while no batch is. */
const LOOK_MS = 100;
/** Commits of other members, and partitions that the topic got meanwhile, are asked for so often. */
const QUESTION_MS = 1_000;

/**
 * One event source mapping at work: its pollers, their sandboxes, and what is resolved. Where the service's
 * documentation is silent it does what {@link EventSourceOptions.choices} say.
 */
export class EventSource {
  readonly #options: EventSourceOptions;
  readonly #time: Time;
  readonly #group: PollerGroup;
  readonly #stop = new AbortController();
  #moved = new AbortController();
  #opening: Promise<void> = Promise.resolve();
  #failure: unknown;

  /** Throws a LocalError for filters that cannot be read. */
  constructor(options: EventSourceOptions) {
    this.#options = options;
    this.#time = options.time ?? REAL_TIME;
    this.#group = new PollerGroup({
      source: options,
      time: this.#time,
      filter: options.filter ?? compileFilter(options.mapping.filters),
      moved: () => this.#wake(),
      failed: (error) => this.#fail(error),
    });
  }

  /**
   * Starts as many pollers as the mapping has at least, also again after {@link disable}.
   * Rejects with a LocalError for a mapping that the service would refuse, or would not deliver anything of.
   */
  async start(): Promise<void> {
    const { mapping, choices, events } = this.#options;
    for (const warning of refuseInvalid(mapping)) events.complained(mapping.logicalId, warning);
    const hasGap = mapping.startingPosition === 'LATEST' && choices['latest-at-creation'] === 'after-gap';
    if (!hasGap || (await this.#hasCommits())) return this.#group.open();
    this.#opening = this.#openAfterGap().catch((error: unknown) => this.#fail(error));
  }

  /** One more poller joins the consumer group, and Kafka gives it its share of the partitions. */
  scaleUp(): Promise<void> {
    return this.#group.scaleUp();
  }

  /** The poller that joined last finishes its batch, commits it and leaves the group, unless it is the only one. */
  scaleDown(): Promise<void> {
    return this.#group.scaleDown();
  }

  /**
   * Waits until everything that is on the topic now is resolved and no invocation with any of it runs any more, an old
   * owner's included; or until every partition that still has work is blocked; or until {@link stop}. Partitions that
   * the topic gets meanwhile are waited for too. Rejects when a poller has failed.
   */
  async untilResolved(): Promise<'resolved' | 'blocked' | 'stopped'> {
    await this.#opening;
    const { broker, mapping } = this.#options;
    let ends: ReadonlyMap<number, number> = new Map();
    let committed: ReadonlyMap<number, number> = new Map();
    let askedAtMs = Number.NEGATIVE_INFINITY;
    for (;;) {
      if (this.#time.now() - askedAtMs >= QUESTION_MS) {
        ends = new Map([...(await broker.endOffsets(mapping.topic)), ...ends]);
        committed = await broker.committedOffsets(mapping.consumerGroupId, mapping.topic);
        askedAtMs = this.#time.now();
      }
      if (this.#failure !== undefined) throw this.#failure;
      if (this.#stop.signal.aborted) return 'stopped';
      const resolution = resolutionOf(ends, committed, this.#group.pollers);
      if (resolution !== 'open') return resolution;
      await this.#time.sleep(LOOK_MS, this.#moved.signal);
    }
  }

  /** Rejects when a poller has failed; else it resolves with {@link stop}. */
  async untilFailed(): Promise<void> {
    while (!this.#stop.signal.aborted) {
      if (this.#failure !== undefined) throw this.#failure;
      await this.#time.sleep(LOOK_MS, this.#moved.signal);
    }
  }

  /**
   * Row 29: stops polling, as `Enabled: false` or an update of the mapping does. A batch that runs is finished and
   * committed, or abandoned, as the choice has it. {@link start} goes on from there.
   */
  async disable(): Promise<void> {
    await this.#opening;
    await this.#group.disable();
  }

  /** Ends pollers and workers at once and for good. What is not resolved stays on the topic. */
  async stop(): Promise<void> {
    this.#stop.abort();
    this.#wake();
    await this.#group.stop();
    await this.#opening;
  }

  /** Row 31: creating a mapping takes time, and LATEST is where the topic ends after it. */
  async #openAfterGap(): Promise<void> {
    const { broker, mapping, choices, events } = this.#options;
    const before = await broker.endOffsets(mapping.topic);
    await this.#time.sleep(choices['latest-gap-ms'], this.#stop.signal);
    const after = await broker.endOffsets(mapping.topic);
    await this.#group.open();
    const skipped = [...after].reduce((sum, [partition, end]) => sum + end - (before.get(partition) ?? 0), 0);
    if (skipped === 0) return;
    const text = `The mapping starts at LATEST, and ${skipped} records that were written while it was being created are never delivered.`;
    events.complained(mapping.logicalId, { kind: 'warning', row: 31, text });
  }

  async #hasCommits(): Promise<boolean> {
    const { broker, mapping } = this.#options;
    return (await broker.committedOffsets(mapping.consumerGroupId, mapping.topic)).size > 0;
  }

  #fail(error: unknown): void {
    this.#failure ??= error;
    this.#wake();
  }

  /** Whoever waits for something to be resolved looks again. */
  #wake(): void {
    const moved = this.#moved;
    this.#moved = new AbortController();
    moved.abort();
  }
}
