import { setTimeout as delay } from 'node:timers/promises';
import { type Kafka, type Message, Partitioners, type Producer, type RecordMetadata } from 'kafkajs';
import { ERROR_CODES, EXIT } from '../../contract/error-codes';
import { LocalError } from '../errors';
import { disconnected } from './disconnected';
import { METADATA_MAX_AGE_MS } from './kafka-client';
import { isConnectionError, isRetriable } from './kafka-errors';
import { toMessage } from './kafka-records';
import type { PlacedMessage } from './partitioner';

const MAXIMUM_MESSAGES = 1_000;
/** kafkajs puts the messages of a send and partition in one record batch; a broker takes 1 MiB of it by default. */
const MAXIMUM_BYTES = 900_000;
const SEND_AGAIN_MS = 100;

/** Messages for one request. */
interface Chunk {
  readonly topic: string;
  readonly messages: readonly Message[];
}

/**
 * One send at a time: kafkajs' idempotent producer loses acknowledged messages when sends overlap and a connection
 * breaks (tulios/kafkajs#1005), and is safe when they do not. A request without an answer goes out again unchanged, from
 * the same producer, so that the broker knows it again: for `patienceMs` at most.
 */
export class SerialProducer {
  #producer: Producer | undefined;
  #queue: Promise<void> = Promise.resolve();

  constructor(
    private readonly kafka: Kafka,
    private readonly patienceMs: number,
  ) {}

  send(topic: string, messages: readonly PlacedMessage[]): Promise<void> {
    const sent = this.#queue.then(async () => {
      for (const chunk of chunksOf(messages.map(toMessage))) await this.#sendChunk({ topic, messages: chunk });
    });
    this.#queue = sent.catch(() => undefined);
    return sent;
  }

  async close(): Promise<void> {
    await this.#queue;
    await this.#discard();
  }

  async #sendChunk(chunk: Chunk): Promise<void> {
    const deadline = Date.now() + this.patienceMs;
    for (let open = chunk; ; ) {
      try {
        this.#producer ??= await this.#connect();
        open = unconfirmed(open, await this.#producer.send({ topic: open.topic, messages: [...open.messages] }));
        if (open.messages.length === 0) return;
        if (Date.now() >= deadline) throw notConfirmed(open);
      } catch (error) {
        const mayPass = isConnectionError(error) || isRetriable(error);
        if (!mayPass || Date.now() >= deadline) {
          // Its sequence numbers may not fit the broker's any more: the next message of this producer could vanish.
          await this.#discard();
          throw error;
        }
      }
      await delay(SEND_AGAIN_MS);
    }
  }

  async #connect(): Promise<Producer> {
    const producer = this.kafka.producer({
      idempotent: true,
      maxInFlightRequests: 1,
      allowAutoTopicCreation: false,
      metadataMaxAge: METADATA_MAX_AGE_MS,
      createPartitioner: Partitioners.DefaultPartitioner,
    });
    await producer.connect();
    return producer;
  }

  async #discard(): Promise<void> {
    const producer = this.#producer;
    this.#producer = undefined;
    await disconnected(producer?.disconnect());
  }
}

/**
 * What the answer does not name. kafkajs calls a send a success although a partition is missing from the answer: when
 * its leader changed during the send, and while kafkajs does not know a new partition.
 */
function unconfirmed({ topic, messages }: Chunk, answer: readonly RecordMetadata[]): Chunk {
  const confirmed = new Set(
    answer
      .filter(({ baseOffset }) => baseOffset !== undefined && baseOffset !== '-1')
      .map(({ partition }) => partition),
  );
  return { topic, messages: messages.filter(({ partition = -1 }) => !confirmed.has(partition)) };
}

function notConfirmed({ topic, messages }: Chunk): LocalError {
  return new LocalError(
    ERROR_CODES.serverUnreachable,
    `Kafka did not confirm the messages for partition ${messages[0]?.partition} of topic ${topic}: whether they are there is not known. Look at the broker's log, and produce to a new topic.`,
    EXIT.unreachable,
  );
}

function* chunksOf(messages: readonly Message[]): Generator<readonly Message[]> {
  let chunk: Message[] = [];
  let bytes = 0;
  for (const message of messages) {
    const size = sizeOf(message);
    if (chunk.length > 0 && (chunk.length === MAXIMUM_MESSAGES || bytes + size > MAXIMUM_BYTES)) {
      yield chunk;
      chunk = [];
      bytes = 0;
    }
    chunk.push(message);
    bytes += size;
  }
  if (chunk.length > 0) yield chunk;
}

/** With a little room for lengths, offsets and times. */
function sizeOf({ key, value, headers = {} }: Message): number {
  const headerBytes = Object.entries(headers).reduce(
    (sum, [name, values]) =>
      sum + [values].flat().reduce((bytes, one) => bytes + Buffer.byteLength(name) + (one?.length ?? 0) + 10, 0),
    0,
  );
  return (key?.length ?? 0) + (value?.length ?? 0) + headerBytes + 40;
}
