import type { Broker } from '../broker/broker';
import { InputError } from './input-error';
import type { InputRecord } from './input-record';

/** The most in one send. */
const CHUNK = 500;
/** With so many waiting, reading waits too. */
const HIGH_MARK = 5_000;

export interface InputPlaces {
  /** What the mappings read; a record without a topic goes to the only one. */
  readonly topics: readonly string[];
  /** How many partitions each of them has; undefined: only the broker knows. */
  readonly partitions: number | undefined;
}

export interface InputTarget extends InputPlaces {
  readonly broker: Pick<Broker, 'produce'>;
  /** So many more records are on the topic. */
  readonly onProduced: (topic: string, records: number) => void;
}

/**
 * Writes records to their topics, in order, as they come: what came while one send was on its way goes with the next.
 * What came before a wrong record is written before the InputError is thrown.
 */
export async function produceInput(target: InputTarget, records: AsyncIterable<InputRecord>): Promise<void> {
  const { broker, onProduced } = target;
  let waiting: { readonly topic: string; readonly record: InputRecord }[] = [];
  let sending: Promise<void> | undefined;
  let failure: unknown;
  const send = async () => {
    while (waiting.length > 0) {
      const topic = waiting[0]?.topic ?? '';
      const end = waiting.findIndex((one, index) => one.topic !== topic || index === CHUNK);
      const chunk = waiting.slice(0, end < 0 ? waiting.length : end);
      waiting = waiting.slice(chunk.length);
      await broker.produce(
        topic,
        chunk.map(({ record }) => record.message),
      );
      onProduced(topic, chunk.length);
    }
  };
  const begin = () => {
    sending ??= send()
      .catch((error: unknown) => {
        failure = error;
      })
      .finally(() => {
        sending = undefined;
      });
    return sending;
  };
  const finish = async () => {
    while (waiting.length > 0 && failure === undefined) await begin();
    await sending;
    if (failure !== undefined) throw failure;
  };
  try {
    for await (const record of records) {
      if (failure !== undefined) break;
      waiting.push({ topic: topicOf(record, target), record });
      const sent = begin();
      if (waiting.length >= HIGH_MARK) await sent;
    }
  } catch (error) {
    await finish();
    throw error;
  }
  await finish();
}

/** Reads the whole input and writes nothing: throws the InputError that writing it would end with. */
export async function checkInput(target: InputPlaces, records: AsyncIterable<InputRecord>): Promise<void> {
  for await (const record of records) topicOf(record, target);
}

function topicOf({ topic, place, message }: InputRecord, { topics, partitions }: InputPlaces): string {
  const { partition } = message;
  if (partitions !== undefined && partition !== undefined && partition >= partitions) {
    throw new InputError(
      `${place}: partition is ${partition}, and the topic has ${partitions} partitions, from 0 to ${partitions - 1}; --partitions gives it more.`,
    );
  }
  const [first = ''] = topics;
  if (topic === undefined && topics.length === 1) return first;
  if (topic !== undefined && topics.includes(topic)) return topic;
  throw new InputError(
    topic === undefined
      ? `${place}: the record names no topic, and the mappings read several: ${topics.join(', ')}. Give each record its "topic", or choose one mapping with --mapping.`
      : `${place}: the record names the topic ${JSON.stringify(topic)}, which no mapping reads; they read ${topics.join(', ')}.`,
  );
}
