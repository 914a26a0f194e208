import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import type * as kms from 'aws-cdk-lib/aws-kms';
import * as sqs from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';
import { checkStore } from '../check-part';
import { checkRegion } from '../check-region';

/** Source of both: Amazon SQS quotas. */
const LONGEST_RETENTION = Duration.days(14);
const MAXIMUM_MESSAGE_BYTES = 1_048_576;

/** The queue given, or one of the processor's own. */
export function letterQueue(scope: Construct, given: sqs.IQueue | undefined, key: kms.IKey | undefined): sqs.IQueue {
  if (given !== undefined) {
    checkStore(scope, 'deadLetters queue', given, 'sqs.Queue');
    checkRegion(scope, 'deadLetters queue', given);
    return given;
  }
  return new sqs.Queue(scope, 'DeadLetterQueue', {
    retentionPeriod: LONGEST_RETENTION,
    maxMessageSizeBytes: MAXIMUM_MESSAGE_BYTES,
    ...encryptionWith(key),
    enforceSSL: true,
    removalPolicy: RemovalPolicy.RETAIN,
  }) as sqs.IQueue;
}

/** Without a key whoever may send can send, at the moment when something has failed already. */
function encryptionWith(key: kms.IKey | undefined): Pick<sqs.QueueProps, 'encryption' | 'encryptionMasterKey'> {
  if (key === undefined) return { encryption: sqs.QueueEncryption.SQS_MANAGED };
  return { encryption: sqs.QueueEncryption.KMS, encryptionMasterKey: key };
}
