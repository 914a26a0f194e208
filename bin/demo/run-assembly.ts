import { setTimeout as delay } from 'node:timers/promises';
import { ENVIRONMENT, type ResponseMode } from '../../contract/environment';
import { ERROR_CODES } from '../../contract/error-codes';
import type { StoreDefinitions } from '../../local/aws/stores';
import type { Broker } from '../../local/broker/broker';
import { createTables, deleteTables } from '../../local/dynamodb/create-tables';
import type { DynamoDbApi } from '../../local/dynamodb/dynamodb-api';
import { chained } from '../../local/dynamodb/interceptor';
import { Recorder } from '../../local/dynamodb/recorder';
import { LocalError } from '../../local/errors';
import { defaultChoices } from '../../local/event-source/choices';
import { EventSource } from '../../local/event-source/event-source';
import type { PartialReading } from '../../local/event-source/retry';
import { WorkerSandboxes } from '../../local/event-source/worker-sandboxes';
import type { Fault as PlacedFault } from '../../local/faults/fault';
import { FaultInjector } from '../../local/faults/fault-injector';
import type { FaultReport } from '../../local/faults/fault-report';
import type { Findings } from '../../local/oracle/findings';
import { judgeLetters } from '../../local/oracle/letters/judge-letters';
import type { LetterFindings } from '../../local/oracle/letters/letter-findings';
import { judgeRun } from '../../local/oracle/oracle';
import type { Promised } from '../../local/oracle/promise';
import { nameOf } from '../../local/oracle/units';
import { readBuckets } from '../../local/template/buckets';
import type { KafkaMapping } from '../../local/template/kafka-mapping';
import { readKafkaMappings } from '../../local/template/kafka-mappings';
import { readQueues } from '../../local/template/queues';
import { readStack } from '../../local/template/stack';
import { readTables, type TableDefinition } from '../../local/template/tables';
import { withDoomed } from './doomed';
import { fairlyPlaced } from './fair-fault';
import { type Counter, type Flight, type FlightFact, factsOf, loadFlights, messagesOf } from './flights';
import { LetterBox } from './letter-box';
import { PARTITIONS } from './partitions';
import { promisedBy, type Remember } from './remember';
import { type Fault, scriptOf } from './script';
import { Stage } from './stage';
import type { Surroundings } from './surroundings';

export interface DemoOptions {
  readonly kafka: boolean;
  readonly seed: number;
  readonly records: number;
  readonly reading: PartialReading;
  readonly mode: ResponseMode;
  readonly remember: Remember;
}

/** What a run is watched by. */
export interface DemoWatcher {
  step(text: string): void;
  progress(resolved: number, records: number): void;
  fault(fault: Fault): void;
  complaint(text: string): void;
  output(worker: string, line: string): void;
}

export interface DemoRun {
  readonly options: DemoOptions;
  readonly flights: readonly Flight[];
  readonly findings: Findings;
  readonly letters: LetterFindings;
  /** The flight of a record of the topic, by `<partition>@<offset>`. */
  readonly flightAt: ReadonlyMap<string, Flight>;
  readonly faults: readonly Fault[];
  /** What became of the one fault that was asked for instead of the script. */
  readonly placed: FaultReport | undefined;
  readonly deliveries: number;
  readonly counters: Readonly<Record<string, Counter>>;
  readonly complaints: readonly string[];
  readonly blocked: boolean;
  readonly seconds: number;
}

/** The first retry of a batch comes soon, or the demo would mostly wait. */
const RETRY_BASE_MS = 50;
const RETRY_CAP_MS = 1_500;
const COMMITS_VISIBLE_MS = 5_000;

/**
 * Runs the function that lies in a synthesized assembly, and nothing else of it, over the flights: with the faults of
 * the script, or with the one that is given and no other.
 *
 * @param hasDoomed Whether records that can never work are among them. @default only with the script
 */
export async function runAssembly(
  directory: string,
  options: DemoOptions,
  watcher: DemoWatcher,
  surroundings: Surroundings,
  placed?: PlacedFault,
  // A run with a fault of its own is a small one, and there may be hundreds of them.
  hasDoomed = placed === undefined,
): Promise<Omit<DemoRun, 'seconds'>> {
  const stack = readStack(directory, { nameSuffix: surroundings.nameSuffix });
  const [mapping] = readKafkaMappings(stack);
  if (!mapping) throw new Error('The reference stack has no mapping: report this bug');
  const definitions = { tables: readTables(stack), queues: readQueues(stack), buckets: readBuckets(stack) };
  return runMapping(options, watcher, surroundings, mapping, definitions, { placed, hasDoomed });
}

async function runMapping(
  options: DemoOptions,
  watcher: DemoWatcher,
  surroundings: Surroundings,
  mapping: KafkaMapping,
  definitions: StoreDefinitions & { readonly tables: readonly TableDefinition[] },
  { placed, hasDoomed }: { readonly placed: PlacedFault | undefined; readonly hasDoomed: boolean },
): Promise<Omit<DemoRun, 'seconds'>> {
  const { broker, database, stores, topic, bootstrapServers } = surroundings;
  const { tables } = definitions;
  const { COUNTERS_TABLE: countersTable = '', [ENVIRONMENT.table]: memoryTable = '' } = mapping.function.environment;
  const letterBox = new LetterBox(mapping, stores);
  await createTables(database, tables);
  try {
    await stores.prepare(definitions);
    const flights = loadFlights(options.records);
    const innocent = messagesOf(flights, topic, options.seed);
    const messages = hasDoomed ? withDoomed(innocent, options.seed) : innocent;
    watcher.step(`Producing ${messages.length} records to the topic ${topic}`);
    await broker.createTopic(topic, PARTITIONS);
    await broker.produce(topic, messages);
    const topicRecords = await broker.readAll(topic);
    const facts = factsOf(topicRecords, mapping.consumerGroupId);
    if (facts.length !== messages.length) {
      throw new LocalError(
        ERROR_CODES.serverFailed,
        `The topic ${topic} holds ${facts.length} records, and ${messages.length} were produced: the broker lost some, ` +
          'or another producer writes to it. Start the servers anew (msk-once servers --stop, msk-once servers).',
      );
    }
    const faults = placed ? [] : scriptOf(facts, options.seed, options.remember);
    const run: { eventSource?: EventSource } = {};
    const scaleUp = async () => {
      if (!run.eventSource) throw new Error('A request came before the event source was started: report this bug');
      await run.eventSource.scaleUp();
    };
    const complaints: string[] = [];
    const complain = (text: string) => {
      complaints.push(text);
      watcher.complaint(text);
    };
    const stage = new Stage({
      topic,
      countersTable,
      memoryTable,
      parkedId: letterBox.idOf,
      facts,
      faults,
      backstage: { worker: (name) => sandboxes.worker(name), scaleUp },
      onFault: watcher.fault,
      complain,
    });
    const injector = new FaultInjector({
      faults: placed ? [fairlyPlaced(placed, memoryTable)] : [],
      seed: options.seed,
      backstage: { worker: (name) => sandboxes.worker(name), rebalance: scaleUp },
    });
    const recorder = new Recorder(database.endpoint, chained(stage, injector));
    const letterRecorder = new Recorder(stores.sqs, stage);
    const committed = new Map<number, number>();
    let deliveries = 0;
    const sandboxes = new WorkerSandboxes({
      function: mapping.function,
      invokedFunctionArn: mapping.invokedFunctionArn,
      environmentFor: async (worker) => ({
        AWS_ENDPOINT_URL_DYNAMODB: await recorder.endpointFor(worker),
        [ENVIRONMENT.sqsEndpoint]: await letterRecorder.endpointFor(worker),
        [ENVIRONMENT.s3Endpoint]: stores.s3,
      }),
      clockOffsetMs: (worker) => injector.clockOffsetMs(worker),
      onOutput: watcher.output,
      onEnded: (worker, result) => {
        injector.workerEnded(worker);
        void recorder.release(worker);
        void letterRecorder.release(worker);
        stage.workerEnded(worker, result.kind === 'timeout' ? 'time-out' : 'crash');
      },
    });
    run.eventSource = new EventSource({
      mapping,
      broker,
      bootstrapServers,
      seed: options.seed,
      choices: {
        ...defaultChoices(),
        'partial-response': options.reading,
        'retry-base-ms': RETRY_BASE_MS,
        'retry-cap-ms': RETRY_CAP_MS,
      },
      sandboxes,
      faults: injector,
      events: {
        delivered: (_, records) => {
          deliveries += records.length;
        },
        answered: (poller, result) => {
          injector.invocationEnded(poller);
          if (result.kind === 'init-error') complain(`The function does not load: ${result.errorMessage}`);
        },
        complained: (_, { text }) => complain(text),
        discarded: (_, records, { reason }) => complain(`${records.length} records were discarded: ${reason}`),
        blocked: (_, records, reason) => complain(`${records.length} records block their partitions: ${reason}`),
        committed: (_, partition, nextOffset) => {
          committed.set(partition, nextOffset);
          const resolved = [...committed.values()].reduce((sum, offset) => sum + offset, 0);
          watcher.progress(resolved, facts.length);
        },
        filtered: () => {},
      },
    });
    try {
      watcher.step(`Delivering them to the bundled function ${mapping.function.name}, ${mapping.aliasName}`);
      await run.eventSource.start();
      const end = await run.eventSource.untilResolved();
      await injector.settle();
      const promised = promisedBy(options.remember);
      const findings = await judge(promised, facts, stage, broker, mapping);
      const doomAt = new Map(facts.flatMap((fact) => (fact.doom ? [[nameOf(fact), fact.doom] as const] : [])));
      const letters = judgeLetters({
        promised,
        topic: facts,
        doomed: topicRecords.flatMap((record) => {
          const attempts = doomAt.get(nameOf(record))?.attempts;
          return attempts === undefined ? [] : [{ record, attempts }];
        }),
        consumer: mapping.consumerGroupId,
        idOf: letterBox.idOf,
        texts: await letterBox.readAll(),
        observations: stage.observations,
        parkedItems: stage.parkedItems,
        unheard: stage.unheardLetters,
      });
      const counters = await readCounters(database, countersTable);
      const flightAt = new Map(
        topicRecords
          .filter((record) => !doomAt.has(nameOf(record)))
          .map((record): [string, Flight] => [nameOf(record), JSON.parse(String(record.value))]),
      );
      return {
        options,
        flights,
        findings,
        letters,
        flightAt,
        faults,
        placed: injector.reports()[0],
        deliveries,
        counters,
        complaints,
        blocked: end === 'blocked',
      };
    } finally {
      await run.eventSource.stop();
      await recorder.close();
      await letterRecorder.close();
    }
  } finally {
    // Whatever ended the run says more than a queue that cannot be removed.
    await letterBox.remove().catch(() => {});
    await deleteTables(database, tables);
  }
}

/** A commit may be visible to other connections a moment later. */
async function judge(
  promised: Promised,
  facts: readonly FlightFact[],
  stage: Stage,
  broker: Broker,
  { consumerGroupId, topic }: KafkaMapping,
): Promise<Findings> {
  const until = Date.now() + COMMITS_VISIBLE_MS;
  for (;;) {
    const committed = await broker.committedOffsets(consumerGroupId, topic);
    const findings = judgeRun(
      promised,
      facts,
      stage.observations,
      ({ partition, offset }) => offset >= (committed.get(partition) ?? 0),
    );
    if (findings.open === 0 || Date.now() > until) return findings;
    await delay(100);
  }
}

async function readCounters(database: DynamoDbApi, table: string): Promise<Record<string, Counter>> {
  const items = await database.scan(table);
  const counters = items.map(({ airport, flights, delayMinutes }): [string, Counter] => [
    airport?.S ?? '',
    { flights: Number(flights?.N), delayMinutes: Number(delayMinutes?.N) },
  ]);
  return Object.fromEntries(counters.sort(([a], [b]) => (a < b ? -1 : 1)));
}
