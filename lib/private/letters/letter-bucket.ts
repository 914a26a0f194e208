import { RemovalPolicy, Token } from 'aws-cdk-lib';
import type * as kms from 'aws-cdk-lib/aws-kms';
import * as s3 from 'aws-cdk-lib/aws-s3';
import type { Construct } from 'constructs';
import { LETTER_BUCKET, LETTER_PREFIX, LETTER_PREFIX_CHARACTERS } from '../../../contract/letter-place';
import { checkStore } from '../check-part';
import { checkRegion } from '../check-region';
import { customerKey } from '../customer-key';
import { PropsError } from '../props-error';

export interface LetterBucket {
  readonly bucket?: s3.IBucket;
  readonly prefix?: string;
  /** Of a bucket of the processor's own. */
  readonly encryptionKey?: kms.IKey | undefined;
}

/** The bucket given, or one of the processor's own, and the prefix in it. `prop`: the prop that names them, for errors. */
export function letterBucket(
  scope: Construct,
  { bucket, prefix = '', encryptionKey }: LetterBucket,
  prop: string,
): { readonly bucket: s3.IBucket; readonly prefix: string } {
  // A prefix is often written as in a listing.
  const bare = prefix.replace(/(?<=.)\/$/, '');
  checkPrefix(scope, `${prop} prefix`, bare);
  if (bucket === undefined)
    return {
      bucket: ownBucket(scope, encryptionKey && customerKey(scope, `${prop} encryptionKey`, encryptionKey)),
      prefix: bare,
    };
  checkStore(scope, `${prop} bucket`, bucket, 's3.Bucket');
  checkRegion(scope, `${prop} bucket`, bucket);
  checkName(scope, `${prop} bucket`, bucket.bucketName);
  return { bucket, prefix: bare };
}

/** The same name as the only store and beside a queue: between the two the letters stay where they are. */
function ownBucket(scope: Construct, key: kms.IKey | undefined): s3.IBucket {
  return new s3.Bucket(scope, 'DeadLetterBucket', {
    ...encryptionWith(key),
    enforceSSL: true,
    blockPublicAccess: s3.BlockPublicAccess.BLOCK_ALL,
    objectOwnership: s3.ObjectOwnership.BUCKET_OWNER_ENFORCED,
    removalPolicy: RemovalPolicy.RETAIN,
  }) as s3.IBucket;
}

/** The bucket's own key below the customer's saves nearly all requests to it. */
function encryptionWith(key: kms.IKey | undefined): Partial<s3.BucketProps> {
  if (key === undefined) return { encryption: s3.BucketEncryption.S3_MANAGED };
  return { encryption: s3.BucketEncryption.KMS, encryptionKey: key, bucketKeyEnabled: true };
}

/** Otherwise the function would not start. */
function checkPrefix(scope: Construct, prop: string, prefix: string): void {
  if (prefix === '' || Token.isUnresolved(prefix)) return;
  const refuse = (change: string) => {
    const accepted = `up to ${LETTER_PREFIX_CHARACTERS} letters, digits, "!", "_", ".", "'", "(", ")", "=", "-", and single slashes between them`;
    throw new PropsError(scope, { prop, received: prefix, accepted, change });
  };
  if (prefix.includes('*')) refuse('In the permissions a "*" would match other prefixes: leave it out.');
  if (LETTER_PREFIX.test(prefix) && prefix.length <= LETTER_PREFIX_CHARACTERS) return;
  refuse('Write it as orders/letters, or leave it out.');
}

/** Buckets of before 2018 may have other names. */
function checkName(scope: Construct, prop: string, name: string): void {
  if (Token.isUnresolved(name) || LETTER_BUCKET.test(name)) return;
  throw new PropsError(scope, {
    prop,
    received: name,
    accepted: '3 to 63 small letters, digits, ".", "-", a letter or digit at both ends',
    change: 'Give the name of a bucket, not its ARN, or choose a bucket whose name keeps to the rules of today.',
  });
}
