import { setTimeout as delay } from 'node:timers/promises';
import type { Admin, Cluster, Kafka } from 'kafkajs';
import { ERROR_CODES, EXIT } from '../../contract/error-codes';
import { LocalError } from '../errors';
import type { Broker, GroupMember, GroupOptions, ProducerMessage, TopicRecord } from './broker';
import { addressOf, type BrokerConfig, plainBroker } from './broker-config';
import { disconnected } from './disconnected';
import { requireAnswer } from './kafka-answers';
import { clusterOf, kafkaClient, requireCoordinator } from './kafka-client';
import { errorType, retrying } from './kafka-errors';
import { explained, unknownTopic } from './kafka-explain';
import { KafkaMember } from './kafka-member';
import { committedOffsets, rangesOf } from './kafka-offsets';
import { withPatience } from './kafka-patience';
import { SerialProducer } from './kafka-producer';
import { readTopic } from './kafka-read';
import { KafkaSockets } from './kafka-sockets';
import { Placement } from './partitioner';

const REACHABLE_WITHIN_MS = 3_000;
const PATIENCE_MS = 60_000;
const ASK_AGAIN_MS = 200;
const METADATA_WITHIN_MS = 10_000;
const CLIENT_ID = 'msk-once';

export interface KafkaGroupOptions extends GroupOptions {
  /**
   * Members get partitions in the order of their client ids. Default: `poller-1`, `poller-2` and so on in the order in
   * which they joined through this broker.
   */
  readonly clientId?: string;
}

export interface KafkaOptions {
  /** How long no broker may answer, once one did, before a call or a member fails: after a crash a broker takes half a minute. @default 60 s */
  readonly patienceMs?: number;
}

/** Connects to the cluster: at `host:port` without authentication, or as the configuration says. */
export async function connectKafka(where: string | BrokerConfig, options: KafkaOptions = {}): Promise<KafkaBroker> {
  const config = typeof where === 'string' ? plainBroker(where) : where;
  await requireAnswer(config, REACHABLE_WITHIN_MS);
  const sockets = new KafkaSockets();
  const kafka = kafkaClient(config, CLIENT_ID, { sockets });
  const [admin, cluster] = [kafka.admin(), clusterOf(kafka)];
  try {
    await Promise.all([admin.connect(), cluster.connect()]);
  } catch (error) {
    sockets.close();
    throw explained(error, config);
  }
  return new KafkaBroker({ config, kafka, sockets, admin, cluster, patienceMs: options.patienceMs ?? PATIENCE_MS });
}

interface Connections {
  readonly config: BrokerConfig;
  readonly kafka: Kafka;
  readonly sockets: KafkaSockets;
  readonly admin: Admin;
  readonly cluster: Cluster;
  readonly patienceMs: number;
}

/** A real Kafka cluster, through kafkajs. */
export class KafkaBroker implements Broker {
  readonly #config: BrokerConfig;
  readonly #sockets: KafkaSockets;
  readonly #admin: Admin;
  readonly #cluster: Cluster;
  readonly #patienceMs: number;
  readonly #producer: SerialProducer;
  readonly #placement = new Placement();
  readonly #members = new Set<KafkaMember>();
  readonly #joined = new Map<string, number>();
  readonly #seen = new Set<string>();

  /** With clients that are connected: see {@link connectKafka}. */
  constructor({ config, kafka, sockets, admin, cluster, patienceMs }: Connections) {
    this.#config = config;
    this.#sockets = sockets;
    this.#admin = admin;
    this.#cluster = cluster;
    this.#patienceMs = patienceMs;
    this.#producer = new SerialProducer(kafka, patienceMs);
  }

  async createTopic(topic: string, partitions: number): Promise<void> {
    const created = await this.#admin
      .createTopics({ topics: [{ topic, numPartitions: partitions }] })
      .catch((error: unknown) => {
        throw errorType(error) === undefined
          ? explained(error, this.#config)
          : this.#notCreated(topic, partitions, error);
      });
    if (!created) {
      throw new LocalError(
        ERROR_CODES.usage,
        `There is a topic "${topic}" at ${addressOf(this.#config)} already. Choose another name, or delete it first.`,
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
    const partitions = await this.#asking(topic, () => this.#partitionsOf(topic));
    const placed = this.#placement.place(topic, partitions, messages);
    try {
      await this.#producer.send(topic, placed);
    } catch (error) {
      throw explained(error, this.#config, topic);
    }
  }

  async readAll(topic: string): Promise<TopicRecord[]> {
    return this.#asking(topic, () => readTopic({ cluster: this.#cluster, admin: this.#admin, topic }));
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
    const member = await this.#asking(options.topic, async () => {
      await retrying(() => requireCoordinator(this.#cluster, options.groupId));
      const sockets = new KafkaSockets();
      return KafkaMember.join({
        ...options,
        kafka: kafkaClient(this.#config, options.clientId ?? `poller-${number}`, { sockets }),
        sockets,
        admin: this.#admin,
        config: this.#config,
        patienceMs: this.#patienceMs,
        groupReturns: () => this.#groupReturns(options.groupId),
      });
    });
    this.#members.add(member);
    return member;
  }

  async close(): Promise<void> {
    await Promise.all([...this.#members].map((member) => member.leave()));
    this.#members.clear();
    await this.#producer.close();
    await Promise.all([disconnected(this.#admin.disconnect()), disconnected(this.#cluster.disconnect())]);
    this.#sockets.close();
  }

  async #asking<T>(topic: string, request: () => Promise<T>): Promise<T> {
    try {
      return await withPatience(this.#patienceMs, async () => {
        await this.#requireTopic(topic);
        return request();
      });
    } catch (error) {
      throw explained(error, this.#config, topic);
    }
  }

  async #groupReturns(groupId: string): Promise<boolean> {
    const deadline = Date.now() + this.#patienceMs;
    for (;;) {
      try {
        await requireAnswer(this.#config, REACHABLE_WITHIN_MS);
        await requireCoordinator(this.#cluster, groupId);
        return true;
      } catch {
        if (Date.now() >= deadline) return false;
        await delay(ASK_AGAIN_MS);
      }
    }
  }

  /** kafkajs would ask for it again and again, for many seconds, before it says that it is not there. */
  async #requireTopic(topic: string): Promise<void> {
    if (this.#seen.has(topic)) return;
    if (!(await this.#admin.listTopics()).includes(topic)) throw unknownTopic(topic, this.#config);
    this.#seen.add(topic);
  }

  async #partitionsOf(topic: string): Promise<number> {
    const { topics } = await retrying(() => this.#admin.fetchTopicMetadata({ topics: [topic] }));
    return topics.reduce((count, { partitions }) => count + partitions.length, 0);
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
      `Kafka at ${addressOf(this.#config)} created topic "${topic}" and did not show its ${partitions} partitions within ${METADATA_WITHIN_MS / 1000} s. Look at the brokers' logs: each partition needs a leader.`,
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
