/** docs/constructs.md: its recipes compile and make what is said of them, and its tables have every prop. */
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { App, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { AttributeType, TableV2 } from 'aws-cdk-lib/aws-dynamodb';
import { Runtime } from 'aws-cdk-lib/aws-lambda';
import { NodejsFunction } from 'aws-cdk-lib/aws-lambda-nodejs';
import { checkTemplate } from '../../bin/check/check-template';
import { Auth, KafkaProcessor, KafkaSource, Pollers } from '../../lib';
import { ExampleProject } from '../support/example-project';
import { PROJECT } from '../support/project';
import { propsInterfaces } from './props-interfaces';

jest.mock('msk-once', () => jest.requireActual('../../lib'), { virtual: true });

const FOLDER = 'docs/examples/constructs';
const files = readdirSync(join(PROJECT, FOLDER));
const page = readFileSync(join(PROJECT, 'docs', 'constructs.md'), 'utf8');
const CLUSTER = 'arn:aws:kafka:eu-west-1:111122223333:cluster/shop/0a1b2c3d-4e5f-4a6b-8c7d-9e0f1a2b3c4d-1';
const cwd = process.cwd();
let project: ExampleProject;

beforeAll(() => {
  project = new ExampleProject({ '.': 'lib' });
  for (const name of ['orders', 'returns', 'refunds']) project.write(`handlers/${name}.ts`, 'export {};\n');
  for (const file of files) project.write(file, readFileSync(join(PROJECT, FOLDER, file), 'utf8'));
  process.chdir(project.folder);
});
afterAll(() => {
  process.chdir(cwd);
  project.remove();
});

/** What follows `super(…)` in the constructor of the stack: the rest of a file is the same in all of them. */
function shown(text: string): string {
  const [, body = ''] = /class \w+ extends Stack \{.*?super\(scope, id, props\);\n(.*?) {2}\}\n\}\n$/s.exec(text) ?? [];
  return body.replace(/^ {4}/gm, '');
}

describe.each(files)('%s', (file) => {
  test('is on the page as it is', () => {
    const body = shown(readFileSync(join(PROJECT, FOLDER, file), 'utf8'));

    expect(body).not.toBe('');
    expect(page).toContain(`\`\`\`ts\n${body}\`\`\``);
    expect(page).toContain(`](examples/constructs/${file})`);
  });
});

test('the picture has the id of everything that a processor makes, which has no managed policy and no custom resource', () => {
  const stack = new Stack(new App({ context: { 'aws:cdk:bundling-stacks': [] } }), 'Shop');
  const processor = new KafkaProcessor(stack, 'Orders', {
    entry: 'handlers/orders.ts',
    source: KafkaSource.msk({ clusterArn: CLUSTER, topic: 'orders', auth: Auth.iam() }),
    pollers: Pollers.provisioned({ minimum: 1, maximum: 4 }),
  });
  const [, picture = ''] = /^## What is made\n\n```\n(.*?)```/ms.exec(page) ?? [];
  const ids = [...picture.matchAll(/\(([A-Z]\w+)\)/g)].map(([, id]) => id);

  expect(ids.toSorted()).toEqual(processor.node.children.map(({ node }) => node.id).toSorted());
  const text = JSON.stringify(Template.fromStack(stack).toJSON());
  expect(text).not.toMatch(/ManagedPolicyArns|Custom::|AWS::CloudFormation::CustomResource/);
});

test('every recipe compiles, where an absent prop may be undefined as in most projects', () => {
  expect(project.complaints({ exactOptionalPropertyTypes: false })).toEqual([]);
}, 120_000);

test('every link of the page leads somewhere', () => {
  // As GitHub names the places of headings.
  const places = [...page.matchAll(/^#+ (.*)$/gm)].map(
    ([, title = '']) =>
      `#${title
        .toLowerCase()
        .replace(/[^\w\- ]/g, '')
        .replaceAll(' ', '-')}`,
  );
  const links = [...page.matchAll(/\]\(([^)]+)\)/g)].map(([, link = '']) => link);

  for (const link of links.filter((one) => one.startsWith('#'))) expect(places).toContain(link);
  const files = links.filter((one) => !/^(#|https:)/.test(one)).map((one) => one.replace(/#.*/, ''));
  expect(files.filter((one) => !existsSync(join(PROJECT, 'docs', one)))).toEqual([]);
});

describe('the tables of props', () => {
  // A heading of the fourth level for each, below the one of its construct.
  const documented = new Map(
    page.split(/^(?=#+ )/m).flatMap((section) => {
      const [, name] = /^#### `(\w+)`/.exec(section) ?? [];
      return name === undefined ? [] : [[name, [...section.matchAll(/^\| `(\w+)` \|/gm)].map(([, prop = '']) => prop)]];
    }),
  );

  test('are there for each interface that a user fills in', () => {
    expect([...documented.keys()].toSorted()).toEqual([...propsInterfaces().keys()].toSorted());
  });

  test.each([...propsInterfaces()])('%s has the props that there are, each with its reason', (name, props) => {
    expect(documented.get(name)?.toSorted()).toEqual(props.map((prop) => prop.name).toSorted());
  });

  test.each([...propsInterfaces()])(
    '%s: each prop is described, and each optional one says what holds without it',
    (_, props) => {
      for (const { name, text, isOptional, without } of props) {
        expect(`${name}: ${text}`).toMatch(/: \S.{10,}/);
        if (isOptional) expect(`${name}: ${without}`).toMatch(/: (?!-?\s*undefined)(?!-?\s*$)\S/);
        else expect([name, without]).toEqual([name, undefined]);
      }
    },
  );
});

type Json = ReturnType<typeof JSON.parse>;

/** The template of the one stack of a recipe. */
function templateOf(file: string, context: Record<string, string> = {}): Template {
  const module = jest.requireActual<Record<string, new (scope: App, id: string) => Stack>>(`../../${FOLDER}/${file}`);
  const [Example] = Object.values(module) as [new (scope: App, id: string) => Stack];
  return Template.fromStack(new Example(new App({ context: { 'aws:cdk:bundling-stacks': [], ...context } }), 'Shop'));
}

const all = (template: Template, type: string): [string, Json][] =>
  Object.entries(template.findResources(`AWS::${type}`)).map(([id, { Properties }]) => [id, Properties]);
const one = (template: Template, type: string): Json => {
  const found = all(template, type);
  expect(found).toHaveLength(1);
  return found[0]?.[1];
};

/** A table of another stack, which the page says nothing is known of. */
const UNKNOWN: Readonly<Record<string, readonly string[]>> = { 'own-table.ts': ['table'] };

test.each(files)('%s: msk-once check has nothing to say of it', (file) => {
  const template = join(project.folder, `${file}.template.json`);
  writeFileSync(template, JSON.stringify(templateOf(file.replace(/\.ts$/, '')).toJSON()));

  const { findings } = checkTemplate({ template });

  expect(findings.filter(({ severity }) => severity !== 'unknown')).toEqual([]);
  expect(findings.map(({ rule }) => rule)).toEqual(UNKNOWN[file] ?? []);
});

test('own-function.ts: the function is as it was made, and knows its memory and its letters', () => {
  const template = templateOf('own-function');

  expect(one(template, 'Lambda::Function')).toMatchObject({
    ReservedConcurrentExecutions: 20,
    EphemeralStorage: { Size: 1024 },
    Runtime: 'nodejs24.x',
    Architectures: ['arm64'],
    Environment: {
      Variables: {
        MSK_ONCE_TABLE: { Ref: expect.stringMatching(/^OrdersTable/) },
        MSK_ONCE_MAPPINGS: expect.anything(),
        MSK_ONCE_DEAD_LETTERS: expect.anything(),
      },
    },
  });
});

test('own-table.ts: two processors use the one table that is made, and the third the other one', () => {
  const template = templateOf('own-table');

  expect(one(template, 'DynamoDB::GlobalTable')).toMatchObject({ TableName: 'what-is-done' });
  const tables = all(template, 'Lambda::Function').map(([, { Environment }]) => Environment.Variables.MSK_ONCE_TABLE);
  expect(tables).toEqual([
    { Ref: expect.stringMatching(/^Memory/) },
    { Ref: expect.stringMatching(/^Memory/) },
    'idempotency',
  ]);
});

test('own-vpc.ts: the function is in the network, from which it reaches what it needs, and the database', () => {
  const template = templateOf('own-vpc');

  expect(one(template, 'Lambda::Function').VpcConfig.SubnetIds).toHaveLength(2);
  const endpoints = all(template, 'EC2::VPCEndpoint').map(([, { ServiceName }]) => JSON.stringify(ServiceName));
  expect(endpoints.toSorted()).toEqual(
    ['.dynamodb', '.s3', '.sqs'].map((service) => expect.stringContaining(`${service}"`)),
  );
  template.hasResourceProperties('AWS::EC2::SecurityGroupIngress', { FromPort: 5432, ToPort: 5432, IpProtocol: 'tcp' });
  template.resourceCountIs('AWS::EC2::NatGateway', 0);
});

test('own-key.ts: table, queue, bucket, logs and environment are encrypted with it', () => {
  const template = templateOf('own-key');
  const [[key]] = all(template, 'KMS::Key') as [[string, Json]];

  expect(one(template, 'DynamoDB::GlobalTable').Replicas[0].SSESpecification.KMSMasterKeyId).toEqual(arnOf(key));
  expect(one(template, 'SQS::Queue').KmsMasterKeyId).toEqual(arnOf(key));
  const [{ ServerSideEncryptionByDefault }] = one(template, 'S3::Bucket').BucketEncryption
    .ServerSideEncryptionConfiguration;
  expect(ServerSideEncryptionByDefault).toEqual({ SSEAlgorithm: 'aws:kms', KMSMasterKeyID: arnOf(key) });
  expect(one(template, 'Logs::LogGroup').KmsKeyId).toEqual(arnOf(key));
  expect(one(template, 'Lambda::Function').KmsKeyArn).toEqual(arnOf(key));
});

test('several-sources.ts: one function, called through an alias for each topic, and told of both', () => {
  const template = templateOf('several-sources');
  const mappings = all(template, 'Lambda::EventSourceMapping').map(([, mapping]) => mapping);

  template.resourceCountIs('AWS::Lambda::Function', 1);
  template.resourceCountIs('AWS::CloudWatch::Dashboard', 1);
  expect(all(template, 'Lambda::Alias').map(([, { Name }]) => Name)).toEqual(['Orders-partial', 'Returns-partial']);
  expect(mappings.map(({ Topics }) => Topics)).toEqual([['orders'], ['returns']]);
  expect(mappings.map((mapping) => mapping.AmazonManagedKafkaEventSourceConfig.ConsumerGroupId)).toEqual([
    'Shop-Orders',
    'Shop-Returns',
  ]);
  expect(mappings.map((mapping) => mapping.ProvisionedPollerConfig.PollerGroupName)).toEqual(['shop', 'shop']);
  const { MSK_ONCE_MAPPINGS } = one(template, 'Lambda::Function').Environment.Variables;
  for (const consumer of ['Shop-Orders', 'Shop-Returns']) expect(JSON.stringify(MSK_ONCE_MAPPINGS)).toContain(consumer);
});

test('on-demand.ts: no pollers are paid for, no partial responses are read, and the alias says so', () => {
  const template = templateOf('on-demand');
  const mapping = one(template, 'Lambda::EventSourceMapping');

  expect(mapping).toMatchObject({ BatchSize: 500, MaximumBatchingWindowInSeconds: 5 });
  for (const name of ['ProvisionedPollerConfig', 'FunctionResponseTypes', 'MetricsConfig', 'LoggingConfig']) {
    expect(mapping).not.toHaveProperty(name);
  }
  expect(one(template, 'Lambda::Alias').Name).toBe('Orders-throw');
});

test('existing-stack.ts: what was there stays as it is, but for time-out and environment, and so does the group', () => {
  const before = new Stack(new App({ context: { 'aws:cdk:bundling-stacks': [] } }), 'Shop');
  const charges = new TableV2(before, 'Charges', { partitionKey: { name: 'orderId', type: AttributeType.STRING } });
  const charge = new NodejsFunction(before, 'Charge', {
    entry: 'handlers/orders.ts',
    runtime: Runtime.NODEJS_22_X,
    memorySize: 512,
    environment: { CHARGES_TABLE: charges.tableName },
  });
  charges.grantReadWriteData(charge);
  const { Resources: stood }: Json = Template.fromStack(before).toJSON();
  const template = templateOf('existing-stack');
  const { Resources: stands }: Json = template.toJSON();

  for (const [id, { Type, Properties }] of Object.entries<Json>(stood)) {
    const { Environment, PolicyDocument, ...rest } = Properties;
    expect(stands[id]).toMatchObject({ Type, Properties: rest });
    expect(stands[id].Properties).toMatchObject(Environment ? { Environment } : {});
    expect(stands[id].Properties.PolicyDocument?.Statement ?? []).toEqual(
      expect.arrayContaining(PolicyDocument?.Statement ?? []),
    );
  }
  const mapping = one(template, 'Lambda::EventSourceMapping');
  expect(mapping.AmazonManagedKafkaEventSourceConfig.ConsumerGroupId).toBe('charge-orders');
});

test('blue-green.ts: CodeDeploy moves the alias that the mapping calls, and two alarms stop it', () => {
  const template = templateOf('blue-green');
  const [[alias, resource]] = Object.entries(template.findResources('AWS::Lambda::Alias')) as [[string, Json]];

  expect(resource.Properties.FunctionVersion['Fn::GetAtt'][1]).toBe('Version');
  expect(resource.UpdatePolicy.CodeDeployLambdaAliasUpdate).toMatchObject({
    DeploymentGroupName: { Ref: expect.stringMatching(/^Deployment/) },
  });
  expect(JSON.stringify(one(template, 'Lambda::EventSourceMapping').FunctionName)).toContain(alias);
  const group = one(template, 'CodeDeploy::DeploymentGroup');
  expect(group.DeploymentConfigName).toBe('CodeDeployDefault.LambdaCanary10Percent10Minutes');
  expect(group.AlarmConfiguration.Alarms).toEqual([
    { Name: { Ref: expect.stringMatching(/^Failing(?!Alike)/) } },
    { Name: { Ref: expect.stringMatching(/^FailingAlike/) } },
  ]);
});

test('cross-account.ts: the mapping reads from the connection, and the role may use the cluster of the other account', () => {
  const template = templateOf('cross-account');
  const [[connection]] = all(template, 'MSK::VpcConnection') as [[string, Json]];

  expect(one(template, 'Lambda::EventSourceMapping').EventSourceArn).toEqual(arnOf(connection));
  const statements = statementsOf(template);
  expect(statements.ConnectToCluster?.Resource).toBe(CLUSTER.replace('111122223333', '444455556666'));
  expect(statements.DescribeVpcConnection?.Resource).toEqual(arnOf(connection));
});

test('self-managed.ts: the pollers enter the network with their group, and the role may read both secrets', () => {
  const template = templateOf('self-managed');

  expect(one(template, 'Lambda::EventSourceMapping')).toMatchObject({
    SelfManagedEventSource: {
      Endpoints: { KafkaBootstrapServers: ['kafka-1.shop.internal:9094', 'kafka-2.shop.internal:9094'] },
    },
    SelfManagedKafkaEventSourceConfig: { ConsumerGroupId: 'Shop-Orders' },
  });
  const { SourceAccessConfigurations } = one(template, 'Lambda::EventSourceMapping');
  expect(SourceAccessConfigurations.map(({ Type }: Json) => Type).toSorted()).toEqual([
    'SASL_SCRAM_256_AUTH',
    'SERVER_ROOT_CA_CERTIFICATE',
    'VPC_SECURITY_GROUP',
    'VPC_SUBNET',
    'VPC_SUBNET',
  ]);
  const read = JSON.stringify(
    Object.values(statementsOf(template)).filter(({ Action }) => Action === 'secretsmanager:GetSecretValue'),
  );
  for (const name of ['user', 'authority']) expect(read).toContain(`:secret:shop/kafka/${name}-??????`);
});

test('filters.ts: the patterns are on the value, and encrypted with the key', () => {
  const template = templateOf('filters');
  const [[key]] = all(template, 'KMS::Key') as [[string, Json]];
  const { FilterCriteria, KmsKeyArn } = one(template, 'Lambda::EventSourceMapping');

  expect(FilterCriteria.Filters.map(({ Pattern }: Json) => JSON.parse(Pattern))).toEqual([
    { value: { type: ['order'], cents: [{ exists: true }] } },
    { value: { type: [{ prefix: 'return' }] } },
  ]);
  expect(KmsKeyArn).toEqual(arnOf(key));
});

test('moved.ts: the first deployment takes the mapping away and nothing else, and nothing refers to it', () => {
  const [first, second] = [templateOf('moved', { moving: 'true' }), templateOf('moved')].map((one) => one.toJSON());
  const [mapping] = Object.keys(Template.fromJSON(second as Json).findResources('AWS::Lambda::EventSourceMapping'));
  const { [mapping as string]: gone, ...rest } = (second as Json).Resources;

  expect(Object.keys((first as Json).Resources)).toEqual(Object.keys(rest));
  expect(JSON.stringify(first)).not.toContain(`"${mapping}"`);
  expect(gone.Properties.Topics).toEqual(['orders-v2']);
  for (const type of ['DynamoDB::GlobalTable', 'Lambda::Function', 'Lambda::Alias']) {
    expect(Template.fromJSON(first as Json).findResources(`AWS::${type}`)).toEqual(
      Template.fromJSON(second as Json).findResources(`AWS::${type}`),
    );
  }
});

test('drained.ts: polling is what changes, and nothing else', () => {
  const [running, stopped] = [templateOf('drained'), templateOf('drained', { polling: 'false' })];

  expect(one(running, 'Lambda::EventSourceMapping').Enabled).toBe(true);
  expect(one(stopped, 'Lambda::EventSourceMapping').Enabled).toBe(false);
  const stoppedJson = JSON.stringify(stopped.toJSON()).replace('"Enabled":false', '"Enabled":true');
  expect(JSON.parse(stoppedJson)).toEqual(running.toJSON());
});

test('extended.ts: the function has the layer, and the mapping the tag', () => {
  const template = templateOf('extended');

  expect(one(template, 'Lambda::Function').Layers).toEqual([
    'arn:aws:lambda:eu-west-1:111122223333:layer:shop-certificates:3',
  ]);
  expect(one(template, 'Lambda::EventSourceMapping').Tags).toEqual([{ Key: 'team', Value: 'payments' }]);
});

function arnOf(logicalId: string): Json {
  return { 'Fn::GetAtt': [logicalId, 'Arn'] };
}

function statementsOf(template: Template): Record<string, Json> {
  const statements = all(template, 'IAM::Policy').flatMap(([, { PolicyDocument }]) => PolicyDocument.Statement);
  return Object.fromEntries(statements.map((statement: Json) => [statement.Sid, statement]));
}
