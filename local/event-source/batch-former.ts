import type { TopicRecord } from '../broker/broker';
import { below, type SeededRandom, shuffled } from '../seeded-random';
import { EventSize } from './event-size';
import type { OwnedPartition, WaitingRecord } from './owned-partition';
import type { PollerSettings } from './poller-settings';

export type BatchRules = Pick<PollerSettings, 'batchSize' | 'batchingWindowMs' | 'maximumPayloadBytes' | 'choices'> & {
  /** Of an event without records. */
  readonly envelopeBytes: number;
};

/** A batch that is to be delivered. */
export interface FormedBatch {
  readonly records: readonly TopicRecord[];
  /** Its partitions with their epochs. */
  readonly epochs: ReadonlyMap<number, number>;
}

/** Gathers what waits in partitions into batches: size, window, payload and mixing. */
export class BatchFormer {
  /** By partition, or for all of them together under `-1`. */
  readonly #windowEndsAtMs = new Map<number, number>();

  constructor(
    private readonly rules: BatchRules,
    private readonly random: SeededRandom,
  ) {}

  /** An invocation with these partitions has ended: their next window begins. */
  completed(partitions: Iterable<number>, nowMs: number): void {
    const endsAtMs = nowMs + this.rules.batchingWindowMs;
    for (const partition of this.#isMixed ? [ALL] : partitions) this.#windowEndsAtMs.set(partition, endsAtMs);
  }

  /** Row 24: takes a record out of its line that fits no event, not even alone. */
  takeTooLarge(free: readonly OwnedPartition[]): FormedBatch | undefined {
    for (const owned of free) {
      const [head] = owned.waiting;
      if (head === undefined || this.#fits(head)) continue;
      owned.dequeue(1);
      return { records: [head.record], epochs: new Map([[owned.partition, owned.epoch]]) };
    }
    return undefined;
  }

  /** The next batch of these partitions; undefined: none is full, and no window is over. */
  form(free: readonly OwnedPartition[], nowMs: number): FormedBatch | undefined {
    const due = this.#groups(free).filter((group) => this.#isFull(group) || this.#windowEnd(group) <= nowMs);
    const group = due[below(this.random, due.length)];
    return group && this.#take(group);
  }

  /** When a window ends behind which something waits; infinity: none does. */
  nextWindowEndMs(free: readonly OwnedPartition[]): number {
    return Math.min(Number.POSITIVE_INFINITY, ...this.#groups(free).map((group) => this.#windowEnd(group)));
  }

  get #isMixed(): boolean {
    return this.rules.choices['batch-mixing'] === 'mixed';
  }

  /** Partitions that travel together. */
  #groups(free: readonly OwnedPartition[]): readonly (readonly OwnedPartition[])[] {
    const waiting = free.filter((owned) => owned.waiting.length > 0);
    if (!this.#isMixed) return waiting.map((owned) => [owned]);
    return waiting.length === 0 ? [] : [waiting];
  }

  #windowEnd([first]: readonly OwnedPartition[]): number {
    return this.#windowEndsAtMs.get(this.#isMixed ? ALL : (first?.partition ?? ALL)) ?? 0;
  }

  #isFull(group: readonly OwnedPartition[]): boolean {
    const { batchSize, maximumPayloadBytes, envelopeBytes } = this.rules;
    let records = 0;
    let bytes = envelopeBytes;
    for (const { waiting, waitingBytes } of group) {
      records += waiting.length;
      bytes += waitingBytes;
    }
    return records >= batchSize || bytes >= maximumPayloadBytes;
  }

  #fits({ record, bytes }: WaitingRecord, size = new EventSize(this.rules.envelopeBytes)): boolean {
    return size.with(record, bytes) <= this.rules.maximumPayloadBytes;
  }

  /** Full, or all that waits; the record that would overflow begins the next one. */
  #take(group: readonly OwnedPartition[]): FormedBatch {
    const records: TopicRecord[] = [];
    const epochs = new Map<number, number>();
    const size = new EventSize(this.rules.envelopeBytes);
    for (const [owned, most] of this.#shares(group)) {
      let count = 0;
      for (; count < most; count += 1) {
        const next = owned.waiting[count] as WaitingRecord;
        if (!this.#fits(next, size)) break;
        size.add(next.record, next.bytes);
        records.push(next.record);
      }
      if (count > 0) epochs.set(owned.partition, owned.epoch);
      owned.dequeue(count);
      if (count < most) break;
    }
    return { records, epochs };
  }

  /** Row 4: partitions travel in shares that differ from batch to batch; what one leaves free the others take. */
  #shares(group: readonly OwnedPartition[]): readonly (readonly [owned: OwnedPartition, count: number])[] {
    const order = shuffled(group, this.random);
    let room = this.rules.batchSize;
    const first = order.map((owned, index) => {
      const left = order.length - index;
      const share = left === 1 ? room : Math.max(1, below(this.random, (2 * room) / left));
      const count = Math.min(room, share, owned.waiting.length);
      room -= count;
      return [owned, count] as const;
    });
    return first.map(([owned, count]) => {
      const more = Math.min(room, owned.waiting.length - count);
      room -= more;
      return [owned, count + more] as const;
    });
  }
}

const ALL = -1;
