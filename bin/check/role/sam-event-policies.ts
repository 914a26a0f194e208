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
    return ['AWSLambdaMSKExecutionRole', ...documents(mayRead(certificate))];
  }
  const isInVpc = access.some(({ type }) => type === 'VPC_SUBNET');
  const secret = uriOf((type) => type.endsWith('_AUTH') || type.endsWith('_CERTIFICATE'));
  return documents([...mayRead(secret), ...(isInVpc ? [allow(NETWORK, '*')] : [])]);
}

function mayRead(secret: unknown): object[] {
  return secret === undefined ? [] : [allow(['secretsmanager:GetSecretValue'], secret)];
}

function allow(Action: readonly string[], Resource: unknown): object {
  return { Effect: 'Allow', Action, Resource };
}

function documents(Statement: readonly object[]): object[] {
  return Statement.length === 0 ? [] : [{ Statement }];
}
