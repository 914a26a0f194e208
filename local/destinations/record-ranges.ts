import type { TopicRecord } from '../broker/broker';
import { partitionName } from './failed-event';
import { isoTime } from './iso-time';

/** The first and the last record of a partition. Offsets are texts, as in the service's documents. */
export interface RecordRange {
  readonly firstRecordOffset: string;
  readonly lastRecordOffset: string;
  readonly firstRecordTimestamp: string;
  readonly lastRecordTimestamp: string;
}

/** By `<topic>-<partition>`. What lies between may have succeeded, or be another's: a range does not say. */
export function recordRanges(records: readonly TopicRecord[]): Readonly<Record<string, RecordRange>> {
  const partitions = new Map<string, TopicRecord[]>();
  for (const record of records) {
    const name = partitionName(record);
    const own = partitions.get(name);
    if (own) own.push(record);
    else partitions.set(name, [record]);
  }
  return Object.fromEntries([...partitions].map(([name, own]) => [name, rangeOf(own)]));
}

function rangeOf(records: readonly TopicRecord[]): RecordRange {
  const first = records.reduce((a, b) => (b.offset < a.offset ? b : a));
  const last = records.reduce((a, b) => (b.offset > a.offset ? b : a));
  return {
    firstRecordOffset: String(first.offset),
    lastRecordOffset: String(last.offset),
    firstRecordTimestamp: isoTime(first.timestamp),
    lastRecordTimestamp: isoTime(last.timestamp),
  };
}
