import * as iam from 'aws-cdk-lib/aws-iam';
import type * as kms from 'aws-cdk-lib/aws-kms';
import type * as s3 from 'aws-cdk-lib/aws-s3';
import type { DeadLettersConfig } from '../dead-letters';

/** S3 uses the second where the bucket has a key of its own below the customer's; SQS always asks for both. */
const WRITE_WITH_KEY = ['kms:GenerateDataKey', 'kms:Decrypt'];

/** All that the runtime does with letters: it writes them. */
export function grantLetters({ queue, bucket, prefix }: DeadLettersConfig, role: iam.IRole): void {
  if (queue !== undefined) {
    name('SendLetters', queue.grant(role, 'sqs:SendMessage'));
    name('EncryptSentLetters', withKey(queue.encryptionMasterKey, role, WRITE_WITH_KEY));
  }
  if (bucket !== undefined) {
    name('PutLetters', onBucket(bucket, role, ['s3:PutObject'], [letterObjects(bucket, prefix)]));
    name('EncryptPutLetters', withKey(bucket.encryptionKey, role, WRITE_WITH_KEY));
  }
}

/** All that a redrive does with letters: it reads them, and takes away those that are done. */
export function grantReadingLetters(
  { queue, bucket, prefix }: DeadLettersConfig,
  grantee: iam.IGrantable,
): iam.Grant[] {
  const grants: (iam.Grant | undefined)[] = [];
  if (queue !== undefined) {
    grants.push(
      queue.grant(
        grantee,
        'sqs:ReceiveMessage',
        'sqs:DeleteMessage',
        'sqs:ChangeMessageVisibility',
        'sqs:GetQueueAttributes',
      ),
      withKey(queue.encryptionMasterKey, grantee, ['kms:Decrypt']),
    );
  }
  if (bucket !== undefined) {
    grants.push(
      onBucket(bucket, grantee, ['s3:GetObject', 's3:DeleteObject'], [letterObjects(bucket, prefix)]),
      onBucket(bucket, grantee, ['s3:ListBucket'], [bucket.bucketArn]),
      withKey(bucket.encryptionKey, grantee, ['kms:Decrypt']),
    );
  }
  return grants.filter((grant) => grant !== undefined);
}

/** The runtime puts every letter below this folder, whose it is. */
function letterObjects(bucket: s3.IBucket, prefix: string): string {
  return bucket.arnForObjects(`${prefix === '' ? '' : `${prefix}/`}parked/*`);
}

/** Not the methods of the bucket, which grant more than one action each. */
function onBucket(bucket: s3.IBucket, grantee: iam.IGrantable, actions: string[], resourceArns: string[]): iam.Grant {
  return iam.Grant.addToPrincipalOrResource({ grantee, actions, resourceArns, resource: bucket });
}

function withKey(key: kms.IKey | undefined, grantee: iam.IGrantable, actions: string[]): iam.Grant | undefined {
  return key?.grant(grantee, ...actions);
}

function name(sid: string, grant: iam.Grant | undefined): void {
  for (const statement of grant?.principalStatements ?? []) statement.sid = sid;
}
