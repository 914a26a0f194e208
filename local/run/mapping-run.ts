import type { Broker, TopicRecord } from '../broker/broker';
import { deliveryFor } from '../destinations/delivery-for';
import type { Choices } from '../event-source/choices';
import type { DeliveryFaults } from '../event-source/delivery-faults';
import { EventSource } from '../event-source/event-source';
import type { LOST, PollerEvents } from '../event-source/poller-events';
import { retryLimit } from '../event-source/poller-settings';
import type { Verdict } from '../event-source/response';
import { WorkerSandboxes } from '../event-source/worker-sandboxes';
import type { KafkaMapping } from '../template/kafka-mapping';
import type { InspectOptions, Worker } from '../worker/worker';
import { LoadWatch } from './load-watch';
import type { MappingLog } from './mapping-log';
import type { BatchOffsets, RunEvent } from './run-event';

export interface MappingRunOptions {
  readonly mapping: KafkaMapping;
  readonly log: MappingLog;
  /** Stands before the names of pollers and workers. */
  readonly prefix: string;
  readonly broker: Broker;
  readonly bootstrapServers: string;
  readonly seed: number;
  readonly choices: Choices;
  readonly faults: DeliveryFaults;
  /** How far the clock of a worker runs ahead. */
  readonly clockOffsetMs: (worker: string) => number;
  /** Endpoints of stand-ins for destinations, as the SDK's own variables name them. */
  readonly env: NodeJS.ProcessEnv;
  readonly environmentFor: (worker: string) => Promise<Readonly<Record<string, string>>>;
  readonly inspectFor?: () => InspectOptions;
  /** Goes on when the function cannot be loaded: somebody is about to mend it. */
  readonly bearsLoadErrors: boolean;
  readonly onWorkerEnded: (worker: string) => void;
  readonly onInvocationEnded: (poller: string) => void;
  readonly onEvent: (event: RunEvent) => void;
}

/** One mapping of a local run: its event source, and what became of its records. */
export class MappingRun {
  readonly #options: MappingRunOptions;
  readonly #sandboxes: WorkerSandboxes;
  readonly #eventSource: EventSource;
  readonly #delivered = new Map<string, readonly TopicRecord[]>();
  readonly #load: LoadWatch;

  constructor(options: MappingRunOptions) {
    this.#options = options;
    const { mapping, broker, bootstrapServers, seed, choices, faults, env, inspectFor } = options;
    const { prefix, environmentFor, clockOffsetMs, onEvent } = options;
    this.#sandboxes = new WorkerSandboxes({
      function: mapping.function,
      invokedFunctionArn: mapping.invokedFunctionArn,
      environmentFor,
      clockOffsetMs,
      ...(inspectFor && { inspectFor }),
      onOutput: (worker, line) => onEvent({ type: 'output', worker, line }),
      onEnded: (worker, result) => {
        onEvent({ type: 'worker-ended', worker, result: result.kind });
        options.onWorkerEnded(worker);
      },
    });
    const { onFailure, logicalId } = mapping;
    this.#load = new LoadWatch(
      mapping.function,
      options.bearsLoadErrors || retryLimit(mapping) < Number.POSITIVE_INFINITY,
    );
    this.#eventSource = new EventSource({
      mapping,
      broker,
      bootstrapServers,
      seed,
      choices,
      faults,
      ...(onFailure && {
        destination: deliveryFor(onFailure, {
          env,
          broker,
          report: (document) => onEvent({ type: 'document', mapping: logicalId, ...document }),
        }),
      }),
      sandboxes: { open: (poller) => this.#sandboxes.open(`${prefix}${poller}`) },
      events: this.#events(),
    });
  }

  worker(name: string): Worker | undefined {
    return this.#sandboxes.worker(name);
  }

  async start(): Promise<void> {
    const { mapping, onEvent } = this.#options;
    const { logicalId, topic, consumerGroupId } = mapping;
    onEvent({
      type: 'started',
      mapping: logicalId,
      function: mapping.function.name,
      topic,
      consumerGroup: consumerGroupId,
    });
    await this.#eventSource.start();
  }

  /** One more poller joins. */
  scaleUp(): Promise<void> {
    return this.#eventSource.scaleUp();
  }

  /** Rejects when a poller has failed, or the function cannot be loaded. */
  async untilResolved(): Promise<void> {
    const { log } = this.#options;
    log.end = await Promise.race([this.#eventSource.untilResolved(), this.#load.failed]);
  }

  /** Rejects when a poller has failed, or the function cannot be loaded. */
  untilFailed(): Promise<void> {
    return Promise.race([this.#eventSource.untilFailed(), this.#load.failed]);
  }

  /** Ends in order: what runs is finished and committed. */
  disable(): Promise<void> {
    return this.#eventSource.disable();
  }

  /** Ends at once: what is not resolved stays on the topic. */
  stop(): Promise<void> {
    return this.#eventSource.stop();
  }

  #events(): PollerEvents {
    const { mapping: of, log, prefix, onEvent } = this.#options;
    const mapping = of.logicalId;
    return {
      delivered: (poller, records, retries) => {
        this.#delivered.set(poller, records);
        log.records.delivered(records);
        onEvent({ type: 'delivered', mapping, poller, records: records.length, retries, offsets: offsetsOf(records) });
      },
      answered: (poller, result, verdict, again) => {
        const batch = this.#delivered.get(poller) ?? [];
        log.records.answered(batch, openOf(batch, verdict, again));
        this.#delivered.delete(poller);
        this.#load.ended(result);
        this.#options.onInvocationEnded(`${prefix}${poller}`);
        onEvent({
          type: 'answered',
          mapping,
          poller,
          result: result.kind,
          again: again.length,
          durationMs: result.durationMs,
          ...(result.kind !== 'response' && { error: `${result.errorType}: ${result.errorMessage}` }),
        });
      },
      complained: (_, complaint) => {
        onEvent({ type: 'complaint', mapping, kind: complaint.kind, text: log.complained(complaint) });
      },
      discarded: (_, records, { condition, reason, delivered }) => {
        log.records.discarded(records, delivered);
        if (!delivered) log.lost += records.length;
        onEvent({ type: 'discarded', mapping, records: records.length, condition, reason, delivered });
      },
      blocked: (_, records, reason) => {
        const offsets = offsetsOf(records);
        log.blocked.push(`${textOf(offsets)}: ${reason}`);
        onEvent({ type: 'blocked', mapping, records: records.length, offsets, reason });
      },
      committed: () => {},
      filtered: (_, records) => log.records.filtered(records),
    };
  }
}

/** What an invocation has not closed: what failed, also where another owner is to deliver it again, and what comes again. */
function openOf(
  batch: readonly TopicRecord[],
  verdict: Verdict | typeof LOST,
  again: readonly TopicRecord[],
): ReadonlySet<TopicRecord> {
  switch (verdict.kind) {
    case 'success':
      return new Set(again);
    case 'partial':
      return new Set([...again, ...batch.filter((one) => verdict.failed.get(one.partition)?.has(one.offset))]);
    default:
      return new Set(batch);
  }
}

function textOf(offsets: BatchOffsets): string {
  return Object.entries(offsets)
    .map(
      ([partition, [first, last]]) =>
        `partition ${partition}, offset ${first === last ? first : `${first} to ${last}`}`,
    )
    .join('; ');
}

function offsetsOf(records: readonly TopicRecord[]): BatchOffsets {
  const offsets: Record<string, [number, number]> = {};
  for (const { partition, offset } of records) {
    const range = offsets[partition];
    if (range) range[1] = Math.max(range[1], offset);
    else offsets[partition] = [offset, offset];
  }
  return offsets;
}
