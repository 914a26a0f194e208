import type { Broker, Cluster } from 'kafkajs';
import { type FetchedMessage, type FetchedPartition, hideAborted } from './kafka-aborted';

/** One fetch of one partition that brought something, though nothing that a reader may see. */
export interface Passed {
  readonly partition: number;
  readonly from: number;
  readonly next: number;
}

/** Under which the group coordinator takes commits until the next rebalance. */
export interface Generation {
  readonly generationId: number;
  readonly memberId: string;
}

export interface Tap {
  passed(passed: Passed): void;
  /** The offset asked for is not in the log: reading waits until this resolves, and then asks again. */
  outOfRange(partition: number): Promise<void>;
  joined(generation: Generation): void;
}

/** kafkajs leaves these out of its types. */
interface GroupBroker extends Broker {
  joinGroup(request: object): Promise<Generation>;
}

interface FetchAnswer {
  readonly responses: readonly { readonly topicName: string; readonly partitions: readonly FetchedPartition[] }[];
}

/**
 * Looks at what a consumer of kafkajs exchanges with the brokers, for what its public interface leaves out: where a
 * reader stands that sees nothing, and the generation of the group. Aborted records are hidden on the way, because
 * kafkajs lets some of them through.
 */
export function tapCluster(cluster: Cluster, tap: Tap): void {
  const tapped = new WeakSet<Broker>();
  const findBroker = cluster.findBroker.bind(cluster);
  cluster.findBroker = async (node) => {
    const broker = (await findBroker(node)) as GroupBroker;
    if (tapped.has(broker)) return broker;
    tapped.add(broker);
    tapFetch(broker, tap);
    const joinGroup = broker.joinGroup.bind(broker);
    broker.joinGroup = async (request) => {
      const generation = await joinGroup(request);
      tap.joined(generation);
      return generation;
    };
    return broker;
  };
}

function tapFetch(broker: Broker, tap: Tap): void {
  const fetch = broker.fetch.bind(broker);
  broker.fetch = async (request): Promise<FetchAnswer> => {
    try {
      const answer: FetchAnswer = await fetch(request);
      const from = new Map(
        request.topics.flatMap(({ partitions }) =>
          partitions.map(({ partition, fetchOffset }) => [partition, Number(fetchOffset)]),
        ),
      );
      for (const fetched of answer.responses.flatMap(({ partitions }) => partitions)) {
        hideAborted(fetched);
        const passed = passedBy(fetched, from.get(fetched.partition));
        if (passed) tap.passed(passed);
      }
      return answer;
    } catch (error) {
      if (!isOutOfRange(error)) throw error;
      // kafkajs would commit a placeholder instead of an offset.
      await tap.outOfRange(error.partition);
      return { responses: [] };
    }
  };
}

function passedBy({ partition, messages }: FetchedPartition, from: number | undefined): Passed | undefined {
  const last = messages.at(-1);
  if (from === undefined || last === undefined) return undefined;
  const isSeen = ({ offset, isControlRecord }: FetchedMessage) => !isControlRecord && Number(offset) >= from;
  // Compaction can leave only records that stand before the offset in the batch that holds it: then there is none at it.
  return messages.some(isSeen) ? undefined : { partition, from, next: Math.max(Number(last.offset), from) + 1 };
}

function isOutOfRange(error: unknown): error is Error & { readonly partition: number } {
  return error instanceof Error && error.name === 'KafkaJSOffsetOutOfRange';
}
