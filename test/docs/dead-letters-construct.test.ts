/** docs/examples/dead-letters.ts: what docs/dead-letters.md shows of the constructs compiles, and makes what is said there. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { App, type Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { ExampleProject } from '../support/example-project';
import { PROJECT } from '../support/project';

jest.mock('msk-once', () => jest.requireActual('../../lib'), { virtual: true });

const text = readFileSync(join(PROJECT, 'docs', 'examples', 'dead-letters.ts'), 'utf8');

test('docs/dead-letters.md shows the file as it is', () => {
  expect(readFileSync(join(PROJECT, 'docs', 'dead-letters.md'), 'utf8')).toContain(`\`\`\`ts\n${text}\`\`\``);
});

describe('in the project of a user', () => {
  const cwd = process.cwd();
  let project: ExampleProject;

  beforeAll(() => {
    project = new ExampleProject({ '.': 'lib' });
    for (const topic of ['orders', 'payments', 'refunds']) project.write(`handlers/${topic}.ts`, 'export {};\n');
    project.write('stack.ts', text);
    process.chdir(project.folder);
  });
  afterAll(() => {
    process.chdir(cwd);
    project.remove();
  });

  test('it compiles', () => {
    expect(project.complaints()).toEqual([]);
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
