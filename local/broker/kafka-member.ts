import type { Admin, Batch, Consumer, EachBatchPayload, Kafka } from 'kafkajs';
import { REAL_TIME } from '../time';
import type { Assignment, GroupMember, GroupOptions, TopicRecord } from './broker';
import type { BrokerConfig } from './broker-config';
import { CommitRefused } from './commit-refused';
import { disconnected } from './disconnected';
import { roundRobinAssigner } from './kafka-assigner';
import { consumerOf, RETRY } from './kafka-client';
import { KafkaCommits } from './kafka-commits';
import { isConnectionError, isRetriable } from './kafka-errors';
import { explained } from './kafka-explain';
import { withPatience } from './kafka-patience';
import { toRecord } from './kafka-records';
import type { KafkaSockets } from './kafka-sockets';
import { firstOffsets, type StartOffset, startOffsets } from './kafka-start';
import { type Generation, type Passed, tapCluster } from './kafka-tap';
import { PartitionBuffer } from './partition-buffer';
import { Waiters } from './waiters';

export interface MemberOptions extends GroupOptions {
  readonly kafka: Kafka;
  /** The connections of `kafka`. */
  readonly sockets: KafkaSockets;
  readonly admin: Admin;
  readonly config: BrokerConfig;
  /** How long no broker may answer before the member fails. */
  readonly patienceMs: number;
  /** Whether the group can be joined within that time: a member that lost its connection goes on only then. */
  readonly groupReturns: () => Promise<boolean>;
}

/** Shortest that a broker accepts by default is 6 s; a member that dies is noticed after this time. */
const SESSION_TIMEOUT_MS = 10_000;
const HEARTBEAT_EVERY_MS = 300;
const REBALANCE_TIMEOUT_MS = 15_000;
const FETCH_WAIT_MS = 100;

let epochs = 0;

/**
 * A member of a consumer group through kafkajs.
 *
 * kafkajs rebalances eagerly: at each change of the group every member gives up everything and is assigned anew, and
 * reading restarts at the committed offset, also for a partition that stays. So each assignment is another epoch, with an
 * empty buffer; records of an earlier epoch that were taken and not committed come again.
 */
export class KafkaMember implements GroupMember {
  readonly #options: MemberOptions;
  readonly #consumer: Consumer;
  readonly #buffers = new Map<number, PartitionBuffer>();
  readonly #paused = new Set<number>();
  readonly #waiters = new Waiters(REAL_TIME);
  readonly #commits: KafkaCommits;
  #generation: Generation = { generationId: -1, memberId: '' };
  #lostAtMs: number | undefined;
  #failure: unknown;
  #left = false;

  static async join(options: MemberOptions): Promise<KafkaMember> {
    const member = new KafkaMember(options);
    try {
      await member.#start();
      return member;
    } catch (error) {
      await member.leave();
      throw error;
    }
  }

  private constructor(options: MemberOptions) {
    this.#options = options;
    const { consumer, cluster } = consumerOf(
      options.kafka,
      {
        groupId: options.groupId,
        sessionTimeout: SESSION_TIMEOUT_MS,
        heartbeatInterval: HEARTBEAT_EVERY_MS,
        rebalanceTimeout: REBALANCE_TIMEOUT_MS,
        maxWaitTimeInMs: FETCH_WAIT_MS,
        retry: { ...RETRY, restartOnFailure: async () => false },
      },
      roundRobinAssigner(() => this.#revokeAll()),
    );
    this.#consumer = consumer;
    this.#commits = new KafkaCommits({ ...options, cluster });
    tapCluster(cluster, {
      joined: (generation) => {
        this.#generation = generation;
      },
      passed: (passed) => this.#pass(passed),
      outOfRange: (partition) => this.#beginAnew(partition),
    });
  }

  assigned(): readonly Assignment[] {
    return [...this.#buffers.values()].map(({ partition, epoch }) => ({ partition, epoch }));
  }

  ready(partition: number): number {
    return this.#buffers.get(partition)?.length ?? 0;
  }

  position(partition: number): number | undefined {
    return this.#buffers.get(partition)?.position;
  }

  take(partition: number, max: number): TopicRecord[] {
    const buffer = this.#buffers.get(partition);
    if (!buffer) return [];
    const taken = buffer.take(max);
    if (this.#paused.has(partition) && buffer.isBelowLowMark()) this.#resume([partition]);
    return taken;
  }

  async changed(timeoutMs: number, signal?: AbortSignal): Promise<void> {
    this.#throwFailure();
    await this.#waiters.wait(timeoutMs, signal);
    if (!signal?.aborted) this.#throwFailure();
  }

  async commit(partition: number, nextOffset: number): Promise<void> {
    const { topic } = this.#options;
    this.#throwFailure();
    const assignment = this.#buffers.get(partition);
    if (!assignment) {
      throw new CommitRefused(topic, partition, nextOffset, 'the partition is not assigned to this member');
    }
    await this.#commits.commit(assignment, nextOffset, () => {
      this.#throwFailure();
      if (this.#buffers.get(partition) === assignment) return;
      throw new CommitRefused(topic, partition, nextOffset, 'the partition was assigned anew meanwhile');
    });
  }

  async leave(): Promise<void> {
    this.#left = true;
    this.#revokeAll();
    await disconnected(this.#consumer.disconnect());
    this.#options.sockets.close();
  }

  async #start(): Promise<void> {
    const { topic } = this.#options;
    const consumer = this.#consumer;
    let settled: () => void = () => undefined;
    const firstAssignment = new Promise<void>((resolve) => {
      settled = resolve;
    });
    consumer.on(consumer.events.GROUP_JOIN, ({ payload: { memberAssignment } }) => {
      this.#lostAtMs = undefined;
      this.#assign(memberAssignment[topic] ?? [])
        .catch((error: unknown) => this.#fail(error))
        .finally(settled);
    });
    consumer.on(consumer.events.CRASH, ({ payload: { error } }) => {
      this.#revokeAll();
      this.#joinAgain(error).catch((final: unknown) => {
        this.#fail(final);
        settled();
      });
    });
    await consumer.connect();
    // Where reading begins is looked up at each assignment.
    await consumer.subscribe({ topic, fromBeginning: true });
    await this.#run();
    await firstAssignment;
    this.#throwFailure();
  }

  #run(): Promise<void> {
    return this.#consumer.run({
      autoCommit: false,
      eachBatchAutoResolve: false,
      // Returns at once, so that heartbeats go on however long the caller works on what it took.
      eachBatch: async (payload) => this.#receive(payload),
    });
  }

  /** kafkajs has given up: it does so within seconds, and for good where it knows no coordinator for a moment. */
  async #joinAgain(error: Error): Promise<void> {
    const { patienceMs, groupReturns } = this.#options;
    this.#lostAtMs ??= Date.now();
    const mayPass = isConnectionError(error) || isRetriable(error);
    if (!mayPass || Date.now() - this.#lostAtMs > patienceMs || !(await groupReturns())) throw error;
    if (!this.#left) await this.#run();
  }

  #receive({ batch, resolveOffset }: EachBatchPayload): void {
    const { topic, partition, messages } = batch;
    const buffer = this.#buffers.get(partition);
    if (!buffer) return;
    try {
      const records = messages.map((message) => toRecord(topic, partition, message));
      const { fetchedOffset } = batch as FetchedBatch;
      // A fetch of an earlier assignment can come in late, and would leave a gap: it is asked for again.
      if (!buffer.add(records, Number(fetchedOffset), Number(batch.lastOffset()) + 1)) return;
    } catch (error) {
      this.#fail(error);
      return;
    }
    resolveOffset(batch.lastOffset());
    if (buffer.isAboveHighMark()) this.#pause([partition]);
    this.#waiters.wake();
  }

  #pass({ partition, from, next }: Passed): void {
    if (this.#buffers.get(partition)?.add([], from, next)) this.#waiters.wake();
  }

  async #assign(partitions: readonly number[]): Promise<void> {
    if (this.#left) return;
    this.#buffers.clear();
    for (const partition of partitions) {
      epochs += 1;
      this.#buffers.set(partition, new PartitionBuffer(partition, epochs, this.#generation));
    }
    const assignment = [...this.#buffers.values()];
    // Nothing was fetched yet, and what an earlier assignment paused would stay paused.
    this.#pause(partitions);
    await this.#begin(assignment, startOffsets);
    if (assignment.some((one) => this.#buffers.get(one.partition) !== one)) return;
    this.#resume(partitions);
    this.#waiters.wake();
  }

  /** Retention has overtaken this member. */
  async #beginAnew(partition: number): Promise<void> {
    const buffer = this.#buffers.get(partition);
    if (!buffer) return;
    await this.#begin([buffer], firstOffsets).catch((error: unknown) => this.#fail(error));
    this.#waiters.wake();
  }

  async #begin(
    assignment: readonly PartitionBuffer[],
    look: (admin: Admin, options: GroupOptions) => Promise<ReadonlyMap<number, StartOffset>>,
  ): Promise<void> {
    const { admin, topic, patienceMs } = this.#options;
    const starts = await withPatience(patienceMs, () => look(admin, this.#options));
    try {
      for (const buffer of assignment) {
        const { partition } = buffer;
        const start = starts.get(partition);
        if (!start || this.#buffers.get(partition) !== buffer) continue;
        if (start.isToCommit) await this.commit(partition, start.offset);
        if (this.#buffers.get(partition) !== buffer) continue;
        this.#consumer.seek({ topic, partition, offset: String(start.offset) });
        buffer.begin(start.offset);
      }
    } catch (error) {
      // The group rebalances already: the next assignment begins.
      if (!(error instanceof CommitRefused)) throw error;
    }
  }

  #pause(partitions: readonly number[]): void {
    for (const partition of partitions) this.#paused.add(partition);
    this.#consumer.pause([{ topic: this.#options.topic, partitions: [...partitions] }]);
  }

  #resume(partitions: readonly number[]): void {
    for (const partition of partitions) this.#paused.delete(partition);
    try {
      this.#consumer.resume([{ topic: this.#options.topic, partitions: [...partitions] }]);
    } catch {
      // The consumer is being restarted: its next assignment resumes.
    }
  }

  #revokeAll(): void {
    this.#buffers.clear();
    this.#waiters.wake();
  }

  #fail(error: unknown): void {
    this.#failure ??= explained(error, this.#options.config, this.#options.topic);
    this.#revokeAll();
  }

  #throwFailure(): void {
    if (this.#failure !== undefined) throw this.#failure;
  }
}

/** kafkajs leaves out of its types at which offset the fetch began. */
interface FetchedBatch extends Batch {
  readonly fetchedOffset: string;
}
