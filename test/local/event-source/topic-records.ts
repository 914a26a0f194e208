import type { TopicRecord } from '../../../local/broker/broker';

/** A record as a broker gives it; what a test does not speak of is the same everywhere. */
export function topicRecord(partition: number, offset: number, changes: Partial<TopicRecord> = {}): TopicRecord {
  return {
    topic: 'orders',
    partition,
    offset,
    timestamp: 1_790_000_000_000 + offset,
    timestampType: 'CREATE_TIME',
    key: Buffer.from(`k${offset % 3}`),
    value: Buffer.from(JSON.stringify({ order: offset })),
    headers: [],
    ...changes,
  };
}

export const nameOf = ({ partition, offset }: Pick<TopicRecord, 'partition' | 'offset'>) => `${partition}@${offset}`;
