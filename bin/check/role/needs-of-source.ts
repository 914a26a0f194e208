import { LOCAL_ACCOUNT_ID } from '../../../local/template/local-values';
import { findByRef } from '../stores';
import type { Subject } from '../subject';
import type { Resource } from './decide';
import { type Need, onKey } from './need';

const why = "The mapping's pollers act with the function's role.";

/** What Lambda asks of the role before it polls a cluster of MSK. Source: Lambda Developer Guide, MSK permissions. */
export function ofCluster(subject: Subject): Need[] {
  const arn = subject.mapping.text('EventSourceArn');
  if (arn === undefined) return [];
  const actions = isConnection(arn)
    ? ['kafka:DescribeVpcConnection']
    : ['kafka:DescribeCluster', 'kafka:DescribeClusterV2', 'kafka:GetBootstrapBrokers'];
  return [{ what: `the cluster, ${arn}`, actions, resources: [clusterOf(subject, arn)], why }];
}

function clusterOf(subject: Subject, text: string | undefined): Resource {
  return { text, written: subject.written('EventSourceArn') };
}

/** To a cluster of another account. */
export function isConnection(arn: string): boolean {
  return arn.includes(':vpc-connection/');
}

/**
 * With IAM access control: to connect, to read the one topic, to take part in the one group.
 *
 * @param cluster its ARN; undefined: not known here
 */
export function ofConsumer(subject: Subject, cluster: string | undefined): Need[] {
  const { topic, consumerGroupId } = subject;
  if (topic === undefined || consumerGroupId === undefined) return [];
  const [, givenUp] =
    /^kafka:\/\/(.+)$/.exec(subject.mapping.text('DestinationConfig', 'OnFailure', 'Destination') ?? '') ?? [];
  const within = (kind: string, name: string) => cluster && `${cluster.replace(':cluster/', `:${kind}/`)}/${name}`;
  const needs: readonly (readonly [string, readonly string[], string | undefined])[] = [
    ['the cluster', ['Connect'], cluster],
    [`the topic ${topic}`, ['DescribeTopic', 'ReadData'], within('topic', topic)],
    [`the consumer group ${consumerGroupId}`, ['AlterGroup', 'DescribeGroup'], within('group', consumerGroupId)],
    ...(givenUp === undefined ? [] : [[`the topic ${givenUp}`, ['WriteData'], within('topic', givenUp)] as const]),
  ];
  return needs.map(([what, actions, text]) => ({
    what: text === undefined ? what : `${what}, ${text}`,
    actions: actions.map((action) => `kafka-cluster:${action}`),
    resources: [{ text }],
    why,
  }));
}

/** The secrets that the pollers authenticate with, and that of a private certificate authority. */
export function ofSecrets(subject: Subject): Need[] {
  const secrets = subject.access().filter(({ type }) => type.endsWith('_AUTH') || type.endsWith('_CERTIFICATE'));
  const cluster = subject.mapping.text('EventSourceArn');
  // Asked for with a client certificate, too. The cluster behind a connection has an ARN of its own.
  const isListed = cluster !== undefined && secrets.length > 0 && !isConnection(cluster);
  return [
    ...(isListed
      ? [
          {
            what: `the cluster, ${cluster}`,
            actions: ['kafka:ListScramSecrets'],
            resources: [clusterOf(subject, cluster)],
            why,
          },
        ]
      : []),
    ...secrets.flatMap(({ uri, written }) => {
      const text = uri();
      const key = findByRef(subject, text, 'AWS::SecretsManager::Secret')?.properties.value('KmsKeyId');
      return [
        {
          what: `the secret ${text}`,
          actions: ['secretsmanager:GetSecretValue'],
          // An ARN may be written without the six characters that Secrets Manager puts at its end.
          resources: [{ text, or: `${text}-abcdef`, written }],
          why,
        },
        ...onKey('the key of the secret', subject, key, ['kms:Decrypt']),
      ];
    }),
  ];
}

/** What Lambda needs to enter the network of the brokers. Source: the managed policy AWSLambdaMSKExecutionRole. */
export function ofNetwork(subject: Subject): Need[] {
  const isInVpc = subject.access().some(({ type }) => type.startsWith('VPC_'));
  if (!subject.isMsk && !isInVpc) return [];
  const reason = "Lambda enters the network of the brokers through interfaces that it makes with the function's role.";
  const one = (kind: string, id = 'any'): Resource => ({
    text: `arn:aws:ec2:${subject.stack.region}:${LOCAL_ACCOUNT_ID}:${kind}/${id}`,
    isHere: true,
  });
  // An MSK cluster keeps its network to itself; brokers of one's own have it in the mapping.
  const each = (kind: string, type: string) =>
    subject.isMsk
      ? [one(kind)]
      : subject
          .access()
          .flatMap((given) => (given.type === type ? [one(kind, given.uri().replace(/^[a-z_]+:/, ''))] : []));
  return [
    {
      what: 'the network, *',
      actions: ['NetworkInterfaces', 'SecurityGroups', 'Subnets', 'Vpcs'].map((what) => `ec2:Describe${what}`),
      resources: [{ text: '*' }],
      why: `${reason} EC2 allows no resource but * for these.`,
    },
    {
      what: `network-interface/*, ${subject.isMsk ? 'subnet/* and security-group/*' : 'and the subnets and security groups of the mapping'}`,
      actions: ['ec2:CreateNetworkInterface'],
      resources: [
        one('network-interface'),
        ...each('subnet', 'VPC_SUBNET'),
        ...each('security-group', 'VPC_SECURITY_GROUP'),
      ],
      why: reason,
    },
    {
      what: 'network-interface/*',
      actions: ['ec2:DeleteNetworkInterface'],
      resources: [one('network-interface')],
      why: reason,
    },
  ];
}

/** Where the service sends what it gives up. A Kafka topic is written to with the mapping's own authentication. */
export function ofDestination(subject: Subject): Need[] {
  const arn = subject.mapping.text('DestinationConfig', 'OnFailure', 'Destination') ?? '';
  const reason = 'What the service cannot deliver there is lost.';
  const on = (action: string, text = arn): Need => ({
    what: `the on-failure destination, ${arn}`,
    actions: [action],
    resources: [{ text }],
    why: reason,
  });
  switch (arn.split(':')[2]) {
    case 's3':
      return [on('s3:PutObject', `${arn}/any`), on('s3:ListBucket')];
    case 'sqs':
      return [on('sqs:SendMessage')];
    case 'sns':
      return [on('sns:Publish')];
    default:
      return [];
  }
}

/** A registry of Glue is asked with the role; others have credentials in the mapping. */
export function ofRegistry(subject: Subject): Need[] {
  const config = subject.isMsk ? 'AmazonManagedKafkaEventSourceConfig' : 'SelfManagedKafkaEventSourceConfig';
  const arn = subject.mapping.text(config, 'SchemaRegistryConfig', 'SchemaRegistryURI') ?? '';
  if (arn.split(':')[2] !== 'glue') return [];
  return ['GetRegistry', 'GetSchemaVersion'].map((action) => ({
    what: `the schema registry, ${arn}`,
    actions: [`glue:${action}`],
    resources: [{ text: arn }],
    why: 'Records whose schema cannot be read are not delivered.',
  }));
}
