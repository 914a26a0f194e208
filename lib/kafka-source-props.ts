import type { Duration } from 'aws-cdk-lib';
import type * as ec2 from 'aws-cdk-lib/aws-ec2';
import type { StartingPosition } from 'aws-cdk-lib/aws-lambda';
import type * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import type { IDependable } from 'constructs';
import type { Auth } from './auth';

/**
 * A topic, and how it is read.
 *
 * Cluster, topic, group and starting position cannot change on a mapping that exists: CloudFormation would make a second
 * mapping first, and the service refuses it beside the old one. So such a change takes two deployments: one with
 * `processor.node.tryRemoveChild('Mapping')`, which keeps function and memory, and one without that line.
 */
export interface KafkaTopicProps {
  /** Name of the topic. It may be a token. */
  readonly topic: string;

  /**
   * What makes the topic, such as an `AWS::MSK::Topic` of the same app: the mapping is made after it.
   *
   * @default - the topic is there
   */
  readonly topicResource?: IDependable;

  /**
   * The consumer group that the mapping reads with, and the owner of the memory of what is done: under another id
   * everything on the topic is new. The service accepts an id in one mapping only.
   *
   * @default - `<stack name>-<path of the processor within the stack>`, cut to 200 characters with a hash at the end
   */
  readonly consumerGroupId?: string;

  /**
   * Where a group without committed offsets begins: `TRIM_HORIZON`, `LATEST` or `AT_TIMESTAMP`.
   *
   * @default StartingPosition.TRIM_HORIZON - the oldest record on the topic. `LATEST` would skip the history and also
   *   what is written while the mapping is being created
   */
  readonly startingPosition?: StartingPosition;

  /**
   * The moment that `AT_TIMESTAMP` begins at, in whole unix seconds, and in the past.
   *
   * @default - none; it belongs to `AT_TIMESTAMP` and to no other position
   */
  readonly startingPositionTimestamp?: number;

  /**
   * How long the topic keeps records (its `retention.ms`). With it the processor remembers for longer than a record can
   * come again, or warns where `rememberFor` is too short for that.
   *
   * @default - not known
   */
  readonly topicRetention?: Duration;

  /**
   * Patterns on the value of a record: it is delivered if it fits one of them. At most 5, or 10 where the account's
   * quota was raised. What is not delivered leaves no trace: no mark, no count of ours.
   *
   * @example
   * [lambda.FilterCriteria.filter({ value: { type: lambda.FilterRule.isEqual('order') } })]
   *
   * @default - none: every record is delivered
   */
  readonly filters?: { readonly [name: string]: unknown }[];
}

/** A topic of an Amazon MSK cluster with brokers of its own (provisioned). */
export interface MskSourceProps extends KafkaTopicProps {
  /** ARN of the cluster. It may be a token: a reference to another resource, a parameter. */
  readonly clusterArn: string;

  /**
   * ARN of the managed VPC connection through which a cluster of another account (or network) is reached. The mapping
   * then reads from it, while `clusterArn` is still the cluster's: it names what is granted and remembered. The cluster's
   * own policy has to let this account in.
   *
   * @default - the cluster is of the stack's account, and is reached directly
   */
  readonly vpcConnectionArn?: string;

  /** How to authenticate to the brokers: `Auth.iam()`, `Auth.scram512()`, `Auth.mtls()` or `Auth.none()`. */
  readonly auth: Auth;
}

/** A topic of an Amazon MSK Serverless cluster, which knows one authentication: IAM. */
export interface MskServerlessSourceProps extends KafkaTopicProps {
  /** ARN of the cluster. It may be a token: a reference to another resource, a parameter. */
  readonly clusterArn: string;
}

/** A topic of a cluster that is not of Amazon MSK. */
export interface SelfManagedSourceProps extends KafkaTopicProps {
  /**
   * 1 to 10 brokers as `host:port`. The list, or members of it, may be tokens.
   *
   * CloudFormation replaces a mapping whose list changes, so that takes the two deployments too; offsets and memory stay.
   * Names that outlive a broker spare you that.
   */
  readonly bootstrapServers: string[];

  /**
   * Your name for the cluster, which nobody else sees: under it the memory keeps what is done on the topic. It has to stay
   * while brokers come and go, because under another name every offset is new.
   */
  readonly clusterName: string;

  /**
   * How to authenticate to the brokers: any but `Auth.iam()`.
   *
   * @default Auth.none() - for brokers in a `vpc` only
   */
  readonly auth?: Auth;

  /**
   * A secret with the certificate (PEM) of the authority that signed those of the brokers: JSON with `certificate`. An
   * imported one under a customer managed key has to name it:
   * `Secret.fromSecretAttributes(scope, id, { secretCompleteArn, encryptionKey })`.
   *
   * @default - the brokers' certificates are of an authority that Lambda trusts anyway
   */
  readonly rootCaCertificate?: secretsmanager.ISecret;

  /**
   * The network of the brokers, which the pollers enter. It has nothing to do with the network of the function. With
   * on-demand pollers it needs a NAT gateway, or endpoints to Lambda, STS and Secrets Manager.
   *
   * @default - the brokers are reached over the internet, and need a secret then
   */
  readonly vpc?: ec2.IVpc;

  /**
   * Where in `vpc`.
   *
   * @default - its private subnets
   */
  readonly vpcSubnets?: ec2.SubnetSelection;

  /**
   * What the pollers are in `vpc`: groups that the brokers let in on their port, and that may go out to it and to 443.
   * Required with `vpc`, because none made here could be known to the brokers.
   *
   * @default - none, without `vpc`
   */
  readonly securityGroups?: ec2.ISecurityGroup[];
}
