import { ERROR_CODES, EXIT } from '../../contract/error-codes';
import { LocalError } from '../errors';
import { REAL_TIME, type Time } from '../time';
import type { Broker, GroupMember, GroupOptions, ProducerMessage, TopicRecord } from './broker';
import { InProcessGroup } from './in-process-group';
import { InProcessMember } from './in-process-member';
import { InProcessTopic } from './in-process-topic';

export interface InProcessTopicOptions {
  /** Whose clock stamps the records. @default CREATE_TIME */
  readonly timestampType?: TopicRecord['timestampType'];
}

/**
 * Kafka's log and consumer groups in this process, nothing on a network: partitions, offsets with gaps, transactions,
 * compaction, retention, rebalances, expelled members, restarts. All of it happens at once, except for what is said to
 * take time.
 */
export class InProcessBroker implements Broker {
  readonly #time: Time;
  readonly #topics = new Map<string, InProcessTopic>();
  readonly #groups = new Map<string, Map<string, InProcessGroup>>();
  #restarting: Promise<void> | undefined;

  constructor(options: { /** @default the machine's. */ readonly time?: Time } = {}) {
    this.#time = options.time ?? REAL_TIME;
  }

  async createTopic(topic: string, partitions: number, options: InProcessTopicOptions = {}): Promise<void> {
    await this.#restarting;
    if (this.#topics.has(topic)) {
      throw new LocalError(ERROR_CODES.usage, `The topic ${topic} exists already. Choose another name.`, EXIT.refused);
    }
    if (partitions < 1) {
      throw new LocalError(
        ERROR_CODES.usage,
        `The topic ${topic} cannot have ${partitions} partitions: it has at least 1.`,
        EXIT.usage,
      );
    }
    const { timestampType = 'CREATE_TIME' } = options;
    this.#topics.set(topic, new InProcessTopic(topic, partitions, timestampType, this.#time));
  }

  async produce(topic: string, messages: readonly ProducerMessage[]): Promise<void> {
    await this.#restarting;
    this.#topic(topic).append(messages);
    this.#wake(topic);
  }

  /** One transaction: when it is aborted nobody sees its records, which use their offsets as well as its markers do. */
  async transaction(topic: string, messages: readonly ProducerMessage[], outcome: 'commit' | 'abort'): Promise<void> {
    await this.#restarting;
    this.#topic(topic).appendTransaction(messages, outcome);
    this.#wake(topic);
  }

  async readAll(topic: string): Promise<TopicRecord[]> {
    await this.#restarting;
    return this.#topic(topic).partitions.flatMap(({ records }) => records);
  }

  async endOffsets(topic: string): Promise<ReadonlyMap<number, number>> {
    await this.#restarting;
    return new Map(this.#topic(topic).partitions.map(({ end }, partition) => [partition, end]));
  }

  async committedOffsets(groupId: string, topic: string): Promise<ReadonlyMap<number, number>> {
    await this.#restarting;
    return new Map(this.#groups.get(topic)?.get(groupId)?.committed);
  }

  async join(options: GroupOptions): Promise<GroupMember> {
    await this.#restarting;
    const topic = this.#topic(options.topic);
    const groups = this.#groups.get(topic.name) ?? new Map<string, InProcessGroup>();
    this.#groups.set(topic.name, groups);
    const group = groups.get(options.groupId) ?? new InProcessGroup(topic);
    groups.set(options.groupId, group);
    const member = new InProcessMember(options, topic, group, this.#time);
    group.add(member);
    return member;
  }

  async close(): Promise<void> {}

  /** Keeps the last record of each key, as if the whole log lay in closed segments. Offsets stay as they are. */
  async compact(topic: string): Promise<void> {
    await this.#restarting;
    for (const log of this.#topic(topic).partitions) log.compact();
  }

  /** Retention: the log of the partition begins at `offset` from now on. */
  async deleteBefore(topic: string, partition: number, offset: number): Promise<void> {
    await this.#restarting;
    this.#topic(topic).partitions[partition]?.deleteBefore(offset);
    this.#wake(topic);
  }

  /** The topic gets `count` more partitions, and its groups rebalance. */
  async addPartitions(topic: string, count: number): Promise<void> {
    await this.#restarting;
    this.#topic(topic).grow(count);
    for (const group of this.#groupsOf(topic)) group.rebalance();
  }

  /** Those of the group, in the order in which they joined. */
  members(groupId: string, topic: string): readonly GroupMember[] {
    return this.#groups.get(topic)?.get(groupId)?.members ?? [];
  }

  /** What any change of the group does: every partition is assigned anew, here to the member that had it. */
  rebalance(groupId: string, topic: string): void {
    this.#groups.get(topic)?.get(groupId)?.rebalance();
  }

  /**
   * The session of the member times out: its partitions go to the others at once. It does not know for `unawareMs`:
   * it goes on reading, and its commits are refused. Then it joins again, as the last member, unless it has left.
   * Resolves after that.
   */
  async expel(member: GroupMember, unawareMs: number): Promise<void> {
    for (const group of this.#allGroups()) {
      const expelled = group.members.find((one) => one === member);
      if (!expelled) continue;
      group.remove(expelled);
      await this.#time.sleep(unawareMs);
      if (!expelled.hasLeft) group.add(expelled);
      return;
    }
  }

  /** For `downMs` no member owns anything and requests wait; then every group rebalances. Nothing stored is lost. */
  async restart(downMs: number): Promise<void> {
    if (this.#restarting) await this.#restarting;
    const groups = [...this.#allGroups()];
    for (const group of groups) group.disconnect();
    this.#restarting = this.#time.sleep(downMs);
    await this.#restarting;
    this.#restarting = undefined;
    for (const group of groups) group.reconnect();
  }

  #topic(name: string): InProcessTopic {
    const topic = this.#topics.get(name);
    if (!topic) {
      throw new LocalError(ERROR_CODES.usage, `The topic ${name} does not exist. Create it first.`, EXIT.usage);
    }
    return topic;
  }

  #wake(topic: string): void {
    for (const group of this.#groupsOf(topic)) group.wake();
  }

  #groupsOf(topic: string): Iterable<InProcessGroup> {
    return this.#groups.get(topic)?.values() ?? [];
  }

  *#allGroups(): Generator<InProcessGroup> {
    for (const groups of this.#groups.values()) yield* groups.values();
  }
}
