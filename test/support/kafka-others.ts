import { Kafka, logLevel } from 'kafkajs';
import { clusterOf } from '../../local/broker/kafka-client';
import type { Cluster } from '../laws/broker/broker-world';

/** A client beside the adapter, for what the adapter does not do itself. */
export function otherClient(address: string): Kafka {
  return new Kafka({ clientId: 'other', brokers: [address], logLevel: logLevel.NOTHING });
}

/** What others do to the topics and groups of an Apache Kafka. */
export function kafkaCluster(address: string): Cluster {
  const kafka = otherClient(address);
  return {
    async transaction(topic, messages, outcome) {
      const producer = kafka.producer({ transactionalId: `${topic}-others`, idempotent: true, maxInFlightRequests: 1 });
      await producer.connect();
      const transaction = await producer.transaction();
      await transaction.send({
        topic,
        messages: messages.map(({ key, value, partition = 0 }) => ({ key, value, partition })),
      });
      await transaction[outcome]();
      await producer.disconnect();
    },
    deleteBefore: (topic, partition, offset) =>
      withAdmin(kafka, async (admin) => {
        // kafkajs looks for the leaders among the topics that it was asked about before.
        await admin.fetchTopicOffsets(topic);
        await admin.deleteTopicRecords({ topic, partitions: [{ partition, offset: String(offset) }] });
      }),
    addPartitions: (topic, count) =>
      withAdmin(kafka, async (admin) => {
        const { topics } = await admin.fetchTopicMetadata({ topics: [topic] });
        const before = topics[0]?.partitions.length ?? 0;
        await admin.createPartitions({ topicPartitions: [{ topic, count: before + count }] });
      }),
    async expel(groupId) {
      const [memberId] = await membersOf(kafka, groupId);
      await removeMember(kafka, groupId, memberId ?? '');
    },
  };
}

export async function withAdmin<T>(kafka: Kafka, work: (admin: ReturnType<Kafka['admin']>) => Promise<T>): Promise<T> {
  const admin = kafka.admin();
  await admin.connect();
  try {
    return await work(admin);
  } finally {
    await admin.disconnect();
  }
}

/** The ids of the group's members. */
export async function membersOf(kafka: Kafka, groupId: string): Promise<string[]> {
  const { groups } = await withAdmin(kafka, (admin) => admin.describeGroups([groupId]));
  return groups.flatMap(({ members }) => members.map(({ memberId }) => memberId));
}

/** Nobody tells the member: it finds out at its next heartbeat. Any connection may say that a member leaves. */
export async function removeMember(kafka: Kafka, groupId: string, memberId: string): Promise<void> {
  interface Coordinator {
    leaveGroup(member: { groupId: string; memberId: string }): Promise<unknown>;
  }
  const cluster = clusterOf(kafka);
  await cluster.connect();
  // kafkajs leaves it out of its types.
  const coordinator = (await cluster.findGroupCoordinator({ groupId })) as unknown as Coordinator;
  await coordinator.leaveGroup({ groupId, memberId });
  await cluster.disconnect();
}
