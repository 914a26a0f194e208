// biome-ignore-all lint/suspicious/noTemplateCurlyInString: these are CloudFormation's.
/** A defect of each kind, planted in the SAM template of docs/without-cdk.md: each is named, and nothing else is. */
import { RULES } from '../../../bin/check/rules';
import { type Edit, edited, Folder, SAM, told } from './fixture';

const folder = new Folder();
afterAll(() => folder.remove());

const FUNCTION = 'Resources.OrdersFunction.Properties';
const VARIABLES = `${FUNCTION}.Environment.Variables`;
const MAPPING = 'Resources.OrdersMapping.Properties';
const TABLE = 'Resources.OrdersMemory.Properties';
const ROLE = 'Resources.OrdersRole.Properties';
const STATEMENTS = `${ROLE}.Policies[0].PolicyDocument.Statement`;

const RESPONSE_TYPES = '      FunctionResponseTypes: [ReportBatchItemFailures]\n';
const POLLERS = '      ProvisionedPollerConfig: { MinimumPollers: 1, MaximumPollers: 4 }\n';
const METRICS = '      MetricsConfig: { Metrics: [EventCount, ErrorCount, KafkaMetrics] }\n';
const LOGGING = '      LoggingConfig: { SystemLogLevel: INFO }\n';
const NO_POLLERS: readonly Edit[] = [
  [POLLERS, ''],
  [METRICS, ''],
  [LOGGING, ''],
];
const ON_DEMAND: readonly Edit[] = [
  [RESPONSE_TYPES, ''],
  ...NO_POLLERS,
  ['Name: orders-partial', 'Name: orders-throw'],
];
const BUCKET_DESTINATION: Edit = [
  POLLERS,
  `${POLLERS}      DestinationConfig: { OnFailure: { Destination: !GetAtt OrdersLargeLetters.Arn } }\n`,
];
const QUEUE_DESTINATION: Edit = [
  POLLERS,
  `${POLLERS}      DestinationConfig: { OnFailure: { Destination: !GetAtt OrdersLetters.Arn } }\n`,
];
const also = (property: string): Edit => [POLLERS, `${POLLERS}      ${property}\n`];
const onFunction = (property: string): Edit => [
  '      Handler: index.handler\n',
  `      Handler: index.handler\n      ${property}\n`,
];
const variable = (line: string): Edit => ['          MSK_ONCE_TABLE:', `          ${line}\n          MSK_ONCE_TABLE:`];
const REMEMBER = "MSK_ONCE_REMEMBER_FOR_S: '1209600'";
const LETTERS = '!Sub sqs:${OrdersLetters},s3://${OrdersLargeLetters}';

const SECRET = 'arn:aws:secretsmanager:eu-west-1:111122223333:secret:AmazonMSK_shop-AbCdEf';
const MAY_READ_SECRETS: readonly Edit[] = [
  ['kafka:DescribeCluster, ', 'kafka:ListScramSecrets, kafka:DescribeCluster, '],
  [
    '              - Sid: WriteLogs\n',
    `              - { Effect: Allow, Action: secretsmanager:GetSecretValue, Resource: ${SECRET} }\n              - Sid: WriteLogs\n`,
  ],
];

type Planted = readonly [what: string, told: string, place: string, says: string, ...edits: readonly Edit[]];

const PLANTED: readonly Planted[] = [
  [
    'a response type that the service does not know',
    'error mode',
    `${MAPPING}.FunctionResponseTypes`,
    'is ["ReportBatchItemFailure"]',
    ['[ReportBatchItemFailures]', '[ReportBatchItemFailure]'],
  ],
  // What is read, and from where.
  ['two topics', 'error source', `${MAPPING}.Topics`, 'exactly one topic', ['[!Ref Topic]', '[!Ref Topic, other]']],
  [
    'a topic with a space',
    'error source',
    `${MAPPING}.Topics`,
    'The service refuses it.',
    ['[!Ref Topic]', '["the orders"]'],
    ['- ${Topics}/${Topic}', "- '${Topics}/the orders'"],
  ],
  [
    'no cluster',
    'error source',
    `${MAPPING}.EventSourceArn`,
    'neither is SelfManagedEventSource',
    ['      EventSourceArn: !Ref ClusterArn\n', ''],
  ],
  [
    'queue mode',
    'error source',
    `${MAPPING}.SelfManagedKafkaEventSourceConfig.ConsumptionMode`,
    'is Queue.',
    also('SelfManagedKafkaEventSourceConfig: { ConsumptionMode: Queue }'),
  ],
  [
    'no consumer group',
    'error consumer-group',
    `${MAPPING}.AmazonManagedKafkaEventSourceConfig.ConsumerGroupId`,
    "The service takes the mapping's UUID",
    ['      AmazonManagedKafkaEventSourceConfig: { ConsumerGroupId: !Ref ConsumerGroupId }\n', ''],
  ],
  [
    'the group of brokers of your own',
    'error consumer-group',
    `${MAPPING}.AmazonManagedKafkaEventSourceConfig.ConsumerGroupId`,
    'is not set.',
    ['AmazonManagedKafkaEventSourceConfig:', 'SelfManagedKafkaEventSourceConfig:'],
  ],
  [
    'a group with a space',
    'error consumer-group',
    `${MAPPING}.AmazonManagedKafkaEventSourceConfig.ConsumerGroupId`,
    'The service refuses it.',
    ['Default: shop-orders', 'Default: shop orders'],
  ],
  [
    'a group with a colon',
    'warning consumer-group',
    `${MAPPING}.AmazonManagedKafkaEventSourceConfig.ConsumerGroupId`,
    'MSK shows no lag',
    ['Default: shop-orders', "Default: 'shop:orders'"],
  ],
  [
    'a time in milliseconds',
    'error starting-position',
    `${MAPPING}.StartingPositionTimestamp`,
    'is 1790000000000.',
    [
      'StartingPosition: TRIM_HORIZON',
      'StartingPosition: AT_TIMESTAMP\n      StartingPositionTimestamp: 1790000000000',
    ],
  ],
  [
    'credentials of no kind',
    'error access',
    `${MAPPING}.SourceAccessConfigurations[0].Type`,
    'is "SASL_SCRAM_AUTH".',
    also(`SourceAccessConfigurations: [{ Type: SASL_SCRAM_AUTH, URI: ${SECRET} }]`),
    ...MAY_READ_SECRETS,
  ],
  [
    'credentials that MSK does not take',
    'error access',
    `${MAPPING}.SourceAccessConfigurations[0].Type`,
    'is "SASL_SCRAM_256_AUTH".',
    also(`SourceAccessConfigurations: [{ Type: SASL_SCRAM_256_AUTH, URI: ${SECRET} }]`),
    ...MAY_READ_SECRETS,
  ],
  [
    'a network of MSK in the mapping',
    'error access',
    `${MAPPING}.SourceAccessConfigurations[0].Type`,
    'is "VPC_SUBNET".',
    also("SourceAccessConfigurations: [{ Type: VPC_SUBNET, URI: 'subnet:subnet-1' }]"),
  ],
  ['LATEST', 'warning starting-position', `${MAPPING}.StartingPosition`, 'never delivered', ['TRIM_HORIZON', 'LATEST']],
  [
    'a position of no kind',
    'error starting-position',
    `${MAPPING}.StartingPosition`,
    'OLDEST',
    ['TRIM_HORIZON', 'OLDEST'],
  ],
  [
    'a time without AT_TIMESTAMP',
    'error starting-position',
    `${MAPPING}.StartingPositionTimestamp`,
    'The two belong together',
    also('StartingPositionTimestamp: 1790000000'),
  ],
  [
    'a filter on the key',
    'error filter',
    `${MAPPING}.FilterCriteria.Filters[0].Pattern`,
    'has "key" beside or instead of "value"',
    also(`FilterCriteria: { Filters: [{ Pattern: '{"key":["a"],"value":{"type":["order"]}}' }] }`),
  ],
  [
    'a filter that is no JSON',
    'error filter',
    `${MAPPING}.FilterCriteria.Filters[0].Pattern`,
    'The service refuses it',
    also(`FilterCriteria: { Filters: [{ Pattern: 'order' }] }`),
  ],
  [
    'six filters',
    'warning filter',
    `${MAPPING}.FilterCriteria.Filters`,
    'has 6 filters.',
    also(`FilterCriteria: { Filters: [${Array(6).fill(`{ Pattern: '{"value":{"a":[1]}}' }`).join(', ')}] }`),
  ],
  [
    'a slip of the pen',
    'warning setting',
    `${MAPPING}.BatchSizes`,
    'is not known as a setting',
    also('BatchSizes: 10'),
  ],
  // Numbers.
  ['batch size 0', 'error batch-size', `${MAPPING}.BatchSize`, 'whole numbers from 1 to 10000', also('BatchSize: 0')],
  ['a batch size as words', 'error batch-size', `${MAPPING}.BatchSize`, '"many"', also('BatchSize: many')],
  [
    'a window of 500 s',
    'error batching-window',
    `${MAPPING}.MaximumBatchingWindowInSeconds`,
    'from 0 to 300',
    also('MaximumBatchingWindowInSeconds: 500'),
  ],
  [
    'fewer pollers at most than at least',
    'error pollers',
    `${MAPPING}.ProvisionedPollerConfig.MaximumPollers`,
    'from the minimum, 8',
    ['MinimumPollers: 1', 'MinimumPollers: 8'],
  ],
  // What the service would discard.
  [
    'a destination',
    'error discard',
    `${MAPPING}.DestinationConfig.OnFailure.Destination`,
    'endless retries end after ten',
    QUEUE_DESTINATION,
  ],
  ['finite retries', 'error discard', `${MAPPING}.MaximumRetryAttempts`, 'is 5.', also('MaximumRetryAttempts: 5')],
  [
    'a record age',
    'error discard',
    `${MAPPING}.MaximumRecordAgeInSeconds`,
    'is 3600.',
    also('MaximumRecordAgeInSeconds: 3600'),
  ],
  // Pollers, alias and mode.
  [
    'partial responses on demand',
    'error provisioned-only',
    `${MAPPING}.FunctionResponseTypes`,
    'Only provisioned pollers know it',
    ...NO_POLLERS,
  ],
  [
    'an alias that is not there',
    'error alias',
    `${MAPPING}.FunctionName`,
    'does not have it',
    ['FunctionName: !Ref OrdersAlias', 'FunctionName: !Sub ${OrdersFunction}:orders-throw'],
    [RESPONSE_TYPES, ''],
    ...NO_POLLERS,
  ],
  [
    'the function itself',
    'warning alias',
    `${MAPPING}.FunctionName`,
    'calls OrdersFunction without an alias. The runtime takes its one mapping',
    ['FunctionName: !Ref OrdersAlias', 'FunctionName: !Ref OrdersFunction'],
  ],
  [
    'another name',
    'error alias',
    `${MAPPING}.FunctionName`,
    'MSK_ONCE_MAPPINGS has no "order"; it has orders.',
    ['Name: orders-partial', 'Name: order-partial'],
  ],
  [
    'failures nobody listens to',
    'error mode',
    `${MAPPING}.FunctionResponseTypes`,
    'they are lost. Set FunctionResponseTypes',
    [RESPONSE_TYPES, ''],
  ],
  [
    'whole batches though pollers are paid',
    'warning mode',
    `${MAPPING}.FunctionResponseTypes`,
    'An open record brings its whole batch again.',
    ['Name: orders-partial', 'Name: orders-throw'],
  ],
  [
    'no word of what was dropped',
    'warning metrics',
    `${MAPPING}.MetricsConfig.Metrics`,
    'lacks EventCount, KafkaMetrics.',
    ['[EventCount, ErrorCount, KafkaMetrics]', '[ErrorCount]'],
  ],
  [
    'weights on $LATEST',
    'error alias-version',
    'Resources.OrdersAlias.Properties.RoutingConfig',
    'the alias points at $LATEST',
    [
      '      Name: orders-partial\n',
      "      Name: orders-partial\n      RoutingConfig: { AdditionalVersionWeights: [{ FunctionVersion: '1', FunctionWeight: 0.5 }] }\n",
    ],
  ],
  [
    'provisioned concurrency on $LATEST',
    'error alias-version',
    'Resources.OrdersAlias.Properties.ProvisionedConcurrencyConfig',
    'published version only',
    [
      '      Name: orders-partial\n',
      '      Name: orders-partial\n      ProvisionedConcurrencyConfig: { ProvisionedConcurrentExecutions: 2 }\n',
    ],
  ],
  // What the function is told.
  [
    'mappings that are no JSON',
    'error mappings',
    `${VARIABLES}.MSK_ONCE_MAPPINGS`,
    'is not JSON',
    [`"generation":1}}'`, `"generation":1}'`],
  ],
  [
    'mappings without a generation',
    'error mappings',
    `${VARIABLES}.MSK_ONCE_MAPPINGS`,
    'is wrong at "orders"',
    [`,"generation":1}}'`, `}}'`],
  ],
  [
    'another consumer',
    'error consumer',
    `${VARIABLES}.MSK_ONCE_MAPPINGS`,
    'has the consumer "orders-shop" for "orders", whose mapping reads as "shop-orders"',
    ['"consumer":"${ConsumerGroupId}"', '"consumer":"orders-shop"'],
  ],
  [
    'no name of the cluster',
    'error cluster-name',
    `${VARIABLES}.MSK_ONCE_MAPPINGS`,
    'Write "0a1b2c3d-4e5f-4a6b-8c7d-9e0f1a2b3c4d-7"',
    ['"source":"${ClusterUuid}",', ''],
  ],
  [
    'another name of the cluster',
    'warning cluster-name',
    `${VARIABLES}.MSK_ONCE_MAPPINGS`,
    'has the source "shop"',
    ['"source":"${ClusterUuid}"', '"source":"shop"'],
  ],
  [
    'no table',
    'error table',
    `${VARIABLES}.MSK_ONCE_TABLE`,
    'is not set.',
    ['          MSK_ONCE_TABLE: !Ref OrdersMemory\n', ''],
  ],
  [
    'a table of elsewhere',
    'unknown table',
    `${VARIABLES}.MSK_ONCE_TABLE`,
    'is "shop-memory", a table that the template does not hold',
    ['MSK_ONCE_TABLE: !Ref OrdersMemory', 'MSK_ONCE_TABLE: shop-memory'],
  ],
  [
    'another key',
    'error table-key',
    `${TABLE}.KeySchema`,
    'is ["pk"], of the type "S"',
    [
      'AttributeDefinitions: [{ AttributeName: id, AttributeType: S }]',
      'AttributeDefinitions: [{ AttributeName: pk, AttributeType: S }]',
    ],
    ['KeySchema: [{ AttributeName: id, KeyType: HASH }]', 'KeySchema: [{ AttributeName: pk, KeyType: HASH }]'],
  ],
  [
    'a number as key',
    'error table-key',
    `${TABLE}.KeySchema`,
    'of the type "N"',
    ['AttributeType: S', 'AttributeType: N'],
  ],
  [
    'a sort key',
    'error table-key',
    `${TABLE}.KeySchema`,
    'is ["id","at"]',
    ['KeyType: HASH }]', 'KeyType: HASH }, { AttributeName: at, KeyType: RANGE }]'],
  ],
  [
    'no time to live',
    'error table-ttl',
    `${TABLE}.TimeToLiveSpecification`,
    'is off.',
    ['      TimeToLiveSpecification: { AttributeName: expiration, Enabled: true }\n', ''],
  ],
  [
    'a time to live of another attribute',
    'error table-ttl',
    `${TABLE}.TimeToLiveSpecification`,
    'has the attribute "ttl"',
    ['AttributeName: expiration', 'AttributeName: ttl'],
  ],
  [
    'no way back in time',
    'warning table-safety',
    `${TABLE}.PointInTimeRecoverySpecification`,
    'is off.',
    ['PointInTimeRecoveryEnabled: true', 'PointInTimeRecoveryEnabled: false'],
  ],
  [
    'no deletion protection',
    'warning table-safety',
    `${TABLE}.DeletionProtectionEnabled`,
    'is off.',
    ['      DeletionProtectionEnabled: true\n', ''],
  ],
  [
    'a table that leaves with the stack',
    'warning table-safety',
    'Resources.OrdersMemory.DeletionPolicy',
    'is not set.',
    [
      '  OrdersMemory:\n    Type: AWS::DynamoDB::Table\n    DeletionPolicy: Retain\n',
      '  OrdersMemory:\n    Type: AWS::DynamoDB::Table\n',
    ],
  ],
  [
    'a table that leaves when it is replaced',
    'warning table-safety',
    'Resources.OrdersMemory.UpdateReplacePolicy',
    'is "Delete".',
    [
      'AWS::DynamoDB::Table\n    DeletionPolicy: Retain\n    UpdateReplacePolicy: Retain\n',
      'AWS::DynamoDB::Table\n    DeletionPolicy: RetainExceptOnCreate\n    UpdateReplacePolicy: Delete\n',
    ],
  ],
  [
    'no time to remember',
    'error remember-for',
    `${VARIABLES}.MSK_ONCE_REMEMBER_FOR_S`,
    'is not set.',
    [`          ${REMEMBER}\n`, ''],
  ],
  [
    'days instead of seconds',
    'error remember-for',
    `${VARIABLES}.MSK_ONCE_REMEMBER_FOR_S`,
    '60 or more',
    [REMEMBER, "MSK_ONCE_REMEMBER_FOR_S: '14'"],
  ],
  [
    'a day',
    'warning remember-for',
    `${VARIABLES}.MSK_ONCE_REMEMBER_FOR_S`,
    'is 86400.',
    [REMEMBER, "MSK_ONCE_REMEMBER_FOR_S: '86400'"],
  ],
  // Dead letters.
  [
    'no dead letters',
    'warning dead-letters',
    `${VARIABLES}.MSK_ONCE_DEAD_LETTERS`,
    'is not set.',
    [`          MSK_ONCE_DEAD_LETTERS: ${LETTERS}\n`, ''],
  ],
  [
    'the ARN of a queue',
    'error dead-letters',
    `${VARIABLES}.MSK_ONCE_DEAD_LETTERS`,
    'sqs:<queue URL>, s3://<bucket>/<prefix>',
    [LETTERS, '!Sub sqs:${OrdersLetters.Arn}'],
  ],
  [
    'a queue for four days',
    'warning dead-letter-queue',
    'Resources.OrdersLetters.Properties.MessageRetentionPeriod',
    '4 days',
    ['      MessageRetentionPeriod: 1209600\n', ''],
  ],
  [
    'a queue that leaves with the stack',
    'warning dead-letter-queue',
    'Resources.OrdersLetters.DeletionPolicy',
    'is "Delete".',
    ['AWS::SQS::Queue\n    DeletionPolicy: Retain\n', 'AWS::SQS::Queue\n    DeletionPolicy: Delete\n'],
  ],
  [
    'a queue for small letters',
    'warning dead-letter-queue',
    'Resources.OrdersLetters.Properties.MaximumMessageSize',
    'is 262144 bytes',
    ['MaximumMessageSize: 1048576', 'MaximumMessageSize: 262144'],
  ],
  [
    'no bucket beside the queue',
    'warning dead-letter-queue',
    `${VARIABLES}.MSK_ONCE_DEAD_LETTERS`,
    'names no bucket',
    [LETTERS, '!Sub sqs:${OrdersLetters}'],
  ],
  [
    'a queue without TLS',
    'warning dead-letter-queue',
    'Resources.OrdersLetters.Properties',
    'AWS::SQS::QueuePolicy',
    ['Queues: [!Ref OrdersLetters]', 'Queues: [another]'],
  ],
  [
    'a bucket without TLS',
    'warning dead-letter-bucket',
    'Resources.OrdersLargeLetters.Properties',
    'AWS::S3::BucketPolicy',
    ['Bucket: !Ref OrdersLargeLetters', 'Bucket: another'],
  ],
  // What the runtime does not start with.
  [
    'idempotency switched off',
    'error switch',
    `${VARIABLES}.POWERTOOLS_IDEMPOTENCY_DISABLED`,
    'does not start',
    variable("POWERTOOLS_IDEMPOTENCY_DISABLED: 'true'"),
  ],
  [
    'idempotency switched off in YAML',
    'error switch',
    `${VARIABLES}.POWERTOOLS_IDEMPOTENCY_DISABLED`,
    'does not start',
    variable('POWERTOOLS_IDEMPOTENCY_DISABLED: true'),
  ],
  [
    'several invocations in a process',
    'error switch',
    `${VARIABLES}.AWS_LAMBDA_MAX_CONCURRENCY`,
    'is "4".',
    variable("AWS_LAMBDA_MAX_CONCURRENCY: '4'"),
  ],
  [
    'a durable function',
    'error switch',
    `${FUNCTION}.DurableConfig`,
    'is set.',
    onFunction('DurableConfig: { ExecutionTimeout: 3600 }'),
  ],
  // The function.
  ['Node.js 18', 'error runtime', `${FUNCTION}.Runtime`, 'is "nodejs18.x".', ['nodejs24.x', 'nodejs18.x']],
  ['Python', 'error runtime', `${FUNCTION}.Runtime`, 'is "python3.13".', ['nodejs24.x', 'python3.13']],
  ['a container image', 'unknown runtime', `${FUNCTION}.PackageType`, 'is Image.', onFunction('PackageType: Image')],
  ['15 minutes', 'error time-out', `${FUNCTION}.Timeout`, '1 to 840 seconds', ['Timeout: 60', 'Timeout: 900']],
  ['no time-out', 'warning time-out', `${FUNCTION}.Timeout`, '3 seconds', ['      Timeout: 60\n', '']],
  ['little memory', 'warning memory', `${FUNCTION}.MemorySize`, 'is 256 MB.', ['MemorySize: 1024', 'MemorySize: 256']],
  [
    'too little memory',
    'error memory',
    `${FUNCTION}.MemorySize`,
    'An event of 6 MB and 100 records does not fit',
    ['MemorySize: 1024', 'MemorySize: 128'],
  ],
  [
    'no concurrency',
    'error concurrency',
    `${FUNCTION}.ReservedConcurrentExecutions`,
    'is 0.',
    onFunction('ReservedConcurrentExecutions: 0'),
  ],
  // The role.
  [
    'a role for another service',
    'error role-trust',
    `${ROLE}.AssumeRolePolicyDocument`,
    'does not let lambda.amazonaws.com assume the role: it names ec2.amazonaws.com.',
    ['Principal: { Service: lambda.amazonaws.com }', 'Principal: { Service: ec2.amazonaws.com }'],
  ],
  [
    'no PartiQL',
    'error table-permission',
    ROLE,
    'does not allow dynamodb:PartiQLInsert, dynamodb:PartiQLUpdate on the idempotency table, arn:aws:dynamodb:',
    ['                  - dynamodb:PartiQLInsert\n                  - dynamodb:PartiQLUpdate\n', ''],
  ],
  [
    'another table',
    'error table-permission',
    ROLE,
    'dynamodb:BatchGetItem',
    ['Resource: !GetAtt OrdersMemory.Arn', 'Resource: arn:aws:dynamodb:us-east-1:000000000000:table/Other'],
  ],
  [
    'the table of an account',
    'unknown table-permission',
    ROLE,
    'may or may not allow dynamodb:BatchGetItem',
    ['Resource: !GetAtt OrdersMemory.Arn', 'Resource: arn:aws:dynamodb:eu-west-1:111122223333:table/OrdersMemory'],
  ],
  [
    'a table of another stack',
    'unknown table-permission',
    ROLE,
    'only the deployment decides it',
    ['Resource: !GetAtt OrdersMemory.Arn', 'Resource: !ImportValue MemoryArn'],
  ],
  [
    'letters nobody may send',
    'error dead-letter-permission',
    ROLE,
    'sqs:SendMessage on the queue',
    ['Action: sqs:SendMessage', 'Action: sqs:ReceiveMessage'],
  ],
  [
    'letters in another folder',
    'error dead-letter-permission',
    ROLE,
    's3:PutObject on the dead letters',
    ['/parked/*', '/letters/*'],
  ],
  [
    'a refusal',
    'error dead-letter-permission',
    ROLE,
    'denies s3:PutObject',
    [
      '              - Sid: WriteLogs\n',
      "              - { Effect: Deny, Action: 's3:*', Resource: '*' }\n              - Sid: WriteLogs\n",
    ],
  ],
  [
    'a cluster nobody may describe',
    'error cluster-permission',
    ROLE,
    'kafka:DescribeClusterV2',
    ['kafka:DescribeClusterV2, ', ''],
  ],
  [
    'a group nobody may join',
    'error consumer-permission',
    ROLE,
    'kafka-cluster:AlterGroup, kafka-cluster:DescribeGroup on the consumer group shop-orders',
    ['${Groups}/${ConsumerGroupId}', '${Groups}/other'],
  ],
  [
    'no interfaces',
    'error network-permission',
    ROLE,
    'ec2:CreateNetworkInterface',
    ['Action: ec2:CreateNetworkInterface', 'Action: ec2:DeleteNetworkInterface'],
  ],
  [
    'a secret nobody may read',
    'error secret-permission',
    ROLE,
    'secretsmanager:GetSecretValue on the secret arn:aws:secretsmanager:eu-west-1:111122223333:secret:AmazonMSK_shop-AbCdEf',
    also(
      'SourceAccessConfigurations: [{ Type: SASL_SCRAM_512_AUTH, URI: arn:aws:secretsmanager:eu-west-1:111122223333:secret:AmazonMSK_shop-AbCdEf }]',
    ),
    ['kafka:DescribeCluster, ', 'kafka:ListScramSecrets, kafka:DescribeCluster, '],
  ],
  [
    'a registry nobody may read',
    'error registry-permission',
    ROLE,
    'does not allow glue:GetRegistry on the schema registry',
    [
      '{ ConsumerGroupId: !Ref ConsumerGroupId }',
      '{ ConsumerGroupId: !Ref ConsumerGroupId, SchemaRegistryConfig: { SchemaRegistryURI: arn:aws:glue:eu-west-1:111122223333:registry/shop, EventRecordFormat: JSON, SchemaValidationConfigs: [{ Attribute: VALUE }] } }',
    ],
    [
      '              - Sid: WriteLogs\n',
      "              - { Effect: Allow, Action: glue:GetSchemaVersion, Resource: '*' }\n              - Sid: WriteLogs\n",
    ],
  ],
  [
    'credentials of a registry that nobody may read',
    'error registry-permission',
    ROLE,
    `does not allow secretsmanager:GetSecretValue on the secret ${SECRET}`,
    [
      '{ ConsumerGroupId: !Ref ConsumerGroupId }',
      `{ ConsumerGroupId: !Ref ConsumerGroupId, SchemaRegistryConfig: { SchemaRegistryURI: 'https://registry.example.com', AccessConfigs: [{ Type: BASIC_AUTH, URI: ${SECRET} }], EventRecordFormat: JSON, SchemaValidationConfigs: [{ Attribute: VALUE }] } }`,
    ],
  ],
  [
    'a limit on what the role may do',
    'unknown permissions-boundary',
    `${ROLE}.PermissionsBoundary`,
    'may take away what the policies allow',
    [
      '      AssumeRolePolicyDocument:',
      '      PermissionsBoundary: arn:aws:iam::111122223333:policy/limit\n      AssumeRolePolicyDocument:',
    ],
  ],
  [
    'all tables',
    'warning broad-permission',
    `${STATEMENTS}[1]`,
    'allows *.',
    ['Resource: !GetAtt OrdersMemory.Arn', "Resource: '*'"],
  ],
  [
    'all of DynamoDB',
    'warning broad-permission',
    `${STATEMENTS}[1]`,
    'allows dynamodb:*.',
    ['                  - dynamodb:BatchGetItem\n', "                  - 'dynamodb:*'\n"],
  ],
];

test('the template as it is has nothing wrong', () => {
  expect(told(folder.check(SAM))).toEqual([]);
});

test('on demand, with the mode that belongs to it, neither', () => {
  expect(told(folder.check(edited(SAM, ...ON_DEMAND)))).toEqual([]);
});

const CHECKED = PLANTED.map(([what, expected, place, says, ...edits]) => ({
  what,
  expected,
  place,
  says,
  checked: folder.check(edited(SAM, ...edits)),
}));

test.each(CHECKED)('$what: $expected, and nothing else', ({ checked, expected, place, says }) => {
  const [found] = checked.findings;

  expect(told(checked)).toEqual([expected]);
  expect(found?.place).toBe(place);
  expect(`${found?.found} ${found?.why} ${found?.change}`).toContain(says);
});

test.each([
  ['MaximumRetryAttempts: 20000', ['error retry-attempts', 'error discard']],
  ['MaximumRecordAgeInSeconds: 30', ['error record-age', 'error discard']],
  [
    'DestinationConfig: { OnFailure: { Destination: kafka://given-up } }',
    ['error discard', 'error consumer-permission'],
  ],
])('%s is wrong in two ways', (property, expected) => {
  expect(told(folder.check(edited(SAM, also(property))))).toEqual(expected);
});

test.each(['.given-up', 'given up', 'g'.repeat(250), ''])('a destination that is no topic: kafka://%s', (topic) => {
  const checked = folder.check(
    edited(
      SAM,
      also(`DestinationConfig: { OnFailure: { Destination: 'kafka://${topic}' } }`),
      also('MaximumRetryAttempts: 5'),
    ),
    { serviceMayDiscard: true },
  );

  expect(told(checked)).toContain('error discard');
  expect(checked.findings.find(({ severity }) => severity === 'error')?.found).toBe(`is kafka://${topic}.`);
});

test.each([
  [[], 'is [].'],
  [Array.from({ length: 11 }, (_, index) => `b-${index}.example.com:9096`), 'has 11 brokers.'],
])('brokers of your own: %#', (servers, found) => {
  const { findings } = folder.check(
    edited(SAM, [
      '      EventSourceArn: !Ref ClusterArn\n',
      `      SelfManagedEventSource: { Endpoints: { KafkaBootstrapServers: ${JSON.stringify(servers)} } }\n`,
    ]),
  );

  expect(findings.find(({ rule }) => rule === 'source')).toMatchObject({
    severity: 'error',
    place: `${MAPPING}.SelfManagedEventSource.Endpoints.KafkaBootstrapServers`,
    found,
  });
});

test('a destination nobody may write to', () => {
  const checked = folder.check(edited(SAM, BUCKET_DESTINATION));

  expect(told(checked)).toEqual(['error discard', 'error destination-permission', 'error destination-permission']);
  expect(checked.findings[1]?.found).toContain('does not allow s3:PutObject on the on-failure destination');
});

describe('what no deployment accepts is an error, and not unknown', () => {
  test.each<[string, string, ...Edit[]]>([
    [
      'a name that nothing has',
      'refers to "OrderMemory"',
      ['MSK_ONCE_TABLE: !Ref OrdersMemory', 'MSK_ONCE_TABLE: !Ref OrderMemory'],
    ],
    [
      'the name of a role',
      'is "OrdersRole", a name; it takes an ARN',
      ['Role: !GetAtt OrdersRole.Arn', 'Role: !Ref OrdersRole'],
    ],
    ['text for a list', 'is "orders", not a list.', ['Topics: [!Ref Topic]', 'Topics: !Ref Topic']],
    [
      'an object for the text of one',
      'not text.',
      [
        /MSK_ONCE_MAPPINGS: [\s\S]*?(?= {10}MSK_ONCE_REMEMBER)/.exec(SAM)?.[0] as string,
        'MSK_ONCE_MAPPINGS: { orders: { consumer: shop-orders, generation: 1 } }\n',
      ],
    ],
  ])('%s', (_, says, ...edits) => {
    const { findings } = folder.check(edited(SAM, ...edits));

    expect(findings.map(({ severity }) => severity)).toEqual(['error']);
    expect(`${findings[0]?.found} ${findings[0]?.why}`).toContain(says);
    expect(findings[0]?.why).toBe('Its deployment fails.');
  });

  test.each<[string, string]>([
    ['a condition that does not hold in the region that is taken here', '!If [Here, a, !Ref OrdersLogs]'],
    ['a map without that region', '!FindInMap [Tables, !Ref AWS::Region, Name]'],
  ])('%s is unknown: the deployment may be in another one', (_, name) => {
    const text = edited(
      SAM,
      [
        'Resources:\n',
        'Conditions: { Here: !Equals [!Ref AWS::Region, eu-west-1] }\nMappings: { Tables: { eu-west-1: { Name: orders } } }\nResources:\n',
      ],
      ['MSK_ONCE_TABLE: !Ref OrdersMemory', `MSK_ONCE_TABLE: ${name}`],
      ['  OrdersLogs:\n', '  OrdersLogs:\n    Condition: Here\n'],
    );

    expect(told(folder.check(text))).toContain('unknown table');
    expect(told(folder.check(text)).filter((one) => one.startsWith('error'))).toEqual([]);
  });

  test('a parameter without a value, and a function of another template, are unknown', () => {
    const severities = (text: string, asked = {}) => [
      ...new Set(folder.check(text, asked).findings.map(({ severity }) => severity)),
    ];
    const elsewhere = 'FunctionName: arn:aws:lambda:eu-west-1:111122223333:function:shop:orders-partial';

    expect(severities(SAM, { parameters: {} })).toEqual(['unknown']);
    expect(severities(edited(SAM, ['FunctionName: !Ref OrdersAlias', elsewhere]))).toEqual(['unknown']);
  });
});

test('an alias of any name has to be there', () => {
  const checked = folder.check(
    edited(SAM, ['FunctionName: !Ref OrdersAlias', 'FunctionName: !Sub "${OrdersFunction}:live"']),
  );

  expect(told(checked)).toEqual(['error alias']);
  expect(checked.findings[0]?.found).toBe('calls the alias live. The template does not have it.');
});

test('an alias whose name cannot be read may be the one', () => {
  const checked = folder.check(
    edited(
      SAM,
      ['FunctionName: !Ref OrdersAlias', 'FunctionName: !Sub "${OrdersFunction}:orders-partial"'],
      ['Name: orders-partial', 'Name: !ImportValue OrdersAlias'],
    ),
  );

  expect(told(checked)).toContain('unknown alias');
  expect(told(checked).filter((one) => one.startsWith('error'))).toEqual([]);
});

test('a short logical id of a bucket is no wrong name', () => {
  const text = SAM.replaceAll('OrdersLargeLetters', 'B');

  expect(told(folder.check(text))).toEqual([]);
});

describe('two mappings', () => {
  const SECOND = `
  ReturnsAlias:
    Type: AWS::Lambda::Alias
    Properties: { FunctionName: !Ref OrdersFunction, FunctionVersion: $LATEST, Name: returns-partial }
  ReturnsMapping:
    Type: AWS::Lambda::EventSourceMapping
    Properties:
      FunctionName: !Ref ReturnsAlias
      EventSourceArn: !Ref ClusterArn
      Topics: [!Ref Topic]
      AmazonManagedKafkaEventSourceConfig: { ConsumerGroupId: !Ref ConsumerGroupId }
      StartingPosition: TRIM_HORIZON
      ProvisionedPollerConfig: { MinimumPollers: 1, MaximumPollers: 4 }
      FunctionResponseTypes: [ReportBatchItemFailures]
      MetricsConfig: { Metrics: [EventCount, ErrorCount, KafkaMetrics] }
`;
  const NAMED: Edit = [
    `"generation":1}}'`,
    `"generation":1},"returns":{"consumer":"\${ConsumerGroupId}","source":"\${ClusterUuid}","generation":1}}'`,
  ];

  test('with one group are told, each', () => {
    const checked = folder.check(edited(`${SAM}${SECOND}`, NAMED));

    expect(told(checked)).toEqual(['error shared-group', 'error shared-group']);
    expect(checked.findings[0]?.found).toBe('is "shop-orders", as that of ReturnsMapping.');
  });

  test('of one function: what is wrong with it is told once, for both', () => {
    const checked = folder.check(edited(`${SAM}${SECOND}`, NAMED, ['Timeout: 60', 'Timeout: 900']));

    const [timeout] = checked.findings.filter(({ rule }) => rule === 'time-out');
    expect(told(checked).filter((one) => one === 'error time-out')).toHaveLength(1);
    expect(timeout?.mappings).toEqual(['OrdersMapping', 'ReturnsMapping']);
  });

  test('of which one is chosen: the other is not judged, and is seen', () => {
    const checked = folder.check(edited(`${SAM}${SECOND}`, NAMED), { mapping: 'ReturnsMapping' });

    expect(checked.mappings).toEqual(['ReturnsMapping']);
    expect(told(checked)).toEqual(['error shared-group']);
  });

  test('and a function that is called without an alias: nobody knows which one called', () => {
    const checked = folder.check(
      edited(SAM, NAMED, ['FunctionName: !Ref OrdersAlias', 'FunctionName: !Ref OrdersFunction']),
    );

    expect(told(checked)).toEqual(['error alias']);
    expect(checked.findings[0]?.why).toBe(
      'The runtime reads from the alias which mapping called, and refuses every batch.',
    );
  });
});

test('every rule has a defect here', () => {
  const planted = new Set(PLANTED.map(([, expected]) => expected.split(' ')[1]));
  const elsewhere = [
    'shared-group',
    'retry-attempts',
    'record-age',
    'destination-permission',
    'role-policy',
    'policy-order',
  ];

  expect(RULES.map(({ name }) => name).filter((name) => !planted.has(name))).toEqual(elsewhere);
});

test('a message is whole sentences that begin with the place', () => {
  for (const { found, why, change } of CHECKED.flatMap(({ checked }) => checked.findings)) {
    expect(found).toMatch(/^[a-z0-9].*\.$/s);
    expect(why).toMatch(/^[A-Z].*\.$/s);
    expect(change).toMatch(/^[A-Z].*\.$/s);
  }
});
