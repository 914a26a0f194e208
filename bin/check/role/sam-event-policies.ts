import { isObject } from '../../../local/template/template';
import type { Subject } from '../subject';

const NETWORK = [
  'ec2:CreateNetworkInterface',
  'ec2:DescribeNetworkInterfaces',
  'ec2:DeleteNetworkInterface',
  'ec2:DescribeVpcs',
  'ec2:DescribeSubnets',
  'ec2:DescribeSecurityGroups',
];

/**
 * What SAM puts into the role that it makes for a Kafka event of the function: names and documents of policies.
 * Source: AWS SAM, samtranslator/model/eventsources/pull.py, MSK and SelfManagedKafka.
 */
export function eventPolicies(event: Subject): unknown[] {
  const access = event.access();
  const uriOf = (isWanted: (type: string) => boolean) => access.find(({ type }) => isWanted(type))?.written;
  if (event.isMsk) {
    const certificate = uriOf((type) => type === 'CLIENT_CERTIFICATE_TLS_AUTH');
    return ['AWSLambdaMSKExecutionRole', ...documents([...mayRead(certificate), ...mayGiveUp(event)])];
  }
  const isInVpc = access.some(({ type }) => type === 'VPC_SUBNET');
  const secret = uriOf((type) => type.endsWith('_AUTH') || type.endsWith('_CERTIFICATE'));
  return documents([...mayRead(secret), ...(isInVpc ? [allow(NETWORK, '*')] : []), ...mayGiveUp(event)]);
}

function mayRead(secret: unknown): object[] {
  return secret === undefined ? [] : [allow(['secretsmanager:GetSecretValue'], secret)];
}

/** SAM adds it where the event says the `Type` of the destination, which is no property of a mapping: it may have. */
function mayGiveUp(event: Subject): object[] {
  const config = event.written('DestinationConfig');
  const onFailure = isObject(config) ? config.OnFailure : undefined;
  const destination = isObject(onFailure) ? onFailure.Destination : undefined;
  if (destination === undefined) return [];
  const actions = ['sqs:SendMessage', 'sns:Publish', 's3:PutObject', 's3:ListBucket'];
  const resources = [destination, { 'Fn::Join': ['', [destination, '/*']] }];
  return [{ ...allow(actions, resources), Condition: {} }];
}

function allow(Action: readonly string[], Resource: unknown): object {
  return { Effect: 'Allow', Action, Resource };
}

function documents(Statement: readonly object[]): object[] {
  return Statement.length === 0 ? [] : [{ Statement }];
}
