import type { KafkaEvent } from '../../contract/event';
import type { TopicRecord } from '../../local/broker/broker';
import { eventOf } from '../../local/event-source/event';
import type { Order } from '../functions/order';

export const PARTITIONS = 10;
const TOPIC = 'orders';
const OPTIONS = {
  eventSourceArn: 'arn:aws:kafka:us-east-1:123456789012:cluster/bench/11111111-2222-4333-8444-555555555555-1',
  bootstrapServers: 'b-1.bench.kafka.us-east-1.amazonaws.com:9092',
};

/** Events of one topic, each going on where the one before it ended. */
export class Events {
  #nextOffset = 0;
  #made = 0;

  /** @param prefix Makes the identities of a process its own. */
  constructor(readonly prefix: string) {}

  /** An event of so many records over 10 partitions, as Lambda hands it over: parsed from its JSON. */
  next(records: number): KafkaEvent {
    const perPartition = Math.ceil(records / PARTITIONS);
    const nowMs = Date.now();
    const all: TopicRecord[] = [];
    for (let partition = 0; all.length < records; partition += 1) {
      for (let index = 0; index < perPartition && all.length < records; index += 1) {
        all.push(this.#record(partition, this.#nextOffset + index, nowMs));
      }
    }
    this.#nextOffset += perPartition;
    return JSON.parse(JSON.stringify(eventOf(all, OPTIONS)));
  }

  #record(partition: number, offset: number, timestamp: number): TopicRecord {
    this.#made += 1;
    const order: Order = {
      id: `${this.prefix}-${String(this.#made).padStart(9, '0')}`,
      customer: `customer-${this.#made % 977}`,
      cents: 100 + (this.#made % 9_000),
      currency: 'EUR',
      lines: [
        { sku: `sku-${this.#made % 613}`, quantity: 1 + (this.#made % 3) },
        { sku: `sku-${this.#made % 89}`, quantity: 2 },
      ],
      note: 'leave it with the neighbours',
    };
    return {
      topic: TOPIC,
      partition,
      offset,
      timestamp,
      timestampType: 'CREATE_TIME',
      key: Buffer.from(order.customer),
      value: Buffer.from(JSON.stringify(order)),
      headers: [],
    };
  }
}

/** The event without the last records of its partitions: what had been done when the rest came for the first time. */
export function withoutTail(event: KafkaEvent, records: number): KafkaEvent {
  const arrays = Object.entries(event.records);
  let left = records;
  const shortened = arrays.map(([name, array], index) => {
    const taken = Math.ceil(left / (arrays.length - index));
    left -= taken;
    return [name, array.slice(0, array.length - taken)] as const;
  });
  return { ...event, records: Object.fromEntries(shortened.filter(([, array]) => array.length > 0)) };
}
