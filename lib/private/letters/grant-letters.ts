import * as iam from 'aws-cdk-lib/aws-iam';
import type * as kms from 'aws-cdk-lib/aws-kms';
import type * as s3 from 'aws-cdk-lib/aws-s3';
import type { DeadLettersConfig } from '../../dead-letters';
import { named } from '../processor/name-statements';

/** S3 uses the second where the bucket has a key of its own below the customer's; SQS always asks for both. */
const WRITE_WITH_KEY = ['kms:GenerateDataKey', 'kms:Decrypt'];

/** All that the runtime does with letters: it writes them. */
export function grantLetters({ queue, bucket, prefix }: DeadLettersConfig, role: iam.IRole): void {
  if (queue !== undefined) {
    queue.grant(named(role, 'SendLetters'), 'sqs:SendMessage');
    withKey(queue.encryptionMasterKey, named(role, 'EncryptSentLetters'), WRITE_WITH_KEY);
  }
  if (bucket !== undefined) {
    onBucket(bucket, named(role, 'PutLetters'), ['s3:PutObject'], [letterObjects(bucket, prefix)]);
    withKey(bucket.encryptionKey, named(role, 'EncryptPutLetters'), WRITE_WITH_KEY);
  }
}

/** To read letters, and to lay a message back for others to receive; `taking`: also to take them away. */
export function grantReadingLetters(
  { queue, bucket, prefix }: DeadLettersConfig,
  grantee: iam.IGrantable,
  { taking }: { readonly taking: boolean },
): iam.Grant[] {
  const take = (action: string) => (taking ? [action] : []);
  const grants: (iam.Grant | undefined)[] = [];
  if (queue !== undefined) {
    grants.push(
      queue.grant(
        grantee,
        'sqs:ReceiveMessage',
        ...take('sqs:DeleteMessage'),
        'sqs:ChangeMessageVisibility',
        'sqs:GetQueueAttributes',
      ),
      withKey(queue.encryptionMasterKey, grantee, ['kms:Decrypt']),
    );
  }
  if (bucket !== undefined) {
    const actions = ['s3:GetObject', ...take('s3:DeleteObject')];
    grants.push(
      onBucket(bucket, grantee, actions, [letterObjects(bucket, prefix)]),
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
