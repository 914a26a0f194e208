import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Counter, loadFlights } from '../../bin/demo/flights';
import { synthesize } from '../../bin/demo/synthesize';
import { connectKafka } from '../../local/broker/kafka';
import { createTables } from '../../local/dynamodb/create-tables';
import { DynamoDbApi } from '../../local/dynamodb/dynamodb-api';
import { defaultChoices } from '../../local/event-source/choices';
import { EventSource } from '../../local/event-source/event-source';
import { WorkerSandboxes } from '../../local/event-source/worker-sandboxes';
import { readKafkaMappings } from '../../local/template/kafka-mappings';
import { readStack } from '../../local/template/stack';
import { readTables } from '../../local/template/tables';
import { type LiveServers, liveServers } from '../support/live-servers';

const FLIGHTS = 300;
const hasKcat = spawnSync('kcat', ['-V']).status === 0;
if (!hasKcat) console.warn('Skipped: a topic filled by kcat. kcat is not installed (Debian: apt-get install kcat).');

let servers: LiveServers;
beforeAll(async () => {
  servers = await liveServers();
});
afterAll(() => servers.stop());

(hasKcat ? test : test.skip)('a topic that kcat filled, twice, takes effect once', async () => {
  // Prepare: the topic by kcat, each flight written twice; the function as it would be deployed.
  const run = Date.now().toString(36);
  const topic = `kcat-${run}`;
  const broker = await connectKafka(servers.kafka);
  await broker.createTopic(topic, 3);
  const flights = loadFlights(FLIGHTS);
  const lines = [...flights, ...flights].map((flight) => `${flight.origin}\t${JSON.stringify(flight)}\n`).join('');
  const kcat = spawnSync('kcat', ['-P', '-b', servers.kafka, '-t', topic, '-K', '\t'], { input: lines });
  expect(kcat.status).toBe(0);
  const directory = mkdtempSync(join(tmpdir(), 'msk-once-kcat-'));
  await synthesize(directory, { topic });
  const stack = readStack(directory, { nameSuffix: `-${run}` });
  const [mapping] = readKafkaMappings(stack);
  if (!mapping) throw new Error('no mapping');
  const database = new DynamoDbApi(servers.dynamodb);
  await createTables(database, readTables(stack));
  const complaints: string[] = [];
  let deliveries = 0;
  const eventSource = new EventSource({
    mapping,
    broker,
    bootstrapServers: servers.kafka,
    seed: 1,
    choices: { ...defaultChoices(), 'retry-base-ms': 50 },
    sandboxes: new WorkerSandboxes({
      function: mapping.function,
      invokedFunctionArn: mapping.invokedFunctionArn,
      environmentFor: async () => ({ AWS_ENDPOINT_URL_DYNAMODB: servers.dynamodb }),
      onOutput: () => {},
      onEnded: (worker) => complaints.push(`${worker} ended`),
    }),
    events: {
      delivered: (_, records) => {
        deliveries += records.length;
      },
      answered: () => {},
      complained: (_, { text }) => complaints.push(text),
      discarded: (_, records) => complaints.push(`${records.length} discarded`),
      blocked: (_, records, reason) => complaints.push(`${records.length} blocked: ${reason}`),
      committed: () => {},
      filtered: () => {},
    },
  });

  // Act
  try {
    await eventSource.start();
    await eventSource.untilResolved();
  } finally {
    await eventSource.stop();
    await broker.close();
    rmSync(directory, { recursive: true });
  }

  // Assess: counted plainly from the flights themselves.
  const expected: Record<string, Counter> = {};
  for (const { origin, delay } of flights) {
    const { flights: count = 0, delayMinutes = 0 } = expected[origin] ?? {};
    expected[origin] = { flights: count + 1, delayMinutes: delayMinutes + delay };
  }
  const items = await database.scan(mapping.function.environment.COUNTERS_TABLE ?? '');
  const found = Object.fromEntries(
    items.map(({ airport, flights: count, delayMinutes }) => [
      airport?.S,
      { flights: Number(count?.N), delayMinutes: Number(delayMinutes?.N) },
    ]),
  );
  expect(complaints).toEqual([]);
  expect(deliveries).toBe(2 * FLIGHTS);
  expect(found).toEqual(expected);
});
