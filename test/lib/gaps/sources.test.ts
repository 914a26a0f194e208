import { CfnParameter, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import * as plain from 'aws-cdk-lib/aws-lambda-event-sources';
import * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import { Auth, KafkaMapping, KafkaSource, Pollers, type SelfManagedSourceProps } from '../../../lib';
import { mapped, plainFunction } from '../fixture/mapping';
import { refusal } from '../fixture/refusal';
import { app, CLUSTER_ARN, CLUSTER_UUID, type Json, only, source, statements } from '../fixture/stack';

// Each gap of the event sources of aws-cdk-lib (reference, section 7.2) twice: closed here, and open there. When a twin
// fails after an upgrade, aws-cdk-lib has closed the gap, too.

const { TRIM_HORIZON } = lambda.StartingPosition;
const OTHER_CLUSTER = CLUSTER_ARN.replace('orders-cluster', 'returns-cluster');
const SECRET = 'arn:aws:secretsmanager:eu-west-1:111122223333:secret:AmazonMSK_orders-AbCdEf';
const ROOT = 'arn:aws:secretsmanager:eu-west-1:111122223333:secret:root-GhIjKl';
const KEY = 'arn:aws:kms:eu-west-1:111122223333:key/1234';
const SERVERS = ['b-1.example.com:9096', 'b-2.example.com:9096'];

const importedSecret = (stack: Stack, arn = SECRET, id = 'Secret') =>
  secretsmanager.Secret.fromSecretCompleteArn(stack, id, arn);

/** The plain event source on a plain function. */
function twin(...eventSources: ((stack: Stack) => lambda.IEventSource)[]): Template {
  const stack = new Stack(app(), 'Shop');
  const fn = plainFunction(stack);
  for (const eventSource of eventSources) fn.addEventSource(eventSource(stack));
  return Template.fromStack(stack);
}

function managed(props: Partial<plain.ManagedKafkaEventSourceProps> = {}): plain.ManagedKafkaEventSource {
  const defaults = { clusterArn: CLUSTER_ARN, topic: 'orders', startingPosition: TRIM_HORIZON };
  return new plain.ManagedKafkaEventSource({ ...defaults, ...props });
}

function unmanaged(props: Partial<plain.SelfManagedKafkaEventSourceProps>): plain.SelfManagedKafkaEventSource {
  const defaults = { bootstrapServers: SERVERS, topic: 'orders', startingPosition: TRIM_HORIZON };
  return new plain.SelfManagedKafkaEventSource({ ...defaults, ...props });
}

function selfManaged(props: Partial<SelfManagedSourceProps>): KafkaSource {
  return KafkaSource.selfManaged({ bootstrapServers: SERVERS, clusterName: 'payments', topic: 'orders', ...props });
}

const mappingOf = (template: Template) => only(template, 'AWS::Lambda::EventSourceMapping');
const text = (template: Template) => JSON.stringify(template.toJSON());

describe('the permissions of IAM access control', () => {
  const arn = (kind: string, name: string) =>
    `arn:aws:kafka:eu-west-1:111122223333:${kind}/orders-cluster/${CLUSTER_UUID}/${name}`;
  const BROAD = 'AWSLambdaMSKExecutionRole';

  test('are granted on cluster, topic and group, and no managed policy is attached for them', () => {
    const { statements: granted, template } = mapped(() => source());

    expect(granted).toMatchObject({
      ConnectToCluster: { Action: 'kafka-cluster:Connect', Resource: CLUSTER_ARN },
      ReadTopic: {
        Action: ['kafka-cluster:DescribeTopic', 'kafka-cluster:ReadData'],
        Resource: arn('topic', 'orders'),
      },
      JoinConsumerGroup: {
        Action: ['kafka-cluster:AlterGroup', 'kafka-cluster:DescribeGroup'],
        Resource: arn('group', 'Shop-Orders'),
      },
    });
    expect(text(template)).not.toContain(BROAD);
  });

  test('twin: are not granted, and the broad managed policy is attached', () => {
    const template = twin(() => managed());

    expect(text(template)).not.toContain('kafka-cluster:');
    expect(text(template)).toContain(BROAD);
  });
});

describe('a client certificate on MSK', () => {
  test('is told to the mapping', () => {
    const { mapping } = mapped((stack) => source({ auth: Auth.mtls(importedSecret(stack)) }));

    expect(mapping.SourceAccessConfigurations).toEqual([{ Type: 'CLIENT_CERTIFICATE_TLS_AUTH', URI: SECRET }]);
  });

  test('twin: every secret is told as one of SCRAM', () => {
    const wanted: Json = { authenticationMethod: plain.AuthenticationMethod.CLIENT_CERTIFICATE_TLS_AUTH };
    const template = twin((stack) => managed({ ...wanted, secret: importedSecret(stack) }));

    expect(mappingOf(template).Properties.SourceAccessConfigurations).toEqual([
      { Type: 'SASL_SCRAM_512_AUTH', URI: SECRET },
    ]);
  });
});

describe('the key of an imported secret', () => {
  test('can be named, and is granted then; without a name it is asked for', () => {
    const { statements: granted } = mapped((stack) =>
      source({
        auth: Auth.scram512(importedSecret(stack), { encryptionKey: kms.Key.fromKeyArn(stack, 'Key', KEY) }),
      }),
    );

    expect(granted.DecryptCredentials).toEqual({ Effect: 'Allow', Action: 'kms:Decrypt', Resource: KEY });
    expect(refusal(() => mapped((stack) => source({ auth: Auth.scram512(importedSecret(stack)) })))).toContain(
      'encryptionKey of auth secret is missing',
    );
  });

  test('twin: is neither granted nor asked for', () => {
    expect(text(twin((stack) => managed({ secret: importedSecret(stack) })))).not.toContain('kms:');
  });
});

describe('the root certificate of self-managed brokers', () => {
  test('may be read by the role', () => {
    const { statements: granted } = mapped((stack) =>
      selfManaged({
        auth: Auth.scram512(importedSecret(stack)),
        rootCaCertificate: importedSecret(stack, ROOT, 'Root'),
      }),
    );

    expect(granted.ReadRootCertificate).toEqual({
      Effect: 'Allow',
      Action: 'secretsmanager:GetSecretValue',
      Resource: ROOT,
    });
  });

  test('twin: is told to the mapping only', () => {
    const template = twin((stack) =>
      unmanaged({ secret: importedSecret(stack), rootCACertificate: importedSecret(stack, ROOT, 'Root') }),
    );

    expect(JSON.stringify(mappingOf(template).Properties)).toContain(ROOT);
    expect(JSON.stringify(only(template, 'AWS::IAM::Policy'))).not.toContain(ROOT);
  });
});

describe('self-managed brokers in a VPC', () => {
  const vpc = (stack: Stack) =>
    ec2.Vpc.fromVpcAttributes(stack, 'Vpc', {
      vpcId: 'vpc-1',
      availabilityZones: ['eu-west-1a'],
      privateSubnetIds: ['subnet-1'],
    });
  const group = (stack: Stack) => ec2.SecurityGroup.fromSecurityGroupId(stack, 'Group', 'sg-1') as ec2.ISecurityGroup;

  test('are entered with permissions on network interfaces', () => {
    const { statements: granted } = mapped((stack) => selfManaged({ vpc: vpc(stack), securityGroups: [group(stack)] }));

    expect(granted).toMatchObject({
      DescribeNetwork: { Action: expect.arrayContaining(['ec2:DescribeVpcs']) },
      CreateNetworkInterface: { Action: 'ec2:CreateNetworkInterface' },
      DeleteNetworkInterface: { Action: 'ec2:DeleteNetworkInterface' },
    });
  });

  test('twin: are entered without any', () => {
    const template = twin((stack) => unmanaged({ vpc: vpc(stack), vpcSubnets: {}, securityGroup: group(stack) }));

    expect(text(template)).not.toContain('ec2:');
  });
});

describe('one topic name on two clusters', () => {
  test('is read by one function', () => {
    const stack = new Stack(app(), 'Shop');
    const pollers = Pollers.provisioned({ minimum: 1, maximum: 1 });
    const fn = plainFunction(stack);

    new KafkaMapping(stack, 'Orders', { function: fn, source: source(), pollers });
    new KafkaMapping(stack, 'Returns', { function: fn, source: source({ clusterArn: OTHER_CLUSTER }), pollers });

    const template = Template.fromStack(stack);
    template.resourceCountIs('AWS::Lambda::EventSourceMapping', 2);
    expect(JSON.stringify(statements(template))).toContain(`topic/returns-cluster/${CLUSTER_UUID}/orders`);
  });

  test('twin: collides', () => {
    const both = [() => managed(), () => managed({ clusterArn: OTHER_CLUSTER })];

    expect(() => twin(...both)).toThrow(/already a Construct with name 'KafkaEventSource/);
  });
});

describe('a topic that is known at deployment only', () => {
  const topic = (stack: Stack) => new CfnParameter(stack, 'Topic').valueAsString;

  test('is read, and granted as a part of the ARN', () => {
    const { mapping, statements: granted } = mapped((stack) => source({ topic: topic(stack) }));

    expect(mapping.Topics).toEqual([{ Ref: 'Topic' }]);
    expect(granted.ReadTopic).toMatchObject({
      Resource: {
        'Fn::Join': [
          '',
          [`arn:aws:kafka:eu-west-1:111122223333:topic/orders-cluster/${CLUSTER_UUID}/`, { Ref: 'Topic' }],
        ],
      },
    });
  });

  test('twin: is no part of a construct id', () => {
    expect(() => twin((stack) => managed({ topic: topic(stack) }))).toThrow(/token/i);
  });
});

describe('the same brokers, written in another way', () => {
  const parameter = (stack: Stack) =>
    new CfnParameter(stack, 'Brokers', { type: 'CommaDelimitedList', default: SERVERS.join(',') }).valueAsList;
  const literal = () => SERVERS;

  test('stay one mapping, which CloudFormation leaves alone', () => {
    const logicalId = (servers: (stack: Stack) => string[]) => {
      const made = (stack: Stack) =>
        selfManaged({ bootstrapServers: servers(stack), auth: Auth.scram512(importedSecret(stack)) });
      return mappingOf(mapped(made).template).logicalId;
    };

    expect(logicalId(parameter)).toBe(logicalId(literal));
  });

  test('twin: become a second mapping, which the service refuses beside the first', () => {
    const logicalId = (servers: (stack: Stack) => string[]) =>
      mappingOf(twin((stack) => unmanaged({ bootstrapServers: servers(stack), secret: importedSecret(stack) })))
        .logicalId;

    expect(logicalId(parameter)).not.toBe(logicalId(literal));
  });
});

test('a broker more replaces the mapping in the same place, and changes nothing that is remembered', () => {
  const made = (bootstrapServers: string[]) =>
    mapped((stack) => selfManaged({ bootstrapServers, auth: Auth.scram512(importedSecret(stack)) })).template;
  const more = made([...SERVERS, 'b-3.example.com:9096']);
  const remembered = (template: Template) => only(template, 'AWS::Lambda::Function').Properties.Environment;

  expect(mappingOf(more).logicalId).toBe(mappingOf(made(SERVERS)).logicalId);
  expect(remembered(more)).toEqual(remembered(made(SERVERS)));
});

describe('a filter on a field that is not below `value`', () => {
  const filters = [lambda.FilterCriteria.filter({ stringEquals: lambda.FilterRule.isEqual('test') })];

  test('is refused', () => {
    expect(refusal(() => mapped(() => source({ filters })))).toContain('a pattern on `value` alone');
  });

  test('twin: reaches the mapping, and filters nothing', () => {
    expect(mappingOf(twin(() => managed({ filters }))).Properties.FilterCriteria).toEqual({
      Filters: [{ Pattern: '{"stringEquals":["test"]}' }],
    });
  });
});

test.each<[string, (stack: Stack) => KafkaSource]>([
  ['MSK with IAM', () => source()],
  ['MSK with a certificate', (stack) => source({ auth: Auth.mtls(importedSecret(stack)) })],
  ['MSK Serverless', () => KafkaSource.mskServerless({ clusterArn: CLUSTER_ARN, topic: 'orders' })],
  ['self-managed brokers', (stack) => selfManaged({ auth: Auth.plain(importedSecret(stack)) })],
])('%s: each statement says what it is for, and names its resources where the service has any', (_, made) => {
  const { template } = mapped(made);
  const all: Json[] = only(template, 'AWS::IAM::Policy').Properties.PolicyDocument.Statement;

  expect(all.filter(({ Sid }) => Sid === undefined)).toEqual([]);
  const unbounded = all.filter(({ Resource }) => [Resource].flat().includes('*'));
  // EC2 has no resources for its Describe actions.
  for (const { Action } of unbounded) expect(Action.join()).toMatch(/^ec2:Describe\w+(,ec2:Describe\w+)*$/);
});
