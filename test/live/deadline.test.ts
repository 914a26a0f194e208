/** D1, A5, P3 with real processes, a real time-out and DynamoDB Local. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { BatchResponse, KafkaEvent } from '../../contract/event';
import { readLetter } from '../../handlers/dead-letters/read-letter';
import { DYNAMODB } from '../../local/servers/dynamodb-server';
import type { InvocationResult } from '../../local/worker/invocation-result';
import { startWorker, type Worker } from '../../local/worker/worker';
import { temporaryFolder } from '../bin/commands/local-fixture';
import { bundleFunction } from '../support/bundled-function';
import { redelivery } from '../support/deliveries';
import { type LiveServers, liveServers } from '../support/live-servers';
import { S3_KEYS, type S3StandIn, startS3 } from '../support/s3-stand-in';
import { createTable, testClient } from '../support/test-dynamodb';
import { ARN, event } from '../support/virtual-world';

const TIMEOUT_MS = 3_000;
const LIMIT = 30;

const folder = temporaryFolder();
let servers: LiveServers;
let s3: S3StandIn;
beforeAll(async () => {
  servers = await liveServers({ servers: [DYNAMODB] });
  s3 = await startS3();
  for (const name of ['slow', 'blocking']) {
    await bundleFunction(`test/live/functions/${name}.ts`, join(folder.path, name));
  }
}, 240_000);
afterAll(async () => {
  await s3?.stop();
  await servers?.stop();
  folder.remove();
});

interface Delivery {
  readonly result: InvocationResult;
  /** What has taken effect until then, each with its attempt. */
  readonly effects: readonly string[];
}

let runs = 0;
/** Delivers to a worker, and to a new one where that died, until nothing comes again. */
async function deliverUntilDone(name: string, batch: KafkaEvent, variables: object = {}): Promise<Delivery[]> {
  runs += 1;
  const effectsFile = join(folder.path, `effects-${runs}`);
  const table = `Deadline-${Date.now()}-${runs}`;
  const client = testClient(servers.dynamodb, { credentials: { accessKeyId: 'mskonce', secretAccessKey: 'mskonce' } });
  await createTable(client, table);
  client.destroy();
  const said: string[] = [];
  const start = () =>
    startWorker({
      function: functionOf(join(folder.path, name), {
        MSK_ONCE_TABLE: table,
        MSK_ONCE_MAPPINGS: JSON.stringify({ Orders: { consumer: 'orders', source: 'live', generation: 1 } }),
        MSK_ONCE_REMEMBER_FOR_S: '1209600',
        EFFECTS: effectsFile,
        ...variables,
      }),
      environment: { AWS_ENDPOINT_URL_DYNAMODB: servers.dynamodb, AWS_ENDPOINT_URL_S3: s3.endpoint },
      onOutput: (line) => said.push(line),
    });
  const deliveries: Delivery[] = [];
  let worker: Worker | undefined;
  try {
    for (let next = batch; Object.keys(next.records).length > 0; ) {
      if (deliveries.length === LIMIT) throw new Error(`not done after ${LIMIT} deliveries:\n${said.join('\n')}`);
      if (!worker?.alive) worker = start();
      const result = await worker.invoke(next, { invokedFunctionArn: `${ARN}:Orders-partial` });
      const effects = existsSync(effectsFile) ? readFileSync(effectsFile, 'utf8').trim().split('\n') : [];
      deliveries.push({ result, effects });
      if (result.kind === 'response') next = redelivery(next, result.payload as BatchResponse, 'listed');
    }
  } finally {
    if (worker?.alive) await worker.stop();
  }
  return deliveries;
}

function functionOf(assetPath: string, environment: Readonly<Record<string, string>>) {
  return {
    logicalId: 'Orders',
    name: 'orders',
    version: '$LATEST',
    region: 'eu-west-1',
    handler: 'index.handler',
    runtime: 'nodejs22.x',
    timeoutMs: TIMEOUT_MS,
    memoryMb: 128,
    logGroupName: '/aws/lambda/orders',
    environment,
    assetPath,
  };
}

const texts = (...values: readonly string[]) => values.map((value) => ({ bytes: Buffer.from(value) }));
const slow = Array.from({ length: 40 }, (_, n) => `n${n}`);

describe('a function with a time-out of 3 s', () => {
  // They wait much more than they work, so they run side by side.
  const found: Record<string, Promise<Delivery[]>> = {};
  let bucket: string;
  beforeAll(async () => {
    bucket = `deadline-${Date.now()}`;
    await s3.createBucket(bucket);
    const batch = event({ 0: texts(...slow), 1: texts('deaf', 'behind') });
    for (const REMEMBER of ['ledger', 'identity']) found[REMEMBER] = deliverUntilDone('slow', batch, { REMEMBER });
    found.blocking = deliverUntilDone('blocking', event({ 0: texts('a', 'blocks', 'b'), 1: texts('c') }), {
      MSK_ONCE_DEAD_LETTERS: `s3://${bucket}/letters`,
      STAND_IN_KEYS: JSON.stringify(S3_KEYS),
    });
    await Promise.allSettled(Object.values(found));
  }, 120_000);

  test.each(['ledger', 'identity'])(
    'D1, A5: a batch that needs ten invocations makes progress in each, and none is ended by the service (%s)',
    async (way) => {
      const deliveries = (await found[way]) ?? [];

      const ends = deliveries.map(({ result }) => (result.kind === 'crash' ? `exit ${result.exitCode}` : result.kind));
      // What ignores its signal ends its process before the service would; everything else is answered.
      expect(ends.filter((end) => end !== 'response')).toEqual(['exit 1']);
      const counts = deliveries.map(({ effects }) => effects.length);
      expect(deliveries.length).toBeGreaterThanOrEqual(10);
      // On a busy machine what else runs there can take the three seconds of one invocation, not those of two in a row.
      expect(counts.filter((count, index) => index > 0 && count <= (counts[index - 2] ?? 0))).toEqual([]);
      const effects = deliveries.at(-1)?.effects ?? [];
      const ids = effects.map((effect) => effect.split(' ')[0]);
      expect(ids.toSorted()).toEqual([...slow, 'behind', 'deaf'].toSorted());
      // P2: nothing that was cut off with its signal counts.
      expect(effects.filter((effect) => !effect.startsWith('deaf') && !effect.endsWith(' 1'))).toEqual([]);
    },
  );

  test('P3: a record that blocks the event loop runs into the time-out, and is parked alone as ProcessDied', async () => {
    const deliveries = (await found.blocking) ?? [];

    const ends = deliveries.map(({ result }) => result.kind);
    // Two that nobody is blamed for, and one whose start was written first.
    expect(ends.filter((end) => end === 'timeout')).toHaveLength(3);
    expect(ends.filter((end) => end !== 'timeout' && end !== 'response')).toEqual([]);
    const effects = deliveries.at(-1)?.effects ?? [];
    expect(new Set(effects)).toEqual(new Set(['a 1', 'b 1', 'c 1']));
    const letters = Object.values(await s3.objects(bucket)).map(({ text }) => readLetter(text));
    expect(letters).toMatchObject([{ record: { partition: 0, offset: 1 }, error: { code: 'MSK_ONCE_PROCESS_DIED' } }]);
  });
});
