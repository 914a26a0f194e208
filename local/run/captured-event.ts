import { ERROR_CODES, EXIT } from '../../contract/error-codes';
import type { KafkaEvent } from '../../contract/event';
import type { TopicRecord } from '../broker/broker';
import { LocalError } from '../errors';

/** An event as a function got it, with its records as far as an answer can name them. */
export interface CapturedEvent {
  readonly event: KafkaEvent;
  readonly topic: string;
  readonly records: readonly TopicRecord[];
}

/**
 * Reads an event that somebody has captured. It goes to the function as it is; only what is needed to judge the answer
 * is looked at here.
 *
 * @param name of the file, for errors.
 */
export function readCapturedEvent(text: string, name: string): CapturedEvent {
  const event = parse(text, name);
  const arrays = isObject(event) && isObject(event.records) ? Object.entries(event.records) : [];
  const records = arrays.flatMap(([key, array]) =>
    (Array.isArray(array) ? array : []).map((record: unknown, index) =>
      recordOf(record, `records["${key}"][${index}]`, name),
    ),
  );
  const [first] = records;
  if (first === undefined) {
    throw refused(
      name,
      'has no records: an event of a Kafka event source mapping holds {"records": {"topic-0": [ … ]}}',
    );
  }
  return { event: event as unknown as KafkaEvent, topic: first.topic, records };
}

function parse(text: string, name: string): Record<string, unknown> {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw refused(name, `is no JSON: ${(error as Error).message}`);
  }
}

function recordOf(record: unknown, place: string, name: string): TopicRecord {
  const { topic, partition, offset } = isObject(record) ? record : {};
  if (typeof topic !== 'string' || !Number.isSafeInteger(partition) || !Number.isSafeInteger(offset)) {
    throw refused(name, `${place} has no topic, partition and offset: it is ${JSON.stringify(record)?.slice(0, 120)}`);
  }
  return {
    topic,
    partition: partition as number,
    offset: offset as number,
    timestamp: 0,
    timestampType: 'CREATE_TIME',
    key: null,
    value: null,
    headers: [],
  };
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function refused(name: string, problem: string): LocalError {
  return new LocalError(ERROR_CODES.usage, `The event ${name}: ${problem}.`, EXIT.usage);
}
