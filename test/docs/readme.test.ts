import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createTables } from '../../local/dynamodb/create-tables';
import { DynamoDbApi } from '../../local/dynamodb/dynamodb-api';
import { startEmbeddedDynamoDb } from '../../local/dynamodb/embedded';
import { eventOf } from '../../local/event-source/event';
import { readKafkaMappings } from '../../local/template/kafka-mappings';
import { readStack } from '../../local/template/stack';
import { readTables } from '../../local/template/tables';
import { startWorker } from '../../local/worker/worker';

const ROOT = join(__dirname, '..', '..');
const README = readFileSync(join(ROOT, 'README.md'), 'utf8');

const blocks = (language: string) =>
  [...README.matchAll(new RegExp(`^\`\`\`${language}\n([\\s\\S]*?)^\`\`\``, 'gm'))].map(([, code = '']) => code);

describe('the first shell block', () => {
  test('holds exactly the two commands', () => {
    expect(blocks('sh')[0]).toBe('npm ci && npm run demo\nnpm ci && npm test\n');
  });
});

test('the block on msk-once local does what is said below it', () => {
  const block = blocks('sh').find((code) => code.includes('msk-once -- local')) ?? '';
  const folder = mkdtempSync(join(tmpdir(), 'msk-once-readme-'));
  const commands = block.replace('report.json', join(folder, 'report.json'));

  execFileSync('bash', ['-ec', commands], {
    cwd: ROOT,
    env: { ...process.env, CDK_VALIDATION: 'false' },
    stdio: 'pipe',
  });
  const { ok, records, faults } = JSON.parse(readFileSync(join(folder, 'report.json'), 'utf8'));
  rmSync(folder, { recursive: true });

  expect(ok).toBe(true);
  expect(records.map(({ outcome }: { outcome: string }) => outcome).sort()).toEqual(['done', 'duplicate']);
  expect(faults).toMatchObject([{ happened: true }]);
}, 60_000);

describe('the example', () => {
  const [example = ''] = blocks('ts');
  const files = example.split(/^\/\/ (?=\S+\.ts\n)/m).filter((part) => part !== '');
  let project: string;

  // A stranger's project: the two files, and msk-once as a package beside them.
  beforeAll(() => {
    mkdirSync(join(ROOT, '.msk-once'), { recursive: true });
    project = mkdtempSync(join(ROOT, '.msk-once', 'readme-'));
    const write = (path: string, content: string) => {
      mkdirSync(dirname(join(project, path)), { recursive: true });
      writeFileSync(join(project, path), content);
    };
    for (const file of files) {
      const [path = '', ...lines] = file.split('\n');
      write(path, lines.join('\n'));
    }
    // A package of its own: below ours without one, `msk-once` would be ours, as it was built last.
    write('package.json', JSON.stringify({ name: 'shop' }));
    const exports = { '.': './index.ts', './handlers': './handlers.ts' };
    write('node_modules/msk-once/package.json', JSON.stringify({ name: 'msk-once', exports }));
    write('node_modules/msk-once/index.ts', `export * from ${JSON.stringify(join(ROOT, 'lib'))};`);
    write('node_modules/msk-once/handlers.ts', `export * from ${JSON.stringify(join(ROOT, 'handlers'))};`);
    execFileSync(process.execPath, ['--import', 'tsx', 'bin/app.ts'], {
      cwd: project,
      env: { ...process.env, CDK_OUTDIR: join(project, 'cdk.out'), CDK_VALIDATION: 'false' },
      stdio: 'pipe',
    });
  }, 60_000);
  afterAll(() => rmSync(project, { recursive: true, force: true }));

  test('has under 20 lines of code', () => {
    const code = example.split('\n').filter((line) => line.trim() !== '' && !line.startsWith('//'));

    expect(code.length).toBeLessThan(20);
  });

  test('deploys a function that charges an order once, however often it is delivered', async () => {
    // Prepare
    const stack = readStack(join(project, 'cdk.out'));
    const [mapping] = readKafkaMappings(stack);
    if (!mapping) throw new Error('no mapping');
    const database = await startEmbeddedDynamoDb();
    await createTables(new DynamoDbApi(database.endpoint), readTables(stack));
    const printed: string[] = [];
    const worker = startWorker({
      function: mapping.function,
      environment: { AWS_ENDPOINT_URL_DYNAMODB: database.endpoint },
      onOutput: (line) => printed.push(line),
    });
    const record = { topic: 'orders', partition: 0, timestamp: 0, timestampType: 'CREATE_TIME', key: null } as const;
    const value = Buffer.from('{"orderId":"4711","cents":1999}');
    const event = eventOf(
      [10, 12].map((offset) => ({ ...record, offset, value, headers: [] })),
      {
        eventSourceArn: mapping.eventSourceArn,
        bootstrapServers: 'localhost:9092',
      },
    );

    // Act
    const { invokedFunctionArn } = mapping;
    const answers = [
      await worker.invoke(event, { invokedFunctionArn }),
      await worker.invoke(event, { invokedFunctionArn }),
    ];
    await worker.stop();
    await database.close();

    // Assess
    expect(answers).toMatchObject([
      { kind: 'response', payload: { batchItemFailures: [] } },
      { kind: 'response', payload: { batchItemFailures: [] } },
    ]);
    expect(printed.filter((line) => line.includes('charging'))).toEqual([
      expect.stringContaining('charging 1999 for 4711, run 1'),
    ]);
  }, 60_000);
});
