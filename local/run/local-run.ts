import type { Stores } from '../aws/stores';
import type { Broker } from '../broker/broker';
import type { ReportedDocument } from '../destinations/report-delivery';
import type { DynamoDbApi } from '../dynamodb/dynamodb-api';
import { chained } from '../dynamodb/interceptor';
import { Recorder } from '../dynamodb/recorder';
import { type Choices, reportedOptions } from '../event-source/choices';
import { refuseInvalid } from '../event-source/refuse-invalid';
import type { Fault } from '../faults/fault';
import { FaultInjector } from '../faults/fault-injector';
import { describeFaultReport } from '../faults/fault-report';
import type { BucketDefinition } from '../template/buckets';
import type { KafkaMapping } from '../template/kafka-mapping';
import type { QueueDefinition } from '../template/queues';
import type { TableDefinition } from '../template/tables';
import type { InspectOptions } from '../worker/worker';
import type { InputRecord } from './input-record';
import { lettersIn } from './letters';
import { MappingLogs } from './mapping-logs';
import { MappingRun } from './mapping-run';
import { checkInput, produceInput } from './produce-input';
import { progressOf, type RunProgress } from './progress';
import { isWell, type LocalReport, reportedMapping } from './report';
import type { RunEvent } from './run-event';
import { otherRuntimes } from './runtime-note';
import { createMissingTables } from './tables';

/** What is run: the mappings of a template with their functions, and its tables, queues and buckets. */
export interface Application {
  readonly mappings: readonly KafkaMapping[];
  readonly tables: readonly TableDefinition[];
  readonly queues: readonly QueueDefinition[];
  readonly buckets: readonly BucketDefinition[];
}

export interface LocalRunOptions {
  readonly application: Application;
  readonly broker: Broker;
  /** Partitions of each topic, where the topics are this run's own; undefined: they are somebody else's. */
  readonly ownPartitions: number | undefined;
  readonly bootstrapServers: string;
  readonly database: DynamoDbApi;
  readonly stores: Pick<Stores, 'prepare' | 'texts'>;
  readonly seed: number;
  readonly choices: Choices;
  readonly faults: readonly Fault[];
  /** Endpoints of stand-ins for destinations, and what every worker gets besides, as the SDK's own variables. */
  readonly env: Readonly<Record<string, string>>;
  /** Of the first worker; those of further pollers get the next ones. The first workers wait for a debugger. @default none */
  readonly inspectPort?: number;
  /** Whether every record is to be reported; else what is closed is counted and forgotten. */
  readonly keepsRecords: boolean;
  /** Goes on when a function cannot be loaded. */
  readonly bearsLoadErrors: boolean;
  readonly onEvent: (event: RunEvent) => void;
}

/** The functions of a template at work on a broker, with a pass-through between them and their database. */
export class LocalRun {
  readonly #options: LocalRunOptions;
  readonly #faults: FaultInjector;
  readonly #recorder: Recorder;
  readonly #documents: ReportedDocument[] = [];
  readonly #startedAtMs = Date.now();
  readonly #logs: MappingLogs;
  #runs: readonly MappingRun[] = [];
  readonly #waiting: (() => void)[] = [];
  #stopped = false;

  constructor(options: LocalRunOptions) {
    this.#options = options;
    this.#logs = new MappingLogs(options.application.mappings, options.keepsRecords);
    this.#faults = new FaultInjector({
      faults: options.faults,
      seed: options.seed,
      backstage: {
        worker: (name) => this.#runs.map((run) => run.worker(name)).find((worker) => worker !== undefined),
        rebalance: async () => void (await Promise.all(this.#runs.map((run) => run.scaleUp()))),
      },
      onFault: (report) => options.onEvent({ type: 'fault', fault: describeFaultReport(report) }),
    });
    this.#recorder = new Recorder(options.database.endpoint, chained(this.#faults, this.#logs.markWatch()));
  }

  /** Rejects with a LocalError for a mapping that the service would refuse. */
  async start(): Promise<void> {
    const { application, inspectPort, onEvent } = this.#options;
    for (const mapping of application.mappings) refuseInvalid(mapping, Date.now());
    for (const note of otherRuntimes(application.mappings)) onEvent({ type: 'note', text: note });
    this.#runs = this.#open(application, inspectPort, true);
    await this.#begin(application);
  }

  /** Reads the whole input without writing any of it: rejects with the InputError that {@link produce} would end with. */
  async check(records: AsyncIterable<InputRecord>): Promise<void> {
    await checkInput(this.#inputPlaces, records);
  }

  /** Writes records to their topics, in order. */
  async produce(records: AsyncIterable<InputRecord>): Promise<void> {
    const { broker, onEvent } = this.#options;
    const counts = new Map<string, number>();
    const onProduced = (topic: string, written: number) => {
      counts.set(topic, (counts.get(topic) ?? 0) + written);
      this.#logs.produced(topic, written);
    };
    try {
      await produceInput({ ...this.#inputPlaces, broker, onProduced }, records);
    } finally {
      for (const [topic, count] of counts) onEvent({ type: 'produced', topic, records: count });
    }
  }

  /** Waits until everything that is on the topics now is resolved, or its partitions are blocked. */
  async untilResolved(): Promise<void> {
    await Promise.all(this.#runs.map((run) => run.untilResolved()));
  }

  /** Rejects when a poller has failed; else it goes on until the run is stopped. */
  async untilFailed(): Promise<void> {
    while (!this.#stopped) await Promise.race([...this.#runs.map((run) => run.untilFailed()), this.#reloaded()]);
  }

  /**
   * Goes on with a new state of the application. What runs is finished first, as by an update of the mapping. Rejects
   * for an application that the service would refuse, before anything is ended.
   */
  async reload(application: Application): Promise<void> {
    for (const mapping of application.mappings) refuseInvalid(mapping, Date.now());
    const { database, stores, inspectPort } = this.#options;
    const runs = this.#open(application, inspectPort, false);
    await createMissingTables(database, application.tables);
    await stores.prepare(application);
    await Promise.all(this.#runs.map((run) => run.disable()));
    await Promise.all(this.#runs.map((run) => run.stop()));
    if (this.#stopped) return;
    this.#runs = runs;
    await this.#begin(application);
    for (const wake of this.#waiting.splice(0)) wake();
  }

  /** Ends everything at once. What is not resolved stays on the topic. */
  async stop(): Promise<void> {
    this.#stopped = true;
    for (const wake of this.#waiting.splice(0)) wake();
    await this.#faults.settle();
    await Promise.all(this.#runs.map((run) => run.stop()));
    await this.#recorder.close();
  }

  get progress(): RunProgress {
    return progressOf(this.#logs.all);
  }

  /** @param requiresEnd a mapping that was stopped before everything was resolved is not well. */
  async report(requiresEnd: boolean): Promise<LocalReport> {
    const { seed, choices, keepsRecords } = this.#options;
    const found = await Promise.all(
      this.#logs.all.map(async (log) => {
        const ends = await this.#ownEnds(log.mapping);
        return { log, ends, starts: log.starts(ends) };
      }),
    );
    const mappings = found.map(({ log, ends, starts }) => {
      const written = [...ends].reduce((sum, [partition, end]) => sum + end - (starts.get(partition) ?? 0), 0);
      return reportedMapping(log, Math.max(0, written - log.records.size - log.records.filteredRecords));
    });
    return {
      version: 1,
      ok: mappings.every((mapping) => isWell(mapping) && (!requiresEnd || mapping.end === 'resolved')),
      seed,
      options: reportedOptions(choices),
      mappings,
      records: keepsRecords
        ? found.flatMap(({ log, ends, starts }) => log.records.entries(log.mapping.topic, ends, starts))
        : [],
      refusedResponses: this.#logs.all.flatMap(({ mapping, refused }) =>
        refused.map((text) => ({ mapping: mapping.logicalId, text })),
      ),
      faults: this.#faults.reports(),
      documents: this.#documents,
      letters: keepsRecords ? lettersIn(this.#options.stores.texts()) : [],
      timing: {
        startedAt: new Date(this.#startedAtMs).toISOString(),
        seconds: (Date.now() - this.#startedAtMs) / 1_000,
      },
    };
  }

  get #inputPlaces() {
    const { application, ownPartitions } = this.#options;
    return { topics: [...new Set(application.mappings.map(({ topic }) => topic))], partitions: ownPartitions };
  }

  /** Where the partitions of a topic of this run end: it has no gaps, and nothing but what this run wrote. */
  async #ownEnds({ topic }: KafkaMapping): Promise<ReadonlyMap<number, number>> {
    const { broker, ownPartitions } = this.#options;
    return ownPartitions === undefined ? new Map() : await broker.endOffsets(topic);
  }

  #reloaded(): Promise<void> {
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  /** Nothing of it is at work before {@link #begin}. */
  #open({ mappings }: Application, inspectPort: number | undefined, waitForDebugger: boolean): readonly MappingRun[] {
    let nextPort = inspectPort ?? 0;
    const inspectFor = (): InspectOptions => {
      nextPort += 1;
      return { port: nextPort - 1, waitForDebugger };
    };
    return mappings.map(
      (mapping, index) =>
        new MappingRun({
          ...this.#options,
          mapping,
          log: this.#logs.of(mapping),
          prefix: mappings.length === 1 ? '' : `${mapping.logicalId}/`,
          seed: this.#options.seed + index,
          faults: this.#faults,
          clockOffsetMs: (worker) => this.#faults.clockOffsetMs(worker),
          environmentFor: async (worker) => ({
            ...this.#options.env,
            AWS_ENDPOINT_URL_DYNAMODB: await this.#recorder.endpointFor(worker),
          }),
          ...(inspectPort !== undefined && { inspectFor }),
          onWorkerEnded: (worker) => {
            this.#faults.workerEnded(worker);
            void this.#recorder.release(worker);
          },
          onInvocationEnded: (poller) => this.#faults.invocationEnded(poller),
          onEvent: (event) => this.#happened(event),
        }),
    );
  }

  async #begin(application: Application): Promise<void> {
    await createMissingTables(this.#options.database, application.tables);
    await this.#options.stores.prepare(application);
    for (const run of this.#runs) if (!this.#stopped) await run.start();
  }

  #happened(event: RunEvent): void {
    const { keepsRecords, onEvent } = this.#options;
    if (event.type === 'document' && keepsRecords) this.#documents.push(event);
    onEvent(event);
  }
}
