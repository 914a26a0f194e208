import type { KafkaEvent, KafkaEventRecord } from '../contract/event';
import type { ListedRecord } from './response';

/**
 * What comes again after a partial batch response, which AWS leaves open: only the records that it lists, or, partition
 * by partition, everything from the lowest listed offset on. A handler has to be right under both.
 */
export type Reading = 'listed' | 'from-lowest';

export const READINGS: readonly Reading[] = ['listed', 'from-lowest'];

/** The event that comes after this one; undefined when nothing of it comes again. */
export function redelivery(
  event: KafkaEvent,
  listed: readonly ListedRecord[],
  reading: Reading,
): KafkaEvent | undefined {
  const offsets = new Map<string, number[]>();
  for (const { partition, offset } of listed) offsets.set(partition, [...(offsets.get(partition) ?? []), offset]);
  const comesAgain = (name: string, { offset }: KafkaEventRecord) => {
    const open = offsets.get(name);
    if (open === undefined) return false;
    return reading === 'listed' ? open.includes(offset) : offset >= Math.min(...open);
  };
  const arrays = Object.entries(event.records)
    .map(([name, records]) => [name, records.filter((record) => comesAgain(name, record))] as const)
    .filter(([, records]) => records.length > 0);
  return arrays.length === 0 ? undefined : { ...event, records: Object.fromEntries(arrays) };
}
