import type { DeadLettersConfig } from '../dead-letters';

/** What the runtime is told. Names and URL may be tokens. */
export function lettersPlace({ queue, bucket, prefix }: DeadLettersConfig): string {
  const path = prefix === '' ? '' : `/${prefix}`;
  const places = [queue && `sqs:${queue.queueUrl}`, bucket && `s3://${bucket.bucketName}${path}`];
  return places.filter((place) => place !== undefined).join(',');
}
