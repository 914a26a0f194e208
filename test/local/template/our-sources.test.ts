import { join } from 'node:path';
import { App, CfnParameter, Stack } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import * as msk from 'aws-cdk-lib/aws-msk';
import * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import { Auth, KafkaMapping, KafkaSource, Pollers } from '../../../lib';
import type { KafkaMapping as ReadMapping } from '../../../local/template/kafka-mapping';
import { readKafkaMappings } from '../../../local/template/kafka-mappings';
import { readStack, type StackOptions } from '../../../local/template/stack';
import { temporaryFolder } from './template-fixture';

// What the constructs synthesize is what the local event source reads, whatever the source.

const CLUSTER_ARN = 'arn:aws:kafka:eu-west-1:111122223333:cluster/shop/0a1b2c3d-7';
const CONNECTION_ARN = 'arn:aws:kafka:eu-west-1:111122223333:vpc-connection/444455556666/theirs/9f8e7d6c-3';

const folder = temporaryFolder();
afterAll(() => folder.remove());
let count = 0;

/** The one mapping of a stack with this source. */
function read(source: (stack: Stack) => KafkaSource, options?: StackOptions): ReadMapping {
  const app = new App({
    outdir: join(folder.path, `cdk.out-${count++}`),
    context: { 'aws:cdk:enable-path-metadata': true },
  });
  const stack = new Stack(app, 'Shop');
  new KafkaMapping(stack, 'Orders', {
    function: new lambda.Function(stack, 'Function', {
      runtime: lambda.Runtime.NODEJS_24_X,
      handler: 'index.handler',
      code: lambda.Code.fromInline('exports.handler = async () => {};'),
      memorySize: 1024,
    }),
    source: source(stack),
    pollers: Pollers.provisioned({ minimum: 1, maximum: 4 }),
  });
  const mappings = readKafkaMappings(readStack(app.synth().directory, options), { mapping: 'Shop/Orders/Mapping' });
  expect(mappings).toHaveLength(1);
  return mappings[0] as ReadMapping;
}

/** The mapping as the runtime is told of it. */
function toldOf({ function: { environment } }: ReadMapping) {
  return JSON.parse(environment.MSK_ONCE_MAPPINGS ?? '');
}

const secret = (stack: Stack) => new secretsmanager.Secret(stack, 'Secret') as secretsmanager.ISecret;

test('a provisioned cluster, from a timestamp on and filtered', () => {
  const mapping = read(() =>
    KafkaSource.msk({
      clusterArn: CLUSTER_ARN,
      topic: 'orders',
      auth: Auth.iam(),
      startingPosition: lambda.StartingPosition.AT_TIMESTAMP,
      startingPositionTimestamp: 1_760_000_000,
      filters: [lambda.FilterCriteria.filter({ value: { type: lambda.FilterRule.isEqual('order') } })],
    }),
  );

  expect(mapping).toMatchObject({
    topic: 'orders',
    consumerGroupId: 'Shop-Orders',
    selfManaged: false,
    eventSourceArn: CLUSTER_ARN,
    startingPosition: 'AT_TIMESTAMP',
    startingPositionTimestampMs: 1_760_000_000_000,
    filters: ['{"value":{"type":["order"]}}'],
    aliasName: 'Orders-partial',
  });
  expect(toldOf(mapping)).toEqual({ Orders: { consumer: 'Shop-Orders', source: '0a1b2c3d-7', generation: 1 } });
});

test('a client certificate for a cluster that is a parameter', () => {
  const clusterArn = (stack: Stack) => new CfnParameter(stack, 'Cluster').valueAsString;
  const mapping = read(
    (stack) => KafkaSource.msk({ clusterArn: clusterArn(stack), topic: 'orders', auth: Auth.mtls(secret(stack)) }),
    { parameters: { Cluster: CLUSTER_ARN } },
  );

  expect(mapping).toMatchObject({ topic: 'orders', eventSourceArn: CLUSTER_ARN });
  expect(toldOf(mapping)).toMatchObject({ Orders: { source: '0a1b2c3d-7' } });
});

test('a Serverless cluster of the same stack', () => {
  const mapping = read((stack) => {
    const cluster = new msk.CfnServerlessCluster(stack, 'Cluster', {
      clusterName: 'shop',
      clientAuthentication: { sasl: { iam: { enabled: true } } },
      vpcConfigs: [{ subnetIds: ['subnet-1', 'subnet-2'] }],
    });
    return KafkaSource.mskServerless({ clusterArn: cluster.attrArn, topic: 'orders' });
  });

  expect(mapping).toMatchObject({ topic: 'orders', eventSourceArn: expect.stringContaining(':cluster/shop/') });
  expect(toldOf(mapping).Orders.source).toBe(mapping.eventSourceArn?.split('/')[2]);
});

test.each<[string, (stack: Stack) => string, string | RegExp]>([
  ['that is there', () => CONNECTION_ARN, CONNECTION_ARN],
  [
    'of the same stack',
    (stack) =>
      new msk.CfnVpcConnection(stack, 'Connection', {
        targetClusterArn: CLUSTER_ARN,
        authentication: 'SASL_IAM',
        clientSubnets: ['subnet-1'],
        securityGroups: ['sg-1'],
        vpcId: 'vpc-1',
      }).attrArn,
    /^arn:aws:kafka:us-east-1:\d{12}:vpc-connection\//,
  ],
])('a VPC connection %s, under the name of the cluster behind it', (_, vpcConnectionArn, expected) => {
  const mapping = read((stack) =>
    KafkaSource.msk({
      clusterArn: CLUSTER_ARN,
      vpcConnectionArn: vpcConnectionArn(stack),
      topic: 'orders',
      auth: Auth.iam(),
    }),
  );

  expect(mapping.eventSourceArn).toMatch(expected);
  expect(toldOf(mapping)).toMatchObject({ Orders: { source: '0a1b2c3d-7' } });
});

test('self-managed brokers in a VPC, with a secret and a root certificate', () => {
  const mapping = read((stack) => {
    const vpc = new ec2.Vpc(stack, 'Vpc', { maxAzs: 2, natGateways: 0 });
    return KafkaSource.selfManaged({
      bootstrapServers: ['b-1.example.com:9096', 'b-2.example.com:9096'],
      clusterName: 'payments',
      topic: 'payments',
      consumerGroupId: 'shop/payments',
      auth: Auth.scram256(secret(stack)),
      rootCaCertificate: new secretsmanager.Secret(stack, 'Root') as secretsmanager.ISecret,
      vpc: vpc as ec2.IVpc,
      vpcSubnets: { subnetType: ec2.SubnetType.PUBLIC },
      securityGroups: [new ec2.SecurityGroup(stack, 'Group', { vpc: vpc as ec2.IVpc })],
    });
  });

  expect(mapping).toMatchObject({
    topic: 'payments',
    consumerGroupId: 'shop/payments',
    selfManaged: true,
    eventSourceArn: undefined,
    bootstrapServers: ['b-1.example.com:9096', 'b-2.example.com:9096'],
  });
  expect(toldOf(mapping)).toEqual({ Orders: { consumer: 'shop/payments', source: 'payments', generation: 1 } });
});

test('self-managed brokers that are a list parameter', () => {
  const mapping = read(
    (stack) =>
      KafkaSource.selfManaged({
        bootstrapServers: new CfnParameter(stack, 'Brokers', { type: 'CommaDelimitedList' }).valueAsList,
        clusterName: 'payments',
        topic: 'payments',
        auth: Auth.plain(secret(stack)),
      }),
    { parameters: { Brokers: 'b-1.example.com:9096,b-2.example.com:9096' } },
  );

  expect(mapping.bootstrapServers).toEqual(['b-1.example.com:9096', 'b-2.example.com:9096']);
});
