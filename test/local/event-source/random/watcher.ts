import type { KafkaEvent } from '../../../../contract/event';
import type { TopicRecord } from '../../../../local/broker/broker';
import type { Complaint } from '../../../../local/event-source/complaint';
import type { Discarded, PollerEvents } from '../../../../local/event-source/poller-events';
import type { Time } from '../../../../local/time';
import type { InvocationResult } from '../../../../local/worker/invocation-result';
import { nameOf } from '../topic-records';
import type { Plan, RecordKind } from './plan';

const SIX_MB = 6_291_456;

export interface Watched {
  readonly plan: Plan;
  readonly time: Time;
  readonly kindOf: (name: string) => RecordKind;
  /** Nothing moves a partition while an invocation runs. */
  readonly isCalm: boolean;
}

/** Writes down every breach of what the event source promises, by rules of its own and from outside. */
export class Watcher implements PollerEvents {
  readonly breaches: string[] = [];
  /** Records that need nothing more, for the one reason or the other. */
  readonly acknowledged = new Set<string>();
  readonly givenUp = new Set<string>();
  readonly dropped = new Set<string>();
  readonly stuck = new Set<string>();
  readonly seen = new Set<string>();
  /** Every delivery and every commit. */
  readonly trace: string[] = [];
  readonly #given: Watched;
  readonly #running = new Map<string, readonly TopicRecord[]>();
  /** By partition, in offset order; what of it is acknowledged falls away at the front. */
  readonly #unacknowledged = new Map<number, number[]>();
  /** Attempts that ended with the record open. */
  readonly #failed = new Map<string, number>();

  constructor(given: Watched) {
    this.#given = given;
  }

  appended(partition: number, offset: number): void {
    const offsets = this.#unacknowledged.get(partition) ?? [];
    this.#unacknowledged.set(partition, [...offsets, offset]);
  }

  invoked(poller: string, event: KafkaEvent): void {
    const text = JSON.stringify(event);
    if (Buffer.byteLength(text) > SIX_MB) this.#breach(`an event of ${Buffer.byteLength(text)} bytes`);
    const expected = (this.#running.get(poller) ?? []).map(nameOf).join();
    const found = Object.values(event.records).flat().map(nameOf).join();
    if (found !== expected) this.#breach(`the event holds ${found}, and ${expected} was announced`);
    if (/":null/.test(text) !== this.#holdsNull(poller)) this.#breach('a null key or value is written the wrong way');
  }

  delivered(poller: string, records: readonly TopicRecord[]): void {
    const { plan, time, isCalm } = this.#given;
    const { mapping, choices } = plan;
    this.trace.push(`${time.now()} ${poller} ${records.map(nameOf).join()}`);
    if (records.length === 0) this.#breach('a batch of no records');
    if (records.length > mapping.batchSize) this.#breach(`a batch of ${records.length} records`);
    const partitions = new Set(records.map(({ partition }) => partition));
    if (choices['batch-mixing'] === 'single-partition' && partitions.size > 1)
      this.#breach('partitions travel together');
    const last = new Map<number, number>();
    for (const { partition, offset } of records) {
      const before = last.get(partition);
      if (before === undefined && offset > this.#lowestOpen(partition)) {
        this.#breach(`${partition}@${offset} is delivered before ${partition}@${this.#lowestOpen(partition)}`);
      }
      if (before !== undefined && offset <= before) this.#breach(`${partition}@${offset} came behind ${before}`);
      last.set(partition, offset);
    }
    if (isCalm) {
      const elsewhere = [...this.#running.values()].flat().find(({ partition }) => partitions.has(partition));
      if (elsewhere) this.#breach(`partition ${elsewhere.partition} has two batches in flight`);
    }
    for (const record of records) {
      if (this.#isFiltered(record)) this.#breach(`${nameOf(record)} should have been filtered`);
      if (this.#isTooOld(record, time.now())) this.#breach(`${nameOf(record)} is delivered too old`);
    }
    this.#running.set(poller, records);
  }

  answered(
    poller: string,
    result: InvocationResult,
    verdict: { readonly kind: string },
    again: readonly TopicRecord[],
  ): void {
    const records = this.#running.get(poller) ?? [];
    this.#running.delete(poller);
    this.seen.add(`answer ${verdict.kind}`);
    if (verdict.kind === 'lost') return;
    const open = new Set(this.#openAfter(records, result).map(nameOf));
    const comes = new Set(again.map(nameOf));
    for (const name of comes) if (!open.has(name)) this.#breach(`${name} comes again though it succeeded`);
    const isWhole = comes.size === 0 || comes.size === open.size;
    if (this.#given.isCalm && !isWhole) this.#breach(`${comes.size} of ${open.size} open records come again`);
    for (const record of records) {
      const name = nameOf(record);
      if (open.has(name)) this.#failed.set(name, (this.#failed.get(name) ?? 0) + 1);
      else this.#acknowledge(record);
    }
  }

  discarded(_: string, records: readonly TopicRecord[], { condition, delivered }: Discarded): void {
    const { plan, time } = this.#given;
    this.seen.add(`${condition} ${delivered}`);
    for (const record of records) {
      const name = nameOf(record);
      const isRight = {
        RetryAttemptsExhausted: this.#areRetriesOver(name),
        RecordAgeExceeded: this.#isTooOld(record, time.now()),
        MaximumPayloadSizeExceeded:
          this.#given.kindOf(name) === 'too-large' && plan.choices['record-too-large'] === 'discarded',
      }[condition];
      if (!isRight) this.#breach(`${name} was given up for ${condition} after ${this.#failed.get(name) ?? 0} failures`);
      if (delivered && !plan.mapping.hasDestination) this.#breach(`${name} went to a destination that is not there`);
      this.givenUp.add(name);
      this.#acknowledge(record);
    }
  }

  blocked(_: string, records: readonly TopicRecord[]): void {
    for (const record of records) {
      const name = nameOf(record);
      const isStuck =
        this.#given.kindOf(name) === 'too-large' && this.#given.plan.choices['record-too-large'] === 'stuck';
      const failures = this.#failed.get(name) ?? 0;
      const isEndless = this.#retryLimit === Number.POSITIVE_INFINITY;
      if (!isStuck && !(isEndless && failures > this.#given.plan.choices['blocked-after-retries'])) {
        this.#breach(`${name} blocks its partition after ${failures} failures`);
      }
      this.stuck.add(name);
    }
  }

  committed(_: string, partition: number, nextOffset: number): void {
    const lowest = this.#lowestOpen(partition);
    this.trace.push(`${this.#given.time.now()} commit ${partition}@${nextOffset}`);
    if (nextOffset > lowest) this.#breach(`the commit ${partition}@${nextOffset} passed the open offset ${lowest}`);
  }

  filtered(_: string, records: readonly TopicRecord[]): void {
    for (const record of records) {
      if (!this.#isFiltered(record)) this.#breach(`${nameOf(record)} was filtered`);
      this.dropped.add(nameOf(record));
      this.#acknowledge(record);
    }
  }

  complained(_: string, { kind, row, text }: Complaint): void {
    if (row === 25 ? kind !== 'warning' : row !== 24) this.#breach(`a complaint of row ${row}: ${text}`);
  }

  #openAfter(records: readonly TopicRecord[], result: InvocationResult): readonly TopicRecord[] {
    if (result.kind !== 'response') return records;
    if (result.payload === null) return [];
    const { batchItemFailures } = result.payload as {
      batchItemFailures: { itemIdentifier: { partition: string; offset: number } }[];
    };
    const listed = batchItemFailures.map(({ itemIdentifier: { partition, offset } }) => ({
      partition: Number(partition.split('-').at(-1)),
      offset,
    }));
    const readsListed = this.#given.plan.choices['partial-response'] === 'listed';
    return records.filter((record) =>
      listed.some(
        ({ partition, offset }) =>
          partition === record.partition && (readsListed ? offset === record.offset : offset <= record.offset),
      ),
    );
  }

  get #retryLimit(): number {
    const { provisioned, hasDestination } = this.#given.plan.mapping;
    const retries = provisioned?.retries ?? -1;
    if (retries >= 0) return retries;
    return hasDestination ? 10 : Number.POSITIVE_INFINITY;
  }

  /** So many failures as the limit has, and the first; where nothing interfered, not one more. */
  #areRetriesOver(name: string): boolean {
    const { plan, isCalm } = this.#given;
    const failures = this.#failed.get(name) ?? 0;
    const isExact =
      isCalm &&
      plan.faults.length === 0 &&
      (!plan.mapping.provisioned?.bisect || plan.choices['error-before-split'] === 'counted');
    return isExact ? failures === this.#retryLimit + 1 : failures > this.#retryLimit;
  }

  #isFiltered(record: TopicRecord): boolean {
    const { plan, kindOf } = this.#given;
    if (plan.mapping.filters.length === 0) return false;
    const kind = kindOf(nameOf(record));
    if (kind === 'text') return plan.choices['filter-mismatch'] === 'dropped';
    if (kind === 'tombstone') return plan.choices['filter-tombstone'] === 'dropped';
    return kind === 'other';
  }

  /** Nothing is polled for so long that it could grow too old by that. */
  #isTooOld({ timestamp }: TopicRecord, nowMs: number): boolean {
    const { plan } = this.#given;
    const limit = plan.mapping.provisioned?.maximumAgeSeconds ?? -1;
    return limit >= 0 && plan.choices['record-age'] === 'since-timestamp' && nowMs - timestamp > limit * 1_000;
  }

  #holdsNull(poller: string): boolean {
    const records = this.#running.get(poller) ?? [];
    if (this.#given.plan.choices['null-key-value'] === 'omitted') return false;
    return records.some(({ key, value }) => key === null || value === null);
  }

  #lowestOpen(partition: number): number {
    return this.#unacknowledged.get(partition)?.[0] ?? Number.POSITIVE_INFINITY;
  }

  #acknowledge({ partition, offset }: TopicRecord): void {
    this.acknowledged.add(`${partition}@${offset}`);
    const offsets = this.#unacknowledged.get(partition) ?? [];
    while (offsets[0] !== undefined && this.acknowledged.has(`${partition}@${offsets[0]}`)) offsets.shift();
  }

  #breach(what: string): void {
    this.breaches.push(what);
  }
}
