import * as iam from 'aws-cdk-lib/aws-iam';
import type { IConstruct } from 'constructs';
import type { AuthBindOptions, AuthConfig } from '../../auth';
import { PropsError } from '../props-error';

/** Source of what each action asks for beside it: MSK Developer Guide, semantics of IAM policy actions. */
export function iamAuth(scope: IConstruct, { msk }: AuthBindOptions): AuthConfig {
  if (msk === undefined) throw onlyMsk(scope);
  const { clusterArn, topicArn, groupArn, destinationTopicArn } = msk;
  return {
    sourceAccessConfigurations: [],
    statements: [
      new iam.PolicyStatement({
        sid: 'ConnectToCluster',
        actions: ['kafka-cluster:Connect'],
        resources: [clusterArn],
      }),
      new iam.PolicyStatement({
        sid: 'ReadTopic',
        actions: ['kafka-cluster:DescribeTopic', 'kafka-cluster:ReadData'],
        resources: [topicArn],
      }),
      new iam.PolicyStatement({
        sid: 'JoinConsumerGroup',
        actions: ['kafka-cluster:AlterGroup', 'kafka-cluster:DescribeGroup'],
        resources: [groupArn],
      }),
      ...(destinationTopicArn === undefined ? [] : [writeTopic(destinationTopicArn)]),
    ],
  };
}

function writeTopic(topicArn: string): iam.PolicyStatement {
  return new iam.PolicyStatement({
    sid: 'WriteFailureTopic',
    actions: ['kafka-cluster:DescribeTopic', 'kafka-cluster:WriteData'],
    resources: [topicArn],
  });
}

function onlyMsk(scope: IConstruct): PropsError {
  return new PropsError(scope, {
    prop: 'auth',
    received: 'Auth.iam()',
    accepted: 'an authentication that self-managed brokers know',
    change: 'IAM access control is of Amazon MSK: choose KafkaSource.msk(), or another Auth.',
  });
}
