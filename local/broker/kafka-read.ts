import { randomUUID } from 'node:crypto';
import type { Admin, Kafka } from 'kafkajs';
import { ERROR_CODES, EXIT } from '../../contract/error-codes';
import { LocalError } from '../errors';
import type { TopicRecord } from './broker';
import { RETRY } from './kafka-client';
import { rangesOf } from './kafka-offsets';
import { toRecord } from './kafka-records';

const WITHOUT_PROGRESS_MS = 20_000;
const MAXIMUM_BYTES = 8 * 1024 * 1024;

export interface ReadOptions {
  readonly kafka: Kafka;
  readonly admin: Admin;
  readonly topic: string;
  readonly brokerAnswers: () => Promise<boolean>;
}

/**
 * Everything on the topic up to its end as of now. What a reader of committed records does not see (aborted records,
 * transaction markers, compacted records) is absent, and reading ends where the position has passed it too.
 * kafkajs reads in groups only, so the group is one of its own and is deleted afterwards.
 */
export async function readTopic({ kafka, admin, topic, brokerAnswers }: ReadOptions): Promise<TopicRecord[]> {
  const ranges = await rangesOf(admin, topic);
  const records = new Map<number, TopicRecord[]>([...ranges.keys()].map((partition) => [partition, []]));
  const unread = new Set([...ranges].filter(([, { low, high }]) => low < high).map(([partition]) => partition));
  if (unread.size === 0) return [];

  const groupId = `msk-once-read-${randomUUID()}`;
  let watchdog: NodeJS.Timeout | undefined;
  const consumer = kafka.consumer({
    groupId,
    allowAutoTopicCreation: false,
    // On a fresh broker the first group finds its coordinator still loading: kafkajs gives up and starts again.
    retry: { ...RETRY, restartOnFailure: brokerAnswers },
    maxWaitTimeInMs: 100,
    maxBytes: MAXIMUM_BYTES,
    maxBytesPerPartition: MAXIMUM_BYTES,
  });
  const reading = new Promise<void>((resolve, reject) => {
    let progressed = Date.now();
    watchdog = setInterval(() => {
      if (Date.now() - progressed > WITHOUT_PROGRESS_MS) reject(noProgress(topic, [...unread]));
    }, 1_000);
    // Comes after the records of a batch, and also for a batch of which nothing is visible.
    consumer.on(consumer.events.END_BATCH_PROCESS, ({ payload: { partition, lastOffset } }) => {
      progressed = Date.now();
      if (Number(lastOffset) + 1 < (ranges.get(partition)?.high ?? 0)) return;
      unread.delete(partition);
      if (unread.size === 0) resolve();
    });
    consumer.on(consumer.events.CRASH, ({ payload: { error, restart } }) => {
      if (!restart) reject(error);
    });
  });
  // It may fail while the consumer is still being started.
  reading.catch(() => undefined);
  try {
    await consumer.connect();
    await consumer.subscribe({ topic, fromBeginning: true });
    await consumer.run({
      autoCommit: false,
      eachBatch: async ({ batch: { partition, messages } }) => {
        const end = ranges.get(partition)?.high ?? 0;
        const read = records.get(partition) ?? [];
        for (const message of messages) {
          const offset = Number(message.offset);
          // A lost connection makes kafkajs begin the partition again.
          if (offset > (read.at(-1)?.offset ?? -1) && offset < end) read.push(toRecord(topic, partition, message));
        }
      },
    });
    await reading;
  } finally {
    clearInterval(watchdog);
    await consumer.disconnect();
    await admin.deleteGroups([groupId]).catch(() => undefined);
  }
  return [...records.values()].flat();
}

function noProgress(topic: string, partitions: readonly number[]): LocalError {
  return new LocalError(
    ERROR_CODES.serverUnreachable,
    `Kafka handed out nothing more of topic ${topic}, partition ${partitions.join(', ')}, for ${WITHOUT_PROGRESS_MS / 1000} s, ` +
      'and its end is not reached.',
    EXIT.timedOut,
  );
}
