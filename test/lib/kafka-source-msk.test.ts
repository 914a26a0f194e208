import { App, CfnParameter, Lazy, Stack } from 'aws-cdk-lib';
import * as msk from 'aws-cdk-lib/aws-msk';
import { Auth, KafkaSource, type MskSourceProps } from '../../lib';
import { describeCluster, iamStatements, mapped, networkStatements } from './fixture/mapping';
import { refusal } from './fixture/refusal';
import { CLUSTER_ARN, CLUSTER_UUID, type Json, only, source } from './fixture/stack';

const THEIR_CLUSTER = 'arn:aws:kafka:eu-west-1:444455556666:cluster/theirs/51a0b1c2-0a61-46cc-b0a6-61a9a3d797d5-7';
const CONNECTION = 'arn:aws:kafka:eu-west-1:111122223333:vpc-connection/444455556666/theirs/7f0b1c2d-1-2-3-4';
const SERVERLESS = 'arn:aws:kafka:eu-west-1:111122223333:cluster/orders/576c2508-db71-4aaf-9449-aa36e7addd80-s1';
const OPTIONS = { defaultConsumerGroupId: 'Shop-Orders', destinationTopic: undefined };
const EU = { region: 'eu-west-1', account: '111122223333' };

function message(made: KafkaSource, env?: { region: string; account: string }): string {
  const stack = new Stack(new App(), 'Shop', env && { env });
  return refusal(() => made.bind(stack, OPTIONS), 'Shop');
}

describe('a cluster of another account', () => {
  const theirs = (props: Partial<MskSourceProps> = {}) =>
    source({ clusterArn: THEIR_CLUSTER, vpcConnectionArn: CONNECTION, ...props });

  test('is read through the VPC connection, and everything that is granted is named as its own account names it', () => {
    const { mapping, statements, template } = mapped(() => theirs());

    expect(mapping.EventSourceArn).toBe(CONNECTION);
    const sibling = (kind: string, name: string) =>
      `arn:aws:kafka:eu-west-1:444455556666:${kind}/theirs/51a0b1c2-0a61-46cc-b0a6-61a9a3d797d5-7/${name}`;
    expect(statements).toEqual({
      DescribeCluster: describeCluster(THEIR_CLUSTER),
      DescribeVpcConnection: { Effect: 'Allow', Action: 'kafka:DescribeVpcConnection', Resource: CONNECTION },
      ...iamStatements({
        cluster: THEIR_CLUSTER,
        topic: sibling('topic', 'orders'),
        group: sibling('group', 'Shop-Orders'),
      }),
      ...networkStatements(),
    });
    template.hasResourceProperties('AWS::Lambda::Function', {
      Environment: {
        Variables: {
          MSK_ONCE_MAPPINGS:
            '{"Orders":{"consumer":"Shop-Orders","source":"51a0b1c2-0a61-46cc-b0a6-61a9a3d797d5-7","generation":1}}',
        },
      },
    });
  });

  test('and connections known at deployment only are described exactly', () => {
    const { mapping, statements } = mapped((stack) =>
      theirs({ vpcConnectionArn: new CfnParameter(stack, 'Connection').valueAsString }),
    );

    expect(mapping.EventSourceArn).toEqual({ Ref: 'Connection' });
    expect(statements.DescribeVpcConnection).toMatchObject({ Resource: { Ref: 'Connection' } });
  });

  test('is refused without a connection', () => {
    expect(message(source({ clusterArn: THEIR_CLUSTER }), EU)).toMatch(
      /account of clusterArn is "444455556666", accepted is the account of the stack, 111122223333\. .* vpcConnectionArn/,
    );
  });

  test('is accepted without one where the account of the stack is not known', () => {
    expect(mapped(() => source({ clusterArn: THEIR_CLUSTER })).mapping.EventSourceArn).toBe(THEIR_CLUSTER);
  });
});

describe('MSK Serverless', () => {
  test('is read with IAM, without a word about it', () => {
    const { mapping, statements } = mapped(() =>
      KafkaSource.mskServerless({ clusterArn: SERVERLESS, topic: 'orders' }),
    );

    expect(mapping).toMatchObject({ EventSourceArn: SERVERLESS, Topics: ['orders'] });
    expect(mapping).not.toHaveProperty('SourceAccessConfigurations');
    const sibling = (kind: string, name: string) =>
      `arn:aws:kafka:eu-west-1:111122223333:${kind}/orders/576c2508-db71-4aaf-9449-aa36e7addd80-s1/${name}`;
    expect(statements).toEqual({
      DescribeCluster: describeCluster(SERVERLESS),
      ...iamStatements({
        cluster: SERVERLESS,
        topic: sibling('topic', 'orders'),
        group: sibling('group', 'Shop-Orders'),
      }),
      ...networkStatements(),
    });
  });

  test('may be known at deployment only', () => {
    const clusterArn = (stack: Stack) => new CfnParameter(stack, 'Cluster').valueAsString;
    const { mapping } = mapped((stack) =>
      KafkaSource.mskServerless({ clusterArn: clusterArn(stack), topic: 'orders' }),
    );

    expect(mapping.EventSourceArn).toEqual({ Ref: 'Cluster' });
  });

  test('refuses every authentication but IAM, also where its ARN comes to KafkaSource.msk()', () => {
    const made = source({ clusterArn: SERVERLESS, auth: Auth.none() });

    expect(message(made)).toContain('auth is "Auth.none()", accepted is Auth.iam(), the only one');
    const props: Json = { clusterArn: CLUSTER_ARN, topic: 'orders', auth: Auth.none() };
    expect(message(KafkaSource.mskServerless(props))).toContain('auth is "Auth.none()"');
  });

  test('refuses a VPC connection', () => {
    expect(message(source({ clusterArn: SERVERLESS, vpcConnectionArn: CONNECTION }))).toContain(
      `vpcConnectionArn is "${CONNECTION}", accepted is no connection to a cluster of MSK Serverless`,
    );
  });
});

test('in China every ARN is of aws-cn', () => {
  const env = { region: 'cn-north-1', account: '111122223333' };
  const clusterArn = CLUSTER_ARN.replace('arn:aws:', 'arn:aws-cn:').replace('eu-west-1', 'cn-north-1');

  const { statements } = mapped(() => source({ clusterArn }), { env });

  const sibling = (kind: string, name: string) =>
    `arn:aws-cn:kafka:cn-north-1:111122223333:${kind}/orders-cluster/${CLUSTER_UUID}/${name}`;
  expect(statements).toEqual({
    DescribeCluster: describeCluster(clusterArn),
    ...iamStatements({
      cluster: clusterArn,
      topic: sibling('topic', 'orders'),
      group: sibling('group', 'Shop-Orders'),
    }),
    ...networkStatements(env),
  });
});

describe('a topic that the mapping writes to when it gives records up', () => {
  const writes = (auth: Auth) => {
    const stack = new Stack(new App(), 'Shop');
    const { statements } = source({ auth }).bind(stack, { ...OPTIONS, destinationTopic: 'orders-dead' });
    return statements.map((statement) => stack.resolve(statement.toStatementJson()));
  };

  test('is written with IAM, and no other topic is', () => {
    expect(writes(Auth.iam())).toContainEqual({
      Sid: 'WriteFailureTopic',
      Effect: 'Allow',
      Action: ['kafka-cluster:DescribeTopic', 'kafka-cluster:WriteData'],
      Resource: `arn:aws:kafka:eu-west-1:111122223333:topic/orders-cluster/${CLUSTER_UUID}/orders-dead`,
    });
  });

  test('is the business of the brokers without IAM', () => {
    expect(JSON.stringify(writes(Auth.none()))).not.toContain('kafka-cluster:');
  });
});

test('no authentication grants and tells nothing', () => {
  const { mapping, statements } = mapped(() => source({ auth: Auth.none() }));

  expect(mapping).not.toHaveProperty('SourceAccessConfigurations');
  expect(statements).toEqual({ DescribeCluster: describeCluster(CLUSTER_ARN), ...networkStatements() });
});

test('the mapping is made after the topic', () => {
  const { template } = mapped((stack) => {
    const topicResource = new msk.CfnTopic(stack, 'Topic', {
      clusterArn: CLUSTER_ARN,
      topicName: 'orders',
      partitionCount: 3,
      replicationFactor: 2,
    });
    return source({ topic: topicResource.topicName, topicResource });
  });

  expect(only(template, 'AWS::Lambda::EventSourceMapping').DependsOn).toContain('Topic');
});

describe('an ARN is refused, with what to do', () => {
  test.each<[string, Partial<MskSourceProps>, RegExp]>([
    ['a VPC connection as the cluster', { clusterArn: CONNECTION }, /ARN of a VPC connection: it belongs to vpcConnec/],
    [
      'a topic',
      { clusterArn: `${CLUSTER_ARN.replace(':cluster/', ':topic/')}/orders` },
      /the ARN of a topic: write cl/,
    ],
    ['a group', { clusterArn: `${CLUSTER_ARN.replace(':cluster/', ':group/')}/shop` }, /the ARN of a group: write cl/],
    ['brokers', { clusterArn: 'b-1.example.com:9098' }, /Those are brokers: .* KafkaSource\.selfManaged/],
    [
      'a cluster as the connection',
      { vpcConnectionArn: CLUSTER_ARN },
      /the ARN of the cluster: it belongs to clusterA/,
    ],
    ['no connection', { vpcConnectionArn: 'mine' }, /list-vpc-connections/],
  ])('%s', (_, props, change) => {
    expect(message(source(props))).toMatch(change);
  });

  test('of another region than the stack', () => {
    expect(message(source(), { ...EU, region: 'us-east-1' })).toContain('region of clusterArn is "eu-west-1"');
  });

  test('that is missing, as the authentication', () => {
    const missing = (prop: string): Json => ({ [prop]: undefined });

    expect(message(source(missing('clusterArn')))).toContain('clusterArn is missing');
    expect(message(source(missing('auth')))).toContain('auth is missing, accepted is Auth.iam()');
    expect(message(source(missing('topic')))).toContain('topic is missing');
  });

  test('but never one that is known at deployment only', () => {
    const later = Lazy.string({ produce: () => 'whatever' });

    expect(() => source({ clusterArn: later, vpcConnectionArn: later }).bind(new Stack(), OPTIONS)).not.toThrow();
  });
});
