import * as iam from 'aws-cdk-lib/aws-iam';

/** What an authentication can grant on. */
export interface AuthBindOptions {
  readonly clusterArn: string;
  readonly topicArn: string;
  readonly groupArn: string;
}

/** What an authentication asks of the processor. */
export interface AuthConfig {
  /** Permissions that the function's role needs: the mapping connects with this role. */
  readonly statements: iam.PolicyStatement[];
}

/** How the pollers prove to the brokers who they are. */
export abstract class Auth {
  /**
   * IAM access control of MSK. The role is granted exactly: connect to the cluster, read the one topic, take part in
   * the one consumer group.
   */
  static iam(): Auth {
    return new IamAuth();
  }

  /** Called by the source. */
  abstract bind(options: AuthBindOptions): AuthConfig;
}

class IamAuth extends Auth {
  bind({ clusterArn, topicArn, groupArn }: AuthBindOptions): AuthConfig {
    return {
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
      ],
    };
  }
}
