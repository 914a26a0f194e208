import type { KafkaEvent } from '../../contract/event';
import type { TopicRecord } from '../broker/broker';
import { arrayName, eventOf } from '../event-source/event';
import type { Failure } from './failure';

/** How null keys and headers are written where the function was never invoked. */
const CHOICES = { 'null-key-value': 'omitted', 'null-header-value': 'empty' } as const;

/** The event of the last invocation, or the one that the function would have been invoked with. */
export function failedEvent({ event, records, mapping, bootstrapServers }: Failure): KafkaEvent {
  return event ?? eventOf(records, { eventSourceArn: mapping.eventSourceArn, bootstrapServers, choices: CHOICES });
}

/** The same event with this record alone, written as the function saw it. */
export function failedEventWith(failure: Failure, record: TopicRecord): KafkaEvent {
  const { event } = failure;
  const name = partitionName(record);
  const written = event?.records[name]?.find(({ offset }) => offset === record.offset);
  if (event && written) return { ...event, records: { [name]: [written] } };
  return failedEvent({ ...failure, event: undefined, records: [record] });
}

/** As the event calls a partition. */
export function partitionName({ topic, partition }: TopicRecord): string {
  return arrayName(topic, partition);
}
