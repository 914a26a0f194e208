import { CfnParameter, Lazy } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { StartingPosition } from 'aws-cdk-lib/aws-lambda';
import type { MskSourceProps } from '../../lib';
import { refusal } from './fixture/refusal';
import { CLUSTER_ARN, CLUSTER_UUID, only, processor, source, stack, statements, templateOf } from './fixture/stack';

const ec2 = (resource: string) => ec2Of([':', { Ref: 'AWS::AccountId' }, `:${resource}/*`]);
/** Subnets and security groups may be shared by another account, which their ARNs name then. */
const shared = (resource: string) => ec2Of([`:*:${resource}/*`]);
const ec2Of = (rest: (string | object)[]) => ({
  'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, ':ec2:', { Ref: 'AWS::Region' }, ...rest]],
});

/** Lambda Developer Guide: what AWSLambdaMSKExecutionRole allows in EC2. */
const NETWORK = {
  DescribeNetwork: {
    Effect: 'Allow',
    Action: ['ec2:DescribeNetworkInterfaces', 'ec2:DescribeSecurityGroups', 'ec2:DescribeSubnets', 'ec2:DescribeVpcs'],
    Resource: '*',
  },
  CreateNetworkInterface: {
    Effect: 'Allow',
    Action: 'ec2:CreateNetworkInterface',
    Resource: [ec2('network-interface'), shared('subnet'), shared('security-group')],
  },
  DeleteNetworkInterface: {
    Effect: 'Allow',
    Action: 'ec2:DeleteNetworkInterface',
    Resource: ec2('network-interface'),
  },
};

/** What the function needs whatever the source. */
const FUNCTION = {
  WriteLogs: {
    Effect: 'Allow',
    Action: ['logs:CreateLogStream', 'logs:PutLogEvents'],
    Resource: { 'Fn::GetAtt': ['OrdersLogs63C9E25A', 'Arn'] },
  },
  ClaimRecords: {
    Effect: 'Allow',
    Action: [
      'dynamodb:BatchGetItem',
      'dynamodb:PartiQLInsert',
      'dynamodb:PartiQLUpdate',
      'dynamodb:PutItem',
      'dynamodb:UpdateItem',
    ],
    Resource: { 'Fn::GetAtt': ['OrdersTable1F8332C7', 'Arn'] },
  },
  SendLetters: {
    Effect: 'Allow',
    Action: 'sqs:SendMessage',
    Resource: { 'Fn::GetAtt': ['OrdersDeadLetterQueueA73944CE', 'Arn'] },
  },
  PutLetters: {
    Effect: 'Allow',
    Action: 's3:PutObject',
    Resource: { 'Fn::Join': ['', [{ 'Fn::GetAtt': ['OrdersDeadLetterBucketC7A89C1E', 'Arn'] }, '/parked/*']] },
  },
};

describe('a cluster known at synth', () => {
  const template = templateOf({ source: source({ consumerGroupId: 'shop/orders' }) });

  test('the role holds these permissions and no other', () => {
    expect(statements(template)).toEqual({
      ...FUNCTION,
      DescribeCluster: {
        Effect: 'Allow',
        Action: ['kafka:DescribeCluster', 'kafka:DescribeClusterV2', 'kafka:GetBootstrapBrokers'],
        Resource: CLUSTER_ARN,
      },
      ConnectToCluster: { Effect: 'Allow', Action: 'kafka-cluster:Connect', Resource: CLUSTER_ARN },
      ReadTopic: {
        Effect: 'Allow',
        Action: ['kafka-cluster:DescribeTopic', 'kafka-cluster:ReadData'],
        Resource: `arn:aws:kafka:eu-west-1:111122223333:topic/orders-cluster/${CLUSTER_UUID}/orders`,
      },
      JoinConsumerGroup: {
        Effect: 'Allow',
        Action: ['kafka-cluster:AlterGroup', 'kafka-cluster:DescribeGroup'],
        Resource: `arn:aws:kafka:eu-west-1:111122223333:group/orders-cluster/${CLUSTER_UUID}/shop/orders`,
      },
      ...NETWORK,
    });
    expect(only(template, 'AWS::IAM::Role').Properties).toEqual({
      AssumeRolePolicyDocument: {
        Version: '2012-10-17',
        Statement: [{ Effect: 'Allow', Action: 'sts:AssumeRole', Principal: { Service: 'lambda.amazonaws.com' } }],
      },
    });
  });

  test('what would replace the mapping is what was given', () => {
    expect(only(template, 'AWS::Lambda::EventSourceMapping').Properties).toMatchObject({
      EventSourceArn: CLUSTER_ARN,
      Topics: ['orders'],
      AmazonManagedKafkaEventSourceConfig: { ConsumerGroupId: 'shop/orders' },
      StartingPosition: 'TRIM_HORIZON',
    });
  });

  test('the memory knows the cluster by its UUID', () => {
    const { Variables } = only(template, 'AWS::Lambda::Function').Properties.Environment;
    expect(Variables.MSK_ONCE_MAPPINGS).toBe(
      `{"Orders":{"consumer":"shop/orders","source":"${CLUSTER_UUID}","generation":1}}`,
    );
  });
});

describe('a cluster known at deployment', () => {
  const scope = stack();
  const clusterArn = new CfnParameter(scope, 'ClusterArn').valueAsString;
  processor(scope, { source: source({ clusterArn }) });
  const template = Template.fromStack(scope);

  const arn = { Ref: 'ClusterArn' };
  const part = (separator: string, index: number) => ({
    'Fn::Select': [index, { 'Fn::Split': [separator, arn] }],
  });
  const sibling = (resource: string, name: string) => ({
    'Fn::Join': [
      '',
      [
        'arn:',
        part(':', 1),
        ':kafka:',
        part(':', 3),
        ':',
        part(':', 4),
        `:${resource}/`,
        part('/', 1),
        '/',
        part('/', 2),
        `/${name}`,
      ],
    ],
  });

  test('the role holds the same permissions, on parts of the ARN', () => {
    expect(statements(template)).toEqual({
      ...FUNCTION,
      DescribeCluster: {
        Effect: 'Allow',
        Action: ['kafka:DescribeCluster', 'kafka:DescribeClusterV2', 'kafka:GetBootstrapBrokers'],
        Resource: arn,
      },
      ConnectToCluster: { Effect: 'Allow', Action: 'kafka-cluster:Connect', Resource: arn },
      ReadTopic: {
        Effect: 'Allow',
        Action: ['kafka-cluster:DescribeTopic', 'kafka-cluster:ReadData'],
        Resource: sibling('topic', 'orders'),
      },
      JoinConsumerGroup: {
        Effect: 'Allow',
        Action: ['kafka-cluster:AlterGroup', 'kafka-cluster:DescribeGroup'],
        Resource: sibling('group', 'Shop-Orders'),
      },
      ...NETWORK,
    });
  });

  test('the UUID is picked from the ARN', () => {
    const { Variables } = only(template, 'AWS::Lambda::Function').Properties.Environment;
    expect(Variables.MSK_ONCE_MAPPINGS).toEqual({
      'Fn::Join': ['', ['{"Orders":{"consumer":"Shop-Orders","source":"', part('/', 2), '","generation":1}}']],
    });
  });
});

test('LATEST begins at the end', () => {
  const template = templateOf({ source: source({ startingPosition: StartingPosition.LATEST }) });

  template.hasResourceProperties('AWS::Lambda::EventSourceMapping', { StartingPosition: 'LATEST' });
});

test('topic and group may be known at deployment only', () => {
  const later = (value: string) => Lazy.string({ produce: () => value });

  const template = templateOf({ source: source({ topic: later('or:ders'), consumerGroupId: later('a:b') }) });

  template.hasResourceProperties('AWS::Lambda::EventSourceMapping', {
    Topics: ['or:ders'],
    AmazonManagedKafkaEventSourceConfig: { ConsumerGroupId: 'a:b' },
  });
});

describe('refused', () => {
  const message = (props: Partial<MskSourceProps>) => refusal(() => processor(stack(), { source: source(props) }));

  test.each([
    'orders-cluster',
    'arn:aws:kafka:eu-west-1:111122223333:cluster/orders-cluster',
    'arn:aws:kafka:eu-west-1:1111:cluster/orders-cluster/0a1b',
    'arn:aws:kafka:eu-west-1:111122223333:topic/orders-cluster/0a1b/orders',
    'arn:aws:kafka:eu-west-1:111122223333:cluster/orders-cluster/0a1b/more',
    '',
  ])('the cluster ARN %j', (clusterArn) => {
    expect(message({ clusterArn })).toContain(
      `clusterArn is "${clusterArn}", accepted is arn:<partition>:kafka:<region>:<account>:cluster/<name>/<uuid>`,
    );
  });

  test.each(['', 'a', 'two topics', 'orders*', '.', '..', '.orders', 'a'.repeat(250)])('the topic %j', (topic) => {
    expect(message({ topic })).toContain(`topic is "${topic}", accepted is 2 to 249 letters`);
  });

  test.each(['', 'shop orders', 'a#b', 'a'.repeat(201)])('the consumer group id %j', (consumerGroupId) => {
    expect(message({ consumerGroupId })).toContain(
      `consumerGroupId is "${consumerGroupId}", accepted is 1 to 200 letters`,
    );
  });

  test('a consumer group id with a colon, for which MSK shows no lag', () => {
    expect(message({ consumerGroupId: 'shop:orders' })).toMatch(/"shop:orders".*MSK shows no lag/);
  });

  test('a consumer group id that would be a pattern in the permissions', () => {
    expect(message({ consumerGroupId: 'shop*' })).toMatch(/"shop\*".*would match other groups/);
  });
});

test.each([2, 249])('a topic name of %d characters is accepted', (length) => {
  const template = templateOf({ source: source({ topic: 'a'.repeat(length) }) });

  template.hasResourceProperties('AWS::Lambda::EventSourceMapping', { Topics: ['a'.repeat(length)] });
});
