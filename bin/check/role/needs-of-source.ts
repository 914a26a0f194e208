import { LOCAL_ACCOUNT_ID } from '../../../local/template/local-values';
import { apart } from '../apart';
import { findByRef } from '../stores';
import type { Access, Subject } from '../subject';
import type { Resource } from './decide';
import { type Asked, type Need, onKey } from './need';

const why = "The mapping's pollers act with the function's role.";

/** What Lambda asks of the role before it polls a cluster of MSK. Source: Lambda Developer Guide, MSK permissions. */
export function ofCluster(subject: Subject): Need[] {
  const arn = subject.mapping.text('EventSourceArn');
  if (arn === undefined) return [];
  const what = `the cluster, ${arn}`;
  return isConnection(arn)
    ? [{ what, actions: [DESCRIBE_CONNECTION], resources: [clusterOf(subject, arn)], why }]
    : [{ ...ofUnknownCluster(subject), what, resources: [clusterOf(subject, arn)] }];
}

export const DESCRIBE_CONNECTION = 'kafka:DescribeVpcConnection';

/** Of a cluster whose ARN is not known here, and that is no connection to one. */
export function ofUnknownCluster(subject: Subject): Need {
  const actions = ['kafka:DescribeCluster', 'kafka:DescribeClusterV2', 'kafka:GetBootstrapBrokers'];
  return { what: 'the cluster', actions, resources: [clusterOf(subject, undefined)], why };
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
export function* ofConsumer(subject: Subject, cluster: string | undefined): Asked {
  const on = (what: string, actions: readonly string[], text: string | undefined): Need => ({
    what: text === undefined ? what : `${what}, ${text}`,
    actions: actions.map((action) => `kafka-cluster:${action}`),
    resources: [{ text }],
    why,
  });
  const within = (kind: string, what: string, name: string | undefined, ...actions: string[]) => {
    const text = name && cluster && `${cluster.replace(':cluster/', `:${kind}/`)}/${name}`;
    return name === undefined ? [] : [on(`${what} ${name}`, actions, text)];
  };
  yield on('the cluster', ['Connect'], cluster);
  yield* apart(() => within('topic', 'the topic', subject.topic, 'DescribeTopic', 'ReadData'));
  yield* apart(() => within('group', 'the consumer group', subject.consumerGroupId, 'AlterGroup', 'DescribeGroup'));
  yield* apart(() => {
    const destination = subject.mapping.text('DestinationConfig', 'OnFailure', 'Destination') ?? '';
    return within('topic', 'the topic', /^kafka:\/\/(.+)$/.exec(destination)?.[1], 'WriteData');
  });
}

/** The secrets that the pollers authenticate with, and that of a private certificate authority. */
export function* ofSecrets(subject: Subject): Asked {
  const secrets = subject.access().filter(({ type }) => /^(?!IAM_).*_(AUTH|CERTIFICATE)$/.test(type));
  if (secrets.length === 0) return;
  yield* apart(() => listing(subject));
  for (const secret of secrets) yield* apart(() => reading(subject, secret));
}

/** Asked for with a client certificate, too. The cluster behind a connection has an ARN of its own. */
function* listing(subject: Subject): Asked {
  const cluster = subject.mapping.text('EventSourceArn');
  if (cluster === undefined || isConnection(cluster)) return;
  const resources = [clusterOf(subject, cluster)];
  yield { what: `the cluster, ${cluster}`, actions: ['kafka:ListScramSecrets'], resources, why };
}

function* reading(subject: Subject, { uri, written }: Access): Asked {
  const text = uri();
  yield {
    what: `the secret ${text}`,
    actions: ['secretsmanager:GetSecretValue'],
    // An ARN may be written without the six characters that Secrets Manager puts at its end.
    resources: [{ text, or: `${text}-abcdef`, written }],
    why,
  };
  const key = () => findByRef(subject, text, 'AWS::SecretsManager::Secret')?.properties.value('KmsKeyId');
  yield* onKey('the key of the secret', subject, key, ['kms:Decrypt']);
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

/** A registry of Glue is asked with the role; the credentials of others are secrets that the role reads. */
export function* ofRegistry(subject: Subject): Asked {
  const arn = subject.mapping.text(subject.kafkaConfig, 'SchemaRegistryConfig', 'SchemaRegistryURI') ?? '';
  if (arn.split(':')[2] !== 'glue') {
    for (const secret of subject.registryAccess()) yield* apart(() => reading(subject, secret));
    return;
  }
  for (const action of ['GetRegistry', 'GetSchemaVersion']) {
    yield {
      what: `the schema registry, ${arn}`,
      actions: [`glue:${action}`],
      resources: [{ text: arn }],
      why: 'Records whose schema cannot be read are not delivered.',
    };
  }
}
