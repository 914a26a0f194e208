import { Fn } from 'aws-cdk-lib';

/** The names that a cluster's ARN implies. Parts of a token are picked at deployment. */
export interface MskArns {
  readonly clusterUuid: string;
  topicArn(topic: string): string;
  groupArn(groupId: string): string;
}

export function mskArns(clusterArn: string): MskArns {
  // Both work on literals and on tokens. Partition, region and account are the cluster's and not the stack's:
  // the two differ when the cluster is another account's.
  const [partition, region, account] = [1, 3, 4].map((i) => Fn.select(i, Fn.split(':', clusterArn)));
  const [name, uuid] = [1, 2].map((i) => Fn.select(i, Fn.split('/', clusterArn))) as [string, string];
  const prefix = `arn:${partition}:kafka:${region}:${account}`;
  return {
    clusterUuid: uuid,
    topicArn: (topic) => `${prefix}:topic/${name}/${uuid}/${topic}`,
    groupArn: (groupId) => `${prefix}:group/${name}/${uuid}/${groupId}`,
  };
}
