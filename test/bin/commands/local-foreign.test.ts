/** `msk-once local` with templates and handlers that nothing of this project made. */
import { cpSync, mkdtempSync } from 'node:fs';
import { join } from 'node:path';
import { App, Duration, NestedStack, Stack } from 'aws-cdk-lib';
import * as dynamodb from 'aws-cdk-lib/aws-dynamodb';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import * as sources from 'aws-cdk-lib/aws-lambda-event-sources';
import type { Construct } from 'constructs';
import { buildSync } from 'esbuild';
import { PROJECT } from '../../support/project';
import { ALL_DONE, handler, lines, numbered, project, reported, temporaryFolder, write } from './local-fixture';

const folder = temporaryFolder();
afterAll(() => folder.remove());
jest.setTimeout(60_000);

const RECORDS = ['--records', 'orders.jsonl', '--once'];
const CLUSTER_ARN = 'arn:aws:kafka:eu-west-1:111122223333:cluster/shop/0a1b2c3d-7';

/** As the CDK's command line synthesizes, into cdk.out of a new folder. */
function synthesized(records: string, build: (app: App) => void): string {
  const cwd = mkdtempSync(join(folder.path, 'cdk-'));
  write(cwd, { 'orders.jsonl': records });
  const app = new App({
    outdir: join(cwd, 'cdk.out'),
    context: { 'aws:cdk:enable-path-metadata': true, 'aws:cdk:enable-asset-metadata': true },
  });
  build(app);
  app.synth();
  return cwd;
}

function consumer(scope: Construct, code: string, environment: Record<string, string> = {}): lambda.Function {
  return new lambda.Function(scope, 'Consumer', {
    runtime: lambda.Runtime.NODEJS_22_X,
    handler: 'index.handler',
    timeout: Duration.seconds(20),
    code: lambda.Code.fromAsset(code),
    environment,
  });
}

const kafka = (props: Partial<sources.ManagedKafkaEventSourceProps> = {}) =>
  new sources.ManagedKafkaEventSource({
    clusterArn: CLUSTER_ARN,
    topic: 'orders',
    startingPosition: lambda.StartingPosition.TRIM_HORIZON,
    ...props,
  });

const codeOf = (source: string) => project(folder.path, { 'index.js': source });

test('stock constructs of the CDK, found by their cdk.out: a plain function on demand', async () => {
  const cwd = synthesized(numbered(12), (app) => {
    consumer(new Stack(app, 'Shop'), codeOf(handler('console.log("sum", records.length);'))).addEventSource(kafka());
  });

  const { code, report } = await reported(cwd, RECORDS);

  expect(code).toBe(0);
  expect(report.mappings).toMatchObject([{ topic: 'orders', outcomes: { done: 12, open: 0 } }]);
});

test('stock Powertools with its table: an order that was produced twice is handled once', async () => {
  // Prepare
  const source = codeOf(`
    import { IdempotencyConfig, makeIdempotent } from '@aws-lambda-powertools/idempotency';
    import { DynamoDBPersistenceLayer } from '@aws-lambda-powertools/idempotency/dynamodb';
    const persistenceStore = new DynamoDBPersistenceLayer({ tableName: process.env.TABLE });
    const config = new IdempotencyConfig({});
    const charge = makeIdempotent(async (order) => { console.log('charged', order.id); return order.id; }, { persistenceStore, config });
    export const handler = async (event, context) => {
      config.registerLambdaContext(context);
      for (const record of Object.values(event.records).flat()) {
        await charge(JSON.parse(Buffer.from(record.value, 'base64').toString()));
      }
    };`);
  const bundle = mkdtempSync(join(folder.path, 'bundle-'));
  buildSync({
    entryPoints: [join(source, 'index.js')],
    outfile: join(bundle, 'index.js'),
    bundle: true,
    platform: 'node',
    nodePaths: [join(PROJECT, 'node_modules')],
    logLevel: 'error',
  });
  const orders = [1, 2, 1, 3, 2].map((id) => ({ key: 'k', value: { id } }));
  const cwd = synthesized(lines(...orders), (app) => {
    const stack = new Stack(app, 'Shop');
    const table = new dynamodb.Table(stack, 'Memory', {
      partitionKey: { name: 'id', type: dynamodb.AttributeType.STRING },
      timeToLiveAttribute: 'expiration',
    });
    consumer(stack, bundle, { TABLE: table.tableName }).addEventSource(kafka());
  });

  // Act
  const { code, out, report } = await reported(cwd, [...RECORDS, '--fault', 'answer-lost@2,how=close']);

  // Assess
  expect(code).toBe(0);
  expect(out.match(/charged \d/g)?.sort()).toEqual(['charged 1', 'charged 2', 'charged 3']);
  expect(out).not.toContain('NodeVersionSupportWarning');
  expect(report.faults).toMatchObject([{ happened: true }]);
  expect(report.mappings).toMatchObject([{ outcomes: { done: 5, open: 0 } }]);
});

test('a nested stack of the CDK, with an answer as Python code gives it', async () => {
  // As boto-minded code builds it: {"partition": f"{topic}-{partition}", "offset": record["offset"]}
  const python = handler(`
    globalThis.tries = (globalThis.tries ?? 0) + 1;
    return tries > 1 ? { batchItemFailures: [] } : JSON.parse(JSON.stringify({
      batchItemFailures: records.filter(({ offset }) => offset === 3)
        .map((record) => ({ itemIdentifier: { partition: record.topic + '-' + record.partition, offset: record.offset } })),
    }));`);
  const cwd = synthesized(numbered(5, { partition: 0 }), (app) => {
    const nested = new NestedStack(new Stack(app, 'Shop'), 'Consumers');
    consumer(nested, codeOf(python)).addEventSource(
      kafka({
        provisionedPollerConfig: { minimumPollers: 1, maximumPollers: 1 },
        reportBatchItemFailures: true,
        maxBatchingWindow: Duration.seconds(0),
      }),
    );
  });

  const { code, report } = await reported(cwd, [...RECORDS, '--choose', 'retry-base-ms=1']);

  expect(code).toBe(0);
  expect(report.records.map(({ deliveries }) => deliveries)).toEqual([1, 1, 1, 2, 1]);
});

const SAM = (codeUri: string) => `
AWSTemplateFormatVersion: '2010-09-09'
Transform: AWS::Serverless-2016-10-31
Globals:
  Function:
    Runtime: nodejs22.x
    Timeout: 20
Parameters:
  Topic:
    Type: String
    Default: orders
Resources:
  OrdersFunction:
    Type: AWS::Serverless::Function
    Properties:
      CodeUri: ${codeUri}
      Handler: app.handler
      Environment:
        Variables:
          TOPIC: !Ref Topic
      Events:
        Orders:
          Type: MSK
          Properties:
            Stream: !Sub arn:\${AWS::Partition}:kafka:\${AWS::Region}:111122223333:cluster/shop/0a1b2c3d-7
            Topics: [!Ref Topic]
            StartingPosition: TRIM_HORIZON
`;

test.each([
  ["SAM's template as it is written", 'src/', 'template.yaml', 'src'],
  ['what sam build leaves', 'OrdersFunction', '.aws-sam/build/template.yaml', '.aws-sam/build/OrdersFunction'],
])('%s is found and run', async (_, codeUri, file, code) => {
  const cwd = project(folder.path, {
    [file]: SAM(codeUri),
    [`${code}/app.js`]: ALL_DONE,
    'orders.jsonl': numbered(3),
  });

  const { code: exitCode, report } = await reported(cwd, RECORDS);

  expect(exitCode).toBe(0);
  expect(report.mappings).toMatchObject([{ topic: 'orders', outcomes: { done: 3, open: 0 } }]);
});

test('nothing depends on where the assembly lies', async () => {
  const cwd = synthesized(numbered(2), (app) => {
    consumer(new Stack(app, 'Shop'), codeOf(ALL_DONE)).addEventSource(kafka());
  });
  const moved = project(folder.path, { 'orders.jsonl': numbered(2) });
  cpSync(join(cwd, 'cdk.out'), join(moved, 'elsewhere'), { recursive: true });

  const { code } = await reported(moved, ['--app', 'elsewhere', ...RECORDS]);

  expect(code).toBe(0);
});
