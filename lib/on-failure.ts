import { Annotations, Stack, Token, TokenComparison } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import type * as s3 from 'aws-cdk-lib/aws-s3';
import type { IConstruct } from 'constructs';
import { checkProps } from './private/check-kinds';
import { checkStore } from './private/check-part';
import { PropsError } from './private/props-error';
import { watchedGrantee } from './private/watched-grantee';

/** A bucket for what the service discards. */
export interface OnFailureBucketProps {
  /**
   * The bucket. Where it has a key of the customer, that key has to be known to it: for an imported bucket give
   * `encryptionKey` to `Bucket.fromBucketAttributes()`.
   */
  readonly bucket: s3.IBucket;
}

export interface OnFailureBindOptions {
  /** The role of the function: the service writes with it. */
  readonly grantee: iam.IGrantable;
}

/** What a destination asks of the mapping and of the role. */
export interface OnFailureConfig {
  /** As the mapping names it. */
  readonly destination: string;
  /** A topic of the source's cluster: the source lets the role write to it. undefined: the destination is none. */
  readonly topic?: string;
  /** What was granted to the role; the mapping waits for it. */
  readonly grants: iam.Grant[];
}

const ON_FAILURE = Symbol.for('msk-once.OnFailure');

/**
 * Where the service sends what it discards, whole records and why: a bucket or a topic. Queues and notifications are no
 * choice, because what the service sends there holds offsets and not the records.
 *
 * This is the service's own way to give a record up, after `retryAttempts` or `maxRecordAge` and without regard to what
 * the runtime is doing with it. Dead letters (`deadLetters`) are the way of the runtime, and need none of this.
 */
export abstract class OnFailure {
  /**
   * An object per batch, with the whole invocation event in it. The role is granted exactly: put objects into the bucket,
   * list it, and where the bucket has a key of the customer, generate data keys.
   *
   * The service also asks for an endpoint to S3 in the network of the brokers.
   */
  static s3(props: OnFailureBucketProps): OnFailure {
    return new BucketOnFailure(props);
  }

  /**
   * A message per record in another topic of the source's cluster, which has to exist. The pollers write it with the
   * authentication that they read with; where that is IAM, the role is granted to write to this topic.
   *
   * @param topic from 4 characters: CloudFormation takes no shorter name here
   */
  static kafkaTopic(topic: string): OnFailure {
    return new TopicOnFailure(topic);
  }

  /** Whether a value is one, also of another copy of this package. */
  static isOnFailure(value: unknown): value is OnFailure {
    return typeof value === 'object' && value !== null && ON_FAILURE in value;
  }

  constructor() {
    Object.defineProperty(this, ON_FAILURE, { value: true });
  }

  /** Called by the mapping's construct, which is the scope: errors carry its path. */
  abstract bind(scope: IConstruct, options: OnFailureBindOptions): OnFailureConfig;
}

class BucketOnFailure extends OnFailure {
  constructor(private readonly props: OnFailureBucketProps) {
    super();
  }

  // Source of the three permissions: Lambda Developer Guide, capturing discarded batches for Kafka.
  bind(scope: IConstruct, { grantee }: OnFailureBindOptions): OnFailureConfig {
    checkProps(scope, 'onFailure', this.props, 'OnFailure.s3({ bucket })');
    const { bucket } = this.props;
    checkStore(scope, 'onFailure bucket', bucket, 's3.Bucket');
    warnOfOtherRegion(scope, bucket);
    const named = (sid: string) =>
      watchedGrantee(grantee, (statement) => {
        statement.sid = sid;
      });
    const grant = (sid: string, action: string, resource: string) =>
      iam.Grant.addToPrincipalOrResource({
        grantee: named(sid),
        actions: [action],
        resourceArns: [resource],
        resource: bucket,
      });
    return {
      destination: bucket.bucketArn,
      grants: [
        grant('PutDiscarded', 's3:PutObject', bucket.arnForObjects('*')),
        grant('ListDiscarded', 's3:ListBucket', bucket.bucketArn),
        ...(bucket.encryptionKey ? [bucket.encryptionKey.grant(named('EncryptDiscarded'), 'kms:GenerateDataKey')] : []),
      ],
    };
  }
}

/** Not refused: the Developer Guide says neither that the service writes into another region nor that it does not. */
function warnOfOtherRegion(scope: IConstruct, bucket: s3.IBucket): void {
  const { region } = Stack.of(scope);
  if (Token.compareStrings(bucket.env.region, region) !== TokenComparison.DIFFERENT) return;
  Annotations.of(scope).addWarningV2(
    'msk-once:onFailureRegion',
    `The bucket of onFailure is in ${bucket.env.region}, and the mapping in ${region}. AWS does not document that the ` +
      'service writes into another region, and the endpoint to S3 that it asks for in the network of the brokers is of ' +
      'one region: give a bucket of the same region, or try it with a record that is discarded.',
  );
}

// Source: Lambda API Reference, OnFailure, Destination, of which CloudFormation's schema takes at least 12 characters.
const TOPIC = /^[A-Za-z0-9_-][A-Za-z0-9._-]{3,248}$/;
const TOPIC_LENGTH = { minimum: 4, maximum: 249 };

class TopicOnFailure extends OnFailure {
  constructor(private readonly topic: string) {
    super();
  }

  bind(scope: IConstruct): OnFailureConfig {
    const { topic } = this;
    // The compiler asks for a text too; JavaScript does not.
    if (!Token.isUnresolved(topic) && !(typeof topic === 'string' && TOPIC.test(topic))) {
      throw new PropsError(scope, {
        prop: 'onFailure topic',
        received: topic,
        accepted: `${TOPIC_LENGTH.minimum} to ${TOPIC_LENGTH.maximum} letters, digits, ".", "_", "-", not beginning with "."`,
        change: 'Give the bare name of a topic, without `kafka://`.',
      });
    }
    return { destination: `kafka://${topic}`, topic, grants: [] };
  }
}
