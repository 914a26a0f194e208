import {
  EVENT_SOURCE_MSK,
  EVENT_SOURCE_SELF_MANAGED,
  type KafkaEvent,
  type KafkaEventRecord,
} from '../../contract/event';
import type { TopicRecord } from '../broker/broker';
import { type SeededRandom, shuffled } from '../seeded-random';
import { type Choices, defaultChoices } from './choices';

export interface EventOptions {
  /** undefined: self-managed Kafka. */
  readonly eventSourceArn: string | undefined;
  readonly bootstrapServers: string;
  /** @default what the choices are by default. */
  readonly choices?: EventChoices;
}

export type EventChoices = Pick<Choices, 'null-key-value' | 'null-header-value'>;

/** The invocation event of a batch, as the service writes it; partitions come in the order of the batch. */
export function eventOf(records: readonly TopicRecord[], options: EventOptions): KafkaEvent {
  const { choices = defaultChoices() } = options;
  const arrays = new Map<string, KafkaEventRecord[]>();
  for (const [partition, ofPartition] of byPartition(records)) {
    const [{ topic = '' } = {}] = ofPartition;
    arrays.set(
      arrayName(topic, partition),
      ofPartition.map((record) => eventRecord(record, choices)),
    );
  }
  return {
    ...(options.eventSourceArn === undefined
      ? { eventSource: EVENT_SOURCE_SELF_MANAGED }
      : { eventSource: EVENT_SOURCE_MSK, eventSourceArn: options.eventSourceArn }),
    bootstrapServers: options.bootstrapServers,
    records: Object.fromEntries(arrays),
  };
}

/** Row 3: the records partition by partition, in offset order inside each; the order of partitions is left to chance. */
export function inPayloadOrder(records: readonly TopicRecord[], random: SeededRandom): readonly TopicRecord[] {
  return shuffled([...byPartition(records).values()], random).flat();
}

/** The name of a partition's array in an event. */
export const arrayName = (topic: string, partition: number): string => `${topic}-${partition}`;

/** A record as the event holds it. */
export function eventRecord(record: TopicRecord, choices: EventChoices): KafkaEventRecord {
  const { topic, partition, offset, timestamp, timestampType, key, value, headers } = record;
  const emitsNull = choices['null-key-value'] === 'null';
  return {
    topic,
    partition,
    offset,
    timestamp,
    timestampType,
    ...(key === null && !emitsNull ? {} : { key: key?.toString('base64') ?? null }),
    ...(value === null && !emitsNull ? {} : { value: value?.toString('base64') ?? null }),
    headers: headers.map(([name, bytes]) => ({ [name]: headerNumbers(bytes, choices['null-header-value']) })),
  };
}

/** Row 2: bytes are written signed. */
function headerNumbers(bytes: Buffer | null, nullValue: Choices['null-header-value']): readonly number[] | null {
  if (bytes === null) return nullValue === 'null' ? null : [];
  return [...new Int8Array(bytes)];
}

function byPartition(records: readonly TopicRecord[]): ReadonlyMap<number, TopicRecord[]> {
  const groups = new Map<number, TopicRecord[]>();
  for (const record of records) {
    const group = groups.get(record.partition);
    if (group) group.push(record);
    else groups.set(record.partition, [record]);
  }
  return groups;
}
