import { createHash } from 'node:crypto';
import { partitionName } from './failed-event';
import type { Failure } from './failure';
import { isoTime } from './iso-time';

/**
 * The name of the object in S3: `aws/lambda/<mapping>/<topic>-<partition>/YYYY/MM/DD/<time>-<digest>`.
 * PROVISIONAL: the service's own layout for Kafka is not published. This one follows Kinesis's (Lambda Developer Guide,
 * Kinesis on-failure destinations), with the partition of the first record in the place of the shard.
 */
export function objectKey(failure: Failure): string {
  const time = isoTime(failure.atMs);
  const [first] = failure.records;
  const places = failure.records.map((record) => `${partitionName(record)}@${record.offset}`).join();
  return [
    'aws',
    'lambda',
    failure.mapping.logicalId,
    first ? partitionName(first) : 'none',
    time.slice(0, 10).replaceAll('-', '/'),
    `${time.replaceAll(':', '.')}-${createHash('sha256').update(places).digest('hex').slice(0, 16)}`,
  ].join('/');
}
