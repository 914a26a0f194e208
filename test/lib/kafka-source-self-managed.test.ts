import { App, CfnParameter, Stack } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import { Auth, KafkaSource, type SelfManagedSourceProps } from '../../lib';
import { mapped, networkStatements } from './fixture/mapping';
import { refusal } from './fixture/refusal';
import type { Json } from './fixture/stack';

const SERVERS = ['b-1.example.com:9096', 'b-2.example.com:9096'];
const SECRET = 'arn:aws:secretsmanager:eu-west-1:111122223333:secret:kafka-AbCdEf';
const CERTIFICATE = 'arn:aws:secretsmanager:eu-west-1:111122223333:secret:root-GhIjKl';
const OPTIONS = { defaultConsumerGroupId: 'Shop-Orders', destinationTopic: undefined };

const imported = (stack: Stack, id = 'Secret') => secretsmanager.Secret.fromSecretCompleteArn(stack, id, SECRET);

function selfManaged(stack: Stack, props: Partial<SelfManagedSourceProps> = {}): KafkaSource {
  return KafkaSource.selfManaged({
    bootstrapServers: SERVERS,
    clusterName: 'payments',
    topic: 'orders',
    auth: Auth.scram512(imported(stack)),
    ...props,
  });
}

function network(stack: Stack) {
  return {
    vpc: ec2.Vpc.fromVpcAttributes(stack, 'Vpc', {
      vpcId: 'vpc-1',
      availabilityZones: ['eu-west-1a', 'eu-west-1b'],
      privateSubnetIds: ['subnet-1', 'subnet-2'],
      publicSubnetIds: ['subnet-8', 'subnet-9'],
    }),
    securityGroups: [ec2.SecurityGroup.fromSecurityGroupId(stack, 'Group', 'sg-1') as ec2.ISecurityGroup],
  };
}

const read = (arn: string) => ({ Effect: 'Allow', Action: 'secretsmanager:GetSecretValue', Resource: arn });

test('brokers on the internet are read with a secret, and the role may read it and nothing else', () => {
  const { mapping, statements, template } = mapped(selfManaged);

  expect(mapping).toMatchObject({
    SelfManagedEventSource: { Endpoints: { KafkaBootstrapServers: SERVERS } },
    SelfManagedKafkaEventSourceConfig: { ConsumerGroupId: 'Shop-Orders' },
    SourceAccessConfigurations: [{ Type: 'SASL_SCRAM_512_AUTH', URI: SECRET }],
    Topics: ['orders'],
    StartingPosition: 'TRIM_HORIZON',
  });
  expect(mapping).not.toHaveProperty('EventSourceArn');
  expect(statements).toEqual({ ReadCredentials: read(SECRET) });
  template.hasResourceProperties('AWS::Lambda::Function', {
    Environment: {
      Variables: { MSK_ONCE_MAPPINGS: '{"Orders":{"consumer":"Shop-Orders","source":"payments","generation":1}}' },
    },
  });
});

test.each<[string, (secret: secretsmanager.ISecret) => Auth]>([
  ['SASL_SCRAM_512_AUTH', (secret) => Auth.scram512(secret)],
  ['SASL_SCRAM_256_AUTH', (secret) => Auth.scram256(secret)],
  ['BASIC_AUTH', (secret) => Auth.plain(secret)],
  ['CLIENT_CERTIFICATE_TLS_AUTH', (secret) => Auth.mtls(secret)],
])('%s is told to the mapping', (type, auth) => {
  const { mapping } = mapped((stack) => selfManaged(stack, { auth: auth(imported(stack, 'Other')) }));

  expect(mapping.SourceAccessConfigurations).toEqual([{ Type: type, URI: SECRET }]);
});

test('a root certificate is told, and the role may read it, also under a key of the customer', () => {
  const { mapping, statements } = mapped((stack) =>
    selfManaged(stack, {
      rootCaCertificate: secretsmanager.Secret.fromSecretAttributes(stack, 'Root', {
        secretCompleteArn: CERTIFICATE,
        encryptionKey: kms.Key.fromKeyArn(stack, 'Key', 'arn:aws:kms:eu-west-1:111122223333:key/root'),
      }),
    }),
  );

  expect(mapping.SourceAccessConfigurations).toEqual([
    { Type: 'SASL_SCRAM_512_AUTH', URI: SECRET },
    { Type: 'SERVER_ROOT_CA_CERTIFICATE', URI: CERTIFICATE },
  ]);
  expect(statements).toEqual({
    ReadCredentials: read(SECRET),
    ReadRootCertificate: read(CERTIFICATE),
    DecryptRootCertificate: {
      Effect: 'Allow',
      Action: 'kms:Decrypt',
      Resource: 'arn:aws:kms:eu-west-1:111122223333:key/root',
    },
  });
});

describe('brokers in a VPC', () => {
  test('are entered through its private subnets, and the role may make interfaces there only', () => {
    const { mapping, statements } = mapped((stack) => selfManaged(stack, { auth: Auth.none(), ...network(stack) }));

    expect(mapping.SourceAccessConfigurations).toEqual([
      { Type: 'VPC_SUBNET', URI: 'subnet-1' },
      { Type: 'VPC_SUBNET', URI: 'subnet-2' },
      { Type: 'VPC_SECURITY_GROUP', URI: 'sg-1' },
    ]);
    expect(statements).toEqual(networkStatements({ subnets: ['subnet-1', 'subnet-2'], securityGroups: ['sg-1'] }));
  });

  test('or through the subnets that are chosen', () => {
    const { mapping } = mapped((stack) =>
      selfManaged(stack, { ...network(stack), vpcSubnets: { subnetType: ec2.SubnetType.PUBLIC } }),
    );

    expect(mapping.SourceAccessConfigurations).toContainEqual({ Type: 'VPC_SUBNET', URI: 'subnet-9' });
    expect(mapping.SourceAccessConfigurations).not.toContainEqual({ Type: 'VPC_SUBNET', URI: 'subnet-1' });
  });
});

test('brokers may be known at deployment only, one by one or all', () => {
  const one = mapped((stack) =>
    selfManaged(stack, { bootstrapServers: [new CfnParameter(stack, 'Broker').valueAsString] }),
  );
  const all = mapped((stack) =>
    selfManaged(stack, {
      bootstrapServers: new CfnParameter(stack, 'Brokers', { type: 'CommaDelimitedList' }).valueAsList,
    }),
  );

  const servers = ({ mapping }: Json) => mapping.SelfManagedEventSource.Endpoints.KafkaBootstrapServers;
  expect(servers(one)).toEqual([{ Ref: 'Broker' }]);
  expect(servers(all)).toEqual({ Ref: 'Brokers' });
});

describe('refused', () => {
  const message = (props: (stack: Stack) => Partial<SelfManagedSourceProps>) => {
    const stack = new Stack(new App(), 'Shop');
    return refusal(() => selfManaged(stack, props(stack)).bind(stack, OPTIONS), 'Shop');
  };

  test.each<[string, Json, RegExp]>([
    ['no broker', [], /bootstrapServers is \[\], accepted is 1 to 10 addresses/],
    ['no list', undefined, /bootstrapServers is missing/],
    ['eleven brokers', Array(11).fill('b:9096'), /is "11 addresses"/],
    ['a broker without a port', ['b.example.com'], /bootstrapServers\[0\] is "b\.example\.com"/],
    ['a broker with a protocol', ['b:9096', 'SASL_SSL://c:9096'], /bootstrapServers\[1\] .*Leave the protocol out/],
    ['several brokers in one text', ['b:9096,c:9096'], /text\.split\(','\)/],
    ['a broker of more than 300 characters', [`${'b'.repeat(300)}:9096`], /accepted is 1 to 10/],
  ])('%s', (_, bootstrapServers, expected) => {
    expect(message(() => ({ bootstrapServers }))).toMatch(expected);
  });

  test.each([undefined, '', 'a#b', 'a b', 'a'.repeat(65)])('the cluster name %j', (clusterName) => {
    expect(message(() => ({ clusterName }) as Json)).toContain('accepted is 1 to 64 letters');
  });

  test('IAM, which is of MSK', () => {
    expect(message(() => ({ auth: Auth.iam() }))).toMatch(/auth is "Auth\.iam\(\)".*KafkaSource\.msk\(\)/);
  });

  test('the internet without a secret', () => {
    expect(message(() => ({ auth: Auth.none() }))).toMatch(/a secret, for brokers that are reached over the internet/);
  });

  test('a VPC without security groups, and parts of a VPC without it', () => {
    expect(message((stack) => ({ vpc: network(stack).vpc }))).toContain('securityGroups is missing');
    expect(message((stack) => ({ securityGroups: network(stack).securityGroups }))).toContain('vpc is missing');
    expect(message(() => ({ vpcSubnets: { onePerAz: true } }))).toContain('vpc is missing');
    expect(message((stack) => ({ ...network(stack), vpcSubnets: { subnets: [] } }))).toContain('"no subnet"');
  });

  test('more than 22 credentials, subnets and security groups', () => {
    const subnets = (stack: Stack) =>
      Array.from({ length: 21 }, (_, i) => ec2.Subnet.fromSubnetId(stack, `Subnet${i}`, `subnet-${i}`));

    expect(message((stack) => ({ ...network(stack), vpcSubnets: { subnets: subnets(stack) } }))).toMatch(
      /vpcSubnets is "23 .* at most 22 together/,
    );
  });

  test('a secret of another region', () => {
    const stack = new Stack(new App(), 'Shop', { env: { region: 'us-east-1' } });

    expect(refusal(() => selfManaged(stack).bind(stack, OPTIONS), 'Shop')).toContain(
      'region of auth secret is "eu-west-1", accepted is the region of the stack, us-east-1',
    );
  });
});

test('22 credentials, subnets and security groups are accepted, and 10 brokers', () => {
  const subnets = (stack: Stack) =>
    Array.from({ length: 20 }, (_, i) => ec2.Subnet.fromSubnetId(stack, `Subnet${i}`, `subnet-${i}`));

  const { mapping } = mapped((stack) =>
    selfManaged(stack, {
      bootstrapServers: Array.from({ length: 10 }, (_, i) => `b-${i}:9096`),
      ...network(stack),
      vpcSubnets: { subnets: subnets(stack) },
    }),
  );

  expect(mapping.SourceAccessConfigurations).toHaveLength(22);
});
