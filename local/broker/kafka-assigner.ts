import { AssignerProtocol, type PartitionAssigner } from 'kafkajs';

/**
 * Round robin with the same outcome every time: partitions and members in their numeric order (a member id begins with
 * its client id, so poller-2 comes before poller-10).
 * `beforeJoin` runs whenever the member asks to join again: from then on it owns nothing until it is told anew.
 */
export function roundRobinAssigner(beforeJoin: () => void): PartitionAssigner {
  return ({ cluster }) => ({
    // kafkajs' own name and format, so that a plain kafkajs consumer can be in the same group.
    name: 'RoundRobinAssigner',
    version: 0,
    async assign({ members, topics }) {
      const memberIds = members.map(({ memberId }) => memberId).sort(numerically);
      const shares = new Map(memberIds.map((memberId): [string, Record<string, number[]>] => [memberId, {}]));
      const partitions = topics.flatMap((topic) =>
        cluster
          .findTopicPartitionMetadata(topic)
          .map(({ partitionId }) => partitionId)
          .sort((a, b) => a - b)
          .map((partition) => ({ topic, partition })),
      );
      for (const [index, { topic, partition }] of partitions.entries()) {
        const share = shares.get(memberIds[index % memberIds.length] ?? '');
        if (share) share[topic] = [...(share[topic] ?? []), partition];
      }
      return [...shares].map(([memberId, assignment]) => ({
        memberId,
        memberAssignment: AssignerProtocol.MemberAssignment.encode({
          version: 0,
          assignment,
          userData: Buffer.alloc(0),
        }),
      }));
    },
    protocol({ topics }) {
      beforeJoin();
      return {
        name: 'RoundRobinAssigner',
        metadata: AssignerProtocol.MemberMetadata.encode({ version: 0, topics, userData: Buffer.alloc(0) }),
      };
    },
  });
}

const { compare: numerically } = new Intl.Collator('en', { numeric: true });
