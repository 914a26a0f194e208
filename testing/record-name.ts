import type { KafkaEvent } from '../contract/event';

/** Where a record stands. */
export interface Place {
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
}

/** A record, or its name, as `orders-0@41`. */
export type RecordRef = Place | string;

/** `<topic>-<partition>@<offset>`, as the runtime names a record in logs and errors. */
export function recordName(record: RecordRef): string {
  return typeof record === 'string' ? record : `${record.topic}-${record.partition}@${record.offset}`;
}

/** The names of an event's records, partition by partition. */
export function recordNames(event: KafkaEvent): string[] {
  return Object.values(event.records).flatMap((records) => records.map((record) => recordName(record)));
}
