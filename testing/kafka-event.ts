import { ERROR_CODES } from '../contract/error-codes';
import { EVENT_SOURCE_MSK, EVENT_SOURCE_SELF_MANAGED, type KafkaEvent, type KafkaEventRecord } from '../contract/event';
import { TestingError } from './errors';
import { deliveredRecord, type TestRecord } from './test-record';

/** Fixed, so that the same records make the same event. */
const FIRST_TIMESTAMP_MS = 1_789_999_000_000;
const CLUSTER_ARN = 'arn:aws:kafka:eu-west-1:111122223333:cluster/test/0a1b2c3d-4e5f-4a6b-8c7d-9e0f1a2b3c4d-1';

export interface KafkaEventOptions {
  readonly topic: string;
  readonly records: readonly TestRecord[];
  /** Of records that name none. @default 0 */
  readonly partition?: number;
  /** An event that came before: offsets and timestamps go on where it ended. @default they start at the beginning */
  readonly after?: KafkaEvent;
  /** @default 'msk' */
  readonly source?: 'msk' | 'self-managed';
  /** Only with `source: 'msk'`. */
  readonly eventSourceArn?: string;
  readonly bootstrapServers?: string;
}

/**
 * The event that Lambda would hand to a function for these records of a topic: base64, signed header bytes, records by
 * partition. Offsets of a partition and timestamps rise by one where they are not given.
 *
 * @throws TestingError where a record could not stand where it says that it does
 */
export function kafkaEvent(options: KafkaEventOptions): KafkaEvent {
  const { topic, records, partition: usual = 0, after, source = 'msk' } = options;
  check(topic !== '' && typeof topic === 'string', `The topic is ${JSON.stringify(topic)}; accepted is a name`);
  const earlier = Object.values(after?.records ?? {}).flat();
  const lastOffsets = new Map(earlier.filter((record) => record.topic === topic).map(lastOf));
  let timestamp = earlier.reduce((latest, record) => Math.max(latest, record.timestamp), FIRST_TIMESTAMP_MS - 1);

  const arrays: Record<string, KafkaEventRecord[]> = {};
  for (const record of records) {
    const partition = record.partition ?? usual;
    const last = lastOffsets.get(partition) ?? -1;
    const offset = record.offset ?? last + 1;
    checkCount(partition, 'partition');
    checkCount(offset, 'offset');
    check(
      offset > last,
      `The offset ${offset} follows ${last} in partition ${partition} of ${topic}; a partition delivers ascending offsets. Deliver the same event again for a redelivery`,
    );
    timestamp = record.timestamp === undefined ? timestamp + 1 : Number(record.timestamp);
    check(
      Number.isSafeInteger(timestamp),
      `The timestamp of offset ${offset} is ${timestamp}; accepted is a Date or whole milliseconds`,
    );
    lastOffsets.set(partition, offset);
    arrays[`${topic}-${partition}`] ??= [];
    arrays[`${topic}-${partition}`]?.push(deliveredRecord(record, { topic, partition, offset }, timestamp));
  }
  return { ...envelopeOf(source, options), records: arrays };
}

function envelopeOf(source: 'msk' | 'self-managed', options: KafkaEventOptions): Omit<KafkaEvent, 'records'> {
  const { eventSourceArn, bootstrapServers } = options;
  if (source === 'msk') {
    return {
      eventSource: EVENT_SOURCE_MSK,
      eventSourceArn: eventSourceArn ?? CLUSTER_ARN,
      bootstrapServers: bootstrapServers ?? 'b-1.test.example:9098,b-2.test.example:9098',
    };
  }
  check(source === 'self-managed', `The source is ${JSON.stringify(source)}; accepted is 'msk' or 'self-managed'`);
  check(
    eventSourceArn === undefined,
    "A self-managed cluster has no ARN. Leave eventSourceArn out, or say source: 'msk'",
  );
  return {
    eventSource: EVENT_SOURCE_SELF_MANAGED,
    bootstrapServers: bootstrapServers ?? 'kafka-1.test.example:9092,kafka-2.test.example:9092',
  };
}

const lastOf = ({ partition, offset }: KafkaEventRecord): [number, number] => [partition, offset];

function checkCount(value: number, name: string): void {
  check(
    Number.isSafeInteger(value) && value >= 0,
    `The ${name} is ${String(value)}; accepted is a whole number from 0 to 2^53-1`,
  );
}

function check(isRight: boolean, otherwise: string): asserts isRight {
  if (!isRight) throw new TestingError(ERROR_CODES.testInputInvalid, `kafkaEvent: ${otherwise}`);
}
