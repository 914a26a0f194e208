import type { GroupMember, TopicRecord } from '../../../local/broker/broker';
import { InProcessBroker } from '../../../local/broker/in-process';
import type { Failure, FailureDelivery } from '../../../local/destinations/failure';
import { type Choices, defaultChoices } from '../../../local/event-source/choices';
import type { Complaint } from '../../../local/event-source/complaint';
import { type DeliveryFaults, NO_DELIVERY_FAULTS } from '../../../local/event-source/delivery-faults';
import { compileFilter } from '../../../local/event-source/filter/filter';
import { Poller } from '../../../local/event-source/poller';
import type { PollerEvents } from '../../../local/event-source/poller-events';
import type { PollerSettings } from '../../../local/event-source/poller-settings';
import { seededRandom } from '../../../local/seeded-random';
import { REAL_TIME } from '../../../local/time';
import type { InvocationResult } from '../../../local/worker/invocation-result';
import { nameOf } from './topic-records';

export const CHOICES: Choices = { ...defaultChoices(), 'retry-base-ms': 100, 'retry-cap-ms': 1_000 };

export const SETTINGS: PollerSettings = {
  batchSize: 100,
  batchingWindowMs: 0,
  reportBatchItemFailures: true,
  retryLimit: Number.POSITIVE_INFINITY,
  maximumRecordAgeMs: Number.POSITIVE_INFINITY,
  bisect: false,
  maximumPayloadBytes: 6 * 1024 * 1024,
  eventSourceArn: 'arn:aws:kafka:eu-west-1:111122223333:cluster/shop/0a1b-2',
  bootstrapServers: 'b-1.shop.example:9098',
  choices: CHOICES,
};

export const MAPPING = {
  logicalId: 'OrdersMapping',
  invokedFunctionArn: 'arn:aws:lambda:eu-west-1:111122223333:function:orders:Orders-partial',
  eventSourceArn: SETTINGS.eventSourceArn,
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

export type GivenSettings = Partial<Omit<PollerSettings, 'choices'>> & { readonly choices?: Partial<Choices> };

interface Given {
  readonly name?: string;
  readonly member?: GroupMember;
  readonly events?: Partial<PollerEvents>;
  readonly seed?: number;
  readonly filters?: readonly string[];
  readonly destination?: FailureDelivery;
  readonly faults?: Partial<DeliveryFaults>;
  readonly rebalance?: () => void;
}

export interface Discard {
  readonly records: readonly string[];
  readonly condition: string;
  readonly reason: string;
  readonly delivered: boolean;
}

/** One topic, one group, and pollers on it under a clock that the test turns (fake timers). */
export class Stage {
  readonly broker = new InProcessBroker();
  readonly deliveries: Delivery[] = [];
  readonly complaints: Complaint[] = [];
  readonly discarded: Discard[] = [];
  readonly blocked: { readonly records: string[]; readonly reason: string }[] = [];
  readonly filtered: string[] = [];
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
    return this.appendValues(partition, ...Array.from({ length: count }, () => null));
  }

  appendValues(partition: number, ...values: readonly (string | Buffer | null)[]): Promise<void> {
    const messages = values.map((value) => ({
      partition,
      key: null,
      value: value === null ? null : Buffer.from(value),
    }));
    return this.broker.produce(TOPIC, messages);
  }

  join(): Promise<GroupMember> {
    return this.broker.join({ groupId: GROUP, topic: TOPIC, startingPosition: 'TRIM_HORIZON' });
  }

  async poll(
    invoke: Invoke,
    settings: GivenSettings = {},
    given: Given = {},
  ): Promise<{ poller: Poller; ended: Promise<void>; leave: () => void }> {
    const { name = 'poller-1', events = {}, seed = 1, filters = [], destination, faults, rebalance = () => {} } = given;
    let delivered: readonly TopicRecord[] = [];
    const poller = new Poller({
      name,
      member: given.member ?? (await this.join()),
      rejoin: () => this.join(),
      random: seededRandom(seed),
      time: REAL_TIME,
      settings: { ...SETTINGS, ...settings, choices: { ...CHOICES, ...settings.choices } },
      mapping: MAPPING,
      invoke: async () => {
        const records = delivered;
        const delivery = { poller: name, atMs: Date.now(), records: records.map(nameOf) };
        this.deliveries.push(delivery);
        return invoke(records, delivery);
      },
      filter: compileFilter(filters),
      destination,
      faults: { ...NO_DELIVERY_FAULTS, ...faults },
      rebalance,
      settled: () => {},
      events: {
        answered: () => {},
        complained: (_, complaint) => this.complaints.push(complaint),
        discarded: (_, records, discard) => this.discarded.push({ records: records.map(nameOf), ...discard }),
        blocked: (_, records, reason) => this.blocked.push({ records: records.map(nameOf), reason }),
        committed: (_, partition, nextOffset) => this.commits.push(`${partition}@${nextOffset}`),
        filtered: (_, records) => this.filtered.push(...records.map(nameOf)),
        ...events,
        delivered: (who, records, retries) => {
          delivered = records;
          events.delivered?.(who, records, retries);
        },
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

/** A destination that keeps what it takes. */
export class Letters implements FailureDelivery {
  readonly taken: Failure[] = [];

  async deliver(failure: Failure): Promise<void> {
    this.taken.push(failure);
  }
}
