import type { Time } from '../time';
import type { ProducerMessage, TopicRecord } from './broker';
import { PartitionLog } from './partition-log';
import { type PlacedMessage, Placement } from './partitioner';

/** A topic in this process: its partitions, and whose clock stamps its records. */
export class InProcessTopic {
  readonly partitions: PartitionLog[] = [];
  readonly #placement = new Placement();

  constructor(
    readonly name: string,
    partitions: number,
    private readonly timestampType: TopicRecord['timestampType'],
    private readonly time: Time,
  ) {
    this.grow(partitions);
  }

  grow(count: number): void {
    for (let left = count; left > 0; left -= 1) this.partitions.push(new PartitionLog());
  }

  append(messages: readonly ProducerMessage[]): void {
    for (const [message, log] of this.#placed(messages)) log.append(this.#recordOf(message));
  }

  /** The records of a transaction, which nobody sees when it is aborted, and its marker in each of their partitions. */
  appendTransaction(messages: readonly ProducerMessage[], outcome: 'commit' | 'abort'): void {
    const touched = new Set<PartitionLog>();
    for (const [message, log] of this.#placed(messages)) {
      if (outcome === 'commit') log.append(this.#recordOf(message));
      else log.appendInvisible();
      touched.add(log);
    }
    for (const log of touched) log.appendInvisible();
  }

  #placed(messages: readonly ProducerMessage[]): (readonly [PlacedMessage, PartitionLog])[] {
    return this.#placement
      .place(this.name, this.partitions.length, messages)
      .map((message) => [message, this.partitions[message.partition] as PartitionLog] as const);
  }

  #recordOf({ partition, key, value, headers = [], timestamp }: PlacedMessage): Omit<TopicRecord, 'offset'> {
    const now = this.time.now();
    return {
      topic: this.name,
      partition,
      timestamp: this.timestampType === 'LOG_APPEND_TIME' ? now : (timestamp ?? now),
      timestampType: this.timestampType,
      key,
      value,
      headers,
    };
  }
}
