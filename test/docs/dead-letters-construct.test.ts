/** docs/examples/dead-letters.ts: what docs/dead-letters.md shows of the constructs compiles, and makes what is said there. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { App, type Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { PROJECT } from '../support/project';

jest.mock('msk-once', () => jest.requireActual('../../lib'), { virtual: true });

const text = readFileSync(join(PROJECT, 'docs', 'examples', 'dead-letters.ts'), 'utf8');

test('docs/dead-letters.md shows the file as it is', () => {
  expect(readFileSync(join(PROJECT, 'docs', 'dead-letters.md'), 'utf8')).toContain(`\`\`\`ts\n${text}\`\`\``);
});

describe('in the project of a user', () => {
  const cwd = process.cwd();
  let project: string;
  const write = (file: string, content: string) => writeFileSync(join(project, file), content);

  beforeAll(() => {
    mkdirSync(join(PROJECT, '.msk-once'), { recursive: true });
    project = mkdtempSync(join(PROJECT, '.msk-once', 'letters-'));
    for (const folder of ['handlers', 'node_modules/msk-once']) mkdirSync(join(project, folder), { recursive: true });
    for (const topic of ['orders', 'payments', 'refunds']) write(`handlers/${topic}.ts`, 'export {};\n');
    write('node_modules/msk-once/package.json', JSON.stringify({ name: 'msk-once', exports: { '.': './index.ts' } }));
    write('node_modules/msk-once/index.ts', `export * from ${JSON.stringify(join(PROJECT, 'lib'))};\n`);
    write('stack.ts', text);
    const tsconfig = {
      extends: join(PROJECT, 'tsconfig.json'),
      include: ['*.ts'],
      compilerOptions: { types: ['node'] },
    };
    write('tsconfig.json', JSON.stringify(tsconfig));
    process.chdir(project);
  });
  afterAll(() => {
    process.chdir(cwd);
    rmSync(project, { recursive: true });
  });

  test('it compiles', () => {
    let said = '';
    try {
      const compiler = join(PROJECT, 'node_modules', '@typescript', 'native', 'bin', 'tsc');
      execFileSync(process.execPath, [compiler, '-p', project], { stdio: 'pipe' });
    } catch (error) {
      said = String((error as { stdout?: Buffer }).stdout);
    }

    // What others are at does not concern the example.
    expect(said.split('\n').filter((line) => line.includes('stack.ts'))).toEqual([]);
  }, 120_000);

  test('each processor makes the stores that are said, and its function is told of them', () => {
    const { Shop } = jest.requireActual<{ Shop: new (scope: App, id: string) => Stack }>(
      '../../docs/examples/dead-letters',
    );
    const app = new App({ context: { 'aws:cdk:bundling-stacks': [] } });

    const template = Template.fromStack(new Shop(app, 'Shop'));

    template.resourceCountIs('AWS::SQS::Queue', 1);
    template.resourceCountIs('AWS::S3::Bucket', 2);
    const places = Object.values(template.findResources('AWS::Lambda::Function')).map(({ Properties }) =>
      JSON.stringify(Properties.Environment.Variables.MSK_ONCE_DEAD_LETTERS),
    );
    expect(places).toEqual([
      expect.stringMatching(/sqs:.*OrdersDeadLetterQueue.*,s3:\/\/.*OrdersDeadLetterBucket/),
      expect.stringMatching(/^(?!.*sqs:).*s3:\/\/.*PaymentsDeadLetterBucket/),
      expect.stringMatching(/sqs:.*\/111122223333\/letters,s3:\/\/shop-archive\/letters/),
    ]);
  });
});
