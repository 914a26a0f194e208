import type { GroupMember, TopicRecord } from '../broker/broker';
import { CommitRefused } from '../broker/commit-refused';
import { below, type SeededRandom, shuffled } from '../seeded-random';
import type { InvocationResult } from '../worker/invocation-result';
import { PartitionProgress } from './partition-progress';
import { readResult } from './response';
import { type PartialReading, retryPauseMs, toRetry } from './retry';

export interface PollerSettings {
  readonly batchSize: number;
  readonly batchingWindowMs: number;
  readonly reportBatchItemFailures: boolean;
  /** -1: endless. */
  readonly maximumRetryAttempts: number;
  readonly reading: PartialReading;
  /** The pause before the first retry; it doubles up to `retryCapMs`. */
  readonly retryBaseMs: number;
  readonly retryCapMs: number;
  /** Endless retries are given up after so many, and the partitions reported as blocked. */
  readonly blockedAfterRetries: number;
}

/** What becomes of a poller's batches, for whoever watches. */
export interface PollerEvents {
  delivered(poller: string, records: readonly TopicRecord[]): void;
  answered(poller: string, result: InvocationResult, again: readonly TopicRecord[]): void;
  complained(poller: string, complaint: string): void;
  discarded(poller: string, records: readonly TopicRecord[], reason: string): void;
  blocked(poller: string, records: readonly TopicRecord[], reason: string): void;
  committed(poller: string, partition: number, nextOffset: number): void;
}

export interface PollerOptions {
  readonly name: string;
  readonly member: GroupMember;
  readonly settings: PollerSettings;
  readonly random: SeededRandom;
  readonly invoke: (records: readonly TopicRecord[]) => Promise<InvocationResult>;
  readonly events: PollerEvents;
}

/** A batch and its retries; while it is unresolved its partitions are held. */
interface Lineage {
  /** The partitions as they were assigned when it was taken. */
  readonly epochs: ReadonlyMap<number, number>;
  readonly records: readonly TopicRecord[];
  readonly retries: number;
  readonly dueAtMs: number;
}

interface Owned {
  readonly epoch: number;
  readonly progress: PartitionProgress;
}

const IDLE_MS = 100;

/**
 * Reads its partitions in batches and invokes the function with one at a time, as an event poller does: a batch that
 * failed comes again, whole or in part, and holds its partitions until it is resolved; per partition the lowest
 * unresolved offset is committed.
 */
export class Poller {
  readonly #options: PollerOptions;
  readonly #owned = new Map<number, Owned>();
  #lineages: Lineage[] = [];
  #windowEndsAtMs = 0;
  #invoking = false;

  constructor(options: PollerOptions) {
    this.#options = options;
  }

  get invoking(): boolean {
    return this.#invoking;
  }

  get busy(): boolean {
    return this.#invoking || this.#lineages.length > 0;
  }

  async run(signal: AbortSignal): Promise<void> {
    const { member } = this.#options;
    while (!signal.aborted) {
      this.#followAssignment();
      const batch = this.#due() ?? this.#fresh();
      if (batch) await this.#deliver(batch);
      else await member.changed(this.#pauseMs(), signal);
    }
    await member.leave();
  }

  #followAssignment(): void {
    const assigned = new Map(this.#options.member.assigned().map(({ partition, epoch }) => [partition, epoch]));
    for (const [partition, { epoch }] of this.#owned) {
      if (assigned.get(partition) !== epoch) this.#owned.delete(partition);
    }
    for (const [partition, epoch] of assigned) {
      if (!this.#owned.has(partition)) this.#owned.set(partition, { epoch, progress: new PartitionProgress() });
    }
    this.#lineages = this.#lineages
      .map((lineage) => this.#remaining(lineage))
      .filter(({ records }) => records.length > 0);
  }

  /** What a batch still holds after a change of the assignment. */
  #remaining(lineage: Lineage): Lineage {
    return {
      ...lineage,
      epochs: new Map([...lineage.epochs].filter(([partition, epoch]) => this.#owned.get(partition)?.epoch === epoch)),
      records: lineage.records.filter((record) => owns(this.#owned, lineage, record)),
    };
  }

  #due(): Lineage | undefined {
    const now = Date.now();
    const due = this.#lineages.filter(({ dueAtMs }) => dueAtMs <= now).sort((a, b) => a.dueAtMs - b.dueAtMs)[0];
    if (due) this.#lineages.splice(this.#lineages.indexOf(due), 1);
    return due;
  }

  /** A new batch of the partitions that nothing holds, once it is full or the window is over. */
  #fresh(): Lineage | undefined {
    const { member, settings, random } = this.#options;
    const held = new Set(this.#lineages.flatMap(({ epochs }) => [...epochs.keys()]));
    const free = [...this.#owned.keys()].filter((partition) => !held.has(partition) && member.ready(partition) > 0);
    if (free.length === 0) return undefined;
    const ready = free.reduce((sum, partition) => sum + member.ready(partition), 0);
    if (ready < settings.batchSize && Date.now() < this.#windowEndsAtMs) return undefined;
    // Partitions of one poller travel together, in shares that differ from batch to batch.
    const records: TopicRecord[] = [];
    const epochs = new Map<number, number>();
    const order = shuffled(free, random);
    for (const [index, partition] of order.entries()) {
      const room = settings.batchSize - records.length;
      const share = index === order.length - 1 ? room : Math.max(1, below(random, (2 * room) / (order.length - index)));
      const taken = member.take(partition, Math.min(room, share));
      const owned = this.#owned.get(partition);
      if (taken.length === 0 || owned === undefined) continue;
      owned.progress.take(taken);
      epochs.set(partition, owned.epoch);
      records.push(...taken);
    }
    return records.length === 0 ? undefined : { epochs, records, retries: 0, dueAtMs: 0 };
  }

  #pauseMs(): number {
    const next = Math.min(...this.#lineages.map(({ dueAtMs }) => dueAtMs), Date.now() + IDLE_MS);
    return Math.max(1, next - Date.now());
  }

  async #deliver(lineage: Lineage): Promise<void> {
    const { name, settings, events, invoke } = this.#options;
    const batch = lineage.records;
    this.#invoking = true;
    events.delivered(name, batch);
    const result = await invoke(batch);
    this.#invoking = false;
    this.#windowEndsAtMs = Date.now() + settings.batchingWindowMs;
    // A rebalance meanwhile: what another member owns now is no longer ours to resolve.
    this.#followAssignment();
    const { verdict, complaints } = readResult(result, batch, settings.reportBatchItemFailures);
    for (const complaint of complaints) events.complained(name, complaint);
    const again = toRetry(batch, verdict, settings.reading).filter((record) => owns(this.#owned, lineage, record));
    events.answered(name, result, again);
    const left = this.#afterRetryLimit(lineage, again, verdict.kind === 'failed' ? verdict.reason : 'partial response');
    const unresolved = new Set(left);
    this.#resolve(batch.filter((record) => owns(this.#owned, lineage, record) && !unresolved.has(record)));
    await this.#commit(lineage);
  }

  /** What is to come again, less what the retry limit discards. */
  #afterRetryLimit(lineage: Lineage, again: readonly TopicRecord[], reason: string): readonly TopicRecord[] {
    const { name, settings, events, random } = this.#options;
    if (again.length === 0) return again;
    const retries = lineage.retries + 1;
    const endless = settings.maximumRetryAttempts < 0;
    if (!endless && retries > settings.maximumRetryAttempts) {
      events.discarded(name, again, reason);
      return [];
    }
    const blocked = endless && retries > settings.blockedAfterRetries;
    if (blocked) events.blocked(name, again, reason);
    const pauseMs = retryPauseMs(retries, random(), settings.retryBaseMs, settings.retryCapMs);
    this.#lineages.push({
      epochs: new Map(
        [...lineage.epochs].filter(([partition]) => again.some((record) => record.partition === partition)),
      ),
      records: again,
      retries,
      dueAtMs: blocked ? Number.POSITIVE_INFINITY : Date.now() + pauseMs,
    });
    return again;
  }

  #resolve(records: readonly TopicRecord[]): void {
    for (const record of records) this.#owned.get(record.partition)?.progress.resolve([record]);
  }

  async #commit(lineage: Lineage): Promise<void> {
    const { name, member, events } = this.#options;
    for (const [partition, epoch] of lineage.epochs) {
      const owned = this.#owned.get(partition);
      const nextOffset = owned?.epoch === epoch ? owned.progress.commitOffset : undefined;
      if (nextOffset === undefined) continue;
      try {
        await member.commit(partition, nextOffset);
        events.committed(name, partition, nextOffset);
      } catch (error) {
        // The new owner reads from the last commit; nothing is lost by a commit that is not made.
        if (!(error instanceof CommitRefused)) throw error;
      }
    }
  }
}

function owns(owned: ReadonlyMap<number, Owned>, lineage: Lineage, { partition }: TopicRecord): boolean {
  return owned.get(partition)?.epoch === lineage.epochs.get(partition);
}
