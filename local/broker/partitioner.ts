import { ERROR_CODES, EXIT } from '../../contract/error-codes';
import { LocalError } from '../errors';
import type { ProducerMessage } from './broker';
import { murmur2 } from './murmur2';

export type PlacedMessage = ProducerMessage & { readonly partition: number };

/**
 * Gives each message its partition, once and for all attempts: the one that it names; by its key as Kafka's default
 * partitioner does; without a key the next in turn. Partitions are numbered from 0 to `partitions` - 1.
 */
export class Placement {
  readonly #nextInTurn = new Map<string, number>();

  /** Refuses all of them when one names a partition that is not there. */
  place(topic: string, partitions: number, messages: readonly ProducerMessage[]): readonly PlacedMessage[] {
    for (const [index, { partition }] of messages.entries()) {
      if (partition !== undefined && !isPartition(partition, partitions)) {
        throw new LocalError(
          ERROR_CODES.usage,
          `Message ${index} names partition ${partition}. Topic ${topic} has partitions 0 to ${partitions - 1}.`,
          EXIT.usage,
        );
      }
    }
    return messages.map((message) => ({ ...message, partition: this.#partitionOf(topic, partitions, message) }));
  }

  #partitionOf(topic: string, partitions: number, { partition, key }: ProducerMessage): number {
    if (partition !== undefined) return partition;
    // An empty key is a key.
    if (key !== null) return partitionOfKey(key, partitions);
    const turn = this.#nextInTurn.get(topic) ?? 0;
    this.#nextInTurn.set(topic, turn + 1);
    return turn % partitions;
  }
}

/** The partition that Kafka's clients in Java choose for a key. */
export function partitionOfKey(key: Buffer, partitions: number): number {
  return (murmur2(key) & 0x7fffffff) % partitions;
}

function isPartition(partition: number, partitions: number): boolean {
  return Number.isInteger(partition) && partition >= 0 && partition < partitions;
}
