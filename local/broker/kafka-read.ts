import { setTimeout as delay } from 'node:timers/promises';
import type { Admin, Cluster, KafkaMessage } from 'kafkajs';
import { ERROR_CODES, EXIT } from '../../contract/error-codes';
import { LocalError } from '../errors';
import type { TopicRecord } from './broker';
import { type FetchedMessage, type FetchedPartition, hideAborted } from './kafka-aborted';
import { isConnectionError, isRetriable } from './kafka-errors';
import { rangesOf } from './kafka-offsets';
import { toRecord } from './kafka-records';

const WITHOUT_PROGRESS_MS = 20_000;
const ASK_AGAIN_MS = 200;
const MAXIMUM_BYTES = 8 * 1024 * 1024;
const READ_COMMITTED = 1;

interface ReadOptions {
  /** Connected. */
  readonly cluster: Cluster;
  readonly admin: Admin;
  readonly topic: string;
}

/**
 * Everything on the topic up to its end as of now, without a consumer group. What a reader of committed records does not
 * see (aborted records, transaction markers, compacted records) is absent.
 */
export async function readTopic({ cluster, admin, topic }: ReadOptions): Promise<TopicRecord[]> {
  const ranges = await rangesOf(admin, topic);
  await cluster.addTargetTopic(topic);
  const records: TopicRecord[] = [];
  for (const [partition, { low, high }] of ranges) {
    let next = low;
    let progressed = Date.now();
    while (next < high) {
      const fetched = await fetchOnce(cluster, topic, partition, next);
      const reached = fetched === undefined ? next : reachedBy(fetched, next);
      if (reached > next) progressed = Date.now();
      else if (Date.now() - progressed > WITHOUT_PROGRESS_MS) throw noProgress(topic, partition);
      for (const message of fetched?.messages ?? []) {
        const offset = Number(message.offset);
        const isSeen = !message.isControlRecord && offset >= next && offset < high;
        if (isSeen) records.push(toRecord(topic, partition, message as KafkaMessage & FetchedMessage));
      }
      next = reached;
    }
  }
  return records;
}

/** undefined: the broker did not answer, or is not (yet) the leader. */
async function fetchOnce(
  cluster: Cluster,
  topic: string,
  partition: number,
  offset: number,
): Promise<FetchedPartition | undefined> {
  try {
    const [nodeId = ''] = Object.keys(cluster.findLeaderForPartitions(topic, [partition]));
    const broker = await cluster.findBroker({ nodeId });
    const answer: { readonly responses: readonly { readonly partitions: readonly FetchedPartition[] }[] } =
      await broker.fetch({
        isolationLevel: READ_COMMITTED,
        maxWaitTime: 100,
        minBytes: 1,
        maxBytes: MAXIMUM_BYTES,
        topics: [{ topic, partitions: [{ partition, fetchOffset: String(offset), maxBytes: MAXIMUM_BYTES }] }],
      });
    const fetched = answer.responses[0]?.partitions[0];
    if (fetched) hideAborted(fetched);
    return fetched;
  } catch (error) {
    if (!isRetriable(error) && !isConnectionError(error)) throw error;
    await delay(ASK_AGAIN_MS);
    await cluster.refreshMetadata().catch(() => undefined);
    return undefined;
  }
}

/** The offset at which to go on. */
function reachedBy({ messages, lastStableOffset }: FetchedPartition, next: number): number {
  const last = messages.at(-1);
  if (last !== undefined) return Math.max(Number(last.offset), next) + 1;
  // A batch that compaction has emptied holds this offset.
  return Number(lastStableOffset ?? next) > next ? next + 1 : next;
}

function noProgress(topic: string, partition: number): LocalError {
  return new LocalError(
    ERROR_CODES.serverUnreachable,
    `Kafka handed out nothing more of topic ${topic}, partition ${partition}, for ${WITHOUT_PROGRESS_MS / 1000} s, ` +
      "and its end is not reached. Look at the broker's log, and run this again.",
    EXIT.timedOut,
  );
}
