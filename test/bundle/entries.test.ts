import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { GetItemCommand } from '@aws-sdk/client-dynamodb';
import { build, type Metafile } from 'esbuild';
import { DEPLOYED } from '../../bench/measure/bundles';
import { PROJECT } from '../support/project';
import { createTable, startTestDynamoDb, type TestDynamoDb } from '../support/test-dynamodb';
import { event } from '../support/virtual-world';

/** What a delivery of one flight, of its duplicate and of a record that cannot be read leaves in the counters. */
const ENTRIES = [
  ['flights', { flights: '1', delayMinutes: '5', lastRecord: 'flights-0@0' }],
  ['flights-ledger', { flights: '2', delayMinutes: '10', lastRecord: 'flights-0@1' }],
  ['flights-transaction', { flights: '1', delayMinutes: '5', lastRecord: 'flights-0@0' }],
] as const;

describe.each(ENTRIES)('the bundle of handlers/entry/%s.ts', (entry, counted) => {
  const folder = mkdtempSync(path.join(tmpdir(), 'msk-once-bundle-'));
  const file = path.join(folder, 'index.mjs');
  let metafile: Metafile;
  let database: TestDynamoDb;

  beforeAll(async () => {
    database = await startTestDynamoDb();
    await createTable(database.client, 'Counters', 'airport');
    const built = await build({
      ...DEPLOYED,
      absWorkingDir: PROJECT,
      entryPoints: [`handlers/entry/${entry}.ts`],
      outfile: file,
      metafile: true,
    });
    metafile = built.metafile;
  });
  afterAll(async () => {
    rmSync(folder, { recursive: true });
    await database.stop();
  });

  test('holds no store of tests and no switch for one', () => {
    const code = readFileSync(file, 'utf8');

    expect(Object.keys(metafile.inputs).filter((input) => /memory-[\w-]*store/.test(input))).toEqual([]);
    expect(code).not.toContain('msk-once-bundle-');
  });

  /** Runs a script from a file, where `require` is not a global that hides a missing one. */
  async function run(script: string, env: Record<string, string>): Promise<unknown> {
    const place = path.join(folder, 'run.mjs');
    writeFileSync(place, script);
    const { stdout } = await promisify(execFile)(process.execPath, [place], {
      cwd: folder,
      env: { PATH: process.env.PATH, NODE_NO_WARNINGS: '1', ...env },
    }).catch(({ stderr }: { stderr: string }) => {
      // Node shows the line that threw, and a bundle has few and long ones.
      throw new Error(
        stderr
          .split('\n')
          .filter((line) => line.length < 1_000)
          .join('\n'),
      );
    });
    return JSON.parse(stdout.trim().split('\n').at(-1) as string);
  }

  const environment = {
    MSK_ONCE_TABLE: 'Idempotency',
    MSK_ONCE_MAPPINGS: '{"Flights":{"consumer":"flights","source":"cluster","generation":1}}',
    MSK_ONCE_REMEMBER_FOR_S: '1209600',
    COUNTERS_TABLE: 'Counters',
    AWS_REGION: 'eu-west-1',
    AWS_ACCESS_KEY_ID: 'local',
    AWS_SECRET_ACCESS_KEY: 'local',
  };

  test('runs where no package is installed: counts what it is to count, and answers with what is open', async () => {
    const flight = { date: '2001-01-01', delay: 5, distance: 100, origin: 'ATL', destination: 'JFK' };
    const values = [flight, flight, { ...flight, delay: 'late' }];
    const batch = event({ 0: values.map((value) => ({ value })) }, 'flights');
    const script = `
      import { handler } from ${JSON.stringify(file)};
      console.info = console.error = () => {};
      const context = { invokedFunctionArn: 'a:b:c:d:e:f:g:Flights-partial', getRemainingTimeInMillis: () => 10000 };
      console.log(JSON.stringify(await handler(${JSON.stringify(batch)}, context)));
      process.exit();
    `;

    const answers = [];
    // The second time as the service would redeliver it.
    for (let delivery = 1; delivery <= 2; delivery += 1) {
      answers.push(await run(script, { ...environment, AWS_ENDPOINT_URL_DYNAMODB: database.endpoint }));
    }
    const { Item } = await database.client.send(
      new GetItemCommand({ TableName: 'Counters', Key: { airport: { S: 'ATL' } } }),
    );

    const open = { batchItemFailures: [{ itemIdentifier: { partition: 'flights-0', offset: 2 } }] };
    expect(answers).toEqual([open, open]);
    expect(Item).toEqual({
      airport: { S: 'ATL' },
      flights: { N: counted.flights },
      delayMinutes: { N: counted.delayMinutes },
      lastRecord: { S: counted.lastRecord },
    });
  });

  test.each(['MSK_ONCE_TABLE', 'MSK_ONCE_MAPPINGS', 'MSK_ONCE_REMEMBER_FOR_S', 'COUNTERS_TABLE'])(
    'does not start without %s, and says so',
    async (name) => {
      const script = `
        const error = await import(${JSON.stringify(file)}).then(() => undefined, (thrown) => thrown);
        console.log(JSON.stringify(error?.message ?? 'loaded'));
      `;

      expect(await run(script, { ...environment, [name]: '' })).toContain(name);
    },
  );
});
