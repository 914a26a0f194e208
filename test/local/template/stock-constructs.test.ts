import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { App, Duration, NestedStack, Stack } from 'aws-cdk-lib';
import * as dynamodb from 'aws-cdk-lib/aws-dynamodb';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import * as sources from 'aws-cdk-lib/aws-lambda-event-sources';
import { LogLevel, NodejsFunction } from 'aws-cdk-lib/aws-lambda-nodejs';
import * as s3 from 'aws-cdk-lib/aws-s3';
import * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import * as sns from 'aws-cdk-lib/aws-sns';
import * as sqs from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';
import { readKafkaMappings } from '../../../local/template/kafka-mappings';
import { readStack, type StackOptions } from '../../../local/template/stack';
import { readTables } from '../../../local/template/tables';
import { PROJECT } from '../../support/project';
import { refusal, temporaryFolder, write } from './template-fixture';

// aws-cdk-lib alone makes these templates; nothing of this project is in them.

const folder = temporaryFolder();
afterAll(() => folder.remove());
write(folder.path, { 'code/index.js': 'exports.handler = async () => {};' });
const CODE = join(folder.path, 'code');
const CLUSTER_ARN = 'arn:aws:kafka:eu-west-1:111122223333:cluster/shop/0a1b2c3d-7';
const RUNTIME = lambda.Runtime.NODEJS_22_X;

/** As the command line of the CDK synthesizes: with the paths of constructs and assets. */
function synthesize(build: (app: App) => void): string {
  const app = new App({
    outdir: join(folder.path, `cdk.out-${count++}`),
    context: { 'aws:cdk:enable-path-metadata': true, 'aws:cdk:enable-asset-metadata': true },
  });
  build(app);
  return app.synth().directory;
}
let count = 0;

function shop(build: (stack: Stack) => void): string {
  return synthesize((app) => build(new Stack(app, 'Shop')));
}

function mappingsOf(directory: string, options?: StackOptions) {
  return readKafkaMappings(readStack(directory, options));
}

function functionIn(scope: Construct, props: Partial<lambda.FunctionProps> = {}): lambda.Function {
  return new lambda.Function(scope, 'Consumer', {
    runtime: RUNTIME,
    handler: 'index.handler',
    code: lambda.Code.fromAsset(CODE),
    ...props,
  });
}

function managed(props: Partial<sources.ManagedKafkaEventSourceProps> = {}): sources.ManagedKafkaEventSource {
  return new sources.ManagedKafkaEventSource({
    clusterArn: CLUSTER_ARN,
    topic: 'orders',
    startingPosition: lambda.StartingPosition.TRIM_HORIZON,
    ...props,
  });
}

describe('a function of the CDK', () => {
  test('that esbuild bundles is read with its table, its queue and all settings of its event source', () => {
    // Prepare
    const directory = shop((stack) => {
      const table = new dynamodb.TableV2(stack, 'Memory', {
        partitionKey: { name: 'id', type: dynamodb.AttributeType.STRING },
        timeToLiveAttribute: 'expiration',
      });
      const consumer = new NodejsFunction(stack, 'Consumer', {
        entry: join(PROJECT, 'test', 'fixtures', 'templates', 'entry.ts'),
        bundling: { logLevel: LogLevel.SILENT },
        runtime: RUNTIME,
        timeout: Duration.minutes(2),
        memorySize: 512,
        environment: { TABLE: table.tableName },
      });
      consumer.addEventSource(
        managed({
          consumerGroupId: 'orders-group',
          batchSize: 10,
          maxBatchingWindow: Duration.seconds(3),
          provisionedPollerConfig: { minimumPollers: 1, maximumPollers: 3 },
          reportBatchItemFailures: true,
          retryAttempts: 4,
          maxRecordAge: Duration.hours(1),
          bisectBatchOnError: true,
          filters: [lambda.FilterCriteria.filter({ value: { type: lambda.FilterRule.isEqual('order') } })],
          onFailure: new sources.SqsDlq(new sqs.Queue(stack, 'Letters')),
        }),
      );
    });

    // Act
    const [mapping, ...others] = mappingsOf(directory);

    // Assess
    expect(others).toEqual([]);
    expect(mapping).toMatchObject({
      constructPath: expect.stringMatching(/^Shop\/Consumer\/KafkaEventSource/),
      topic: 'orders',
      eventSourceArn: CLUSTER_ARN,
      consumerGroupId: 'orders-group',
      batchSize: 10,
      batchingWindowMs: 3000,
      pollers: { minimum: 1, maximum: 3 },
      reportBatchItemFailures: true,
      maximumRetryAttempts: 4,
      maximumRecordAgeSeconds: 3600,
      bisectBatchOnFunctionError: true,
      filters: ['{"value":{"type":["order"]}}'],
      onFailure: { kind: 'sqs', queueName: expect.stringMatching(/^Letters/) },
      aliasName: undefined,
      function: {
        constructPath: 'Shop/Consumer',
        handler: 'index.handler',
        runtime: 'nodejs22.x',
        timeoutMs: 120_000,
        memoryMb: 512,
        environment: { TABLE: expect.stringMatching(/^Memory/) },
      },
    });
    expect(readTables(readStack(directory))).toMatchObject([
      { tableName: mapping?.function.environment.TABLE, ttlAttribute: 'expiration' },
    ]);
    expect(readFileSync(join(mapping?.function.assetPath ?? '', 'index.js'), 'utf8')).toContain('what esbuild bundles');
  }, 60_000);

  test.each<[string, (consumer: lambda.Function) => lambda.IFunction, string | undefined, string]>([
    ['on an alias', (consumer) => consumer.addAlias('live') as lambda.IFunction, 'live', '1'],
    ['on a version', (consumer) => consumer.currentVersion as lambda.IFunction, undefined, '1'],
    ['on the function itself', (consumer) => consumer as lambda.IFunction, undefined, '$LATEST'],
  ])('has its event source %s', (_, targetOf, aliasName, version) => {
    // Prepare
    const directory = shop((stack) => targetOf(functionIn(stack)).addEventSource(managed()));

    // Act
    const [mapping] = mappingsOf(directory);

    // Assess
    expect(mapping).toMatchObject({ aliasName, function: { version, constructPath: 'Shop/Consumer' } });
    expect(existsSync(join(mapping?.function.assetPath ?? '', 'index.js'))).toBe(true);
  });

  test('with inline code and self-managed Kafka behind a secret', () => {
    // Prepare
    const directory = shop((stack) =>
      functionIn(stack, { code: lambda.Code.fromInline('exports.handler = async () => "inline";') }).addEventSource(
        new sources.SelfManagedKafkaEventSource({
          bootstrapServers: ['b-1.example:9096', 'b-2.example:9096'],
          topic: 'payments',
          consumerGroupId: 'payments',
          startingPosition: lambda.StartingPosition.AT_TIMESTAMP,
          startingPositionTimestamp: 1_790_000_000,
          secret: new secretsmanager.Secret(stack, 'Secret') as secretsmanager.ISecret,
          enabled: false,
        }),
      ),
    );

    // Act
    const [mapping] = mappingsOf(directory);

    // Assess
    expect(mapping).toMatchObject({
      enabled: false,
      selfManaged: true,
      eventSourceArn: undefined,
      bootstrapServers: ['b-1.example:9096', 'b-2.example:9096'],
      startingPosition: 'AT_TIMESTAMP',
      startingPositionTimestampMs: 1_790_000_000_000,
    });
    expect(readFileSync(join(mapping?.function.assetPath ?? '', 'index.js'), 'utf8')).toContain('"inline"');
  });

  test.each<[string, (stack: Stack) => lambda.IEventSourceDlq, object]>([
    ['a topic of SNS', (stack) => new sources.SnsDlq(new sns.Topic(stack, 'Alarms')), { kind: 'sns' }],
    [
      'a bucket',
      (stack) => new sources.S3OnFailureDestination(new s3.Bucket(stack, 'Archive') as s3.IBucket),
      { kind: 's3' },
    ],
    ['a topic of Kafka', () => new sources.KafkaDlq('dead-letters'), { kind: 'kafka', topic: 'dead-letters' }],
  ])('gives up into %s', (_, onFailure, expected) => {
    // Prepare
    const directory = shop((stack) => functionIn(stack).addEventSource(managed({ onFailure: onFailure(stack) })));

    // Act
    const [mapping] = mappingsOf(directory);

    // Assess
    expect(mapping?.onFailure).toMatchObject(expected);
  });

  test('with two event sources has two mappings', () => {
    // Prepare
    const directory = shop((stack) => {
      const consumer = functionIn(stack);
      consumer.addEventSource(managed());
      consumer.addEventSource(managed({ topic: 'refunds' }));
    });

    // Act
    const mappings = mappingsOf(directory);

    // Assess
    expect(mappings.map(({ topic }) => topic)).toEqual(['orders', 'refunds']);
    expect(new Set(mappings.map(({ logicalId }) => logicalId)).size).toBe(2);
  });

  test.each<[string, Partial<lambda.FunctionProps>, string]>([
    ['in Python', { runtime: lambda.Runtime.PYTHON_3_13 }, 'Runtime is "python3.13"'],
    ['in Java', { runtime: lambda.Runtime.JAVA_21 }, 'Runtime is "java21"'],
  ])('%s is refused by name', (_, props, problem) => {
    // Prepare
    const directory = shop((stack) => functionIn(stack, props).addEventSource(managed()));

    // Act
    const refused = refusal(() => mappingsOf(directory));

    // Assess
    expect(refused.code).toBe('MSK_ONCE_TEMPLATE_UNSUPPORTED');
    expect(refused.message).toContain(problem);
    expect(refused.message).toContain('Node.js');
  });
});

describe('a nested stack of the CDK', () => {
  const directory = shop((stack) => {
    const key = { partitionKey: { name: 'id', type: dynamodb.AttributeType.STRING } };
    const outer = new dynamodb.TableV2(stack, 'Outer', key);
    const nested = new NestedStack(stack, 'Orders');
    const inner = new dynamodb.TableV2(nested, 'Inner', key);
    const deeper = new NestedStack(nested, 'Deeper');
    functionIn(deeper, { environment: { OUTER: outer.tableName, INNER: inner.tableName } })
      .addAlias('live')
      .addEventSource(managed());
    functionIn(stack, { environment: { INNER: inner.tableName } }).addEventSource(managed({ topic: 'refunds' }));
  });

  test('has its mappings, functions and tables found, by the path that leads to them', () => {
    // Prepare
    const stack = readStack(directory);

    // Act
    const mappings = readKafkaMappings(stack);
    const tables = readTables(stack);

    // Assess
    expect(mappings.map(({ topic, logicalId, constructPath }) => [topic, logicalId, constructPath])).toEqual([
      ['refunds', expect.stringMatching(/^Consumer/), expect.stringMatching(/^Shop\/Consumer\//)],
      ['orders', expect.stringMatching(/^Orders\/Deeper\/Consumer/), expect.stringMatching(/^Shop\/Orders\/Deeper\//)],
    ]);
    expect(mappings[1]?.function).toMatchObject({
      logicalId: expect.stringMatching(/^Orders\/Deeper\/Consumer/),
      constructPath: 'Shop/Orders/Deeper/Consumer',
      name: expect.stringMatching(/^Orders-Deeper-Consumer/),
    });
    expect(tables.map(({ logicalId }) => logicalId)).toEqual([
      expect.stringMatching(/^Outer/),
      expect.stringMatching(/^Orders\/Inner/),
    ]);
  });

  test('shares its tables with the stack around it, and that one with it', () => {
    // Prepare
    const stack = readStack(directory, { nameSuffix: '-7' });

    // Act
    const [refunds, orders] = readKafkaMappings(stack);
    const [outer, inner] = readTables(stack).map(({ tableName }) => tableName);

    // Assess
    expect(orders?.function.environment).toEqual({ OUTER: outer, INNER: inner });
    expect(refunds?.function.environment).toEqual({ INNER: inner });
    expect(inner).toMatch(/^Orders-Inner.*-7$/);
  });
});

describe('several stacks of one app', () => {
  const build = (app: App) => {
    const network = new Stack(app, 'Network');
    const table = new dynamodb.Table(network, 'Memory', {
      partitionKey: { name: 'id', type: dynamodb.AttributeType.STRING },
    });
    const orders = new Stack(app, 'Orders');
    functionIn(orders, { environment: { TABLE: table.tableName } }).addEventSource(managed());
  };

  test('ask which one is meant', () => {
    expect(refusal(() => readStack(synthesize(build))).message).toContain('--stack; there are: Network, Orders');
  });

  test('are told apart where one takes a value of the other', () => {
    // Prepare
    const directory = synthesize(build);

    // Act
    const refused = refusal(() => mappingsOf(directory, { stack: 'Orders' }));

    // Assess
    expect(refused.code).toBe('MSK_ONCE_TEMPLATE_UNSUPPORTED');
    expect(refused.message).toMatch(/Environment\.Variables\.TABLE\.Fn::ImportValue takes "Network:Exports/);
  });
});
