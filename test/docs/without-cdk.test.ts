// biome-ignore-all lint/suspicious/noTemplateCurlyInString: these are CloudFormation's, Terraform's and Serverless's.
/** docs/without-cdk.md: the files that it shows, held to each other, to the constructs and to a run. */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { App, aws_ec2 as ec2, aws_kms as kms, Stack, aws_secretsmanager as secretsmanager } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { readPermissions } from '../../bin/check/role/read-permissions';
import type { Statement } from '../../bin/check/role/statement';
import { RULES } from '../../bin/check/rules';
import { readSubjects } from '../../bin/check/subject';
import { Auth, type KafkaProcessorProps, KafkaSource } from '../../lib';
import { readStack } from '../../local/template/stack';
import { parseYaml } from '../../local/template/yaml-text';
import { CLUSTER_ARN, Folder, told } from '../bin/check/fixture';
import { lines, reported } from '../bin/commands/local-fixture';
import { processor, source } from '../lib/fixture/stack';
import { ExampleProject } from '../support/example-project';
import { PROJECT } from '../support/project';

const EXAMPLES = join(PROJECT, 'docs', 'examples', 'without-cdk');
const read = (file: string) => readFileSync(join(EXAMPLES, file), 'utf8');
const PAGE = readFileSync(join(PROJECT, 'docs', 'without-cdk.md'), 'utf8');
const SAM = read('template.yaml');

const folder = new Folder();
afterAll(() => folder.remove());

describe('the page', () => {
  test.each([
    ['ts', 'orders.ts'],
    ['js', 'build.mjs'],
    ['json', 'policy.json'],
    ['json', 'policy-additions.json'],
    ['yaml', 'template.yaml'],
    ['hcl', 'main.tf'],
    ['yaml', 'serverless.yml'],
  ])('shows as %s the file %s as it is', (language, file) => {
    expect(PAGE).toContain(`\`\`\`${language}\n${read(file)}\`\`\``);
  });

  test('names every rule of the check', () => {
    for (const { name } of RULES) expect(PAGE).toContain(`\`${name}\``);
  });

  test.each([
    ['the longest time-out', 'at most 840 seconds'],
    ['the retention of the queue', '`1209600`'],
    ['the size of its messages', '`1048576`'],
    ['the key', 'key | `id`'],
    ['the time to live', '`expiration`'],
  ])('says %s', (_, words) => {
    expect(PAGE).toContain(words);
  });
});

/** What a statement allows, and on what kind of thing. */
interface Allowed {
  readonly actions: readonly string[];
  readonly on: readonly string[];
}

/** `dynamodb:table`, `kafka:group`; of a bucket the folder. */
function kindOf(arn: string): string {
  const [, , service = arn, , , ...rest] = arn.split(':');
  const [kind = '', ...below] = rest.join(':').split(/[/:]/);
  if (service === 's3') return `s3:${below.join('/')}`;
  return service === 'sqs' || service === '*' ? service : `${service}:${kind}`;
}

const allowed = (actions: readonly string[], arns: readonly string[]): Allowed => ({
  actions: [...actions].sort(),
  on: [...new Set(arns.map(kindOf))].sort(),
});

const SAMPLES: Readonly<Record<string, string>> = {
  log_group_arn: 'arn:aws:logs:eu-west-1:111122223333:log-group:/orders',
  table_arn: 'arn:aws:dynamodb:eu-west-1:111122223333:table/memory',
  queue_arn: 'arn:aws:sqs:eu-west-1:111122223333:letters',
  bucket_arn: 'arn:aws:s3:::letters',
  cluster_arn: CLUSTER_ARN,
  topic_arn: CLUSTER_ARN.replace(':cluster/', ':topic/'),
  group_arn: CLUSTER_ARN.replace(':cluster/', ':group/'),
  vpc_connection_arn: 'arn:aws:kafka:eu-west-1:111122223333:vpc-connection/444455556666/shop/0a1b-2',
  secret_arn: 'arn:aws:secretsmanager:eu-west-1:111122223333:secret:shop-AbCdEf',
  secret_arn_of_the_root_certificate: 'arn:aws:secretsmanager:eu-west-1:111122223333:secret:shop-AbCdEf',
  region: 'eu-west-1',
  account: '111122223333',
  ...Object.fromEntries(
    ['secret', 'table', 'queue', 'bucket'].map((of) => [
      `key_arn_of_the_${of}`,
      'arn:aws:kms:eu-west-1:111122223333:key/0a1b2c3d',
    ]),
  ),
};

/** The statements of a file of the page, by sid. */
function written(statements: readonly Record<string, string | string[]>[]): Record<string, Allowed> {
  const filled = (text: string) =>
    text.replace(/\$\{(\w+)\}/g, (_, name: string) => SAMPLES[name] ?? `no sample ${name}`);
  return Object.fromEntries(
    statements.map(({ Sid, Action = [], Resource = [] }) => [
      String(Sid),
      allowed([Action].flat(), [Resource].flat().map(filled)),
    ]),
  );
}

const POLICY = written(JSON.parse(read('policy.json')).Statement);
const ADDITIONS = written(JSON.parse(read('policy-additions.json')));

/** What the role of the only function of a template may do, by sid. */
function granted(template: string | object): Record<string, Allowed> {
  const stack = readStack(folder.write(template), {
    parameters: typeof template === 'string' ? { ClusterArn: CLUSTER_ARN } : {},
  });
  const [subject] = readSubjects(stack, {}, { serviceMayDiscard: false });
  if (subject === undefined) throw new Error('no mapping');
  const { statements, unread } = readPermissions(subject);
  expect(unread).toEqual([]);
  return Object.fromEntries(
    statements.map((statement) => [
      sidOf(template, statement),
      allowed(
        statement.actions,
        statement.resources.map(({ text }) => text ?? 'unread'),
      ),
    ]),
  );
}

function sidOf(template: string | object, { place }: Statement): string {
  const parsed = typeof template === 'string' ? parseYaml(template, 'template.yaml') : template;
  const keys = place.replaceAll(/\[(\d+)\]/g, '.$1').split('.');
  let found = parsed as Record<string, unknown>;
  for (const key of keys) found = found[key] as Record<string, unknown>;
  return String(found.Sid);
}

test('the role of the template of SAM is the policy of the page', () => {
  expect(granted(SAM)).toEqual(POLICY);
});

describe('the constructs grant the same', () => {
  const rows = [...PAGE.matchAll(/^\| ((?:MSK|brokers)[^|]*) \|([^|]*)\|([^|]*)\|$/gm)].map(
    ([, name = '', without = '', adding = '']) => ({
      name,
      without: [...without.matchAll(/\w+/g)].map(String),
      adding: [...adding.matchAll(/\w+/g)].map(String),
    }),
  );

  const SECRET = 'arn:aws:secretsmanager:eu-west-1:111122223333:secret:AmazonMSK_shop-AbCdEf';
  const credentials = (scope: Stack) => ({
    secret: secretsmanager.Secret.fromSecretCompleteArn(scope, 'Secret', SECRET),
    options: { encryptionKey: kms.Key.fromKeyArn(scope, 'Key', 'arn:aws:kms:eu-west-1:111122223333:key/0a1b2c3d') },
  });
  const ownBrokers = (scope: Stack) => {
    const { secret, options } = credentials(scope);
    return {
      bootstrapServers: ['b-1.shop.example:9096'],
      clusterName: 'shop',
      topic: 'orders',
      auth: Auth.scram512(secret, options),
      rootCaCertificate: secretsmanager.Secret.fromSecretCompleteArn(scope, 'Authority', SECRET),
    };
  };
  const sources: Readonly<Record<string, (scope: Stack) => KafkaSource>> = {
    'MSK with IAM, MSK Serverless': () => source(),
    'MSK with SCRAM or a client certificate': (scope) => {
      const { secret, options } = credentials(scope);
      return source({ auth: Auth.scram512(secret, options) });
    },
    'MSK without authentication': () => source({ auth: Auth.none() }),
    'MSK of another account, through a VPC connection': () =>
      source({ vpcConnectionArn: SAMPLES.vpc_connection_arn as string }),
    'brokers of your own, over the internet': (scope) => KafkaSource.selfManaged(ownBrokers(scope)),
    'brokers of your own, in a VPC': (scope) => {
      const vpc = new ec2.Vpc(scope, 'Network') as ec2.IVpc;
      const securityGroups = [new ec2.SecurityGroup(scope, 'Pollers', { vpc })];
      return KafkaSource.selfManaged({ ...ownBrokers(scope), vpc, securityGroups });
    },
  };

  const grantedTo = (props: (scope: Stack) => Partial<KafkaProcessorProps>) => {
    const scope = new Stack(new App({ context: { 'aws:cdk:bundling-stacks': [] } }), 'Shop', {
      env: { account: '111122223333', region: 'eu-west-1' },
    });
    processor(scope, props(scope));
    return granted(Template.fromStack(scope).toJSON());
  };

  test('every source of the table is compared', () => {
    expect(rows.map(({ name }) => name)).toEqual(Object.keys(sources));
  });

  test.each(rows)('$name', ({ name, without, adding }) => {
    const said = {
      ...Object.fromEntries(Object.entries(POLICY).filter(([sid]) => !without.includes(sid))),
      ...Object.fromEntries(adding.map((sid) => [sid, ADDITIONS[sid]])),
    };

    expect(grantedTo((scope) => ({ source: (sources[name] as (typeof sources)[string])(scope) }))).toEqual(said);
  });

  test('with keys of the customer', () => {
    const keys = ['UseKeyOfClaims', 'EncryptSentLetters', 'EncryptPutLetters'];

    const found = grantedTo((scope) => ({ encryptionKey: new kms.Key(scope, 'Own') }));

    expect(found).toMatchObject({ ...POLICY, ...Object.fromEntries(keys.map((sid) => [sid, ADDITIONS[sid]])) });
  });
});

describe('Terraform', () => {
  const text = read('main.tf');

  test('fills in each placeholder of the policy, and no other', () => {
    const [, given = ''] =
      /templatefile\("\$\{path\.module\}\/policy\.json", \{\n([\s\S]*?)\n {2}\}\)/.exec(text) ?? [];
    const names = [...given.matchAll(/^ {4}(\w+)\s+=/gm)].map(([, name]) => name);
    const wanted = [...read('policy.json').matchAll(/\$\{(\w+)\}/g)].map(([, name]) => name);

    expect(new Set(names)).toEqual(new Set(wanted));
  });

  test.each([
    ['hash_key', '"id"'],
    ['attribute_name', '"expiration"'],
    ['billing_mode', '"PAY_PER_REQUEST"'],
    ['deletion_protection_enabled', 'true'],
    ['message_retention_seconds', '1209600'],
    ['max_message_size', '1048576'],
    ['timeout', '60'],
    ['memory_size', '1024'],
    ['runtime', '"nodejs24.x"'],
    ['function_version', '"$LATEST"'],
    ['name', '"orders-partial"'],
    ['function_name', 'aws_lambda_alias.orders.arn'],
    ['starting_position', '"TRIM_HORIZON"'],
    ['function_response_types', '["ReportBatchItemFailures"]'],
    ['metrics', '["EventCount", "ErrorCount", "KafkaMetrics"]'],
    ['minimum_pollers', '1'],
    ['maximum_pollers', '4'],
    ['MSK_ONCE_REMEMBER_FOR_S', '"1209600"'],
    ['orders', '{ consumer = var.consumer_group_id, source = local.cluster_uuid, generation = 1 }'],
  ])('says what SAM says: %s = %s', (name, value) => {
    expect(text.split('\n').map((line) => line.trim().replace(/\s+=\s+/, ' = '))).toContain(`${name} = ${value}`);
  });

  test('has no destination, no finite retries and no record age', () => {
    expect(text).not.toMatch(/destination_config|maximum_retry|maximum_record_age/);
  });
});

test('the Serverless Framework: what it would put together has nothing wrong', () => {
  // Prepare: its functions, and the three members of its resources, as it names them.
  const plain = parseYaml(read('serverless.yml'), 'serverless.yml') as ServerlessFile;
  const { Resources } = parseYaml(SAM.replaceAll('OrdersLogs', 'OrdersLogGroup'), 'template.yaml') as CloudFormation;
  const { orders } = plain.functions;
  const [{ Parameters }, file, { Resources: own }] = plain.resources;
  const shared = Object.entries(Resources).filter(
    ([id]) => !['OrdersFunction', 'OrdersAlias', 'OrdersMapping'].includes(id),
  );
  const template = {
    Parameters,
    Resources: {
      ...Object.fromEntries(shared),
      ...own,
      OrdersLambdaFunction: {
        Type: 'AWS::Lambda::Function',
        Properties: {
          Runtime: plain.provider.runtime,
          Handler: orders.handler,
          Timeout: orders.timeout,
          MemorySize: orders.memorySize,
          Role: { 'Fn::GetAtt': [orders.role, 'Arn'] },
          Environment: { Variables: orders.environment },
        },
      },
    },
  };

  // Act
  const checked = folder.check(template);

  // Assess
  expect(file).toBe('${file(./resources.yml)}');
  expect(told(checked)).toEqual([]);
  expect(checked.mappings).toEqual(['OrdersMapping']);
});

interface CloudFormation {
  readonly Resources: Readonly<Record<string, object>>;
}
interface ServerlessFile {
  readonly provider: { readonly runtime: string };
  readonly functions: { readonly orders: Readonly<Record<string, unknown>> };
  readonly resources: readonly [{ readonly Parameters: object }, string, CloudFormation];
}

describe('the mapping as an event of SAM', () => {
  const EVENT = `      AutoPublishAlias: orders-partial
      AutoPublishAliasAllProperties: true
      Events:
        Orders:
          Type: MSK
          Properties:
            Stream: !Ref ClusterArn
            Topics: [!Ref Topic]
            ConsumerGroupId: !Ref ConsumerGroupId
            StartingPosition: TRIM_HORIZON
            ProvisionedPollerConfig: { MinimumPollers: 1, MaximumPollers: 4 }
            FunctionResponseTypes: [ReportBatchItemFailures]
            MetricsConfig: { Metrics: [EventCount, ErrorCount, KafkaMetrics] }
`;
  const asEvent = SAM.replace(/ {2}OrdersAlias:\n[\s\S]*?(?= {2}OrdersMemory:)/, '').replace(
    '      CodeUri:',
    `${EVENT}      CodeUri:`,
  );

  test('has nothing wrong', () => {
    const checked = folder.check(asEvent);

    expect(checked.mappings).toEqual(['OrdersFunctionOrders']);
    expect(told(checked)).toEqual([]);
  });

  test('with the role that SAM makes: what it lacks is named', () => {
    const ownRole = asEvent.replace(
      '      Role: !GetAtt OrdersRole.Arn\n',
      '      Policies: [{ DynamoDBCrudPolicy: { TableName: !Ref OrdersMemory } }, { SQSSendMessagePolicy: { QueueName: !GetAtt OrdersLetters.QueueName } }]\n',
    );

    const { findings } = folder.check(ownRole);

    expect(findings.map(({ severity, rule }) => `${severity} ${rule}`)).toEqual([
      'error table-permission',
      'error dead-letter-permission',
      'unknown consumer-permission',
    ]);
    expect(findings[0]?.found).toMatch(/^does not allow dynamodb:PartiQLInsert, dynamodb:PartiQLUpdate on /);
    expect(findings[1]?.found).toMatch(/^does not allow s3:PutObject on /);
  });
});

describe('in the project of a user', () => {
  const project = new ExampleProject({ './handlers': 'handlers' });

  beforeAll(() => {
    for (const file of ['orders.ts', 'build.mjs', 'template.yaml']) project.write(file, read(file));
    execFileSync(process.execPath, ['build.mjs'], { cwd: project.folder, stdio: 'pipe' });
  });
  afterAll(() => project.remove());

  test('the function compiles', () => {
    expect(project.complaints()).toEqual([]);
  }, 60_000);

  test('the template of SAM runs: each order once, and what can never work becomes a letter', async () => {
    const orders = [
      { orderId: 'a', cents: 100 },
      { orderId: 'b', cents: -1 },
      { orderId: 'c', cents: 300 },
      { orderId: 'a', cents: 100 },
    ];
    project.write('orders.jsonl', lines(...orders.map((value) => ({ key: value.orderId, value }))));

    const { code, out, report } = await reported(project.folder, [
      ...['--template', 'template.yaml', '--parameter', `ClusterArn=${CLUSTER_ARN}`],
      ...['--records', 'orders.jsonl', '--once', '--fault', 'duplicate-delivery@1'],
    ]);

    expect({ code, out }).toMatchObject({ code: 0 });
    expect(report.mappings).toMatchObject([
      { topic: 'orders', outcomes: { done: 2, duplicate: 1, parked: 1, open: 0 } },
    ]);
    expect(out.match(/charged \w/g)?.sort()).toEqual(['charged a', 'charged c']);
  }, 60_000);
});
