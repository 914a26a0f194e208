import { setTimeout as delay } from 'node:timers/promises';
import type { Broker } from '../broker/broker';
import { seededRandom } from '../seeded-random';
import type { KafkaMapping } from '../template/kafka-mapping';
import { templateUnsupported } from '../template/template-error';
import type { InvocationResult } from '../worker/invocation-result';
import type { Worker } from '../worker/worker';
import { eventOf } from './event';
import { Poller, type PollerEvents } from './poller';
import type { PartialReading } from './retry';
import { Sandbox } from './sandbox';

/** What happens in a run, for whoever watches. */
export interface EventSourceEvents extends PollerEvents {
  /** A worker ended, in an invocation or between two: killed, timed out, exited. */
  workerEnded(worker: string, result: InvocationResult): void;
  output(worker: string, line: string): void;
}

export interface EventSourceOptions {
  readonly mapping: KafkaMapping;
  readonly broker: Broker;
  readonly bootstrapServers: string;
  readonly seed: number;
  readonly reading: PartialReading;
  /** Pause before the first retry of a batch. The service's figures are unknown. */
  readonly retryBaseMs: number;
  readonly environmentFor: (worker: string) => Promise<Readonly<Record<string, string>>>;
  readonly events: EventSourceEvents;
}

/** Row 19 of the choices: from 1 s up to 30 s, or the same proportion of a shorter first pause. */
const RETRY_CAP_FACTOR = 30;
/** A demonstration of endless retries has to end: then the partition counts as blocked. */
const BLOCKED_AFTER_RETRIES = 60;
const LOOK_MS = 20;
/** A commit of an earlier run, or of a start at the end, may be seen a moment later. */
const LOOKS_PER_QUESTION = 50;

/** One event source mapping at work: its pollers, their workers, and what is resolved. */
export class EventSource {
  readonly #options: EventSourceOptions;
  readonly #pollers: { readonly poller: Poller; readonly sandbox: Sandbox; readonly running: Promise<void> }[] = [];
  readonly #workers = new Map<string, Worker>();
  readonly #committed = new Map<number, number>();
  readonly #stop = new AbortController();
  #joined = 0;
  #blocked = false;
  #failure: unknown;

  constructor(options: EventSourceOptions) {
    this.#options = options;
  }

  /** Starts as many pollers as the mapping has at least. */
  async start(): Promise<void> {
    const { mapping } = this.#options;
    refuseWhatIsNotBuilt(mapping);
    for (let count = mapping.pollers?.minimum ?? 1; count > 0; count -= 1) await this.scaleUp();
  }

  /** One more poller joins the consumer group, and Kafka gives it its share of the partitions. */
  async scaleUp(): Promise<void> {
    const { mapping, broker, bootstrapServers, seed, reading, retryBaseMs, environmentFor, events } = this.#options;
    const random = seededRandom(seed + this.#joined);
    this.#joined += 1;
    const name = `poller-${this.#joined}`;
    const sandbox = new Sandbox({
      name,
      mapping,
      environmentFor,
      onOutput: events.output,
      onStarted: (worker, process) => this.#workers.set(worker, process),
      onEnded: (worker, result) => {
        this.#workers.delete(worker);
        events.workerEnded(worker, result);
      },
    });
    const member = await broker.join({
      groupId: mapping.consumerGroupId,
      topic: mapping.topic,
      startingPosition: mapping.startingPosition === 'LATEST' ? 'LATEST' : 'TRIM_HORIZON',
    });
    const poller = new Poller({
      name,
      member,
      random,
      settings: {
        batchSize: mapping.batchSize,
        batchingWindowMs: mapping.batchingWindowMs,
        reportBatchItemFailures: mapping.reportBatchItemFailures,
        maximumRetryAttempts: mapping.maximumRetryAttempts,
        reading,
        retryBaseMs,
        retryCapMs: retryBaseMs * RETRY_CAP_FACTOR,
        blockedAfterRetries: BLOCKED_AFTER_RETRIES,
      },
      invoke: (records) =>
        sandbox.invoke(eventOf(records, { eventSourceArn: mapping.eventSourceArn, bootstrapServers, random })),
      events: {
        ...events,
        committed: (who, partition, nextOffset) => {
          this.#committed.set(partition, nextOffset);
          events.committed(who, partition, nextOffset);
        },
        blocked: (who, records, reason) => {
          this.#blocked = true;
          events.blocked(who, records, reason);
        },
      },
    });
    const running = poller.run(this.#stop.signal).catch((error: unknown) => {
      this.#failure = error;
    });
    this.#pollers.push({ poller, sandbox, running });
  }

  /** A worker that is alive, by the name under which the recorder knows it. */
  worker(name: string): Worker | undefined {
    return this.#workers.get(name);
  }

  /**
   * Waits until everything that is on the topic now is resolved and no invocation runs any more, an old owner's
   * included; or until a partition is blocked.
   */
  async untilResolved(): Promise<'resolved' | 'blocked'> {
    const { broker, mapping } = this.#options;
    const ends = await broker.endOffsets(mapping.topic);
    let found: ReadonlyMap<number, number> = new Map();
    for (let looks = 0; ; looks += 1) {
      if (this.#failure !== undefined) throw this.#failure;
      if (looks % LOOKS_PER_QUESTION === 0)
        found = await broker.committedOffsets(mapping.consumerGroupId, mapping.topic);
      const resolved = [...ends].every(
        ([partition, end]) => Math.max(this.#committed.get(partition) ?? 0, found.get(partition) ?? 0) >= end,
      );
      if (resolved && this.#pollers.every(({ poller }) => !poller.busy)) return 'resolved';
      if (this.#blocked && this.#pollers.every(({ poller }) => !poller.invoking)) return 'blocked';
      await delay(LOOK_MS);
    }
  }

  /** Ends pollers and workers. What is not resolved stays on the topic. */
  async stop(): Promise<void> {
    this.#stop.abort();
    await Promise.all(this.#pollers.flatMap(({ sandbox, running }) => [sandbox.stop(), running]));
  }
}

function refuseWhatIsNotBuilt({ logicalId, enabled, startingPosition }: KafkaMapping): void {
  if (!enabled) {
    throw templateUnsupported(`Resources.${logicalId}.Properties.Enabled`, 'is false: the service delivers nothing.');
  }
  if (startingPosition === 'AT_TIMESTAMP') {
    throw templateUnsupported(
      `Resources.${logicalId}.Properties.StartingPosition`,
      'is AT_TIMESTAMP, which is not built yet; TRIM_HORIZON and LATEST are.',
    );
  }
}
