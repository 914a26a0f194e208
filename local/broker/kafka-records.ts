import type { IHeaders, KafkaMessage, Message } from 'kafkajs';
import { ERROR_CODES, EXIT } from '../../contract/error-codes';
import { LocalError } from '../errors';
import type { ProducerMessage, RecordHeaders, TopicRecord } from './broker';

/** kafkajs knows the type of a record's timestamp and leaves it out of its types. 1: the broker's clock. */
interface BatchContext {
  readonly batchContext?: { readonly timestampType?: number };
}
const LOG_APPEND_TIME = 1;

export function toRecord(topic: string, partition: number, message: KafkaMessage): TopicRecord {
  const { batchContext } = message as KafkaMessage & BatchContext;
  return {
    topic,
    partition,
    offset: toOffset(message.offset, topic, partition),
    timestamp: Number(message.timestamp),
    timestampType: batchContext?.timestampType === LOG_APPEND_TIME ? 'LOG_APPEND_TIME' : 'CREATE_TIME',
    key: message.key,
    value: message.value,
    headers: toPairs(message.headers ?? {}),
  };
}

/** `index` is for the error: kafkajs can read a header whose value is null, and cannot write one. */
export function toMessage({ partition, key, value, headers, timestamp }: ProducerMessage, index: number): Message {
  const nullHeader = headers?.find((header) => header[1] === null);
  if (nullHeader) {
    throw new LocalError(
      ERROR_CODES.usage,
      `Message ${index} has a header "${nullHeader[0]}" whose value is null. Only the in-process broker takes that: ` +
        'give it an empty value, or leave it out.',
      EXIT.usage,
    );
  }
  return {
    ...(partition !== undefined && { partition }),
    key,
    value,
    ...(headers && { headers: toHeaders(headers) }),
    ...(timestamp !== undefined && { timestamp: String(timestamp) }),
  };
}

/** Kafka's offsets are 64 bits wide, ours are numbers. */
export function toOffset(text: string, topic: string, partition: number): number {
  const offset = Number(text);
  if (Number.isSafeInteger(offset)) return offset;
  throw new LocalError(
    ERROR_CODES.usage,
    `Partition ${partition} of topic ${topic} has offset ${text}. Offsets up to ${Number.MAX_SAFE_INTEGER} can be read here.`,
  );
}

/**
 * kafkajs holds headers by name, so the order of the values of one name is kept, and names stand where they first
 * appeared (names that are whole numbers first).
 */
function toPairs(headers: IHeaders): RecordHeaders {
  return Object.entries(headers).flatMap(([name, value]) =>
    [value].flat().flatMap((one) => {
      // A name that every object has, such as "constructor": kafkajs takes what it finds there for an earlier value.
      if (typeof one === 'function') return [];
      return [[name, one === null || one === undefined ? null : Buffer.from(one)] as const];
    }),
  );
}

function toHeaders(pairs: RecordHeaders): IHeaders {
  const headers = new Map<string, Buffer[]>();
  for (const [name, value] of pairs) headers.set(name, [...(headers.get(name) ?? []), ...(value ? [value] : [])]);
  return Object.fromEntries(headers);
}
