import type { GroupMember, TopicRecord } from '../../../local/broker/broker';
import { InProcessBroker } from '../../../local/broker/in-process';
import { Poller, type PollerEvents, type PollerSettings } from '../../../local/event-source/poller';
import { seededRandom } from '../../../local/seeded-random';
import type { InvocationResult } from '../../../local/worker/invocation-result';
import { nameOf } from './topic-records';

export const SETTINGS: PollerSettings = {
  batchSize: 100,
  batchingWindowMs: 0,
  reportBatchItemFailures: true,
  maximumRetryAttempts: -1,
  reading: 'listed',
  retryBaseMs: 100,
  retryCapMs: 1_000,
  blockedAfterRetries: 60,
};

export const TOPIC = 'orders';
export const GROUP = 'shop-orders';

export const returned = (payload: unknown): InvocationResult => ({ kind: 'response', payload, durationMs: 1 });
export const SUCCESS = returned(null);
export const THROWN: InvocationResult = { kind: 'error', errorType: 'Error', errorMessage: 'no', durationMs: 1 };
export const CRASHED: InvocationResult = {
  kind: 'crash',
  errorType: 'Runtime.ExitError',
  errorMessage: 'exit',
  exitCode: 1,
  signal: null,
  durationMs: 1,
};
export const TIMED_OUT: InvocationResult = {
  kind: 'timeout',
  errorType: 'Sandbox.Timedout',
  errorMessage: 'late',
  durationMs: 1,
};

/** The report of a function that failed at these records. */
export const report = (...failed: readonly string[]) =>
  returned({
    batchItemFailures: failed.map((name) => {
      const [partition, offset] = name.split('@');
      return { itemIdentifier: { partition: `${TOPIC}-${partition}`, offset: Number(offset) } };
    }),
  });

export interface Delivery {
  readonly poller: string;
  readonly atMs: number;
  readonly records: readonly string[];
}

type Invoke = (records: readonly TopicRecord[], delivery: Delivery) => InvocationResult | Promise<InvocationResult>;

/** One topic, one group, and pollers on it under a clock that the test turns (fake timers). */
export class Stage {
  readonly broker = new InProcessBroker();
  readonly deliveries: Delivery[] = [];
  readonly complaints: string[] = [];
  readonly discarded: { readonly records: string[]; readonly reason: string }[] = [];
  readonly blocked: { readonly records: string[]; readonly reason: string }[] = [];
  readonly commits: string[] = [];
  readonly #running: { readonly stop: AbortController; readonly ended: Promise<void> }[] = [];

  /** A topic with so many records in each partition. */
  static async with(...recordsPerPartition: readonly number[]): Promise<Stage> {
    const stage = new Stage();
    await stage.broker.createTopic(TOPIC, recordsPerPartition.length);
    for (const [partition, count] of recordsPerPartition.entries()) await stage.append(partition, count);
    return stage;
  }

  append(partition: number, count: number): Promise<void> {
    const messages = Array.from({ length: count }, () => ({ partition, key: null, value: null }));
    return this.broker.produce(TOPIC, messages);
  }

  join(): Promise<GroupMember> {
    return this.broker.join({ groupId: GROUP, topic: TOPIC, startingPosition: 'TRIM_HORIZON' });
  }

  async poll(
    invoke: Invoke,
    settings: Partial<PollerSettings> = {},
    given: { name?: string; member?: GroupMember; events?: Partial<PollerEvents>; seed?: number } = {},
  ): Promise<{ poller: Poller; ended: Promise<void>; leave: () => void }> {
    const { name = 'poller-1', events = {}, seed = 1 } = given;
    const member = given.member ?? (await this.join());
    const poller = new Poller({
      name,
      member,
      random: seededRandom(seed),
      settings: { ...SETTINGS, ...settings },
      invoke: async (records) => {
        const delivery = { poller: name, atMs: Date.now(), records: records.map(nameOf) };
        this.deliveries.push(delivery);
        return invoke(records, delivery);
      },
      events: {
        delivered: () => {},
        answered: () => {},
        complained: (_, complaint) => this.complaints.push(complaint),
        discarded: (_, records, reason) => this.discarded.push({ records: records.map(nameOf), reason }),
        blocked: (_, records, reason) => this.blocked.push({ records: records.map(nameOf), reason }),
        committed: (_, partition, nextOffset) => this.commits.push(`${partition}@${nextOffset}`),
        ...events,
      },
    });
    const stop = new AbortController();
    const ended = poller.run(stop.signal);
    this.#running.push({ stop, ended });
    ended.catch(() => {});
    return { poller, ended, leave: () => stop.abort() };
  }

  /** What the function was given, in the order in which it was. */
  get delivered(): readonly (readonly string[])[] {
    return this.deliveries.map(({ records }) => records);
  }

  async committed(): Promise<[number, number][]> {
    return [...(await this.broker.committedOffsets(GROUP, TOPIC))].sort(([a], [b]) => a - b);
  }

  async stop(): Promise<void> {
    for (const { stop } of this.#running) stop.abort();
    await jest.advanceTimersByTimeAsync(60_000);
    await Promise.allSettled(this.#running.map(({ ended }) => ended));
  }
}

export const sleep = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));

export const names = (partition: number, from: number, to: number) =>
  Array.from({ length: to - from }, (_, index) => `${partition}@${from + index}`);
