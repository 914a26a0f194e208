import { cpSync, mkdtempSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readKafkaMappings } from '../../../local/template/kafka-mappings';
import { readStack, type StackOptions } from '../../../local/template/stack';
import { readTables } from '../../../local/template/tables';
import { PROJECT } from '../../support/project';
import { type Properties, refusal, stackOf, temporaryFolder, write } from './template-fixture';

const folder = temporaryFolder();
afterAll(() => folder.remove());

const FIXTURES = join(PROJECT, 'test', 'fixtures', 'templates');
const RETRIES = { parameters: { Retries: '7' } };
const read = (options: StackOptions = RETRIES) => readStack(join(FIXTURES, 'sam', 'template.yaml'), options);

describe('a template of SAM as it is written', () => {
  test('has its function and its event MSK read, with globals, parameters, conditions and generated resources', () => {
    // Prepare, act
    const [orders] = readKafkaMappings(read());

    // Assess
    expect(orders).toEqual({
      logicalId: 'OrdersFunctionOrders',
      enabled: true,
      topic: 'orders-test',
      consumerGroupId: 'template-orders',
      selfManaged: false,
      eventSourceArn: expect.stringMatching(/^arn:aws:kafka:us-east-1:000000000000:cluster\/shop\//),
      bootstrapServers: undefined,
      schemaRegistry: undefined,
      startingPosition: 'TRIM_HORIZON',
      startingPositionTimestampMs: undefined,
      batchSize: 500,
      batchingWindowMs: 2000,
      filters: ['{"value":{"type":["order"]}}'],
      pollers: { minimum: 1, maximum: 2 },
      reportBatchItemFailures: true,
      maximumRetryAttempts: 7,
      maximumRecordAgeSeconds: 3600,
      bisectBatchOnFunctionError: true,
      onFailure: { kind: 'sqs', queueArn: 'arn:aws:sqs:us-east-1:000000000000:Letters', queueName: 'Letters' },
      functionName: 'OrdersFunction',
      aliasName: 'live-1',
      invokedFunctionArn: 'arn:aws:lambda:us-east-1:000000000000:function:OrdersFunction:live-1',
      function: {
        logicalId: 'OrdersFunction',
        name: 'OrdersFunction',
        version: '1',
        region: 'us-east-1',
        handler: 'app.handler',
        runtime: 'nodejs22.x',
        timeoutMs: 60_000,
        memoryMb: 256,
        logGroupName: '/aws/lambda/OrdersFunction',
        environment: {
          STAGE: 'test',
          LOG_LEVEL: 'debug',
          TABLE: 'memory-test',
          QUEUE: 'https://sqs.us-east-1.amazonaws.com/000000000000/Letters',
          ROLE: 'arn:aws:iam::000000000000:role/OrdersFunctionRole',
          LIMIT: '100',
        },
        assetPath: join(FIXTURES, 'sam', 'orders'),
      },
    });
  });

  test('has its event SelfManagedKafka read, whatever its secrets are, and a function with inline code', () => {
    // Prepare, act
    const [, payments, ...others] = readKafkaMappings(read());

    // Assess
    expect(others).toEqual([]);
    expect(payments).toMatchObject({
      logicalId: 'PaymentsFunctionPayments',
      topic: 'payments',
      consumerGroupId: 'payments',
      selfManaged: true,
      bootstrapServers: ['b-1.payments.example:9096', 'b-2.payments.example:9096'],
      startingPosition: 'AT_TIMESTAMP',
      startingPositionTimestampMs: 1_790_000_000_000,
      functionName: 'payments-test',
      aliasName: undefined,
      function: { timeoutMs: 30_000, memoryMb: 256, environment: { STAGE: 'test', LOG_LEVEL: 'warn' } },
    });
    expect(readFileSync(join(payments?.function.assetPath ?? '', 'index.js'), 'utf8')).toBe(
      'exports.handler = async () => ({ batchItemFailures: [] });\n',
    );
  });

  test('has its simple tables read, the one with a key of its own and the one without', () => {
    expect(readTables(read())).toMatchObject([
      {
        logicalId: 'Memory',
        tableName: 'memory-test',
        keySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
        attributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
      },
      { logicalId: 'Plain', tableName: 'Plain', keySchema: [{ AttributeName: 'id', KeyType: 'HASH' }] },
    ]);
  });

  test('has the resources of a function whose condition holds, and with them its pollers', () => {
    // Prepare
    const production = read({ parameters: { Retries: '7', Stage: 'production' } });

    // Act
    const mappings = readKafkaMappings(production, { function: 'OrdersFunction' });

    // Assess
    expect(mappings).toMatchObject([{ topic: 'orders-production', pollers: { minimum: 1, maximum: 10 } }]);
  });

  test.each<[string, StackOptions, string[]]>([
    [
      'a parameter without a value',
      {},
      [
        'Resources.OrdersFunction.Properties.Events.Orders.Properties.MaximumRetryAttempts.Ref needs the parameter Retries',
        '--parameter Retries=VALUE',
      ],
    ],
    [
      'a number out of its range',
      { parameters: { Retries: '70000' } },
      ['Resources.OrdersFunction.Properties.Events.Orders.Properties.MaximumRetryAttempts is "70000"'],
    ],
    [
      'a function in Python',
      { parameters: { Retries: '7', Stage: 'production' } },
      ['Resources.ReportsFunction.Properties.Runtime is "python3.13"', 'Node.js'],
    ],
    [
      'a value that a parameter may not have',
      { parameters: { Retries: '7', Stage: 'prod' } },
      ['The parameter Stage is given "prod"', 'test, production'],
    ],
    [
      'a parameter that is not there',
      { parameters: { Retry: '7' } },
      ['no parameter Retry', 'Stage, Brokers, Retries'],
    ],
  ])('is refused where the file says it: %s', (_, options, words) => {
    // Prepare, act
    const refused = refusal(() => readKafkaMappings(read(options)));

    // Assess
    for (const word of words) expect(refused.message).toContain(word);
  });
});

describe('what sam build leaves', () => {
  test('is read, its code beside it', () => {
    // Prepare
    const project = mkdtempSync(join(folder.path, 'project-'));
    const build = join(project, '.aws-sam', 'build');
    cpSync(join(FIXTURES, 'sam-build'), build, { recursive: true });

    // Act
    const [mapping] = readKafkaMappings(readStack(join(build, 'template.yaml')));

    // Assess
    expect(mapping).toMatchObject({
      topic: 'orders',
      startingPosition: 'LATEST',
      function: { assetPath: join(build, 'OrdersFunction'), handler: 'app.handler' },
    });
  });

  test('is asked for where the code is yet to be built', () => {
    // Prepare
    const project = mkdtempSync(join(folder.path, 'project-'));
    const text = readFileSync(join(FIXTURES, 'sam-build', 'template.yaml'), 'utf8').replace(
      'CodeUri: OrdersFunction',
      'CodeUri: src',
    );
    write(project, { 'template.yaml': text, 'src/app.ts': 'export const handler = 1;' });

    // Act
    const refused = refusal(() => readKafkaMappings(readStack(join(project, 'template.yaml'))));

    // Assess
    expect(refused.message).toContain('Resources.OrdersFunction.Properties.CodeUri is');
    expect(refused.message).toContain('Run `sam build`, and give .aws-sam/build/template.yaml');
  });
});

describe('a function of SAM in JSON', () => {
  const EVENT = {
    Type: 'MSK',
    Properties: { Stream: 'arn:aws:kafka:us-east-1:1:cluster/a/b-1', Topics: ['orders'], StartingPosition: 'LATEST' },
  };
  const FUNCTION = { CodeUri: 'asset.flights', Handler: 'index.handler', Runtime: 'nodejs22.x', Events: { E: EVENT } };
  const mappingOf = (changes: Properties, event: Properties = {}, Globals: unknown = {}, attributes: Properties = {}) =>
    readKafkaMappings(
      stackOf(folder.path, {
        Globals,
        Resources: {
          F: {
            Type: 'AWS::Serverless::Function',
            ...attributes,
            Properties: {
              ...FUNCTION,
              Events: { E: { ...EVENT, Properties: { ...EVENT.Properties, ...event } } },
              ...changes,
            },
          },
        },
      }),
    )[0];

  test.each<[string, Properties, Properties, unknown, Properties, object]>([
    [
      'its own values before the globals',
      { Timeout: 9 },
      {},
      { Function: { Timeout: 8 } },
      {},
      { function: { timeoutMs: 9000 } },
    ],
    [
      'the variables of both',
      { Environment: { Variables: { A: 'own', B: 'own' } } },
      {},
      { Function: { Environment: { Variables: { B: 'all', C: 'all' } } } },
      {},
      { function: { environment: { A: 'own', B: 'own', C: 'all' } } },
    ],
    [
      'no globals',
      {},
      {},
      { Function: { Timeout: 8, MemorySize: 512 } },
      { IgnoreGlobals: '*' },
      { function: { timeoutMs: 3000, memoryMb: 128 } },
    ],
    [
      'not all globals',
      {},
      {},
      { Function: { Timeout: 8, MemorySize: 512 } },
      { IgnoreGlobals: ['Timeout'] },
      { function: { timeoutMs: 3000, memoryMb: 512 } },
    ],
    [
      'a schema registry',
      {},
      {
        SchemaRegistryConfig: {
          SchemaRegistryURI: 'https://r',
          EventRecordFormat: 'SOURCE',
          SchemaValidationConfigs: [{ Attribute: 'KEY' }],
        },
        ConsumerGroupId: 'g',
      },
      {},
      {},
      { consumerGroupId: 'g', schemaRegistry: { uri: 'https://r', eventRecordFormat: 'SOURCE', attributes: ['KEY'] } },
    ],
    [
      'an alias whose name is a parameter',
      { AutoPublishAlias: { 'Fn::Sub': 'live' } },
      {},
      {},
      {},
      { aliasName: 'live', function: { version: '1' } },
    ],
    [
      'a destination of Kafka',
      {},
      { DestinationConfig: { OnFailure: { Type: 'Kafka', Destination: 'kafka://dead' } } },
      {},
      {},
      { onFailure: { kind: 'kafka', topic: 'dead' } },
    ],
  ])('has %s', (_, changes, event, globals, attributes, expected) => {
    expect(mappingOf(changes, event, globals, attributes)).toMatchObject(expected);
  });

  test.each<[string, Properties, Properties, unknown, string[]]>([
    [
      'code in a bucket',
      { CodeUri: 's3://artifacts/code.zip' },
      {},
      {},
      ['Resources.F.Properties.CodeUri is s3://artifacts/code.zip', 'bucket'],
    ],
    [
      'code in a bucket, in parts',
      { CodeUri: { Bucket: 'artifacts', Key: 'code.zip' } },
      {},
      {},
      ['Resources.F.Properties.CodeUri is {"S3Bucket":"artifacts","S3Key":"code.zip"}'],
    ],
    [
      'a folder that is not there',
      { CodeUri: './src' },
      {},
      {},
      ['Resources.F.Properties.CodeUri lies in ', 'which does not exist', 'sam build'],
    ],
    ['no code', { CodeUri: undefined }, {}, {}, ['Resources.F.Properties.CodeUri is undefined, which names no code']],
    [
      'an image',
      { PackageType: 'Image', ImageUri: 'x' },
      {},
      {},
      ['Resources.F.Properties.PackageType is a container image'],
    ],
    ['a global out of its range', {}, {}, { Function: { Timeout: 1000 } }, ['Globals.Function.Timeout is 1000']],
    [
      'a global variable without a local value',
      {},
      {},
      { Function: { Environment: { Variables: { A: { 'Fn::ImportValue': 'x' } } } } },
      ['Globals.Function.Environment.Variables.A.Fn::ImportValue'],
    ],
    [
      'a folder of the globals that is not there',
      { CodeUri: undefined },
      {},
      { Function: { CodeUri: 'gone' } },
      ['Globals.Function.CodeUri lies in'],
    ],
    [
      'a source without a local value',
      {},
      { Stream: { Ref: 'Nobody' } },
      {},
      ['Resources.F.Properties.Events.E.Properties.Stream.Ref'],
    ],
    [
      'a consumption mode, which MSK does not have',
      {},
      { ConsumptionMode: 'Queue' },
      {},
      ['Resources.F.Properties.Events.E.Properties.ConsumptionMode is not known'],
    ],
    [
      'a setting of another source',
      {},
      { Cluster: 'x' },
      {},
      ['Resources.F.Properties.Events.E.Properties.Cluster is not known'],
    ],
    [
      'no starting position',
      {},
      { StartingPosition: undefined },
      {},
      ['Events.E.Properties.StartingPosition is missing'],
    ],
  ])('is refused with %s', (_, changes, event, globals, words) => {
    // Prepare, act
    const refused = refusal(() => mappingOf(changes, event, globals));

    // Assess
    for (const word of words) expect(refused.message).toContain(word);
  });

  test('whose table has a key that DynamoDB does not know is refused', () => {
    // Prepare
    const Resources = {
      T: { Type: 'AWS::Serverless::SimpleTable', Properties: { PrimaryKey: { Name: 'id', Type: 'S' } } },
    };

    // Act
    const refused = refusal(() => stackOf(folder.path, { Resources }));

    // Assess
    expect(refused.message).toContain(
      'Resources.T.Properties.PrimaryKey.Type is "S"; accepted are String, Number, Binary',
    );
  });
});
