import { setTimeout as delay } from 'node:timers/promises';
import type { ResponseMode } from '../../contract/environment';
import type { Broker } from '../../local/broker/broker';
import { createTables, deleteTables } from '../../local/dynamodb/create-tables';
import type { DynamoDbApi } from '../../local/dynamodb/dynamodb-api';
import { Recorder } from '../../local/dynamodb/recorder';
import { EventSource } from '../../local/event-source/event-source';
import type { PartialReading } from '../../local/event-source/retry';
import { type Findings, judgeRun, type TopicFact } from '../../local/oracle/oracle';
import type { KafkaMapping } from '../../local/template/kafka-mapping';
import { readKafkaMappings } from '../../local/template/kafka-mappings';
import { readStack } from '../../local/template/stack';
import { readTables, type TableDefinition } from '../../local/template/tables';
import { type Counter, type Flight, factsOf, loadFlights, messagesOf, PARTITIONS } from './flights';
import { type Fault, scriptOf } from './script';
import { Stage } from './stage';
import type { Surroundings } from './surroundings';

export interface DemoOptions {
  readonly kafka: boolean;
  readonly seed: number;
  readonly records: number;
  readonly reading: PartialReading;
  readonly mode: ResponseMode;
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
  /** The flight of a record of the topic, by `<partition>@<offset>`. */
  readonly flightAt: ReadonlyMap<string, Flight>;
  readonly faults: readonly Fault[];
  readonly deliveries: number;
  readonly counters: Readonly<Record<string, Counter>>;
  readonly complaints: readonly string[];
  readonly blocked: boolean;
  readonly seconds: number;
}

/** The first retry of a batch comes soon, or the demo would mostly wait. */
const RETRY_BASE_MS = 50;
const COMMITS_VISIBLE_MS = 5_000;

/** Runs the function that lies in a synthesized assembly, and nothing else of it, over the flights. */
export async function runAssembly(
  directory: string,
  options: DemoOptions,
  watcher: DemoWatcher,
  surroundings: Surroundings,
): Promise<Omit<DemoRun, 'seconds'>> {
  const stack = readStack(directory, { nameSuffix: surroundings.nameSuffix });
  const [mapping] = readKafkaMappings(stack);
  if (!mapping) throw new Error('The reference stack has no mapping: report this bug');
  return runMapping(options, watcher, surroundings, mapping, readTables(stack));
}

async function runMapping(
  options: DemoOptions,
  watcher: DemoWatcher,
  surroundings: Surroundings,
  mapping: KafkaMapping,
  tables: readonly TableDefinition[],
): Promise<Omit<DemoRun, 'seconds'>> {
  const { broker, database, topic, bootstrapServers } = surroundings;
  const countersTable = mapping.function.environment.COUNTERS_TABLE ?? '';
  await createTables(database, tables);
  try {
    const flights = loadFlights(options.records);
    const messages = messagesOf(flights, topic, options.seed);
    watcher.step(`Producing ${messages.length} records to the topic ${topic}`);
    await broker.createTopic(topic, PARTITIONS);
    await broker.produce(topic, messages);
    const topicRecords = await broker.readAll(topic);
    const facts = factsOf(topicRecords, mapping.consumerGroupId);
    if (facts.length !== messages.length) {
      throw new Error(`The topic holds ${facts.length} records instead of ${messages.length}: the producer lost some.`);
    }
    const faults = scriptOf(facts, options.seed);
    const run: { eventSource?: EventSource } = {};
    const started = () => {
      if (!run.eventSource) throw new Error('A request came before the event source was started: report this bug');
      return run.eventSource;
    };
    const stage = new Stage({ topic, countersTable, facts, faults, eventSource: started, onFault: watcher.fault });
    const recorder = new Recorder(database.endpoint, stage);
    const committed = new Map<number, number>();
    const complaints: string[] = [];
    const complain = (text: string) => {
      complaints.push(text);
      watcher.complaint(text);
    };
    let deliveries = 0;
    run.eventSource = new EventSource({
      mapping,
      broker,
      bootstrapServers,
      seed: options.seed,
      reading: options.reading,
      retryBaseMs: RETRY_BASE_MS,
      environmentFor: async (worker) => ({ AWS_ENDPOINT_URL_DYNAMODB: await recorder.endpointFor(worker) }),
      events: {
        delivered: (_, records) => {
          deliveries += records.length;
        },
        answered: (_, result) => {
          if (result.kind === 'init-error') complain(`The function does not load: ${result.errorMessage}`);
        },
        complained: (_, complaint) => complain(complaint),
        discarded: (_, records, reason) => complain(`${records.length} records were discarded: ${reason}`),
        blocked: (_, records, reason) => complain(`${records.length} records block their partitions: ${reason}`),
        committed: (_, partition, nextOffset) => {
          committed.set(partition, nextOffset);
          const resolved = [...committed.values()].reduce((sum, offset) => sum + offset, 0);
          watcher.progress(resolved, facts.length);
        },
        workerEnded: (worker, result) => stage.workerEnded(worker, result.kind === 'timeout' ? 'time-out' : 'crash'),
        output: watcher.output,
      },
    });
    try {
      watcher.step(`Delivering them to the bundled function ${mapping.function.name}, ${mapping.aliasName}`);
      await run.eventSource.start();
      const end = await run.eventSource.untilResolved();
      const findings = await judge(facts, stage, broker, mapping);
      const counters = await readCounters(database, countersTable);
      const flightAt = new Map(
        topicRecords.map(({ partition, offset, value }): [string, Flight] => [
          `${partition}@${offset}`,
          JSON.parse(String(value)),
        ]),
      );
      return {
        options,
        flights,
        findings,
        flightAt,
        faults,
        deliveries,
        counters,
        complaints,
        blocked: end === 'blocked',
      };
    } finally {
      await run.eventSource.stop();
      await recorder.close();
    }
  } finally {
    await deleteTables(database, tables);
  }
}

/** A commit may be visible to other connections a moment later. */
async function judge(
  facts: readonly TopicFact[],
  stage: Stage,
  broker: Broker,
  { consumerGroupId, topic }: KafkaMapping,
): Promise<Findings> {
  const until = Date.now() + COMMITS_VISIBLE_MS;
  for (;;) {
    const committed = await broker.committedOffsets(consumerGroupId, topic);
    const findings = judgeRun(
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
