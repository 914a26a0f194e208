import type { IConstruct } from 'constructs';
import type { DeadLettersConfig } from '../../dead-letters';
import { PropsError } from '../props-error';

/** What the runtime is told. Names and URL may be tokens. */
export function lettersPlace(scope: IConstruct, { queue, bucket, prefix }: DeadLettersConfig): string {
  const path = prefix === '' ? '' : `/${prefix}`;
  const places = [queue && `sqs:${queue.queueUrl}`, bucket && `s3://${bucket.bucketName}${path}`];
  const known = places.filter((place) => place !== undefined);
  if (known.length > 0) return known.join(',');
  throw new PropsError(scope, {
    prop: 'deadLetters',
    received: 'neither queue nor bucket',
    accepted: 'a queue, a bucket, or both',
    change: 'Return one of them from bind(): without a place for its letter no record can be given up.',
  });
}
