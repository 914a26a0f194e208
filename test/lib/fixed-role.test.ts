/** aws-cdk-lib drops what is granted to a role that is imported as fixed, without a word. */
import { join } from 'node:path';
import type { Stack } from 'aws-cdk-lib';
import { Annotations, Match } from 'aws-cdk-lib/assertions';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as kms from 'aws-cdk-lib/aws-kms';
import type { NodejsFunctionProps } from 'aws-cdk-lib/aws-lambda-nodejs';
import * as s3 from 'aws-cdk-lib/aws-s3';
import { KafkaMapping, type KafkaMappingOptions, OnceFunction, OnFailure, Pollers } from '../../lib';
import { ownFunction, processorOver } from './fixture/own-function';
import { source, stack } from './fixture/stack';

const ARN = 'arn:aws:iam::111122223333:role/fixed';
const ENTRY = join(__dirname, 'fixture', 'handler.ts');
const fixed = (scope: Stack) => iam.Role.fromRoleArn(scope, 'Fixed', ARN, { mutable: false });

/** What the construct at a path warns of. */
const warnings = (scope: Stack, path: string) =>
  Annotations.fromStack(scope)
    .findWarning(path, Match.stringLikeRegexp('takes no permissions from this app'))
    .map(({ entry }) => entry.data as string);

describe('a KafkaMapping alone', () => {
  const mapped = (
    role: (scope: Stack) => iam.IRole,
    props: (scope: Stack) => Partial<KafkaMappingOptions> = () => ({}),
  ) => {
    const scope = stack();
    new KafkaMapping(scope, 'Orders', {
      function: ownFunction(scope, { role: role(scope) }),
      source: source(),
      pollers: Pollers.provisioned({ minimum: 1, maximum: 4 }),
      ...props(scope),
    });
    return warnings(scope, '/Shop/Orders');
  };

  test('names what the pollers ask of the role', () => {
    const [warning, ...others] = mapped(fixed);

    expect(others).toEqual([]);
    expect(warning).toContain('The role of the function, Shop/Fixed,');
    // Reference 5.4.
    for (const statement of [
      'DescribeCluster (kafka:DescribeCluster, kafka:DescribeClusterV2, kafka:GetBootstrapBrokers)',
      'ConnectToCluster (kafka-cluster:Connect)',
      'ReadTopic (kafka-cluster:DescribeTopic, kafka-cluster:ReadData)',
      'JoinConsumerGroup (kafka-cluster:AlterGroup, kafka-cluster:DescribeGroup)',
      'DeleteNetworkInterface (ec2:DeleteNetworkInterface)',
    ]) {
      expect(warning).toContain(statement);
    }
  });

  test('names what a destination asks of the role', () => {
    const [warning] = mapped(fixed, (scope) => ({
      onFailure: OnFailure.s3({ bucket: s3.Bucket.fromBucketName(scope, 'Discarded', 'orders-discarded') }),
      serviceMayDiscard: true,
      retryAttempts: 9,
    }));

    // The account of the stack is not known here, so aws-cdk-lib grants in vain on the bucket, too, and tells of that alone.
    expect(warning).toContain('PutDiscarded (s3:PutObject), ListDiscarded (s3:ListBucket)');
  });

  test('warns of no role that takes statements', () => {
    expect(mapped((scope) => iam.Role.fromRoleArn(scope, 'Imported', ARN))).toEqual([]);
    const assumedBy = new iam.ServicePrincipal('lambda.amazonaws.com');
    expect(mapped((scope) => new iam.Role(scope, 'Role', { assumedBy }))).toEqual([]);
    expect(mapped((scope) => new iam.LazyRole(scope, 'Late', { assumedBy }))).toEqual([]);
  });
});

describe('an OnceFunction alone', () => {
  const made = (props: (scope: Stack) => Partial<NodejsFunctionProps>) => {
    const scope = stack();
    new OnceFunction(scope, 'Orders', { entry: ENTRY, ...props(scope) });
    return warnings(scope, '/Shop/Orders');
  };

  test('names what it asks of the role', () => {
    const [warning, ...others] = made((scope) => ({
      role: fixed(scope),
      environmentEncryption: new kms.Key(scope, 'Key'),
      vpc: ec2.Vpc.fromVpcAttributes(scope, 'Vpc', {
        vpcId: 'vpc-1',
        availabilityZones: ['eu-west-1a'],
        privateSubnetIds: ['subnet-1'],
      }),
    }));

    expect(others).toEqual([]);
    for (const statement of [
      'WriteLogs (logs:CreateLogStream, logs:PutLogEvents)',
      'DecryptEnvironment (kms:Decrypt)',
      'DescribeFunctionNetwork (ec2:DescribeNetworkInterfaces, ec2:DescribeSubnets)',
      'CreateFunctionInterface (ec2:CreateNetworkInterface)',
    ]) {
      expect(warning).toContain(statement);
    }
  });

  test('warns of no role that takes statements', () => {
    expect(made(() => ({}))).toEqual([]);
    expect(made((scope) => ({ role: iam.Role.fromRoleArn(scope, 'Imported', ARN) }))).toEqual([]);
  });
});

test('a processor names what its source asks of the role, beside memory and letters', () => {
  const scope = stack();
  processorOver(ownFunction(scope, { role: fixed(scope) }), scope);

  const all = warnings(scope, '/Shop/Orders');

  expect(all).toHaveLength(2);
  expect(all.join(' ')).toContain('ClaimRecords (dynamodb:BatchGetItem, ');
  expect(all.join(' ')).toContain('SendLetters (sqs:SendMessage), PutLetters (s3:PutObject)');
  expect(all.join(' ')).toContain('ReadTopic (kafka-cluster:DescribeTopic, kafka-cluster:ReadData)');
});
