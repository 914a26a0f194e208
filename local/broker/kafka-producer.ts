import { type Kafka, Partitioners, type Producer, type RecordMetadata } from 'kafkajs';
import { ERROR_CODES } from '../../contract/error-codes';
import { LocalError } from '../errors';
import type { ProducerMessage } from './broker';
import { toMessage } from './kafka-records';

const MAXIMUM_MESSAGES = 1_000;
/** kafkajs puts the messages of a send and partition in one record batch; a broker takes 1 MiB of it by default. */
const MAXIMUM_BYTES = 900_000;

/**
 * One send at a time: kafkajs' idempotent producer loses acknowledged messages when sends overlap and a connection
 * breaks (tulios/kafkajs#1005), and is safe when they do not.
 */
export class SerialProducer {
  #producer: Promise<Producer> | undefined;
  #queue: Promise<void> = Promise.resolve();

  constructor(private readonly kafka: Kafka) {}

  send(topic: string, messages: readonly ProducerMessage[]): Promise<void> {
    const sent = this.#queue.then(async () => {
      for (const chunk of chunksOf(messages)) await this.#sendChunk(topic, chunk);
    });
    this.#queue = sent.catch(() => undefined);
    return sent;
  }

  async close(): Promise<void> {
    await this.#queue;
    await this.#discard();
  }

  async #sendChunk(topic: string, chunk: readonly ProducerMessage[]): Promise<void> {
    this.#producer ??= this.#connect();
    try {
      const producer = await this.#producer;
      requireConfirmed(topic, chunk, await producer.send({ topic, messages: chunk.map(toMessage) }));
    } catch (error) {
      // Its sequence numbers may not fit the broker's any more: the next message of this producer could vanish.
      await this.#discard();
      throw error;
    }
  }

  async #connect(): Promise<Producer> {
    const producer = this.kafka.producer({
      idempotent: true,
      maxInFlightRequests: 1,
      allowAutoTopicCreation: false,
      createPartitioner: Partitioners.DefaultPartitioner,
    });
    await producer.connect();
    return producer;
  }

  async #discard(): Promise<void> {
    const producer = this.#producer;
    this.#producer = undefined;
    await producer?.then(
      (connected) => connected.disconnect(),
      () => undefined,
    );
  }
}

/** kafkajs calls a send a success although a partition is missing from the broker's answer. */
function requireConfirmed(topic: string, sent: readonly ProducerMessage[], confirmed: readonly RecordMetadata[]): void {
  const answered = new Set(
    confirmed
      .filter(({ baseOffset }) => baseOffset !== undefined && baseOffset !== '-1')
      .map(({ partition }) => partition),
  );
  const missing = sent.find(({ partition }) => !answered.has(partition));
  if (missing) {
    throw new LocalError(
      ERROR_CODES.serverUnreachable,
      `Kafka did not confirm the messages for partition ${missing.partition} of topic ${topic}: whether they are there is not known.`,
    );
  }
}

function* chunksOf(messages: readonly ProducerMessage[]): Generator<readonly ProducerMessage[]> {
  let chunk: ProducerMessage[] = [];
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
function sizeOf({ key, value, headers = [] }: ProducerMessage): number {
  const headerBytes = headers.reduce((sum, [name, bytes]) => sum + Buffer.byteLength(name) + bytes.length + 10, 0);
  return (key?.length ?? 0) + (value?.length ?? 0) + headerBytes + 40;
}
