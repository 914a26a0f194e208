// biome-ignore-all lint/suspicious/noTemplateCurlyInString: Fn::Sub is written like this.
import { join } from 'node:path';
import { readKafkaMappings } from '../../../local/template/kafka-mappings';
import { cdkResources, type Properties, refusal, stackOf, temporaryFolder } from './template-fixture';

const folder = temporaryFolder();
afterAll(() => folder.remove());

const mappingsOf = (Resources: Record<string, unknown>, Conditions: unknown = {}) =>
  readKafkaMappings(stackOf(folder.path, { Resources, Conditions }));
const mappingOf = (mapping: Properties, more: { lambda?: Properties; alias?: Properties } = {}) =>
  mappingsOf(cdkResources({ mapping, ...more }))[0];
const UNSET = { Ref: 'AWS::NoValue' };
/** Takes the settings away that only provisioned pollers may have. */
const ON_DEMAND = { ProvisionedPollerConfig: UNSET, FunctionResponseTypes: UNSET };

describe('a mapping is read with the settings that the service would use', () => {
  test('from a template of the CDK, its function included', () => {
    // Prepare
    const stack = stackOf(folder.path, { Resources: cdkResources() });

    // Act
    const mappings = readKafkaMappings(stack);

    // Assess
    expect(mappings).toEqual([
      {
        logicalId: 'FlightsMapping2C9D',
        enabled: true,
        topic: 'flights',
        consumerGroupId: 'demo-Flights',
        batchSize: 100,
        batchingWindowMs: 500,
        startingPosition: 'TRIM_HORIZON',
        startingPositionTimestampMs: undefined,
        pollers: { minimum: 1, maximum: 4 },
        reportBatchItemFailures: true,
        maximumRetryAttempts: -1,
        selfManaged: false,
        eventSourceArn: 'arn:aws:kafka:us-east-1:111122223333:cluster/demo/0a1b2c3d-2',
        bootstrapServers: undefined,
        functionName: 'FlightsFunction0FD0E4',
        aliasName: 'flights-partial',
        invokedFunctionArn: 'arn:aws:lambda:us-east-1:000000000000:function:FlightsFunction0FD0E4:flights-partial',
        function: {
          logicalId: 'FlightsFunction0FD0E4',
          name: 'FlightsFunction0FD0E4',
          version: '$LATEST',
          region: 'us-east-1',
          handler: 'index.handler',
          runtime: 'nodejs22.x',
          timeoutMs: 60_000,
          memoryMb: 512,
          logGroupName: '/aws/lambda/FlightsFunction0FD0E4',
          environment: { COUNTERS_TABLE: 'Counters', REGION: 'us-east-1' },
          assetPath: join(stack.directory, 'asset.flights'),
        },
      },
    ]);
  });

  test('from a template as SAM makes it: the function by its name, the code by its folder, on demand', () => {
    // Prepare
    const resources = {
      OrdersFunction: {
        Type: 'AWS::Lambda::Function',
        Properties: {
          Code: './asset.flights',
          Handler: 'src/app.handler',
          Runtime: 'nodejs20.x',
          FunctionName: 'orders',
        },
        Metadata: { SamResourceId: 'OrdersFunction' },
      },
      OrdersFunctionKafka: {
        Type: 'AWS::Lambda::EventSourceMapping',
        Properties: {
          EventSourceArn: { Ref: 'Cluster' },
          FunctionName: { Ref: 'OrdersFunction' },
          StartingPosition: 'LATEST',
          Topics: ['orders'],
          BatchSize: '500',
          Enabled: 'true',
        },
      },
      Cluster: { Type: 'AWS::MSK::Cluster', Properties: { ClusterName: 'shop' } },
    };

    // Act
    const [mapping] = mappingsOf(resources);

    // Assess
    expect(mapping).toMatchObject({
      topic: 'orders',
      consumerGroupId: 'OrdersFunctionKafka',
      batchSize: 500,
      startingPosition: 'LATEST',
      pollers: undefined,
      reportBatchItemFailures: false,
      functionName: 'orders',
      aliasName: undefined,
      invokedFunctionArn: 'arn:aws:lambda:us-east-1:000000000000:function:orders',
      eventSourceArn: expect.stringMatching(/^arn:aws:kafka:us-east-1:000000000000:cluster\/shop\//),
      function: {
        logicalId: 'OrdersFunction',
        handler: 'src/app.handler',
        timeoutMs: 3000,
        memoryMb: 128,
        environment: {},
        assetPath: expect.stringMatching(/asset\.flights$/),
      },
    });
  });

  test('of self-managed Kafka', () => {
    // Prepare, act
    const mapping = mappingOf({
      EventSourceArn: UNSET,
      AmazonManagedKafkaEventSourceConfig: UNSET,
      SelfManagedKafkaEventSourceConfig: { ConsumerGroupId: 'payments' },
      SelfManagedEventSource: {
        Endpoints: { KafkaBootstrapServers: ['a:9092', { 'Fn::Sub': 'b.${AWS::Region}:9092' }] },
      },
      SourceAccessConfigurations: [{ Type: 'SASL_SCRAM_512_AUTH', URI: { 'Fn::ImportValue': 'secret' } }],
    });

    // Assess
    expect(mapping).toMatchObject({
      selfManaged: true,
      eventSourceArn: undefined,
      bootstrapServers: ['a:9092', 'b.us-east-1:9092'],
      consumerGroupId: 'payments',
    });
  });

  test.each<[string, Properties, object]>([
    ['batch size', { BatchSize: 10_000 }, { batchSize: 10_000 }],
    ['batching window', { MaximumBatchingWindowInSeconds: 5 }, { batchingWindowMs: 5000 }],
    ['a window of 0, which is not the default', { MaximumBatchingWindowInSeconds: 0 }, { batchingWindowMs: 0 }],
    ['retries', { MaximumRetryAttempts: 3 }, { maximumRetryAttempts: 3 }],
    ['no retries, which is not the default', { MaximumRetryAttempts: 0 }, { maximumRetryAttempts: 0 }],
    ['a disabled mapping', { Enabled: false }, { enabled: false }],
    [
      'pollers with one bound',
      { ProvisionedPollerConfig: { MinimumPollers: 2 } },
      { pollers: { minimum: 2, maximum: 200 } },
    ],
    ['pollers taken back', { ProvisionedPollerConfig: {}, FunctionResponseTypes: [] }, { pollers: undefined }],
    [
      'a point in time',
      { StartingPosition: 'AT_TIMESTAMP', StartingPositionTimestamp: 1_790_000_000 },
      { startingPositionTimestampMs: 1_790_000_000_000 },
    ],
    [
      'values that leave the delivery as it is',
      {
        MaximumRecordAgeInSeconds: -1,
        BisectBatchOnFunctionError: false,
        DestinationConfig: {},
        FilterCriteria: { Filters: [] },
      },
      {},
    ],
    [
      'a source that is the only cluster',
      { EventSourceArn: 'arn:aws:kafka:eu-west-1:1:cluster/a/b-1' },
      { eventSourceArn: 'arn:aws:kafka:eu-west-1:1:cluster/a/b-1' },
    ],
  ])('%s', (_, changes, expected) => {
    expect(mappingOf(changes)).toMatchObject(expected);
  });

  test.each<[string, unknown, string, string | undefined, string]>([
    ['the ARN of the alias', { Ref: 'FlightsAlias1B1F9B' }, 'flights', 'flights-partial', ':flights-partial'],
    ['the ARN of the function', { 'Fn::GetAtt': ['FlightsFunction0FD0E4', 'Arn'] }, 'flights', undefined, ''],
    ['the name of the function', { Ref: 'FlightsFunction0FD0E4' }, 'flights', undefined, ''],
    ['name and alias', 'flights:flights-partial', 'flights', 'flights-partial', ':flights-partial'],
    [
      'a full ARN of another account',
      'arn:aws:lambda:eu-west-1:111122223333:function:flights:flights-partial',
      'flights',
      'flights-partial',
      ':flights-partial',
    ],
    ['part of an ARN', '111122223333:function:flights', 'flights', undefined, ''],
    ['a version', 'flights:7', 'flights', undefined, ':7'],
    ['the latest version', 'flights:$LATEST', 'flights', undefined, ':$LATEST'],
  ])('FunctionName as %s', (_, FunctionName, functionName, aliasName, suffix) => {
    expect(mappingOf({ FunctionName }, { lambda: { FunctionName: 'flights' } })).toMatchObject({
      functionName,
      aliasName,
      invokedFunctionArn: `arn:aws:lambda:us-east-1:000000000000:function:flights${suffix}`,
    });
  });

  test('the function has the version that its alias points to', () => {
    // Prepare
    const resources = {
      ...cdkResources({ alias: { FunctionVersion: { 'Fn::GetAtt': ['V', 'Version'] } } }),
      V: { Type: 'AWS::Lambda::Version', Properties: { FunctionName: { Ref: 'FlightsFunction0FD0E4' } } },
    };

    // Act
    const [mapping] = mappingsOf(resources);

    // Assess
    expect(mapping?.function.version).toBe('1');
  });

  test('only mappings of Kafka whose condition holds are read', () => {
    // Prepare
    const resources = {
      ...cdkResources(),
      Queue: {
        Type: 'AWS::Lambda::EventSourceMapping',
        Properties: { EventSourceArn: { 'Fn::ImportValue': 'queue' } },
      },
      Off: { Type: 'AWS::Lambda::EventSourceMapping', Condition: 'Never', Properties: { Topics: ['off'] } },
    };

    // Act
    const mappings = mappingsOf(resources, { Never: { 'Fn::Equals': ['a', 'b'] } });

    // Assess
    expect(mappings.map(({ logicalId }) => logicalId)).toEqual(['FlightsMapping2C9D']);
  });
});

describe('a setting that a deployment or this version would not take is refused', () => {
  const INVALID = 'MSK_ONCE_TEMPLATE_INVALID';
  const UNSUPPORTED = 'MSK_ONCE_TEMPLATE_UNSUPPORTED';
  test.each<[string, Properties, string, string[]]>([
    [
      'responses without pollers',
      { ProvisionedPollerConfig: UNSET },
      INVALID,
      ['.FunctionResponseTypes', 'no ProvisionedPollerConfig', 'Unsupported FunctionResponseTypes parameter'],
    ],
    [
      'retries without pollers',
      { ...ON_DEMAND, MaximumRetryAttempts: 3 },
      INVALID,
      ['.MaximumRetryAttempts', 'no ProvisionedPollerConfig'],
    ],
    [
      'bisect without pollers',
      { ...ON_DEMAND, BisectBatchOnFunctionError: false },
      INVALID,
      ['.BisectBatchOnFunctionError', 'no ProvisionedPollerConfig'],
    ],
    [
      'a record age without pollers',
      { ...ON_DEMAND, MaximumRecordAgeInSeconds: 60 },
      INVALID,
      ['.MaximumRecordAgeInSeconds', 'no ProvisionedPollerConfig'],
    ],
    [
      'a record age',
      { MaximumRecordAgeInSeconds: 60 },
      UNSUPPORTED,
      ['.MaximumRecordAgeInSeconds is 60', 'not built yet'],
    ],
    [
      'bisect',
      { BisectBatchOnFunctionError: true },
      UNSUPPORTED,
      ['.BisectBatchOnFunctionError is true', 'not built yet'],
    ],
    [
      'a destination',
      { DestinationConfig: { OnFailure: { Destination: 'kafka://dead' } } },
      UNSUPPORTED,
      ['.DestinationConfig', 'not built yet'],
    ],
    [
      'filters',
      { FilterCriteria: { Filters: [{ Pattern: '{}' }] } },
      UNSUPPORTED,
      ['.FilterCriteria', 'not built yet'],
    ],
    [
      'a schema registry',
      { AmazonManagedKafkaEventSourceConfig: { SchemaRegistryConfig: { EventRecordFormat: 'JSON' } } },
      UNSUPPORTED,
      ['.AmazonManagedKafkaEventSourceConfig.SchemaRegistryConfig', 'not built yet'],
    ],
    [
      'queue mode',
      { SelfManagedKafkaEventSourceConfig: { ConsumptionMode: 'Queue' } },
      UNSUPPORTED,
      ['.ConsumptionMode is "Queue"', 'not built yet'],
    ],
    ['a setting of another source', { ParallelizationFactor: 2 }, UNSUPPORTED, ['.ParallelizationFactor', 'not known']],
    ['a batch size of 0', { BatchSize: 0 }, INVALID, ['.BatchSize is 0', '1 to 10000']],
    ['a batch size in words', { BatchSize: 'many' }, INVALID, ['.BatchSize is "many"']],
    ['a window too long', { MaximumBatchingWindowInSeconds: 301 }, INVALID, ['301', '0 to 300']],
    ['half a second', { MaximumBatchingWindowInSeconds: 0.5 }, INVALID, ['0.5', 'whole numbers']],
    [
      'more pollers at least than at most',
      { ProvisionedPollerConfig: { MinimumPollers: 5, MaximumPollers: 4 } },
      INVALID,
      ['MinimumPollers 5 above MaximumPollers 4'],
    ],
    ['two topics', { Topics: ['a', 'b'] }, INVALID, ['.Topics is ["a","b"]', 'exactly one topic']],
    ['no topic', { Topics: UNSET }, INVALID, ['.Topics is []', 'exactly one topic']],
    ['no starting position', { StartingPosition: UNSET }, INVALID, ['.StartingPosition is missing']],
    [
      'another starting position',
      { StartingPosition: 'EARLIEST' },
      INVALID,
      ['"EARLIEST"', 'TRIM_HORIZON, LATEST, AT_TIMESTAMP'],
    ],
    [
      'a point in time that is not given',
      { StartingPosition: 'AT_TIMESTAMP' },
      INVALID,
      ['.StartingPositionTimestamp', 'AT_TIMESTAMP'],
    ],
    [
      'a consumer group id with a space',
      { AmazonManagedKafkaEventSourceConfig: { ConsumerGroupId: 'a b' } },
      INVALID,
      ['.ConsumerGroupId is "a b"'],
    ],
    ['no source', { EventSourceArn: UNSET }, INVALID, ['.EventSourceArn', 'SelfManagedEventSource']],
    [
      'two sources',
      { SelfManagedEventSource: { Endpoints: { KafkaBootstrapServers: ['a:1'] } } },
      INVALID,
      ['.EventSourceArn', 'not both'],
    ],
    ['an enabled that is neither', { Enabled: 'yes' }, INVALID, ['.Enabled is "yes"', 'true and false']],
    [
      'an import',
      { EventSourceArn: { 'Fn::ImportValue': 'cluster' } },
      UNSUPPORTED,
      ['Resources.FlightsMapping2C9D.Properties.EventSourceArn.Fn::ImportValue', 'cluster'],
    ],
    [
      'another function',
      { FunctionName: 'payments' },
      INVALID,
      ['.FunctionName calls "payments"', 'It has: FlightsFunction0FD0E4'],
    ],
    [
      'another alias',
      { FunctionName: 'FlightsFunction0FD0E4:live' },
      INVALID,
      ['calls the alias "live"', 'It has: flights-partial'],
    ],
  ])('%s', (_, changes, code, words) => {
    // Prepare, act
    const refused = refusal(() => mappingOf(changes));

    // Assess
    expect(refused.code).toBe(code);
    for (const word of words) expect(refused.message).toContain(word);
  });

  test('two mappings with one consumer group id', () => {
    // Prepare
    const resources = cdkResources();
    const second = { ...resources, Second: resources.FlightsMapping2C9D };

    // Act
    const refused = refusal(() => mappingsOf(second));

    // Assess
    expect(refused.message).toContain('Resources.Second has the consumer group id demo-Flights of FlightsMapping2C9D');
  });

  test.each<[string, Record<string, unknown>, string[]]>([
    ['no mapping at all', { Fn: { Type: 'AWS::Lambda::Function' } }, ['Stack Demo', 'no event source mapping at all']],
    [
      'other mappings',
      { A: { Type: 'AWS::Lambda::EventSourceMapping', Properties: { Queues: ['q'] } } },
      ['other mappings: A'],
    ],
    ['functions of SAM', { F: { Type: 'AWS::Serverless::Function' } }, ['SAM']],
    ['nested stacks', { N: { Type: 'AWS::CloudFormation::Stack' } }, ['nested stack']],
  ])('a stack without Kafka mappings, with %s', (_, resources, words) => {
    // Prepare, act
    const refused = refusal(() => mappingsOf(resources));

    // Assess
    expect(refused.code).toBe(INVALID);
    for (const word of ['no Kafka event source mapping', ...words]) expect(refused.message).toContain(word);
  });
});
