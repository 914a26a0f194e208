import { Stack, Token, TokenComparison } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';
import { checkRegion } from '../check-region';
import { PropsError } from '../props-error';

const CLUSTER_ARN = /^arn:aws[a-z-]*:kafka:([a-z0-9-]+):(\d{12}):cluster\/[^/:]+\/[^/:]+$/;
/** Source: Lambda Developer Guide, cross-account event source mappings. The account in it is the cluster's. */
const VPC_CONNECTION_ARN = /^arn:aws[a-z-]*:kafka:([a-z0-9-]+):(\d{12}):vpc-connection\/[^:]+$/;
/** Seen on every Serverless cluster (turbot/steampipe-plugin-aws#1291); on provisioned ones `-` and digits follow. */
const SERVERLESS = /-s\d+$/;

/** Whether the service runs this cluster without brokers of its own. A token may be one, too. */
export function isServerless(clusterArn: string): boolean {
  return !Token.isUnresolved(clusterArn) && SERVERLESS.test(clusterArn);
}

interface MskCluster {
  readonly clusterArn: string;
  readonly vpcConnectionArn: string | undefined;
  readonly serverless: boolean;
}

/** What is known at synth: the kind of each ARN, and where the cluster is. */
export function checkMskCluster(scope: IConstruct, { clusterArn, vpcConnectionArn, serverless }: MskCluster): void {
  const cluster = parsed(scope, 'clusterArn', clusterArn, CLUSTER_ARN, 'cluster/<name>/<uuid>');
  if (cluster !== undefined) checkRegion(scope, 'clusterArn', { env: cluster });
  if (vpcConnectionArn === undefined) {
    if (cluster !== undefined) checkAccount(scope, cluster.account);
    return;
  }
  const connection = parsed(scope, 'vpcConnectionArn', vpcConnectionArn, VPC_CONNECTION_ARN, 'vpc-connection/…');
  if (connection !== undefined) checkRegion(scope, 'vpcConnectionArn', { env: connection });
  if (serverless) throw noConnection(scope, vpcConnectionArn);
}

function parsed(scope: IConstruct, prop: string, arn: string, pattern: RegExp, resource: string) {
  if (Token.isUnresolved(arn)) return undefined;
  const match = pattern.exec(arn);
  if (match?.[1] !== undefined && match[2] !== undefined) return { region: match[1], account: match[2] };
  const accepted = `arn:<partition>:kafka:<region>:<account>:${resource}`;
  throw new PropsError(scope, { prop, received: arn, accepted, change: advice(prop, String(arn)) });
}

function advice(prop: string, arn: string): string {
  const kind = /^arn:[^:]*:kafka:[^:]*:[^:]*:([a-z-]+)\//.exec(arn)?.[1];
  if (prop === 'vpcConnectionArn') {
    return kind === 'cluster'
      ? 'That is the ARN of the cluster: it belongs to clusterArn, and here comes that of your connection to it.'
      : 'Copy the ARN of the connection from `aws kafka list-vpc-connections`, or pass a reference to it.';
  }
  if (kind === 'vpc-connection') {
    return 'That is the ARN of a VPC connection: it belongs to vpcConnectionArn, and here comes that of the cluster behind it.';
  }
  if (kind === 'topic' || kind === 'group') {
    return `That is the ARN of a ${kind}: write cluster/ for ${kind}/, and leave out what follows the UUID.`;
  }
  if (/:\d+$/.test(arn) && !arn.startsWith('arn:')) {
    return 'Those are brokers: MSK is told by the ARN of its cluster, and brokers belong to KafkaSource.selfManaged().';
  }
  return 'Copy the ARN of the cluster from `aws kafka list-clusters-v2`, or pass a reference to it.';
}

function checkAccount(scope: IConstruct, account: string): void {
  const own = Stack.of(scope).account;
  if (Token.compareStrings(account, own) !== TokenComparison.DIFFERENT) return;
  throw new PropsError(scope, {
    prop: 'account of clusterArn',
    received: account,
    accepted: `the account of the stack, ${own}`,
    change: 'A cluster of another account is reached through a VPC connection: give its ARN as vpcConnectionArn.',
  });
}

function noConnection(scope: IConstruct, vpcConnectionArn: string): PropsError {
  return new PropsError(scope, {
    prop: 'vpcConnectionArn',
    received: vpcConnectionArn,
    accepted: 'no connection to a cluster of MSK Serverless',
    change: 'The service reads a Serverless cluster in its own account only: leave it out.',
  });
}
