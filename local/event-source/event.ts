import {
  EVENT_SOURCE_MSK,
  EVENT_SOURCE_SELF_MANAGED,
  type KafkaEvent,
  type KafkaEventRecord,
} from '../../contract/event';
import type { TopicRecord } from '../broker/broker';
import { type SeededRandom, shuffled } from '../seeded-random';

export interface EventOptions {
  /** undefined: self-managed Kafka. */
  readonly eventSourceArn: string | undefined;
  readonly bootstrapServers: string;
  /** Decides the order of the partitions: the service promises none. */
  readonly random: SeededRandom;
}

/** The invocation event of a batch, as the service writes it. */
export function eventOf(records: readonly TopicRecord[], options: EventOptions): KafkaEvent {
  const arrays = new Map<string, KafkaEventRecord[]>();
  for (const record of records) {
    const name = `${record.topic}-${record.partition}`;
    const array = arrays.get(name);
    if (array) array.push(eventRecord(record));
    else arrays.set(name, [eventRecord(record)]);
  }
  return {
    ...(options.eventSourceArn === undefined
      ? { eventSource: EVENT_SOURCE_SELF_MANAGED }
      : { eventSource: EVENT_SOURCE_MSK, eventSourceArn: options.eventSourceArn }),
    bootstrapServers: options.bootstrapServers,
    records: Object.fromEntries(shuffled([...arrays], options.random)),
  };
}

function eventRecord(record: TopicRecord): KafkaEventRecord {
  const { topic, partition, offset, timestamp, timestampType, key, value, headers } = record;
  return {
    topic,
    partition,
    offset,
    timestamp,
    timestampType,
    // A null key or value: the property is left out.
    ...(key === null ? {} : { key: key.toString('base64') }),
    ...(value === null ? {} : { value: value.toString('base64') }),
    // Bytes are written signed.
    headers: headers.map(([name, bytes]) => ({ [name]: [...new Int8Array(bytes)] })),
  };
}
