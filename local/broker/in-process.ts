import { ERROR_CODES, EXIT } from '../../contract/error-codes';
import { LocalError } from '../errors';
import type { Assignment, Broker, GroupMember, GroupOptions, ProducerMessage, TopicRecord } from './broker';
import { CommitRefused } from './commit-refused';

interface Group {
  readonly members: InProcessMember[];
  readonly committed: Map<number, number>;
}

/** Kafka's log and consumer groups in this process: partitions, offsets, rebalances, nothing on a network. */
export class InProcessBroker implements Broker {
  readonly #topics = new Map<string, TopicRecord[][]>();
  readonly #groups = new Map<string, Group>();

  async createTopic(topic: string, partitions: number): Promise<void> {
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
    this.#topics.set(
      topic,
      Array.from({ length: partitions }, () => []),
    );
  }

  async produce(topic: string, messages: readonly ProducerMessage[]): Promise<void> {
    const partitions = this.log(topic);
    const wrong = messages.find(({ partition }) => partitions[partition] === undefined);
    if (wrong) {
      throw new LocalError(
        ERROR_CODES.usage,
        `The topic ${topic} has no partition ${wrong.partition}; it has ${partitions.length}.`,
        EXIT.usage,
      );
    }
    for (const { partition, key, value, headers = [], timestamp = Date.now() } of messages) {
      const log = partitions[partition] as TopicRecord[];
      const offset = log.length;
      log.push({ topic, partition, offset, timestamp, timestampType: 'CREATE_TIME', key, value, headers });
    }
    for (const group of this.#groups.values()) for (const member of group.members) member.wake();
  }

  async readAll(topic: string): Promise<TopicRecord[]> {
    return this.log(topic).flat();
  }

  async endOffsets(topic: string): Promise<ReadonlyMap<number, number>> {
    return new Map(this.log(topic).map((log, partition) => [partition, log.length]));
  }

  async committedOffsets(groupId: string, topic: string): Promise<ReadonlyMap<number, number>> {
    return new Map(this.#groups.get(groupKey(groupId, topic))?.committed);
  }

  async join(options: GroupOptions): Promise<GroupMember> {
    const partitions = this.log(options.topic);
    const key = groupKey(options.groupId, options.topic);
    const group: Group = this.#groups.get(key) ?? { members: [], committed: new Map() };
    this.#groups.set(key, group);
    if (options.startingPosition === 'LATEST') {
      // A commit, or a rebalance before the first one would look for the end again and skip what came in between.
      for (const [partition, log] of partitions.entries()) {
        if (!group.committed.has(partition)) group.committed.set(partition, log.length);
      }
    }
    const rebalance = () => {
      for (const [index, member] of group.members.entries()) {
        const own = partitions.flatMap((_, partition) =>
          partition % group.members.length === index ? [partition] : [],
        );
        member.assign(new Map(own.map((partition) => [partition, group.committed.get(partition) ?? 0])));
      }
    };
    const member: InProcessMember = new InProcessMember(options.topic, partitions, group, () => {
      const index = group.members.indexOf(member);
      if (index < 0) return;
      group.members.splice(index, 1);
      rebalance();
    });
    group.members.push(member);
    rebalance();
    return member;
  }

  async close(): Promise<void> {}

  log(topic: string): TopicRecord[][] {
    const log = this.#topics.get(topic);
    if (!log) {
      throw new LocalError(ERROR_CODES.usage, `The topic ${topic} does not exist. Create it first.`, EXIT.usage);
    }
    return log;
  }
}

const groupKey = (groupId: string, topic: string) => `${groupId} ${topic}`;

let epochs = 0;

class InProcessMember implements GroupMember {
  readonly #topic: string;
  readonly #log: readonly (readonly TopicRecord[])[];
  readonly #group: Group;
  readonly #leave: () => void;
  readonly #owned = new Map<number, { readonly epoch: number; position: number }>();
  readonly #waiting = new Set<() => void>();

  constructor(topic: string, log: readonly (readonly TopicRecord[])[], group: Group, leave: () => void) {
    this.#topic = topic;
    this.#log = log;
    this.#group = group;
    this.#leave = leave;
  }

  /** As in Kafka's eager rebalance: every partition is assigned anew and read again from its committed offset. */
  assign(positions: ReadonlyMap<number, number>): void {
    this.#owned.clear();
    for (const [partition, position] of positions) this.#owned.set(partition, { epoch: ++epochs, position });
    this.wake();
  }

  assigned(): readonly Assignment[] {
    return [...this.#owned].map(([partition, { epoch }]) => ({ partition, epoch }));
  }

  ready(partition: number): number {
    const owned = this.#owned.get(partition);
    return owned ? (this.#log[partition]?.length ?? 0) - owned.position : 0;
  }

  take(partition: number, max: number): TopicRecord[] {
    const owned = this.#owned.get(partition);
    if (!owned) return [];
    const records = this.#log[partition]?.slice(owned.position, owned.position + max) ?? [];
    owned.position += records.length;
    return records;
  }

  changed(timeoutMs: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      if (signal?.aborted) return resolve();
      const done = () => {
        clearTimeout(timer);
        signal?.removeEventListener('abort', done);
        this.#waiting.delete(done);
        resolve();
      };
      const timer = setTimeout(done, timeoutMs);
      signal?.addEventListener('abort', done);
      this.#waiting.add(done);
    });
  }

  wake(): void {
    for (const resolve of [...this.#waiting]) resolve();
  }

  async commit(partition: number, nextOffset: number): Promise<void> {
    if (!this.#owned.has(partition)) {
      throw new CommitRefused(this.#topic, partition, nextOffset, 'another member of the group owns it now');
    }
    this.#group.committed.set(partition, nextOffset);
  }

  async leave(): Promise<void> {
    this.#owned.clear();
    this.#leave();
    this.wake();
  }
}
