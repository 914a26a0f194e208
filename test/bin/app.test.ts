import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { ReferenceStack } from '../../bin/reference-stack';
import { refusal } from '../lib/fixture/refusal';
import { type Json, only } from '../lib/fixture/stack';

const ARN = 'arn:aws:kafka:eu-west-1:111122223333:cluster/real/0a1b2c3d-4e5f-4a6b-8c7d-9e0f1a2b3c4d-7';

function stackOf(context: { [name: string]: string }): ReferenceStack {
  const app = new App({ context: { ...context, 'aws:cdk:bundling-stacks': [] } });
  return new ReferenceStack(app, 'MskOnceReference');
}

const templateOf = (context: { [name: string]: string } = {}) => Template.fromStack(stackOf(context));

/** The deployable function whose source lies in the bundle of the synthesized assembly. */
function entryIn(context: { [name: string]: string }): string[] {
  const outdir = mkdtempSync(join(tmpdir(), 'msk-once-test-app-'));
  try {
    const app = new App({ context, outdir });
    new ReferenceStack(app, 'MskOnceReference');
    const { directory } = app.synth();
    const maps = readdirSync(directory, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.map'));
    const sources = maps.flatMap((map): string[] => JSON.parse(readFileSync(join(directory, map), 'utf8')).sources);
    return sources.flatMap((source) => /handlers\/entry\/([\w-]+\.ts)$/.exec(source)?.[1] ?? []);
  } finally {
    rmSync(outdir, { recursive: true });
  }
}

const mappingOf = (template: Template) => only(template, 'AWS::Lambda::EventSourceMapping').Properties;

describe('without context', () => {
  let template: Template;
  beforeAll(() => {
    template = templateOf();
  });

  test('the topic is flights, on a sample cluster, read by provisioned pollers', () => {
    expect(mappingOf(template)).toMatchObject({
      EventSourceArn: 'arn:aws:kafka:us-east-1:123456789012:cluster/sample/0a1b2c3d-4e5f-4a6b-8c7d-9e0f1a2b3c4d-1',
      Topics: ['flights'],
      AmazonManagedKafkaEventSourceConfig: { ConsumerGroupId: 'MskOnceReference-Flights' },
      ProvisionedPollerConfig: { MinimumPollers: 1, MaximumPollers: 4 },
      FunctionResponseTypes: ['ReportBatchItemFailures'],
    });
    expect(mappingOf(template)).not.toHaveProperty('BatchSize');
    template.hasResourceProperties('AWS::Lambda::Alias', { Name: 'Flights-partial' });
  });

  test('the function knows its counters, and may do nothing but update them', () => {
    template.hasResourceProperties('AWS::Lambda::Function', {
      Timeout: 10,
      Environment: { Variables: { COUNTERS_TABLE: { Ref: 'CountersFDB211E7' } } },
    });
    const { Statement } = only(template, 'AWS::IAM::Policy').Properties.PolicyDocument;
    const counters = { 'Fn::GetAtt': ['CountersFDB211E7', 'Arn'] };
    expect(Statement.filter(({ Resource }: Json) => JSON.stringify(Resource).includes('Counters'))).toEqual([
      { Effect: 'Allow', Action: 'dynamodb:UpdateItem', Resource: counters },
    ]);
  });

  test('both tables are kept, restorable, and stay where they are', () => {
    const tables = template.findResources('AWS::DynamoDB::GlobalTable');
    expect(Object.keys(tables).sort()).toEqual(['CountersFDB211E7', 'FlightsTable360AF8FB']);
    for (const table of Object.values(tables)) {
      expect(table).toMatchObject({
        DeletionPolicy: 'Retain',
        Properties: {
          Replicas: [{ PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true } }],
        },
      });
    }
    expect(tables.CountersFDB211E7?.Properties.KeySchema).toEqual([{ AttributeName: 'airport', KeyType: 'HASH' }]);
  });

  test('letters of flights that are given up have a queue and a bucket, which are kept and stay where they are', () => {
    for (const [type, logicalId] of [
      ['AWS::SQS::Queue', 'FlightsDeadLetterQueueDBC08AC5'],
      ['AWS::S3::Bucket', 'FlightsDeadLetterBucketB99FBD10'],
    ] as const) {
      expect(only(template, type)).toMatchObject({
        logicalId,
        DeletionPolicy: 'Retain',
        UpdateReplacePolicy: 'Retain',
      });
    }
    template.hasResourceProperties('AWS::Lambda::Function', {
      Environment: {
        Variables: {
          MSK_ONCE_DEAD_LETTERS: {
            'Fn::Join': [
              '',
              ['sqs:', { Ref: 'FlightsDeadLetterQueueDBC08AC5' }, ',s3://', { Ref: 'FlightsDeadLetterBucketB99FBD10' }],
            ],
          },
        },
      },
    });
  });
});

test('the cluster and the topic come from the context', () => {
  const mapping = mappingOf(templateOf({ clusterArn: ARN, topic: 'departures' }));

  expect(mapping).toMatchObject({ EventSourceArn: ARN, Topics: ['departures'] });
});

test.each([
  ['provisioned', 'Flights-partial'],
  ['on-demand', 'Flights-throw'],
])('-c pollers=%s calls the alias %s', (pollers, alias) => {
  const template = templateOf({ pollers });

  template.hasResourceProperties('AWS::Lambda::Alias', { Name: alias });
  expect('ProvisionedPollerConfig' in mappingOf(template)).toBe(pollers === 'provisioned');
});

test.each([
  ['transaction', 'flights-transaction.ts'],
  ['ledger', 'flights-ledger.ts'],
  ['identity', 'flights.ts'],
])('-c remember=%s deploys handlers/entry/%s', (remember, file) => {
  expect(entryIn({ remember })).toEqual([file]);
});

test('without -c remember the effects are transactions, of which none is ever repeated', () => {
  expect(entryIn({})).toEqual(['flights-transaction.ts']);
});

test.each([
  ['remember', 'everything', 'transaction or ledger or identity', 'transaction'],
  ['remember', 'constructor', 'transaction or ledger or identity', 'transaction'],
  ['pollers', 'many', 'provisioned or on-demand', 'provisioned'],
  ['demo', 'everything', 'none or cluster', 'none'],
])('-c %s=%s is answered with what is accepted', (name, received, accepted, first) => {
  expect(refusal(() => stackOf({ [name]: received }), 'MskOnceReference')).toContain(
    `context ${name} is "${received}", accepted is ${accepted}. Write -c ${name}=${first}.`,
  );
});

test('a malformed cluster ARN is refused', () => {
  expect(refusal(() => stackOf({ clusterArn: 'sample' }), 'MskOnceReference/Flights')).toContain(
    'clusterArn is "sample"',
  );
});

describe('the app', () => {
  function appOf(context: object): App {
    process.env.CDK_CONTEXT_JSON = JSON.stringify({ 'aws:cdk:bundling-stacks': [], ...context });
    try {
      jest.resetModules();
      return (require('../../bin/app') as typeof import('../../bin/app')).app;
    } finally {
      delete process.env.CDK_CONTEXT_JSON;
    }
  }

  const stackNamesIn = (app: App) => app.synth().stacks.map(({ stackName }) => stackName);

  test('holds the one stack, with the context that the command line hands over', () => {
    const app = appOf({ pollers: 'on-demand' });

    expect(stackNamesIn(app)).toEqual(['MskOnceReference']);
    expect(JSON.stringify(app.synth().stacks[0]?.template)).toContain('Flights-throw');
  });

  test('with -c demo=cluster holds another stack, which replaces nothing of the first, and cdk-nag looks at it', () => {
    const app = appOf({ demo: 'cluster' });

    expect(stackNamesIn(app)).toEqual(['MskOnceDemo']);
    const { Queue, QueueEncryption } = require('aws-cdk-lib/aws-sqs') as typeof import('aws-cdk-lib/aws-sqs');
    new Queue(app.node.findChild('MskOnceDemo'), 'Open', { encryption: QueueEncryption.UNENCRYPTED });
    expect(() => app.synth({ force: true })).toThrow('AwsSolutions-SQS4');
  });
});
