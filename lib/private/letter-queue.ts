import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import * as sqs from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';
import { checkRegion } from './check-region';

/** Source of both: Amazon SQS quotas. */
const LONGEST_RETENTION = Duration.days(14);
const MAXIMUM_MESSAGE_BYTES = 1_048_576;

/** The queue given, or one of the processor's own. */
export function letterQueue(scope: Construct, given: sqs.IQueue | undefined): sqs.IQueue {
  if (given !== undefined) {
    checkRegion(scope, 'deadLetters queue', given);
    return given;
  }
  return new sqs.Queue(scope, 'DeadLetterQueue', {
    retentionPeriod: LONGEST_RETENTION,
    maxMessageSizeBytes: MAXIMUM_MESSAGE_BYTES,
    // No key of the customer: whoever may send can send, at the moment when something has failed already.
    encryption: sqs.QueueEncryption.SQS_MANAGED,
    enforceSSL: true,
    removalPolicy: RemovalPolicy.RETAIN,
  }) as sqs.IQueue;
}
