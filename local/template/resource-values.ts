import { createHash } from 'node:crypto';
import { parseFunctionName } from './function-name';
import { LOCAL_ACCOUNT_ID, type LocalValues, localArn, localUrl, NIL_UUID } from './local-values';
import type { Resource } from './template';
import { own } from './template';
import { templateUnsupported } from './template-error';

/** What a type of resource needs to know of the resource that is asked for. */
interface Known {
  readonly region: string;
  readonly stackName: string;
  /** Another one for each resource, nested stacks included. */
  readonly id: string;
  /** The physical name: what the template gives, else the logical id and the suffix of the run. */
  readonly name: string;
  /** Another property of the resource, resolved, as text. */
  property(property: string): string;
  /** `undefined` where the template does not set it. */
  optional(property: string): string | undefined;
}

type Value = (known: Known) => string;

interface ResourceKind {
  /** `''` where the template gives no name. */
  readonly nameProperty: string;
  readonly ref: Value;
  readonly attributes: Readonly<Record<string, Value>>;
  /** What CloudFormation makes of a name that it chooses itself, so that the service takes it. */
  readonly chosenName?: (name: string, known: Pick<Known, 'optional'>) => string;
}

const name: Value = (known) => known.name;

function arnOf(service: string, prefix: string): Value {
  return (known) => localArn(`${service}:${known.region}:${LOCAL_ACCOUNT_ID}:${prefix}${known.name}`);
}

/** A resource whose Ref is its name. */
function named(nameProperty: string, arn: Value): ResourceKind {
  return { nameProperty, ref: name, attributes: { Arn: arn } };
}

export function functionArn(region: string, functionName: string, qualifier?: string): string {
  const suffix = qualifier === undefined ? '' : `:${qualifier}`;
  return localArn(`lambda:${region}:${LOCAL_ACCOUNT_ID}:function:${functionName}${suffix}`);
}

/** The function that an alias or a version belongs to, which its property gives as name or as ARN. */
function qualified(qualifier: Value): Value {
  return (known) =>
    functionArn(known.region, parseFunctionName(known.property('FunctionName')).functionName, qualifier(known));
}

const queueUrl: Value = (known) => localUrl(`sqs.${known.region}`, `${LOCAL_ACCOUNT_ID}/${known.name}`);
const topicArn = arnOf('sns', '');
const secretArn = arnOf('secretsmanager', 'secret:');
/** There is one code, whatever number its version would get. */
const ONLY_VERSION: Value = () => '1';

/** Another one for each resource, and always the same. */
const uuid: Value = (known) => {
  const digits = createHash('sha256').update(known.id).digest('hex');
  return [
    digits.slice(0, 8),
    digits.slice(8, 12),
    digits.slice(12, 16),
    digits.slice(16, 20),
    digits.slice(20, 32),
  ].join('-');
};

/** Source: S3 User Guide, "Bucket naming rules". */
const BUCKET_NAME_LENGTH = 63;
const SHORTEST_BUCKET_NAME = 3;
const HASH_LENGTH = 12;

/** In small letters; one that is too short, or too long, as a nested stack's may be, ends with its hash. */
function bucketName(name: string): string {
  const small = name.toLowerCase();
  if (small.length >= SHORTEST_BUCKET_NAME && small.length <= BUCKET_NAME_LENGTH) return small;
  const hash = createHash('sha256').update(name).digest('hex').slice(0, HASH_LENGTH);
  return `${small.slice(0, BUCKET_NAME_LENGTH - HASH_LENGTH - 1)}-${hash}`;
}

/** As EC2 names what it makes. */
const ec2Id =
  (prefix: string): Value =>
  (known) =>
    `${prefix}-${uuid(known).replaceAll('-', '').slice(0, 17)}`;

/** The last part of a cluster's ARN tells clusters apart. */
const clusterArn: Value = (known) =>
  localArn(`kafka:${known.region}:${LOCAL_ACCOUNT_ID}:cluster/${known.name}/${uuid(known)}-1`);
const cluster: ResourceKind = { nameProperty: 'ClusterName', ref: clusterArn, attributes: { Arn: clusterArn } };
const connectionArn: Value = (known) =>
  localArn(
    `kafka:${known.region}:${LOCAL_ACCOUNT_ID}:vpc-connection/${LOCAL_ACCOUNT_ID}/${known.name}/${uuid(known)}-1`,
  );
const registryArn = arnOf('glue', 'registry/');
const keyArn: Value = (known) => localArn(`kms:${known.region}:${LOCAL_ACCOUNT_ID}:key/${uuid(known)}`);
const stateMachineArn = arnOf('states', 'stateMachine:');

/** A queue or a topic whose name has to tell that it is first in, first out. */
function fifo(property: string): NonNullable<ResourceKind['chosenName']> {
  return (name, known) => (known.optional(property) === 'true' ? `${name}.fifo` : name);
}

// What Ref and Fn::GetAtt return. Source: CloudFormation resource reference, "Return values" of each type.
const KINDS: Readonly<Record<string, ResourceKind>> = {
  'AWS::Lambda::Function': named('FunctionName', (known) => functionArn(known.region, known.name)),
  'AWS::Lambda::Alias': {
    nameProperty: 'Name',
    ref: qualified(name),
    attributes: { AliasArn: qualified(name) },
  },
  'AWS::Lambda::Version': {
    nameProperty: '',
    ref: qualified(ONLY_VERSION),
    attributes: { FunctionArn: qualified(ONLY_VERSION), Version: ONLY_VERSION },
  },
  'AWS::DynamoDB::Table': named('TableName', arnOf('dynamodb', 'table/')),
  'AWS::DynamoDB::GlobalTable': named('TableName', arnOf('dynamodb', 'table/')),
  'AWS::IAM::Role': named('RoleName', (known) => localArn(`iam::${LOCAL_ACCOUNT_ID}:role/${known.name}`)),
  'AWS::Logs::LogGroup': named('LogGroupName', (known) => `${arnOf('logs', 'log-group:')(known)}:*`),
  'AWS::SQS::Queue': {
    nameProperty: 'QueueName',
    ref: queueUrl,
    attributes: { Arn: arnOf('sqs', ''), QueueName: name, QueueUrl: queueUrl },
    chosenName: fifo('FifoQueue'),
  },
  'AWS::SNS::Topic': {
    nameProperty: 'TopicName',
    ref: topicArn,
    attributes: { TopicArn: topicArn, TopicName: name },
    chosenName: fifo('FifoTopic'),
  },
  'AWS::S3::Bucket': {
    ...named('BucketName', (known) => localArn(`s3:::${known.name}`)),
    chosenName: bucketName,
  },
  'AWS::MSK::Cluster': cluster,
  'AWS::MSK::ServerlessCluster': cluster,
  'AWS::MSK::VpcConnection': { nameProperty: '', ref: connectionArn, attributes: { Arn: connectionArn } },
  'AWS::SecretsManager::Secret': { nameProperty: 'Name', ref: secretArn, attributes: { Id: secretArn } },
  'AWS::SSM::Parameter': {
    nameProperty: 'Name',
    ref: name,
    attributes: { Type: (known) => known.property('Type'), Value: (known) => known.property('Value') },
  },
  'AWS::EC2::SecurityGroup': { nameProperty: '', ref: ec2Id('sg'), attributes: { GroupId: ec2Id('sg') } },
  'AWS::EC2::Subnet': { nameProperty: '', ref: ec2Id('subnet'), attributes: { SubnetId: ec2Id('subnet') } },
  'AWS::EC2::VPC': { nameProperty: '', ref: ec2Id('vpc'), attributes: { VpcId: ec2Id('vpc') } },
  'AWS::Events::EventBus': named('Name', arnOf('events', 'event-bus/')),
  'AWS::Glue::Registry': { nameProperty: 'Name', ref: registryArn, attributes: { Arn: registryArn } },
  'AWS::Kinesis::Stream': named('Name', arnOf('kinesis', 'stream/')),
  'AWS::KinesisFirehose::DeliveryStream': named('DeliveryStreamName', arnOf('firehose', 'deliverystream/')),
  'AWS::StepFunctions::StateMachine': {
    nameProperty: 'StateMachineName',
    ref: stateMachineArn,
    attributes: { Arn: stateMachineArn, Name: name },
  },
  'AWS::KMS::Key': { nameProperty: '', ref: uuid, attributes: { Arn: keyArn, KeyId: uuid } },
  'AWS::KMS::Alias': { nameProperty: 'AliasName', ref: name, attributes: {} },
  'AWS::Lambda::LayerVersion': {
    nameProperty: 'LayerName',
    ref: (known) => `${arnOf('lambda', 'layer:')(known)}:${ONLY_VERSION(known)}`,
    attributes: {},
  },
  // Its outputs are the nested stack's to say.
  'AWS::CloudFormation::Stack': {
    nameProperty: '',
    ref: (known) =>
      localArn(`cloudformation:${known.region}:${LOCAL_ACCOUNT_ID}:stack/${known.stackName}-${known.name}/${NIL_UUID}`),
    attributes: {},
  },
};

export interface ResourceQuestion {
  readonly logicalId: string;
  readonly resource: Resource;
  readonly values: LocalValues;
  /** Place of the Ref or Fn::GetAtt in the template. */
  readonly path: string;
  /** Resolves a property of the resource; `undefined` when it is not set. */
  property(property: string): string | undefined;
}

export function refValue(question: ResourceQuestion): string {
  return kindOf(question).ref(known(question));
}

export function attributeValue(question: ResourceQuestion, attribute: string): string {
  const { path, logicalId, resource } = question;
  const kind = kindOf(question);
  const value = own(kind.attributes, attribute);
  if (value === undefined) {
    throw templateUnsupported(
      path,
      `asks for the attribute ${attribute} of ${logicalId} (${resource.Type}), which has no local value. Known for this type: ${Object.keys(kind.attributes).join(', ') || 'none'}.`,
    );
  }
  return value(known(question));
}

function kindOf({ resource, logicalId, path }: ResourceQuestion): ResourceKind {
  const kind = own(KINDS, resource.Type);
  if (kind === undefined) {
    throw templateUnsupported(
      path,
      `refers to ${logicalId}, whose type ${resource.Type} has no local values. Known types: ${Object.keys(KINDS).join(', ')}.`,
    );
  }
  return kind;
}

/** Everything is asked for on demand: a name that cannot be resolved matters only to what contains it. */
function known(question: ResourceQuestion): Known {
  const { logicalId, resource, values, path } = question;
  const { region, stackName, prefix, nameSuffix } = values;
  const kind = kindOf(question);
  const optional = (property: string) => question.property(property);
  return {
    region,
    stackName,
    id: `${prefix}${logicalId}`,
    optional,
    get name() {
      const given = kind.nameProperty === '' ? undefined : optional(kind.nameProperty);
      if (given !== undefined) return given;
      const open = `${prefix.replaceAll('/', '-')}${logicalId}${nameSuffix}`;
      return kind.chosenName?.(open, { optional }) ?? open;
    },
    property(property) {
      const value = optional(property);
      if (value === undefined) {
        throw templateUnsupported(path, `refers to ${logicalId} (${resource.Type}), which has no ${property}.`);
      }
      return value;
    },
  };
}
