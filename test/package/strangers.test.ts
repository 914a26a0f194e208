import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { packagePlaces } from '../support/package-places';
import { blocksOf, run, writeProject } from '../support/stranger';

const { newest } = packagePlaces();
/** `npx tsc`, `npx cdk synth …`, `npx msk-once local …`; and how the tests are run. */
const [, shown = '', tests = ''] = blocksOf('docs/install.md', 'sh');

const reportIn = (directory: string) => JSON.parse(readFileSync(join(directory, 'report.json'), 'utf8'));
function writeFiles(directory: string, files: Readonly<Record<string, string>>): void {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(directory, path)), { recursive: true });
    writeFileSync(join(directory, path), text);
  }
}

const outcomesIn = (directory: string): string[] =>
  reportIn(directory)
    .records.map(({ outcome }: { outcome: string }) => outcome)
    .sort();

describe.each([
  ['CommonJS', 'commonjs'],
  ['ES modules', 'module'],
] as const)('in a project of %s', (_, type) => {
  const project = join(newest, type);
  beforeAll(() => writeProject(project, type));

  test('the commands of docs/install.md compile, synthesize and run the function of the README', async () => {
    await run(shown, project);

    expect(outcomesIn(project)).toEqual(['done', 'duplicate']);
  });

  test('check finds nothing to say about what the constructs made', async () => {
    await run('npx msk-once check --app cdk.out', project);
  });

  test('the types stand without skipLibCheck', async () => {
    await run('npx tsc -p tsconfig.strict.json', project);
  });

  test('a construct can be extended by a subclass', async () => {
    await run('npx tsx bin/extended.ts', project, { CDK_OUTDIR: 'extended.out', CDK_VALIDATION: 'false' });

    const { Resources } = JSON.parse(readFileSync(join(project, 'extended.out', 'Extended.template.json'), 'utf8'));
    const found = (type: string) =>
      Object.values<{ Type: string; Properties: object }>(Resources).filter(({ Type }) => Type === type);
    expect(found('AWS::Lambda::Function')).toMatchObject([
      { Properties: { MemorySize: 2048, Tags: [{ Key: 'team', Value: 'shop' }] } },
      { Properties: { MemorySize: 2048, Tags: [{ Key: 'team', Value: 'shop' }] } },
    ]);
    expect(found('AWS::Lambda::Permission')).toHaveLength(2);
  });

  test('the client of a store that a function does not use stays out of its bundle', () => {
    const bundles = readdirSync(join(project, 'extended.out'))
      .filter((name) => name.startsWith('asset.'))
      .map((name) => readFileSync(join(project, 'extended.out', name, 'index.mjs'), 'utf8'));

    expect(bundles.map((bundle) => bundle.includes('SendMessageBatch'))).toEqual([true, true]);
    expect(bundles.map((bundle) => bundle.includes('PutObject')).sort()).toEqual([false, true]);
    expect(bundles.some((bundle) => bundle.includes('aws-cdk-lib'))).toBe(false);
  });

  test('testing kit, runLocal, codecs and the layer for makeIdempotent work in tests of theirs', async () => {
    const printed = await run(tests, project);

    expect(printed).toMatch(/^# pass 5$/m);
    expect(printed).toMatch(/^# fail 0$/m);
  });
});

test('a function and an app in JavaScript are bundled and run, in a project of CommonJS', async () => {
  const project = join(newest, 'javascript');
  writeFiles(project, {
    'package.json': '{ "private": true, "type": "commonjs" }',
    'handlers/orders.js': [
      "import { processRecords, text } from 'msk-once/handlers';",
      'export const handler = processRecords({ value: text(), process: async ({ value }) => console.log(value) });',
    ].join('\n'),
    'bin/app.js': [
      "const { App, Stack } = require('aws-cdk-lib');",
      "const { Auth, KafkaProcessor, KafkaSource, Pollers } = require('msk-once');",
      "const clusterArn = 'arn:aws:kafka:eu-west-1:111122223333:cluster/shop/0a1b2c3d-4e5f-4a6b-8c7d-9e0f1a2b3c4d-1';",
      "new KafkaProcessor(new Stack(new App(), 'Shop'), 'Orders', {",
      "  entry: 'handlers/orders.js',",
      "  source: KafkaSource.msk({ clusterArn, topic: 'orders', auth: Auth.iam() }),",
      '  pollers: Pollers.onDemand(),',
      '});',
    ].join('\n'),
    'records.jsonl': '{"value": "a line"}\n',
  });

  await run('node bin/app.js', project, { CDK_OUTDIR: 'cdk.out' });
  const printed = await run('npx msk-once local --app cdk.out --records records.jsonl --once', project);

  expect(printed).toMatch(/1 done/);
});

describe('the other commands', () => {
  test('simulate runs the shipped runtime in its threads', async () => {
    await expect(run('npx msk-once simulate --schedules 6 --threads 2', newest)).resolves.toMatch(/6 schedules/);
  });

  test('demo says where the demo is', async () => {
    await expect(run('npx msk-once demo', newest)).rejects.toThrow(/ended with 2:[\s\S]*clone/);
  });

  test.each(['check', 'judge', 'local', 'redrive', 'servers'])('%s --help tells what it does', async (command) => {
    await expect(run(`npx msk-once ${command} --help`, newest)).resolves.toMatch(/^Usage: /);
  });
});
