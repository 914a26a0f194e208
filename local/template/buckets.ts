import { resolvable } from './resolvable';
import { findResources, idOf, type Stack } from './stack';

export interface BucketDefinition {
  /** Unique in the deployment: of a bucket in a nested stack it is a path, `Orders/Letters`. */
  readonly logicalId: string;
  readonly bucketName: string;
}

/** The buckets of the stack and of those nested in it, without those that nothing local can name. */
export function readBuckets(stack: Stack): BucketDefinition[] {
  return findResources(stack, 'AWS::S3::Bucket').flatMap((found) => {
    const { stack: own, logicalId } = found;
    const bucketName = resolvable(() => own.resolve({ Ref: logicalId }, own.place(logicalId)));
    return bucketName === undefined ? [] : [{ logicalId: idOf(found), bucketName }];
  });
}
