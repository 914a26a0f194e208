import { setTimeout as delay } from 'node:timers/promises';
import type { Admin, Consumer, EachBatchPayload, Kafka } from 'kafkajs';
import type { Assignment, GroupMember, GroupOptions, TopicRecord } from './broker';
import { CommitRefused } from './commit-refused';
import { roundRobinAssigner } from './kafka-assigner';
import { RETRY } from './kafka-client';
import { errorType, explained, isRetriable } from './kafka-errors';
import { committedOffsets, rangesOf } from './kafka-offsets';
import { toRecord } from './kafka-records';
import { PartitionBuffer } from './partition-buffer';

export interface MemberOptions extends GroupOptions {
  readonly kafka: Kafka;
  readonly admin: Admin;
  readonly address: string;
  /** Whether the broker answers: a member that failed goes on only if it does. */
  readonly brokerAnswers: () => Promise<boolean>;
}

/** Shortest that a broker accepts by default is 6 s; a member that dies is noticed after this time. */
const SESSION_TIMEOUT_MS = 10_000;
const HEARTBEAT_EVERY_MS = 300;
const REBALANCE_TIMEOUT_MS = 15_000;
const FETCH_WAIT_MS = 100;
const COMMIT_ATTEMPTS = 30;
const COMMIT_RETRY_MS = 100;

/** What the group coordinator answers to a commit of a member that is not (or not yet again) the owner. */
const NOT_THE_OWNER: readonly string[] = [
  'ILLEGAL_GENERATION',
  'UNKNOWN_MEMBER_ID',
  'REBALANCE_IN_PROGRESS',
  'FENCED_INSTANCE_ID',
];

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
  readonly #waiting = new Set<() => void>();
  #commitDirectly: EachBatchPayload['commitOffsetsIfNecessary'] | undefined;
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
    this.#consumer = options.kafka.consumer({
      groupId: options.groupId,
      allowAutoTopicCreation: false,
      partitionAssigners: [roundRobinAssigner(() => this.#revokeAll())],
      sessionTimeout: SESSION_TIMEOUT_MS,
      heartbeatInterval: HEARTBEAT_EVERY_MS,
      rebalanceTimeout: REBALANCE_TIMEOUT_MS,
      maxWaitTimeInMs: FETCH_WAIT_MS,
      retry: { ...RETRY, restartOnFailure: async () => (await options.brokerAnswers()) && !this.#left },
    });
  }

  assigned(): readonly Assignment[] {
    return [...this.#buffers.values()].map(({ partition, epoch }) => ({ partition, epoch }));
  }

  ready(partition: number): number {
    return this.#buffers.get(partition)?.length ?? 0;
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
    if (signal?.aborted) return;
    await new Promise<void>((resolve) => {
      const wake = () => {
        clearTimeout(timer);
        signal?.removeEventListener('abort', wake);
        this.#waiting.delete(wake);
        resolve();
      };
      const timer = setTimeout(wake, timeoutMs);
      signal?.addEventListener('abort', wake, { once: true });
      this.#waiting.add(wake);
    });
    this.#throwFailure();
  }

  async commit(partition: number, nextOffset: number): Promise<void> {
    const { topic, address } = this.#options;
    this.#throwFailure();
    const assignment = this.#buffers.get(partition);
    const refused = (reason: string, cause?: unknown) =>
      new CommitRefused(topic, partition, nextOffset, reason, { cause });
    if (!assignment) throw refused('the partition is not assigned to this member');

    for (let attempt = 1; ; attempt += 1) {
      try {
        // Nothing is awaited between the look at the assignment and the call, which takes the generation of that moment.
        await this.#sendCommit(partition, nextOffset);
        return;
      } catch (error) {
        const type = errorType(error);
        if (type !== undefined && NOT_THE_OWNER.includes(type)) throw refused(`the group rebalances (${type})`, error);
        if (!isRetriable(error) || attempt === COMMIT_ATTEMPTS) throw explained(error, address, topic);
      }
      await delay(COMMIT_RETRY_MS);
      if (this.#buffers.get(partition) !== assignment) throw refused('the partition was assigned anew meanwhile');
    }
  }

  async leave(): Promise<void> {
    this.#left = true;
    this.#revokeAll();
    await this.#consumer.disconnect();
  }

  async #start(): Promise<void> {
    const { topic, startingPosition } = this.#options;
    const consumer = this.#consumer;
    let settled: () => void = () => undefined;
    const firstAssignment = new Promise<void>((resolve) => {
      settled = resolve;
    });
    consumer.on(consumer.events.GROUP_JOIN, ({ payload: { memberAssignment } }) => {
      this.#assign(memberAssignment[topic] ?? [])
        .catch((error: unknown) => this.#fail(error))
        .finally(settled);
    });
    consumer.on(consumer.events.CRASH, ({ payload: { error, restart } }) => {
      this.#revokeAll();
      if (restart) return;
      this.#fail(error);
      settled();
    });
    await consumer.connect();
    await consumer.subscribe({ topic, fromBeginning: startingPosition === 'TRIM_HORIZON' });
    await consumer.run({
      autoCommit: false,
      eachBatchAutoResolve: false,
      // Returns at once, so that heartbeats go on however long the caller works on what it took.
      eachBatch: async (payload) => this.#receive(payload),
    });
    await firstAssignment;
    this.#throwFailure();
  }

  #receive({ batch, resolveOffset, commitOffsetsIfNecessary, isStale }: EachBatchPayload): void {
    const { partition } = batch;
    this.#commitDirectly = commitOffsetsIfNecessary;
    const buffer = this.#buffers.get(partition);
    if (!buffer || isStale()) return;
    try {
      buffer.add(batch.messages.map((message) => toRecord(batch.topic, partition, message)));
    } catch (error) {
      this.#fail(error);
      return;
    }
    resolveOffset(batch.lastOffset());
    if (buffer.isAboveHighMark()) this.#pause([partition]);
    this.#wake();
  }

  async #assign(partitions: readonly number[]): Promise<void> {
    if (this.#left) return;
    this.#buffers.clear();
    for (const partition of partitions) {
      epochs += 1;
      this.#buffers.set(partition, new PartitionBuffer(partition, epochs));
    }
    const assignment = [...this.#buffers.values()];
    // Nothing was fetched yet, and what an earlier assignment paused would stay paused.
    this.#pause(partitions);
    try {
      if (this.#options.startingPosition === 'LATEST') await this.#beginAtEnd(assignment);
    } catch (error) {
      if (!(error instanceof CommitRefused)) throw error;
    }
    if (assignment.some((one) => this.#buffers.get(one.partition) !== one)) return;
    this.#resume(partitions);
    this.#wake();
  }

  /**
   * Commits where a group without commits begins. Kafka alone would look for the end again at each rebalance until the
   * first commit, and so skip what was written in between.
   */
  async #beginAtEnd(assignment: readonly PartitionBuffer[]): Promise<void> {
    const { admin, groupId, topic } = this.#options;
    const [committed, ranges] = await Promise.all([committedOffsets(admin, groupId, topic), rangesOf(admin, topic)]);
    for (const { partition } of assignment) {
      const end = ranges.get(partition)?.high;
      if (committed.has(partition) || end === undefined) continue;
      await this.commit(partition, end);
      if (this.#buffers.has(partition)) this.#consumer.seek({ topic, partition, offset: String(end) });
    }
  }

  async #sendCommit(partition: number, nextOffset: number): Promise<void> {
    const { topic } = this.#options;
    const offset = String(nextOffset);
    // The function that comes with a batch asks the coordinator once. The consumer's own repeats a request on its own
    // account, under the generation that is the member's by then, and does nothing at all while the consumer stops.
    if (this.#commitDirectly) await this.#commitDirectly({ topics: [{ topic, partitions: [{ partition, offset }] }] });
    else await this.#consumer.commitOffsets([{ topic, partition, offset }]);
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
    this.#wake();
  }

  #fail(error: unknown): void {
    this.#failure ??= explained(error, this.#options.address, this.#options.topic);
    this.#revokeAll();
  }

  #throwFailure(): void {
    if (this.#failure !== undefined) throw this.#failure;
  }

  #wake(): void {
    for (const wake of [...this.#waiting]) wake();
  }
}
