import type { InProcessBroker } from '../../local/broker/in-process';
import type { Cluster } from '../laws/broker/broker-world';

const UNAWARE_MS = 20;

/** What others do to the topics and groups of a broker in this process. */
export function inProcessCluster(broker: InProcessBroker): Cluster {
  return {
    transaction: (topic, messages, outcome) => broker.transaction(topic, messages, outcome),
    deleteBefore: (topic, partition, offset) => broker.deleteBefore(topic, partition, offset),
    addPartitions: (topic, count) => broker.addPartitions(topic, count),
    async expel(groupId, topic) {
      const [member] = broker.members(groupId, topic);
      if (member) void broker.expel(member, UNAWARE_MS);
    },
  };
}
