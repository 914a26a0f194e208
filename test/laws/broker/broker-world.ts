import type { Broker, ProducerMessage } from '../../../local/broker/broker';

/** What others do to a topic or a group. */
export interface Cluster {
  /** A transactional producer; the message of a partition that is named goes there. */
  transaction(topic: string, messages: readonly ProducerMessage[], outcome: 'commit' | 'abort'): Promise<void>;
  /** Retention. */
  deleteBefore(topic: string, partition: number, offset: number): Promise<void>;
  addPartitions(topic: string, count: number): Promise<void>;
  /** Throws out the only member of the group, which is not told, and joins again some time after. */
  expel(groupId: string, topic: string): Promise<void>;
}

export interface BrokerWorld {
  readonly broker: Broker;
  readonly cluster: Cluster;
  /** How long something that has to come may take: commits and assignments travel over a network. */
  readonly patienceMs: number;
}

export interface BrokerLaw {
  readonly name: string;
  /** Rejects when the law does not hold. */
  holds(world: BrokerWorld): Promise<void>;
}
