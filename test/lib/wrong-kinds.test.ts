/**
 * Every prop of every construct and factory, with values of each kind that it is not declared as. Without a compiler the
 * first look at some of them would be by aws-cdk-lib, or by nobody.
 */
import { join } from 'node:path';
import type { Stack } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import * as sqs from 'aws-cdk-lib/aws-sqs';
import {
  Auth,
  DeadLetters,
  IdempotencyTable,
  KafkaMapping,
  KafkaProcessor,
  KafkaSource,
  OnceFunction,
  OnFailure,
  Pollers,
  ProcessorAlarms,
  ProcessorDashboard,
} from '../../lib';
import { plainFunction } from './fixture/mapping';
import { refusal } from './fixture/refusal';
import { CLUSTER_ARN, type Json, processor, source, stack } from './fixture/stack';

const ENTRY = join(__dirname, 'fixture', 'handler.ts');
const provisioned = () => Pollers.provisioned({ minimum: 1, maximum: 4 });

const VALUES: { readonly [kind: string]: (scope: Stack) => Json } = {
  null: () => null,
  number: () => 5,
  text: () => 'text',
  flag: () => true,
  list: () => ['x'],
  'list of null': () => [null],
  object: () => ({ a: 1 }),
  function: () => Auth.iam,
  construct: (scope) => new sqs.Queue(scope, 'Some'),
};

/** What a prop is of, beside what is given here: 'number flag' lets both pass. Of a class or an enumeration is none. */
type Props = { readonly [prop: string]: string };

const MAPPING: Props = {
  source: '',
  pollers: '',
  batchSize: 'number',
  maxBatchingWindow: '',
  mappingName: 'text',
  version: '',
  provisionedConcurrentExecutions: 'number',
  generation: 'number',
  enabled: 'flag',
  filterEncryption: '',
  schemaRegistry: '',
  metrics: '',
  logLevel: '',
  bisectBatchOnError: 'flag',
  serviceMayDiscard: 'flag',
  onFailure: '',
  retryAttempts: 'number',
  maxRecordAge: '',
};
const FUNCTION: Props = {
  handler: 'text',
  timeout: '',
  memorySize: 'number',
  environment: '',
  vpc: '',
  vpcSubnets: 'object',
  securityGroups: '',
  tracing: '',
  adotInstrumentation: '',
};
const TOPIC: Props = {
  topic: 'text',
  topicResource: 'construct',
  consumerGroupId: 'text',
  startingPosition: '',
  startingPositionTimestamp: 'number',
  topicRetention: '',
  filters: '',
};
const BUCKET: Props = { bucket: '', prefix: 'text', encryptionKey: '' };
const COUNTS = ['offsetLag', 'deadLetters', 'dropped', 'abandoned', 'staleOwners', 'unsavedSuccesses', 'errors'];
const ALARMS: Props = {
  actions: '',
  duplicateRate: 'number',
  recordAge: '',
  oldestLetter: '',
  throttles: 'number',
  ...Object.fromEntries(COUNTS.map((name) => [name, 'number'])),
};

const network = (scope: Stack) => ({
  vpc: ec2.Vpc.fromVpcAttributes(scope, 'Vpc', {
    vpcId: 'vpc-1',
    availabilityZones: ['eu-west-1a'],
    privateSubnetIds: ['subnet-1'],
  }),
  securityGroups: [ec2.SecurityGroup.fromSecurityGroupId(scope, 'Group', 'sg-1')],
});
const selfManaged = (scope: Stack, props: Json): KafkaSource =>
  KafkaSource.selfManaged({
    bootstrapServers: ['broker-1.example.com:9096'],
    clusterName: 'payments',
    topic: 'orders',
    ...network(scope),
    ...props,
  });
const secretOf = (scope: Stack) => secretsmanager.Secret.fromSecretNameV2(scope, 'Secret', 'AmazonMSK_kafka');
const discarding = { serviceMayDiscard: true, retryAttempts: 9 } as const;

const SUBJECTS: [string, Props, (scope: Stack, props: Json) => unknown, string?][] = [
  [
    'KafkaProcessor',
    {
      ...MAPPING,
      ...FUNCTION,
      entry: 'text',
      function: '',
      table: '',
      deadLetters: '',
      encryptionKey: '',
      rememberFor: '',
      logRetention: 'number',
      alarms: 'object',
    },
    (scope, props) => processor(scope, props),
  ],
  [
    'KafkaMapping',
    { ...MAPPING, function: '' },
    (scope, props) =>
      new KafkaMapping(scope, 'Orders', {
        function: plainFunction(scope),
        source: source(),
        pollers: provisioned(),
        ...props,
      }),
  ],
  [
    'a mapping on demand',
    { metrics: '', logLevel: '', bisectBatchOnError: 'flag', schemaRegistry: '', onFailure: '' },
    (scope, props) => processor(scope, { pollers: Pollers.onDemand(), ...props }),
  ],
  [
    'OnceFunction',
    {
      ...FUNCTION,
      entry: '',
      runtime: '',
      architecture: '',
      bundling: 'object',
      environmentEncryption: '',
      role: '',
      logGroup: '',
      layers: '',
    },
    (scope, props) => new OnceFunction(scope, 'Orders', { entry: ENTRY, ...props }),
  ],
  [
    'IdempotencyTable',
    {
      tableName: 'text',
      encryptionKey: '',
      billing: '',
      pointInTimeRecovery: 'flag',
      deletionProtection: 'flag',
      removalPolicy: '',
    },
    (scope, props) => new IdempotencyTable(scope, 'Orders', props),
  ],
  [
    'KafkaSource.msk()',
    { ...TOPIC, clusterArn: '', vpcConnectionArn: '', auth: '' },
    (scope, props) => processor(scope, { source: source(props) }),
  ],
  [
    'KafkaSource.mskServerless()',
    { ...TOPIC, clusterArn: '' },
    (scope, props) =>
      processor(scope, { source: KafkaSource.mskServerless({ clusterArn: CLUSTER_ARN, topic: 'orders', ...props }) }),
  ],
  [
    'KafkaSource.selfManaged()',
    {
      ...TOPIC,
      bootstrapServers: '',
      clusterName: 'text',
      auth: '',
      rootCaCertificate: '',
      vpc: '',
      vpcSubnets: 'object',
      securityGroups: '',
    },
    (scope, props) => processor(scope, { source: selfManaged(scope, props) }),
  ],
  [
    'Pollers.provisioned()',
    { minimum: 'number', maximum: 'number', pollerGroupName: 'text' },
    (scope, props) => processor(scope, { pollers: Pollers.provisioned({ minimum: 1, maximum: 4, ...props }) }),
  ],
  [
    'the options of a secret',
    { encryptionKey: '' },
    (scope, props) => processor(scope, { source: selfManaged(scope, { auth: Auth.plain(secretOf(scope), props) }) }),
  ],
  [
    'DeadLetters.sqs()',
    { queue: 'construct', overflow: 'object', encryptionKey: '' },
    (scope, props) => processor(scope, { deadLetters: DeadLetters.sqs(props) }),
  ],
  ['DeadLetters.s3()', BUCKET, (scope, props) => processor(scope, { deadLetters: DeadLetters.s3(props) })],
  ['an overflow', BUCKET, (scope, props) => processor(scope, { deadLetters: DeadLetters.sqs({ overflow: props }) })],
  [
    'OnFailure.s3()',
    { bucket: '' },
    (scope, props) => processor(scope, { ...discarding, onFailure: OnFailure.s3(props) }),
  ],
  ['alarms of a processor', ALARMS, (scope, props) => processor(scope, { alarms: props }), 'Shop/Orders/Alarms'],
  [
    'ProcessorAlarms',
    { ...ALARMS, mapping: '' },
    (scope, props) => {
      const fn = plainFunction(scope);
      const mapping = new KafkaMapping(scope, 'Mapping', { function: fn, source: source(), pollers: provisioned() });
      return new ProcessorAlarms(scope, 'Orders', { mapping, ...props });
    },
  ],
  ['ProcessorDashboard', { mappings: '' }, (scope, props) => new ProcessorDashboard(scope, 'Orders', props)],
];

describe.each(SUBJECTS)('%s refuses', (_, props, make, path) => {
  test.each(Object.entries(props))('as %s what is not of its kind', (prop, kinds) => {
    for (const [kind, value] of Object.entries(VALUES)) {
      if (kinds.split(' ').includes(kind)) continue;
      const scope = stack();
      const given = value(scope);
      const message = refusal(() => make(scope, { [prop]: given }), path);
      expect(message).toContain(prop);
      expect(message).toMatch(/ accepted is .+\. .+\. \(/);
    }
  });
});

const CONSTRUCTS: [string, (scope: Stack, props: Json) => unknown][] = [
  ['KafkaProcessor', (scope, props) => new KafkaProcessor(scope, 'Orders', props)],
  ['KafkaMapping', (scope, props) => new KafkaMapping(scope, 'Orders', props)],
  ['OnceFunction', (scope, props) => new OnceFunction(scope, 'Orders', props)],
  ['ProcessorAlarms', (scope, props) => new ProcessorAlarms(scope, 'Orders', props)],
  ['ProcessorDashboard', (scope, props) => new ProcessorDashboard(scope, 'Orders', props)],
  ['KafkaSource.msk()', (scope, props) => processor(scope, { source: KafkaSource.msk(props) })],
  ['KafkaSource.mskServerless()', (scope, props) => processor(scope, { source: KafkaSource.mskServerless(props) })],
  ['KafkaSource.selfManaged()', (scope, props) => processor(scope, { source: KafkaSource.selfManaged(props) })],
  ['Pollers.provisioned()', (scope, props) => processor(scope, { pollers: Pollers.provisioned(props) })],
  ['OnFailure.s3()', (scope, props) => processor(scope, { ...discarding, onFailure: OnFailure.s3(props) })],
];
const OPTIONAL: typeof CONSTRUCTS = [
  ['IdempotencyTable', (scope, props) => new IdempotencyTable(scope, 'Orders', props)],
  ['DeadLetters.sqs()', (scope, props) => processor(scope, { deadLetters: DeadLetters.sqs(props) })],
  ['DeadLetters.s3()', (scope, props) => processor(scope, { deadLetters: DeadLetters.s3(props) })],
  [
    'Auth.plain()',
    (scope, props) => processor(scope, { source: selfManaged(scope, { auth: Auth.plain(secretOf(scope), props) }) }),
  ],
];

describe('what is no props at all', () => {
  test.each([...CONSTRUCTS, ...OPTIONAL])('of %s', (_, make) => {
    for (const [kind, value] of Object.entries(VALUES)) {
      if (kind === 'object') continue;
      const scope = stack();
      const given = value(scope);
      expect(refusal(() => make(scope, given))).toMatch(/ accepted is props, as .+\. Write .+\. \(/);
    }
  });

  test.each(CONSTRUCTS)('and none for %s', (_, make) => {
    expect(refusal(() => make(stack(), undefined))).toContain(' is missing, accepted is props, as ');
  });
});

describe('a factory that was not called', () => {
  test.each<[string, Json, string]>([
    ['pollers', { pollers: Pollers.onDemand }, 'onDemand'],
    ['pollers', { pollers: Pollers.provisioned }, 'provisioned'],
    ['source', { source: KafkaSource.msk }, 'msk'],
    ['auth', { source: source({ auth: Auth.iam as Json }) }, 'iam'],
    ['deadLetters', { deadLetters: DeadLetters.sqs }, 'sqs'],
    ['onFailure', { ...discarding, onFailure: OnFailure.s3 }, 's3'],
  ])('as %s: %j', (prop, props, name) => {
    const message = refusal(() => processor(stack(), props));

    expect(message).toContain(`${prop} is "the function ${name}", accepted is `);
    expect(message).toContain('Call it: what it returns belongs here.');
  });

  test('as auth of brokers that are not of MSK', () => {
    const scope = stack();
    const message = refusal(() => processor(scope, { source: selfManaged(scope, { auth: Auth.none }) }));

    expect(message).toContain('auth is "the function none", accepted is ');
  });
});

describe('the message says', () => {
  test.each<[string, Json, string]>([
    ['handler', 5, 'handler is 5, accepted is a text. Write it in quotes.'],
    ['vpc', 'vpc-1', 'vpc is "vpc-1", accepted is an ec2.Vpc, or an imported one. Import a VPC that exists'],
    ['logRetention', 'ONE_DAY', 'logRetention is "ONE_DAY", accepted is one of logs.RetentionDays. Take it from'],
    ['enabled', 'false', 'enabled is "false", accepted is true or false.'],
    ['enabled', null, 'enabled is null, accepted is true or false. Leave it out, or give one.'],
    ['batchSize', null, 'batchSize is null, accepted is a whole number from 1 to 10000. Leave it out'],
    ['batchSize', { of: 5 }, 'batchSize is {"of":5}, accepted is a whole number'],
    ['environment', { PORT: 3000 }, 'environment.PORT is 3000, accepted is a text. Write it in quotes.'],
    ['metrics', ['Events'], 'metrics is ["Events"], accepted is a list, each of it one of lambda.MetricType.'],
    ['alarms', true, 'alarms is true, accepted is thresholds, as { recordAge: Duration.hours(1) }, or false.'],
    ['batchSize', Number.NaN, 'batchSize is "NaN", accepted is a whole number'],
  ])('of %s: %j', (prop, value, expected) => {
    expect(refusal(() => processor(stack(), { [prop]: value }))).toContain(expected);
  });

  test('where constructs are in the list that was given', () => {
    const scope = stack();
    const securityGroups = [new sqs.Queue(scope, 'Some')] as Json;

    expect(refusal(() => processor(scope, { ...network(scope), securityGroups }))).toContain(
      'securityGroups is ["Shop/Some"], accepted is a list, each of it an ec2.SecurityGroup',
    );
  });

  test('that a file is not there', () => {
    const act = () => new OnceFunction(stack(), 'Orders', { entry: 'handlers/nowhere.ts' });

    expect(refusal(act)).toContain('entry is "handlers/nowhere.ts", accepted is the path of a file that is there');
  });

  test('that a function without a file has nothing to bundle', () => {
    expect(refusal(() => new OnceFunction(stack(), 'Orders', {}))).toContain('entry is missing, accepted is the path');
  });

  test('that a network is missing', () => {
    const { securityGroups } = network(stack());

    expect(refusal(() => processor(stack(), { securityGroups }))).toContain(
      'vpc is missing, accepted is the VPC that vpcSubnets and securityGroups are of',
    );
  });

  test.each<[string, (orders: KafkaProcessor) => unknown, string]>([
    ['a grantee', (orders) => orders.grantRedrive('role' as Json), 'grantee is "role", accepted is an iam.IGrantable'],
    ['a reader of letters', (orders) => orders.grantReadDeadLetters(null as Json), 'grantee is null'],
    ['a reader of the memory', (orders) => orders.grantReadMemory(undefined as Json), 'grantee is missing'],
    ['a policy', (orders) => orders.applyRemovalPolicy('keep' as Json), 'policy is "keep", accepted is one of Removal'],
  ])('what %s has to be', (_, act, expected) => {
    const orders = processor(stack());

    expect(refusal(() => act(orders))).toContain(expected);
  });

  test('who may be granted claims, and what an alarm can do', () => {
    const table = new IdempotencyTable(stack(), 'Orders');
    expect(refusal(() => table.grantClaims({} as Json))).toContain('grantee is {}, accepted is an iam.IGrantable');

    const { alarms } = processor(stack());
    const act = () => alarms?.addActions('topic' as Json);
    expect(refusal(act, 'Shop/Orders/Alarms')).toContain(
      'actions is ["topic"], accepted is a list, each of it an alarm',
    );
  });

  test('what a dashboard is to be given', () => {
    const dashboard = new ProcessorDashboard(stack(), 'Orders', { mappings: [] });

    expect(refusal(() => dashboard.addMapping('orders' as Json))).toContain(
      'mapping is "orders", accepted is a KafkaProcessor or a KafkaMapping.',
    );
  });
});
