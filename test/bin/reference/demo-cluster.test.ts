import { Template } from 'aws-cdk-lib/assertions';
import { ReferenceStack } from '../../../bin/reference-stack';
import { refusal } from '../../lib/fixture/refusal';
import { type Json, only } from '../../lib/fixture/stack';
import { referenceApp } from './reference-app';

const templateOf = (context: Readonly<Record<string, string>> = {}) =>
  Template.fromStack(new ReferenceStack(referenceApp({ demo: 'cluster', ...context }), 'MskOnceDemo'));

const CLUSTER_ARN = { 'Fn::GetAtt': ['DemoClusterBC7EA37F', 'Arn'] };
const SECURITY_GROUP = { 'Fn::GetAtt': ['DemoSecurityGroup44D3F72F', 'GroupId'] };

describe('-c demo=cluster', () => {
  let template: Template;
  beforeAll(() => {
    template = templateOf();
  });

  const count = (type: string) => Object.keys(template.findResources(type)).length;

  test('makes the smallest cluster that MSK provisions, for IAM over TLS only', () => {
    const { ClientSubnets, ...brokers } = only(template, 'AWS::MSK::Cluster').Properties.BrokerNodeGroupInfo;

    expect(ClientSubnets).toHaveLength(2);
    expect(brokers).toEqual({
      InstanceType: 'kafka.t3.small',
      SecurityGroups: [SECURITY_GROUP],
      StorageInfo: { EBSStorageInfo: { VolumeSize: 10 } },
    });
    expect(only(template, 'AWS::MSK::Cluster').Properties).toMatchObject({
      KafkaVersion: '3.9.x',
      NumberOfBrokerNodes: 2,
      ClientAuthentication: { Sasl: { Iam: { Enabled: true } }, Unauthenticated: { Enabled: false } },
      EncryptionInfo: { EncryptionInTransit: { ClientBroker: 'TLS', InCluster: true } },
    });
  });

  test('makes the topic, and the mapping waits for it', () => {
    const topic = only(template, 'AWS::MSK::Topic');

    expect(topic.Properties).toEqual({
      ClusterArn: CLUSTER_ARN,
      TopicName: 'flights',
      PartitionCount: 6,
      ReplicationFactor: 2,
    });
    const mapping = only(template, 'AWS::Lambda::EventSourceMapping');
    expect(mapping.Properties).toMatchObject({ EventSourceArn: CLUSTER_ARN, Topics: ['flights'] });
    expect(mapping.DependsOn).toContain(topic.logicalId);
  });

  test('its network has no way out, and none but its one group reaches the brokers', () => {
    expect(count('AWS::EC2::Subnet')).toBe(2);
    for (const type of ['InternetGateway', 'NatGateway', 'VPCEndpoint', 'Route'])
      expect(count(`AWS::EC2::${type}`)).toBe(0);
    expect(only(template, 'AWS::EC2::SecurityGroup').Properties).not.toHaveProperty('SecurityGroupIngress');
    expect(only(template, 'AWS::EC2::SecurityGroupIngress').Properties).toEqual({
      Description: 'Kafka with IAM',
      IpProtocol: 'tcp',
      FromPort: 9098,
      ToPort: 9098,
      GroupId: SECURITY_GROUP,
      SourceSecurityGroupId: SECURITY_GROUP,
    });
  });

  function producer(): Json {
    const functions = Object.values(template.findResources('AWS::Lambda::Function'));
    return functions.find(({ Properties }) => Properties.Environment?.Variables.FLIGHTS_TOPIC !== undefined);
  }

  test('the producer is in that network, and knows the brokers that MSK names at deployment', () => {
    const answer = only(template, 'Custom::AWS');

    expect(producer().Properties.VpcConfig.SecurityGroupIds).toEqual([SECURITY_GROUP]);
    expect(producer().Properties.Environment.Variables).toMatchObject({
      FLIGHTS_BROKERS: { 'Fn::GetAtt': [answer.logicalId, 'BootstrapBrokerStringSaslIam'] },
      FLIGHTS_TOPIC: 'flights',
      FLIGHTS_SECURITY: 'iam',
    });
    expect(JSON.stringify(answer.Properties.Create)).toContain('GetBootstrapBrokers');
    expect(Object.values(template.findOutputs('ProducerFunction'))[0]?.Value).toEqual({
      Ref: expect.stringMatching(/^ProducerFunction/),
    });
  });

  // Source: Amazon MSK Developer Guide, "Semantics of IAM authorization policy actions and resources".
  test('the producer may write to the one topic as an idempotent producer does, and do nothing else with Kafka', () => {
    const policies = Object.entries(template.findResources('AWS::IAM::Policy'));
    const statements = policies
      .filter(([logicalId]) => logicalId.startsWith('Producer'))
      .flatMap(([, { Properties }]) => Properties.PolicyDocument.Statement as Json[])
      .filter(({ Action }) => /^kafka/.test([Action].flat()[0]));

    expect(statements).toEqual(
      expect.arrayContaining([
        {
          Sid: 'ConnectToCluster',
          Effect: 'Allow',
          Action: ['kafka-cluster:Connect', 'kafka-cluster:WriteDataIdempotently'],
          Resource: CLUSTER_ARN,
        },
        {
          Sid: 'WriteTopic',
          Effect: 'Allow',
          Action: ['kafka-cluster:DescribeTopic', 'kafka-cluster:WriteData'],
          Resource: { 'Fn::GetAtt': [expect.stringMatching(/^DemoTopic/), 'TopicArn'] },
        },
        { Sid: 'AskForBrokers', Effect: 'Allow', Action: 'kafka:GetBootstrapBrokers', Resource: CLUSTER_ARN },
      ]),
    );
    expect(statements).toHaveLength(3);
  });
});

test('on-demand pollers get their way to Lambda and to STS, and nobody else does', () => {
  const template = templateOf({ pollers: 'on-demand' });

  const endpoints = Object.values(template.findResources('AWS::EC2::VPCEndpoint'));
  expect(endpoints.map(({ Properties }) => JSON.stringify(Properties.ServiceName)).sort()).toEqual([
    expect.stringContaining('.lambda"'),
    expect.stringContaining('.sts"'),
  ]);
  for (const { Properties } of endpoints) expect(Properties.SecurityGroupIds).toEqual([SECURITY_GROUP]);
  const rules = Object.values(template.findResources('AWS::EC2::SecurityGroupIngress'));
  expect(rules.map(({ Properties }) => Properties.FromPort).sort()).toEqual([443, 9098]);
  for (const { Properties } of rules) expect(Properties.SourceSecurityGroupId).toEqual(SECURITY_GROUP);
});

test('the topic of the context is made, read and written', () => {
  const template = templateOf({ topic: 'departures' });

  expect(only(template, 'AWS::MSK::Topic').Properties.TopicName).toBe('departures');
  expect(only(template, 'AWS::Lambda::EventSourceMapping').Properties.Topics).toEqual(['departures']);
  template.hasResourceProperties('AWS::Lambda::Function', {
    Environment: { Variables: { FLIGHTS_TOPIC: 'departures' } },
  });
});

test('a cluster beside the one that is made is refused', () => {
  const arn = 'arn:aws:kafka:eu-west-1:111122223333:cluster/real/0a1b2c3d-4e5f-4a6b-8c7d-9e0f1a2b3c4d-7';

  expect(refusal(() => templateOf({ clusterArn: arn }), 'MskOnceDemo')).toContain('Leave one of the two out.');
});
