import type { GroupOptions } from './broker';
import type { InProcessMember } from './in-process-member';
import type { InProcessTopic } from './in-process-topic';
import type { PartitionLog } from './partition-log';

/** A consumer group on one topic: its members in the order in which they joined, and its commits. */
export class InProcessGroup {
  readonly committed = new Map<number, number>();
  readonly #members: InProcessMember[] = [];
  #connected = true;
  #epochs = 0;

  constructor(private readonly topic: InProcessTopic) {}

  get members(): readonly InProcessMember[] {
    return this.#members;
  }

  nextEpoch(): number {
    this.#epochs += 1;
    return this.#epochs;
  }

  add(member: InProcessMember): void {
    this.#members.push(member);
    this.rebalance();
  }

  /** Does nothing for a member that is not in the group any more. */
  remove(member: InProcessMember): void {
    const index = this.#members.indexOf(member);
    if (index < 0) return;
    this.#members.splice(index, 1);
    this.rebalance();
  }

  /** As Kafka's eager rebalance: every member gives up everything, and every partition is assigned anew. */
  rebalance(): void {
    if (!this.#connected) return;
    for (const [index, member] of this.#members.entries()) {
      const own = this.topic.partitions.flatMap((log, partition) =>
        partition % this.#members.length === index
          ? [[partition, this.#positionIn(partition, log, member)] as const]
          : [],
      );
      member.assign(new Map(own));
    }
  }

  /** Nobody owns anything until {@link reconnect}. */
  disconnect(): void {
    this.#connected = false;
    for (const member of this.#members) member.assign(new Map());
  }

  reconnect(): void {
    this.#connected = true;
    this.rebalance();
  }

  wake(): void {
    for (const member of this.#members) member.wake();
  }

  /** Where reading goes on, or begins for want of a commit that retention left in the log. */
  #positionIn(partition: number, log: PartitionLog, { options }: InProcessMember): number {
    const committed = this.committed.get(partition);
    if (committed !== undefined && log.contains(committed)) return committed;
    const position = startOf(log, options);
    // Else a rebalance before the first commit would look for the end again, and skip what came in between.
    if (options.startingPosition !== 'TRIM_HORIZON') this.committed.set(partition, position);
    return position;
  }
}

/** Where a member begins that has no offset, or one that is out of range. */
export function startOf(log: PartitionLog, { startingPosition, startingTimestampMs = 0 }: GroupOptions): number {
  if (startingPosition === 'LATEST') return log.end;
  return startingPosition === 'AT_TIMESTAMP' ? log.offsetAt(startingTimestampMs) : log.start;
}
