import { setTimeout as delay } from 'node:timers/promises';
import type { Admin, Kafka } from 'kafkajs';
import { ERROR_CODES, EXIT } from '../../contract/error-codes';
import { LocalError } from '../errors';
import type { Broker, GroupMember, GroupOptions, ProducerMessage, TopicRecord } from './broker';
import { kafkaAnswers } from './kafka-answers';
import { kafkaClient } from './kafka-client';
import { errorType, explained, retrying, unknownTopic, unreachable } from './kafka-errors';
import { KafkaMember } from './kafka-member';
import { committedOffsets, rangesOf } from './kafka-offsets';
import { SerialProducer } from './kafka-producer';
import { readTopic } from './kafka-read';

const REACHABLE_WITHIN_MS = 3_000;
const METADATA_WITHIN_MS = 10_000;
const CLIENT_ID = 'msk-once';

export interface KafkaGroupOptions extends GroupOptions {
  /**
   * Members get partitions in the order of their client ids. Default: `poller-1`, `poller-2` and so on in the order in
   * which they joined through this broker.
   */
  readonly clientId?: string;
}

/** Connects to the broker at `host:port`. */
export async function connectKafka(address: string): Promise<KafkaBroker> {
  if (!(await kafkaAnswers(address, REACHABLE_WITHIN_MS))) throw unreachable(address);
  const kafka = kafkaClient(address, CLIENT_ID);
  const admin = kafka.admin();
  try {
    await admin.connect();
  } catch (error) {
    throw explained(error, address);
  }
  return new KafkaBroker(address, kafka, admin);
}

/** A real Kafka broker, through kafkajs. */
export class KafkaBroker implements Broker {
  readonly #address: string;
  readonly #kafka: Kafka;
  readonly #admin: Admin;
  readonly #producer: SerialProducer;
  readonly #members = new Set<KafkaMember>();
  readonly #joined = new Map<string, number>();
  readonly #seen = new Set<string>();
  readonly #answers = () => kafkaAnswers(this.#address, REACHABLE_WITHIN_MS);

  /** With an admin client that is connected: see {@link connectKafka}. */
  constructor(address: string, kafka: Kafka, admin: Admin) {
    this.#address = address;
    this.#kafka = kafka;
    this.#admin = admin;
    this.#producer = new SerialProducer(kafka);
  }

  async createTopic(topic: string, partitions: number): Promise<void> {
    const created = await this.#admin
      .createTopics({ topics: [{ topic, numPartitions: partitions }] })
      .catch((error: unknown) => {
        throw errorType(error) === undefined
          ? explained(error, this.#address)
          : this.#notCreated(topic, partitions, error);
      });
    if (!created) {
      throw new LocalError(
        ERROR_CODES.usage,
        `There is a topic "${topic}" at ${this.#address} already. Choose another name, or delete it first.`,
        EXIT.refused,
      );
    }
    const deadline = Date.now() + METADATA_WITHIN_MS;
    while (!(await this.#isVisible(topic, partitions))) {
      if (Date.now() > deadline) throw this.#notVisible(topic, partitions);
      await delay(20);
    }
  }

  async produce(topic: string, messages: readonly ProducerMessage[]): Promise<void> {
    if (messages.length === 0) return;
    const partitions = await this.#partitionsOf(topic);
    const wrong = messages.findIndex(({ partition }) => !partitions.includes(partition));
    if (wrong >= 0) {
      throw new LocalError(
        ERROR_CODES.usage,
        `Message ${wrong} names partition ${messages[wrong]?.partition}. Topic ${topic} has partitions 0 to ${partitions.length - 1}.`,
        EXIT.usage,
      );
    }
    await this.#asking(topic, () => this.#producer.send(topic, messages));
  }

  async readAll(topic: string): Promise<TopicRecord[]> {
    return this.#asking(topic, () =>
      readTopic({ kafka: this.#kafka, admin: this.#admin, topic, brokerAnswers: this.#answers }),
    );
  }

  async endOffsets(topic: string): Promise<ReadonlyMap<number, number>> {
    const ranges = await this.#asking(topic, () => rangesOf(this.#admin, topic));
    return new Map([...ranges].map(([partition, { high }]) => [partition, high]));
  }

  async committedOffsets(groupId: string, topic: string): Promise<ReadonlyMap<number, number>> {
    return this.#asking(topic, () => committedOffsets(this.#admin, groupId, topic));
  }

  async join(options: KafkaGroupOptions): Promise<GroupMember> {
    const number = (this.#joined.get(options.groupId) ?? 0) + 1;
    this.#joined.set(options.groupId, number);
    const member = await this.#asking(options.topic, () =>
      KafkaMember.join({
        ...options,
        kafka: kafkaClient(this.#address, options.clientId ?? `poller-${number}`),
        admin: this.#admin,
        address: this.#address,
        brokerAnswers: this.#answers,
      }),
    );
    this.#members.add(member);
    return member;
  }

  async close(): Promise<void> {
    await Promise.all([...this.#members].map((member) => member.leave()));
    this.#members.clear();
    await this.#producer.close();
    await this.#admin.disconnect();
  }

  async #asking<T>(topic: string, request: () => Promise<T>): Promise<T> {
    try {
      await this.#requireTopic(topic);
      return await request();
    } catch (error) {
      throw explained(error, this.#address, topic);
    }
  }

  /** kafkajs would ask for it again and again, for many seconds, before it says that it is not there. */
  async #requireTopic(topic: string): Promise<void> {
    if (this.#seen.has(topic)) return;
    if (!(await this.#admin.listTopics()).includes(topic)) throw unknownTopic(topic, this.#address);
    this.#seen.add(topic);
  }

  async #partitionsOf(topic: string): Promise<readonly number[]> {
    const metadata = await this.#asking(topic, () =>
      retrying(() => this.#admin.fetchTopicMetadata({ topics: [topic] })),
    );
    return metadata.topics.flatMap(({ partitions }) => partitions.map(({ partitionId }) => partitionId));
  }

  async #isVisible(topic: string, partitions: number): Promise<boolean> {
    try {
      const { topics } = await this.#admin.fetchTopicMetadata({ topics: [topic] });
      const led = topics.flatMap((one) => one.partitions).filter(({ leader }) => leader >= 0);
      return led.length === partitions;
    } catch {
      return false;
    }
  }

  #notVisible(topic: string, partitions: number): LocalError {
    return new LocalError(
      ERROR_CODES.serverUnreachable,
      `Kafka at ${this.#address} created topic "${topic}" and did not show its ${partitions} partitions within ${METADATA_WITHIN_MS / 1000} s.`,
      EXIT.timedOut,
    );
  }

  #notCreated(topic: string, partitions: number, cause: unknown): LocalError {
    return new LocalError(
      ERROR_CODES.usage,
      `Kafka refused to create topic "${topic}" with ${partitions} partitions: ${errorType(cause)}. ` +
        'A name has 1 to 249 letters, digits, dots, dashes and underscores; a topic has at least 1 partition.',
      EXIT.usage,
      { cause },
    );
  }
}
