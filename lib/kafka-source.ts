import type { Duration } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import { StartingPosition } from 'aws-cdk-lib/aws-lambda';
import type { IConstruct } from 'constructs';
import type { Auth } from './auth';
import { checkConsumerGroupId } from './private/check-consumer-group-id';
import { checkTopic } from './private/check-topic';
import { mskArns } from './private/msk-arns';
import { networkStatements } from './private/network-statements';
import { PropsError } from './private/props-error';

/**
 * A topic of an Amazon MSK cluster.
 *
 * Cluster, topic, group and starting position cannot change on a mapping that exists: CloudFormation would make a second
 * mapping first, and the service refuses it beside the old one. So such a change takes two deployments: one with
 * `processor.node.tryRemoveChild('Mapping')`, which keeps function and memory, and one without that line.
 */
export interface MskSourceProps {
  /** ARN of the cluster. It may be a token: a reference to another resource, a parameter. */
  readonly clusterArn: string;

  /** Name of the topic. */
  readonly topic: string;

  /** How to authenticate to the brokers. */
  readonly auth: Auth;

  /**
   * The consumer group that the mapping reads with, and the owner of the memory of what is done: under another id
   * everything on the topic is new. The service accepts an id in one mapping only.
   *
   * @default - `<stack name>-<path of the processor within the stack>`, cut to 200 characters with a hash at the end
   */
  readonly consumerGroupId?: string;

  /**
   * Where a group without committed offsets begins: `TRIM_HORIZON` or `LATEST`.
   *
   * @default StartingPosition.TRIM_HORIZON - the oldest record on the topic. `LATEST` would skip the history and also
   *   what is written while the mapping is being created
   */
  readonly startingPosition?: StartingPosition;

  /**
   * How long the topic keeps records (its `retention.ms`). With it the processor remembers for longer than a record can
   * come again, or warns where `rememberFor` is too short for that.
   *
   * @default - not known
   */
  readonly topicRetention?: Duration;
}

/** What the processor tells a source. */
export interface KafkaSourceBindOptions {
  /** Taken where the user names no group. */
  readonly defaultConsumerGroupId: string;
}

/** What a source asks of the processor's role and mapping. */
export interface KafkaSourceConfig {
  /** Name of the cluster in the memory of what is done: it stays when brokers come and go. */
  readonly sourceName: string;
  readonly eventSourceArn: string;
  readonly topic: string;
  readonly consumerGroupId: string;
  readonly startingPosition: StartingPosition;
  /** undefined: not known. */
  readonly topicRetention: Duration | undefined;
  readonly statements: iam.PolicyStatement[];
}

/** Where a processor's records come from. */
export abstract class KafkaSource {
  /**
   * A topic of an Amazon MSK cluster in the account and region of the stack.
   *
   * @example
   * KafkaSource.msk({ clusterArn, topic: 'orders', auth: Auth.iam() });
   */
  static msk(props: MskSourceProps): KafkaSource {
    return new MskSource(props);
  }

  /** Called by the processor, which is the scope: errors carry its path. */
  abstract bind(scope: IConstruct, options: KafkaSourceBindOptions): KafkaSourceConfig;
}

class MskSource extends KafkaSource {
  constructor(private readonly props: MskSourceProps) {
    super();
  }

  bind(scope: IConstruct, { defaultConsumerGroupId }: KafkaSourceBindOptions): KafkaSourceConfig {
    const { clusterArn, topic, auth, startingPosition = StartingPosition.TRIM_HORIZON, topicRetention } = this.props;
    const consumerGroupId = this.props.consumerGroupId ?? defaultConsumerGroupId;
    checkTopic(scope, topic);
    checkConsumerGroupId(scope, consumerGroupId);
    checkStartingPosition(scope, startingPosition);

    const { clusterUuid, topicArn, groupArn } = mskArns(scope, clusterArn, topic, consumerGroupId);
    return {
      sourceName: clusterUuid,
      eventSourceArn: clusterArn,
      topic,
      consumerGroupId,
      startingPosition,
      topicRetention,
      statements: [
        new iam.PolicyStatement({
          sid: 'DescribeCluster',
          actions: ['kafka:DescribeCluster', 'kafka:DescribeClusterV2', 'kafka:GetBootstrapBrokers'],
          resources: [clusterArn],
        }),
        ...auth.bind({ clusterArn, topicArn, groupArn }).statements,
        ...networkStatements(scope),
      ],
    };
  }
}

function checkStartingPosition(scope: IConstruct, position: StartingPosition): void {
  if (position !== StartingPosition.AT_TIMESTAMP) return;
  throw new PropsError(scope, {
    prop: 'startingPosition',
    received: position,
    accepted: `${StartingPosition.TRIM_HORIZON} or ${StartingPosition.LATEST}`,
    change: 'Begin at TRIM_HORIZON and let the handler return at once for records that are too old.',
  });
}
