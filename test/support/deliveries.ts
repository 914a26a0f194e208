import type { BatchResponse, InvocationContext, KafkaEvent, KafkaEventRecord } from '../../contract/event';
import type { Handler } from '../../handlers';

/**
 * What comes again after a partial response. The service says that only the listed records do (`listed`); by analogy
 * with its other streams it may be everything from the lowest listed offset of a partition (`checkpoint`).
 */
export type Reading = 'listed' | 'checkpoint';

export function redelivery(event: KafkaEvent, answer: BatchResponse | undefined, reading: Reading): KafkaEvent {
  const listed = new Map<string, Set<number>>();
  for (const { itemIdentifier } of answer?.batchItemFailures ?? []) {
    const offsets = listed.get(itemIdentifier.partition) ?? new Set();
    listed.set(itemIdentifier.partition, offsets.add(itemIdentifier.offset));
  }
  const comesAgain = (name: string, { offset }: KafkaEventRecord) => {
    const offsets = listed.get(name);
    if (offsets === undefined) return false;
    return reading === 'listed' ? offsets.has(offset) : offset >= Math.min(...offsets);
  };
  const records = Object.entries(event.records)
    .map(([name, array]) => [name, array.filter((record) => comesAgain(name, record))] as const)
    .filter(([, array]) => array.length > 0);
  return { ...event, records: Object.fromEntries(records) };
}

export interface Delivery {
  readonly event: KafkaEvent;
  readonly answer: BatchResponse | undefined;
}

/** Delivers until nothing comes again, as a mapping without a destination does. Throws after `limit` deliveries. */
export async function deliverUntilDone(
  handler: Handler,
  event: KafkaEvent,
  context: () => InvocationContext,
  reading: Reading | 'throw',
  limit = 50,
): Promise<Delivery[]> {
  const deliveries: Delivery[] = [];
  for (let next = event; Object.keys(next.records).length > 0; ) {
    if (deliveries.length === limit) throw new Error(`not done after ${limit} deliveries`);
    if (reading === 'throw') {
      const failed = await handler(next, context()).then(
        () => false,
        () => true,
      );
      deliveries.push({ event: next, answer: undefined });
      if (!failed) break;
    } else {
      const answer = await handler(next, context());
      deliveries.push({ event: next, answer });
      next = redelivery(next, answer, reading);
    }
  }
  return deliveries;
}
