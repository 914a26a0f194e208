// biome-ignore-all lint/suspicious/noTemplateCurlyInString: Fn::Sub is written like this.
import { join } from 'node:path';
import { readKafkaMappings } from '../../../local/template/kafka-mappings';
import { cdkResources, type Properties, refusal, stackOf, temporaryFolder } from './template-fixture';

const folder = temporaryFolder();
afterAll(() => folder.remove());

const mappingsOf = (Resources: Record<string, unknown>, Conditions: unknown = {}) =>
  readKafkaMappings(stackOf(folder.path, { Resources, Conditions }));
const mappingOf = (mapping: Properties, more: { lambda?: Properties; alias?: Properties } = {}) =>
  mappingsOf({ ...cdkResources({ mapping, ...more }), ...TARGETS })[0];
/** What a mapping may send to. */
const TARGETS = {
  Letters: { Type: 'AWS::SQS::Queue' },
  Fifo: { Type: 'AWS::SQS::Queue', Properties: { FifoQueue: true } },
  Topic: { Type: 'AWS::SNS::Topic', Properties: { TopicName: 'topic' } },
  FifoTopic: { Type: 'AWS::SNS::Topic', Properties: { FifoTopic: true } },
  Archive: { Type: 'AWS::S3::Bucket' },
};
const destination = (Destination: unknown) => ({ DestinationConfig: { OnFailure: { Destination } } });
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
        filters: [],
        startingPosition: 'TRIM_HORIZON',
        startingPositionTimestampMs: undefined,
        pollers: { minimum: 1, maximum: 4 },
        reportBatchItemFailures: true,
        maximumRetryAttempts: -1,
        maximumRecordAgeSeconds: -1,
        bisectBatchOnFunctionError: false,
        onFailure: undefined,
        schemaRegistry: undefined,
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
    ['a record age', { MaximumRecordAgeInSeconds: 60 }, { maximumRecordAgeSeconds: 60 }],
    ['the oldest record age', { MaximumRecordAgeInSeconds: '604800' }, { maximumRecordAgeSeconds: 604_800 }],
    ['bisect', { BisectBatchOnFunctionError: 'true' }, { bisectBatchOnFunctionError: true }],
    [
      'filters, as they are written',
      {
        FilterCriteria: {
          Filters: [{ Pattern: '{ "value": {"a": [1]} }' }, { Pattern: { 'Fn::Sub': '{"b":["${Topic.TopicName}"]}' } }],
        },
      },
      { filters: ['{ "value": {"a": [1]} }', '{"b":["topic"]}'] },
    ],
    ['a stream, which every mapping is', { SelfManagedKafkaEventSourceConfig: { ConsumptionMode: 'Stream' } }, {}],
    [
      'a schema registry, without how to reach it',
      {
        AmazonManagedKafkaEventSourceConfig: {
          ConsumerGroupId: 'demo-Flights',
          SchemaRegistryConfig: {
            SchemaRegistryURI: 'https://registry.example',
            EventRecordFormat: 'JSON',
            SchemaValidationConfigs: [{ Attribute: 'VALUE' }, { Attribute: 'KEY' }],
            AccessConfigs: [{ Type: 'BASIC_AUTH', URI: { 'Fn::ImportValue': 'secret' } }],
          },
        },
      },
      {
        consumerGroupId: 'demo-Flights',
        schemaRegistry: { uri: 'https://registry.example', eventRecordFormat: 'JSON', attributes: ['VALUE', 'KEY'] },
      },
    ],
    [
      'a schema registry taken back',
      { AmazonManagedKafkaEventSourceConfig: { SchemaRegistryConfig: {} } },
      { schemaRegistry: undefined },
    ],
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

  test.each<[string, unknown, object | undefined]>([
    [
      'a queue of the template',
      { 'Fn::GetAtt': ['Letters', 'Arn'] },
      { kind: 'sqs', queueArn: 'arn:aws:sqs:us-east-1:000000000000:Letters', queueName: 'Letters' },
    ],
    [
      'a queue elsewhere',
      'arn:aws-cn:sqs:cn-north-1:111122223333:letters',
      { kind: 'sqs', queueArn: 'arn:aws-cn:sqs:cn-north-1:111122223333:letters', queueName: 'letters' },
    ],
    ['a topic of SNS', { Ref: 'Topic' }, { kind: 'sns', topicArn: 'arn:aws:sns:us-east-1:000000000000:topic' }],
    ['a bucket, in lower case', { 'Fn::GetAtt': ['Archive', 'Arn'] }, { kind: 's3', bucketName: 'archive' }],
    ['a topic of Kafka', 'kafka://dead.letters_1', { kind: 'kafka', topic: 'dead.letters_1' }],
    ['nothing', '', undefined],
  ])('what is given up goes to %s', (_, target, expected) => {
    expect(mappingOf(destination(target))?.onFailure).toEqual(expected);
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
      [
        '.FunctionResponseTypes',
        'no ProvisionedPollerConfig',
        `"Unsupported 'functionResponseTypes' parameter for given event source mapping type."`,
      ],
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
      'a record age below a minute',
      { MaximumRecordAgeInSeconds: 59 },
      INVALID,
      [
        '.MaximumRecordAgeInSeconds is 59',
        '-1 (endless)',
        '"MaximumRecordAgeInSeconds must be either -1 (forever) or between 60 and 604800 (inclusive)"',
      ],
    ],
    [
      'a record age of more than a week',
      { MaximumRecordAgeInSeconds: 604_801 },
      INVALID,
      [
        '.MaximumRecordAgeInSeconds is 604801',
        `"1 validation error detected: Value '604801' at 'maximumRecordAgeInSeconds' failed to satisfy constraint: Member must have value less than or equal to 604800"`,
      ],
    ],
    ['a bisect that is neither', { BisectBatchOnFunctionError: 'often' }, INVALID, ['is "often"', 'true and false']],
    ['more retries than there are', { MaximumRetryAttempts: 10_001 }, INVALID, ['10001', '-1 to 10000']],
    [
      'another response type',
      { FunctionResponseTypes: ['Report'] },
      INVALID,
      ['is ["Report"]', 'ReportBatchItemFailures'],
    ],
    [
      'a filter that is no JSON',
      { FilterCriteria: { Filters: [{ Pattern: '{}' }, { Pattern: 'a' }] } },
      INVALID,
      ['.FilterCriteria.Filters[1].Pattern is "a"', 'JSON object', '"Invalid filter pattern definition."'],
    ],
    ['a filter that is a list', { FilterCriteria: { Filters: [{ Pattern: '[1]' }] } }, INVALID, ['Pattern is "[1]"']],
    [
      'a filter that is not text',
      { FilterCriteria: { Filters: [{ Pattern: { value: [1] } }] } },
      INVALID,
      ['Filters[0].Pattern is {"value":[1]}', 'text of a JSON object'],
    ],
    ['a filter without a pattern', { FilterCriteria: { Filters: [{}] } }, INVALID, ['Filters[0].Pattern is undefined']],
    [
      'a filter that is too long',
      { FilterCriteria: { Filters: [{ Pattern: JSON.stringify({ value: ['x'.repeat(4096)] }) }] } },
      INVALID,
      ['has 4110 characters', 'at most 4096'],
    ],
    [
      'a destination by the address of its queue',
      destination({ Ref: 'Letters' }),
      INVALID,
      [
        '.DestinationConfig.OnFailure.Destination is "https://sqs.us-east-1.amazonaws.com/',
        'ARN of an SQS queue',
        'kafka://',
      ],
    ],
    [
      'a destination of another service',
      destination('arn:aws:lambda:us-east-1:1:function:f'),
      INVALID,
      ['is "arn:aws:lambda'],
    ],
    ['a folder of a bucket', destination('arn:aws:s3:::archive/letters'), INVALID, ['"arn:aws:s3:::archive/letters"']],
    [
      'a queue that is first in, first out',
      destination({ 'Fn::GetAtt': ['Fifo', 'Arn'] }),
      INVALID,
      [':Fifo.fifo"', 'FIFO'],
    ],
    ['a topic of SNS that is', destination({ Ref: 'FifoTopic' }), INVALID, [':FifoTopic.fifo"', 'not supported']],
    ['a topic of Kafka that begins with a dot', destination('kafka://.dead'), INVALID, ['"kafka://.dead"']],
    ['a topic of Kafka without a name', destination('kafka://'), INVALID, ['"kafka://"']],
    [
      'a topic of Kafka whose name is too long',
      destination(`kafka://${'x'.repeat(250)}`),
      INVALID,
      ['OnFailure.Destination is "kafka://x'],
    ],
    [
      'a destination for success',
      { DestinationConfig: { OnSuccess: { Destination: 'arn:aws:sqs:us-east-1:1:q' } } },
      INVALID,
      ['.DestinationConfig.OnSuccess is set', 'failures only'],
    ],
    [
      'a schema registry without an address',
      { AmazonManagedKafkaEventSourceConfig: { SchemaRegistryConfig: { EventRecordFormat: 'JSON' } } },
      INVALID,
      ['.AmazonManagedKafkaEventSourceConfig.SchemaRegistryConfig.SchemaRegistryURI is missing'],
    ],
    [
      'a schema registry of another format',
      {
        AmazonManagedKafkaEventSourceConfig: {
          SchemaRegistryConfig: { SchemaRegistryURI: 'https://r', EventRecordFormat: 'AVRO' },
        },
      },
      INVALID,
      ['.EventRecordFormat is "AVRO"', 'JSON and SOURCE'],
    ],
    [
      'a schema registry for nothing',
      {
        AmazonManagedKafkaEventSourceConfig: {
          SchemaRegistryConfig: { SchemaRegistryURI: 'https://r', EventRecordFormat: 'SOURCE' },
        },
      },
      INVALID,
      ['.SchemaValidationConfigs names []', 'KEY, VALUE or both'],
    ],
    [
      'queue mode',
      { SelfManagedKafkaEventSourceConfig: { ConsumptionMode: 'Queue' } },
      UNSUPPORTED,
      ['.ConsumptionMode is "Queue"', 'Only Stream can be run'],
    ],
    [
      'another consumption mode',
      { SelfManagedKafkaEventSourceConfig: { ConsumptionMode: 'Table' } },
      INVALID,
      ['.ConsumptionMode is "Table"', 'Stream and Queue'],
    ],
    [
      'a setting that MSK does not have',
      { AmazonManagedKafkaEventSourceConfig: { ConsumptionMode: 'Queue' } },
      UNSUPPORTED,
      ['.AmazonManagedKafkaEventSourceConfig.ConsumptionMode is not known'],
    ],
    ['a setting of another source', { ParallelizationFactor: 2 }, UNSUPPORTED, ['.ParallelizationFactor', 'not known']],
    [
      'a batch size of 0',
      { BatchSize: 0 },
      INVALID,
      [
        '.BatchSize is 0; accepted are whole numbers from 1 to 10000',
        `"1 validation error detected: Value '0' at 'batchSize' failed to satisfy constraint: Member must have value greater than or equal to 1"`,
      ],
    ],
    [
      'too many pollers',
      { ProvisionedPollerConfig: { MaximumPollers: 2001 } },
      INVALID,
      ['.ProvisionedPollerConfig.MaximumPollers is 2001', "at 'provisionedPollerConfig.maximumPollers' failed"],
    ],
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
      'a point in time in words',
      { StartingPosition: 'AT_TIMESTAMP', StartingPositionTimestamp: 'yesterday' },
      INVALID,
      ['.StartingPositionTimestamp is "yesterday"', 'unix seconds'],
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
    [
      'functions of SAM that have no Kafka event',
      { F: { Type: 'AWS::Serverless::Function', Properties: { Events: { E: { Type: 'SQS' } } } } },
      ['an event MSK or SelfManagedKafka of a function of SAM', 'no event source mapping at all'],
    ],
    [
      'nested stacks that are not here',
      { N: { Type: 'AWS::CloudFormation::Stack', Properties: { TemplateURL: 'https://a/b.json' } } },
      ['not on this machine', 'not read: N'],
    ],
  ])('a stack without Kafka mappings, with %s', (_, resources, words) => {
    // Prepare, act
    const refused = refusal(() => mappingsOf(resources));

    // Assess
    expect(refused.code).toBe(INVALID);
    for (const word of ['no Kafka event source mapping', ...words]) expect(refused.message).toContain(word);
  });
});
