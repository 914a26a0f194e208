import { setTimeout as delay } from 'node:timers/promises';
import type { Broker, Cluster } from 'kafkajs';
import type { BrokerConfig } from './broker-config';
import { CommitRefused } from './commit-refused';
import { errorType, isConnectionError, isRetriable } from './kafka-errors';
import { explained } from './kafka-explain';
import type { PartitionBuffer } from './partition-buffer';

const COMMIT_AGAIN_MS = 100;

/** What the group coordinator answers to a commit of a member that is not (or not yet again) the owner. */
const NOT_THE_OWNER: readonly string[] = [
  'ILLEGAL_GENERATION',
  'UNKNOWN_MEMBER_ID',
  'REBALANCE_IN_PROGRESS',
  'FENCED_INSTANCE_ID',
];

export interface KafkaCommitsOptions {
  readonly cluster: Cluster;
  readonly groupId: string;
  readonly topic: string;
  readonly config: BrokerConfig;
  /** How long no coordinator may answer before a commit fails. */
  readonly patienceMs: number;
}

/**
 * The commits of one member, each under the generation of its assignment, whatever the member has joined meanwhile.
 * kafkajs' own commit takes the latest generation, repeats a request under it, and does nothing at all while the consumer
 * stops.
 */
export class KafkaCommits {
  #coordinator: Broker | undefined;

  constructor(private readonly options: KafkaCommitsOptions) {}

  /** `requireOwned` throws when the assignment has ended: then there is nothing to repeat. */
  async commit(assignment: PartitionBuffer, nextOffset: number, requireOwned: () => void): Promise<void> {
    const { topic, config, patienceMs } = this.options;
    const deadline = Date.now() + patienceMs;
    for (;;) {
      try {
        await this.#send(assignment, nextOffset);
        return;
      } catch (error) {
        this.#coordinator = undefined;
        const type = errorType(error);
        if (type !== undefined && NOT_THE_OWNER.includes(type)) {
          const reason = `the group rebalances (${type})`;
          throw new CommitRefused(topic, assignment.partition, nextOffset, reason, { cause: error });
        }
        const mayPass = isRetriable(error) || isConnectionError(error);
        if (!mayPass || Date.now() >= deadline) throw explained(error, config, topic);
      }
      await delay(COMMIT_AGAIN_MS);
      requireOwned();
    }
  }

  async #send({ partition, generation }: PartitionBuffer, nextOffset: number): Promise<void> {
    const { cluster, groupId, topic } = this.options;
    this.#coordinator ??= await cluster.findGroupCoordinator({ groupId });
    await this.#coordinator.offsetCommit({
      groupId,
      groupGenerationId: generation.generationId,
      memberId: generation.memberId,
      topics: [{ topic, partitions: [{ partition, offset: String(nextOffset) }] }],
    });
  }
}
