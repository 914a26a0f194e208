import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { InProcessBroker } from '../../../local/broker/in-process';
import { DynamoDbEngine } from '../../../local/dynamodb/engine/engine';
import { startEngineServer } from '../../../local/dynamodb/engine/engine-http';
import { Recorder } from '../../../local/dynamodb/recorder';
import { defaultChoices } from '../../../local/event-source/choices';
import { EventSource } from '../../../local/event-source/event-source';
import { WorkerSandboxes } from '../../../local/event-source/worker-sandboxes';
import type { RunVerdict } from '../../../local/faults/every-place';
import type { Fault } from '../../../local/faults/fault';
import { FaultInjector } from '../../../local/faults/fault-injector';
import type { FaultReport } from '../../../local/faults/fault-report';
import { mappingOf } from '../event-source/mapping';
import { ARN, deploy } from '../worker/worker-fixture';

const TOY = readFileSync(join(__dirname, 'toy', 'index.mjs'), 'utf8');
const TOPIC = 'orders';

export interface SmallRun extends RunVerdict {
  readonly faults: readonly FaultReport[];
  /** How often the effect of each record happened, as the database has it in the end. */
  readonly effects: Readonly<Record<string, number>>;
  /** When a worker said that each effect happened, milliseconds since the epoch. */
  readonly effectsAtMs: readonly number[];
  readonly end: string;
  readonly deliveries: number;
  /** Worker processes that were started. */
  readonly workers: readonly string[];
}

export interface SmallRunOptions {
  readonly folder: string;
  readonly way: 'careful' | 'careless';
  readonly faults: readonly Fault[];
  /** How many lie in each partition. */
  readonly records: readonly number[];
  readonly timeoutMs?: number;
  /** How long the function waits for the database. */
  readonly patienceMs?: number;
}

/** The toy function over a few records with everything that is real: worker processes, pass-through, event source. */
export async function smallRun(options: SmallRunOptions): Promise<SmallRun> {
  const { folder, way, faults, records, timeoutMs = 3_000, patienceMs = 400 } = options;
  const engine = new DynamoDbEngine();
  for (const TableName of ['Effects', 'Marks']) {
    engine.execute('CreateTable', {
      TableName,
      KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
      AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
      BillingMode: 'PAY_PER_REQUEST',
    });
  }
  const server = await startEngineServer(engine);
  const broker = new InProcessBroker();
  await broker.createTopic(TOPIC, records.length);
  const messages = records.flatMap((count, partition) =>
    Array.from({ length: count }, (_, n) => ({ partition, key: Buffer.from('k'), value: Buffer.from(String(n)) })),
  );
  await broker.produce(TOPIC, messages);
  const lambda = deploy(
    folder,
    { 'index.mjs': TOY },
    { timeoutMs, environment: { WAY: way, PATIENCE_MS: String(patienceMs) } },
  );
  const workers: string[] = [];
  let deliveries = 0;
  const injector: FaultInjector = new FaultInjector({
    faults,
    seed: 1,
    backstage: { worker: (name) => sandboxes.worker(name), rebalance: () => source.scaleUp() },
  });
  const recorder = new Recorder(server.endpoint, injector);
  const sandboxes: WorkerSandboxes = new WorkerSandboxes({
    function: lambda,
    invokedFunctionArn: ARN,
    environmentFor: async (worker) => {
      workers.push(worker);
      return { AWS_ENDPOINT_URL_DYNAMODB: await recorder.endpointFor(worker) };
    },
    clockOffsetMs: (worker) => injector.clockOffsetMs(worker),
    onOutput: () => {},
    onEnded: (worker) => injector.workerEnded(worker),
  });
  const source: EventSource = new EventSource({
    mapping: mappingOf({ function: lambda, batchSize: 10, invokedFunctionArn: ARN }),
    broker,
    bootstrapServers: 'in-process:9092',
    seed: 1,
    choices: { ...defaultChoices(), 'retry-base-ms': 5, 'retry-cap-ms': 50 },
    sandboxes,
    faults: injector,
    events: {
      delivered: () => {
        deliveries += 1;
      },
      answered: (poller) => injector.invocationEnded(poller),
      complained: () => {},
      discarded: () => {},
      blocked: () => {},
      committed: () => {},
      filtered: () => {},
    },
  });
  try {
    await source.start();
    const end = await source.untilResolved();
    await injector.settle();
    const items = (
      engine.execute('Scan', { TableName: 'Effects' }) as { Items: Record<string, Record<string, string>>[] }
    ).Items;
    const effects = Object.fromEntries(items.map(({ id, n }) => [id?.S ?? '', Number(n?.N)]));
    const names = records.flatMap((count, partition) => Array.from({ length: count }, (_, n) => `${partition}@${n}`));
    const [fault] = injector.reports();
    return {
      ok: end === 'resolved' && names.every((name) => effects[name] === 1),
      fault: fault as FaultReport,
      faults: injector.reports(),
      effects,
      effectsAtMs: items.map(({ lastAt }) => Number(lastAt?.N)),
      end,
      deliveries,
      workers,
    };
  } finally {
    await source.stop();
    await recorder.close();
    await server.close();
  }
}
