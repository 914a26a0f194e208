import { CfnParameter, Duration, NestedStack, Stack, Token } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import * as dynamodb from 'aws-cdk-lib/aws-dynamodb';
import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import * as sqs from 'aws-cdk-lib/aws-sqs';
import { FunctionVersion, IdempotencyTable, Pollers } from '../../lib';
import {
  app,
  CLUSTER_ARN,
  CLUSTER_UUID,
  only,
  processor,
  source,
  stack,
  statements,
  templateOf,
} from './fixture/stack';

const MODES = [
  ['partial', Pollers.provisioned({ minimum: 1, maximum: 4 })],
  ['throw', Pollers.onDemand()],
] as const;

describe.each(MODES)('in mode %s', (mode, pollers) => {
  let template: Template;
  beforeAll(() => {
    template = templateOf({ pollers });
  });

  test('the mapping calls the function through an alias that names mapping and mode (A2)', () => {
    template.hasResourceProperties('AWS::Lambda::Alias', {
      Name: `Orders-${mode}`,
      FunctionName: { Ref: 'OrdersFunction520DBA95' },
      FunctionVersion: '$LATEST',
    });
    // The shape that the local event source reads.
    expect(only(template, 'AWS::Lambda::EventSourceMapping').Properties.FunctionName).toEqual({
      'Fn::Join': [
        '',
        [{ 'Fn::Select': [6, { 'Fn::Split': [':', { Ref: 'OrdersAliasFA69D35F' }] }] }, `:Orders-${mode}`],
      ],
    });
  });

  test('what the runtime knows of the mapping does not change with the mode (A2)', () => {
    expect(only(template, 'AWS::Lambda::Function').Properties.Environment.Variables).toEqual({
      MSK_ONCE_TABLE: { Ref: 'OrdersTable1F8332C7' },
      MSK_ONCE_MAPPINGS:
        '{"Orders":{"consumer":"Shop-Orders","source":"0a1b2c3d-4e5f-4a6b-8c7d-9e0f1a2b3c4d-7","generation":1}}',
      MSK_ONCE_DEAD_LETTERS: {
        'Fn::Join': [
          '',
          ['sqs:', { Ref: 'OrdersDeadLetterQueueA73944CE' }, ',s3://', { Ref: 'OrdersDeadLetterBucketC7A89C1E' }],
        ],
      },
      MSK_ONCE_REMEMBER_FOR_S: '1209600',
      NODE_OPTIONS: '--enable-source-maps',
    });
  });

  test('the service is told neither to discard a record nor to stop trying (P7)', () => {
    const names = Object.keys(only(template, 'AWS::Lambda::EventSourceMapping').Properties).sort();
    expect(names).toEqual(
      [
        'AmazonManagedKafkaEventSourceConfig',
        'EventSourceArn',
        'FunctionName',
        ...(mode === 'partial'
          ? ['FunctionResponseTypes', 'LoggingConfig', 'MetricsConfig', 'ProvisionedPollerConfig']
          : []),
        'StartingPosition',
        'Topics',
      ].sort(),
    );
  });

  test('logical ids stay: another one would replace the resource and what it holds', () => {
    expect(only(template, 'AWS::DynamoDB::GlobalTable').logicalId).toBe('OrdersTable1F8332C7');
    expect(only(template, 'AWS::Lambda::EventSourceMapping').logicalId).toBe('OrdersMapping4DDFF7C3');
    expect(only(template, 'AWS::Lambda::Alias').logicalId).toBe('OrdersAliasFA69D35F');
    expect(only(template, 'AWS::Lambda::Function').logicalId).toBe('OrdersFunction520DBA95');
    expect(only(template, 'AWS::Logs::LogGroup').logicalId).toBe('OrdersLogs63C9E25A');
  });
});

describe('by default', () => {
  let template: Template;
  beforeAll(() => {
    template = templateOf();
  });

  test('the function runs on the newest Node.js, on arm64, for up to a minute', () => {
    template.hasResourceProperties('AWS::Lambda::Function', {
      Runtime: 'nodejs24.x',
      Architectures: ['arm64'],
      Handler: 'index.handler',
      Timeout: 60,
      MemorySize: 1024,
    });
  });

  test('logs go to a group of their own and stay a month', () => {
    expect(only(template, 'AWS::Logs::LogGroup').Properties).toEqual({ RetentionInDays: 30 });
    template.hasResourceProperties('AWS::Lambda::Function', {
      LoggingConfig: { LogGroup: { Ref: 'OrdersLogs63C9E25A' } },
    });
  });

  test('the mapping is made after the permissions that the service tries', () => {
    expect(only(template, 'AWS::Lambda::EventSourceMapping').DependsOn).toContain(
      only(template, 'AWS::IAM::Policy').logicalId,
    );
  });
});

test('each default gives way to its prop', () => {
  const template = templateOf({
    handler: 'main',
    timeout: Duration.minutes(14),
    memorySize: 512,
    environment: { AWS_ENDPOINT_URL_DYNAMODB: 'http://127.0.0.1:18000', NODE_OPTIONS: '--no-deprecation' },
    batchSize: 10_000,
    maxBatchingWindow: Duration.minutes(5),
    mappingName: 'orders_eu',
    rememberFor: Duration.days(30),
    logRetention: RetentionDays.ONE_YEAR,
  });

  template.hasResourceProperties('AWS::Lambda::Function', {
    Handler: 'index.main',
    Timeout: 840,
    MemorySize: 512,
    Environment: {
      Variables: {
        AWS_ENDPOINT_URL_DYNAMODB: 'http://127.0.0.1:18000',
        NODE_OPTIONS: '--no-deprecation',
        MSK_ONCE_MAPPINGS: Match.stringLikeRegexp('^{"orders_eu":{"consumer":"Shop-Orders",'),
        MSK_ONCE_REMEMBER_FOR_S: '2592000',
      },
    },
  });
  template.hasResourceProperties('AWS::Lambda::EventSourceMapping', {
    BatchSize: 10_000,
    MaximumBatchingWindowInSeconds: 300,
  });
  template.hasResourceProperties('AWS::Lambda::Alias', { Name: 'orders_eu-partial' });
  template.hasResourceProperties('AWS::Logs::LogGroup', { RetentionInDays: 365 });
});

test('a batching window of 0 and a batch of 1 reach the mapping', () => {
  const template = templateOf({ batchSize: 1, maxBatchingWindow: Duration.seconds(0) });

  template.hasResourceProperties('AWS::Lambda::EventSourceMapping', {
    BatchSize: 1,
    MaximumBatchingWindowInSeconds: 0,
  });
});

test('the alias follows published versions where the user chooses so', () => {
  const template = templateOf({ version: FunctionVersion.CURRENT });

  const { logicalId } = only(template, 'AWS::Lambda::Version');
  template.hasResourceProperties('AWS::Lambda::Alias', { FunctionVersion: { 'Fn::GetAtt': [logicalId, 'Version'] } });
});

describe('a table of the user', () => {
  test('is used in place of an own one, without its indexes', () => {
    const scope = stack();
    const table = new IdempotencyTable(scope, 'Memory');
    table.addGlobalSecondaryIndex({
      indexName: 'by-status',
      partitionKey: { name: 'status', type: dynamodb.AttributeType.STRING },
    });

    processor(scope, { table: table as dynamodb.ITable });

    const template = Template.fromStack(scope);
    const { logicalId } = only(template, 'AWS::DynamoDB::GlobalTable');
    expect(logicalId).toBe('Memory22710B9E');
    expect(statements(template).ClaimRecords).toEqual({
      Effect: 'Allow',
      Action: [
        'dynamodb:BatchGetItem',
        'dynamodb:PartiQLInsert',
        'dynamodb:PartiQLUpdate',
        'dynamodb:PutItem',
        'dynamodb:UpdateItem',
      ],
      Resource: { 'Fn::GetAtt': [logicalId, 'Arn'] },
    });
  });
});

test('two processors of one stack have consumers of their own and share nothing but what is given to both', () => {
  const scope = stack();

  const [orders, refunds] = ['Orders', 'Refunds'].map((id) => processor(scope, {}, id));

  expect([orders?.consumer, refunds?.consumer]).toEqual(['Shop-Orders', 'Shop-Refunds']);
  const template = Template.fromStack(scope);
  for (const type of ['DynamoDB::GlobalTable', 'IAM::Role', 'Lambda::Function', 'Lambda::EventSourceMapping']) {
    template.resourceCountIs(`AWS::${type}`, 2);
  }
});

test('what is granted to the processor is granted to the role, before the mapping is made', () => {
  const scope = stack();
  const queue = new sqs.Queue(scope, 'Queue');

  const orders = processor(scope);
  queue.grant(orders, 'sqs:SendMessage');

  expect(orders.grantPrincipal).toBe(orders.role);
  const template = Template.fromStack(scope);
  const policy = only(template, 'AWS::IAM::Policy');
  expect(only(template, 'AWS::Lambda::EventSourceMapping').DependsOn).toContain(policy.logicalId);
  expect(policy.Properties.PolicyDocument.Statement).toContainEqual({
    Effect: 'Allow',
    Action: 'sqs:SendMessage',
    Resource: { 'Fn::GetAtt': ['Queue4A7E3555', 'Arn'] },
  });
});

test('its parts can be reached', () => {
  const orders = processor(stack());

  expect(orders.mappingName).toBe('Orders');
  expect(orders.consumer).toBe('Shop-Orders');
  expect(orders.table).toBeInstanceOf(IdempotencyTable);
  expect(orders.alias.lambda).toBe(orders.function);
  expect(orders.function.role).toBe(orders.role);
  expect(orders.logGroup.node.path).toBe('Shop/Orders/Logs');
});

test('without its mapping the function and its memory stay: the first of the two deployments of a change', () => {
  const scope = stack();

  processor(scope).node.tryRemoveChild('Mapping');

  const template = Template.fromStack(scope);
  template.resourceCountIs('AWS::Lambda::EventSourceMapping', 0);
  expect(only(template, 'AWS::DynamoDB::GlobalTable').logicalId).toBe('OrdersTable1F8332C7');
  template.resourceCountIs('AWS::Lambda::Alias', 1);
});

test('a stack that knows its region and account gets the same source and consumer', () => {
  const scope = new Stack(app(), 'Shop', { env: { region: 'eu-west-1', account: '111122223333' } });

  processor(scope);

  Template.fromStack(scope).hasResourceProperties('AWS::Lambda::EventSourceMapping', {
    EventSourceArn: CLUSTER_ARN,
    AmazonManagedKafkaEventSourceConfig: { ConsumerGroupId: 'Shop-Orders' },
  });
});

test('it can live in a nested stack', () => {
  const scope = stack();
  const nested = new NestedStack(scope, 'Readers');

  processor(nested);

  Template.fromStack(nested).hasResourceProperties('AWS::Lambda::EventSourceMapping', {
    AmazonManagedKafkaEventSourceConfig: { ConsumerGroupId: 'Shop-Readers/Orders' },
  });
});

test('numbers and times that are known at deployment only pass', () => {
  const template = templateOf({
    batchSize: Token.asNumber({ Ref: 'Size' }),
    maxBatchingWindow: Duration.seconds(Token.asNumber({ Ref: 'Window' })),
    timeout: Duration.seconds(Token.asNumber({ Ref: 'Timeout' })),
    rememberFor: Duration.seconds(Token.asNumber({ Ref: 'Memory' })),
  });

  template.hasResourceProperties('AWS::Lambda::EventSourceMapping', {
    BatchSize: { Ref: 'Size' },
    MaximumBatchingWindowInSeconds: { Ref: 'Window' },
  });
  template.hasResourceProperties('AWS::Lambda::Function', {
    Timeout: { Ref: 'Timeout' },
    Environment: { Variables: { MSK_ONCE_REMEMBER_FOR_S: { Ref: 'Memory' } } },
  });
});

test.each([
  ['my orders (eu)', 'my-orders-eu-'],
  ['Orders.v2', 'Orders-v2'],
  ['a'.repeat(120), 'a'.repeat(120)],
])('the id %j gives the mapping name %j', (id, name) => {
  const orders = processor(stack(), {}, id);

  expect(orders.mappingName).toBe(name);
  expect(orders.alias.aliasName).toBe(`${name}-partial`);
});

test('a raised generation reaches the runtime, and nothing else changes (L7)', () => {
  const [first, second] = [templateOf(), templateOf({ generation: 2 })].map((template) => template.toJSON());
  const variables = second?.Resources.OrdersFunction520DBA95.Properties.Environment.Variables;

  expect(JSON.parse(variables.MSK_ONCE_MAPPINGS)).toEqual({
    Orders: { consumer: 'Shop-Orders', source: CLUSTER_UUID, generation: 2 },
  });
  variables.MSK_ONCE_MAPPINGS =
    first?.Resources.OrdersFunction520DBA95.Properties.Environment.Variables.MSK_ONCE_MAPPINGS;
  expect(second).toEqual(first);
});

test('a cluster that is known at deployment only names the memory at deployment (L1)', () => {
  const scope = stack();
  const clusterArn = new CfnParameter(scope, 'Cluster').valueAsString;

  processor(scope, { source: source({ clusterArn }) });

  const { Environment } = only(Template.fromStack(scope), 'AWS::Lambda::Function').Properties;
  expect(Environment.Variables.MSK_ONCE_MAPPINGS).toEqual({
    'Fn::Join': [
      '',
      [
        '{"Orders":{"consumer":"Shop-Orders","source":"',
        { 'Fn::Select': [2, { 'Fn::Split': ['/', { Ref: 'Cluster' }] }] },
        '","generation":1}}',
      ],
    ],
  });
});
