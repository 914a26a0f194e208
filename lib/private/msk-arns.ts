import { Fn, Token } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';
import { PropsError } from './props-error';

const CLUSTER_ARN = /^arn:aws[a-z-]*:kafka:[a-z0-9-]+:\d{12}:cluster\/[^/:]+\/[^/:]+$/;

/** The names that a cluster's ARN implies. Parts of a token are picked at deployment. */
export interface MskArns {
  readonly clusterUuid: string;
  readonly topicArn: string;
  readonly groupArn: string;
}

export function mskArns(scope: IConstruct, clusterArn: string, topic: string, groupId: string): MskArns {
  if (!Token.isUnresolved(clusterArn) && !CLUSTER_ARN.test(clusterArn)) {
    throw new PropsError(scope, {
      prop: 'clusterArn',
      received: clusterArn,
      accepted: 'arn:<partition>:kafka:<region>:<account>:cluster/<name>/<uuid>',
      change: 'Copy the ARN of the cluster from `aws kafka list-clusters-v2`, or pass a reference to it.',
    });
  }
  // Both work on literals and on tokens. Partition, region and account are the cluster's and not the stack's:
  // the two differ when the cluster is another account's.
  const [partition, region, account] = [1, 3, 4].map((i) => Fn.select(i, Fn.split(':', clusterArn)));
  const [name, uuid] = [1, 2].map((i) => Fn.select(i, Fn.split('/', clusterArn))) as [string, string];
  const prefix = `arn:${partition}:kafka:${region}:${account}`;
  return {
    clusterUuid: uuid,
    topicArn: `${prefix}:topic/${name}/${uuid}/${topic}`,
    groupArn: `${prefix}:group/${name}/${uuid}/${groupId}`,
  };
}
