import type { Duration } from 'aws-cdk-lib';
import type * as iam from 'aws-cdk-lib/aws-iam';
import type { SourceAccessConfiguration, StartingPosition } from 'aws-cdk-lib/aws-lambda';
import type { IConstruct, IDependable } from 'constructs';
import type { MskServerlessSourceProps, MskSourceProps, SelfManagedSourceProps } from './kafka-source-props';
import { mskServerlessSource, mskSource } from './private/sources/msk-source';
import { selfManagedSource } from './private/sources/self-managed-source';

/** What the processor tells a source. */
export interface KafkaSourceBindOptions {
  /** Taken where the user names no group. */
  readonly defaultConsumerGroupId: string;
  /** The topic of the same cluster that the mapping writes to when it gives records up; undefined: none. */
  readonly destinationTopic: string | undefined;
}

/** What a source asks of the processor's role and mapping. */
export interface KafkaSourceConfig {
  /** Name of the cluster in the memory of what is done: it stays when brokers come and go. */
  readonly sourceName: string;
  /** Of a cluster of Amazon MSK, or of a VPC connection to one. */
  readonly eventSourceArn?: string;
  /** Of a cluster that is not of Amazon MSK: `host:port`. */
  readonly bootstrapServers?: string[];
  /** Credentials and network, where the mapping has to be told. */
  readonly sourceAccessConfigurations: SourceAccessConfiguration[];
  readonly topic: string;
  readonly consumerGroupId: string;
  readonly startingPosition: StartingPosition;
  /** Unix time in seconds; only with `AT_TIMESTAMP`. */
  readonly startingPositionTimestamp?: number;
  /** As `FilterCriteria.filter()` makes them. */
  readonly filters?: { readonly [name: string]: unknown }[];
  /** What has to be there before the mapping. */
  readonly dependencies?: IDependable[];
  /** undefined: not known. */
  readonly topicRetention: Duration | undefined;
  /** Permissions that the function's role needs: the pollers act with it. */
  readonly statements: iam.PolicyStatement[];
}

/** Where a processor's records come from. */
export abstract class KafkaSource {
  /**
   * A topic of an Amazon MSK cluster in the region of the stack, and in its account, or in another one behind a VPC
   * connection.
   *
   * @example
   * KafkaSource.msk({ clusterArn, topic: 'orders', auth: Auth.iam() });
   */
  static msk(props: MskSourceProps): KafkaSource {
    return new BoundSource((scope, options) => mskSource(scope, props, options));
  }

  /**
   * A topic of an Amazon MSK Serverless cluster in the account and region of the stack.
   *
   * @example
   * KafkaSource.mskServerless({ clusterArn, topic: 'orders' });
   */
  static mskServerless(props: MskServerlessSourceProps): KafkaSource {
    return new BoundSource((scope, options) => mskServerlessSource(scope, props, options));
  }

  /**
   * A topic of any other cluster: in a VPC, or on the internet with a secret.
   *
   * @example
   * KafkaSource.selfManaged({
   *   bootstrapServers: ['broker-1.example.com:9096'],
   *   clusterName: 'payments',
   *   topic: 'orders',
   *   auth: Auth.scram512(secret),
   * });
   */
  static selfManaged(props: SelfManagedSourceProps): KafkaSource {
    return new BoundSource((scope, options) => selfManagedSource(scope, props, options));
  }

  /** Called by the processor, which is the scope: errors carry its path. */
  abstract bind(scope: IConstruct, options: KafkaSourceBindOptions): KafkaSourceConfig;
}

class BoundSource extends KafkaSource {
  constructor(private readonly describe: KafkaSource['bind']) {
    super();
  }

  bind(scope: IConstruct, options: KafkaSourceBindOptions): KafkaSourceConfig {
    return this.describe(scope, options);
  }
}
