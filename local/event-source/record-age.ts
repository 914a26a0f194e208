import type { TopicRecord } from '../broker/broker';
import type { Choices } from './choices';

/** Row 20: how old records are, by the choice of where their age begins. */
export class RecordAges {
  readonly #polledAtMs = new WeakMap<TopicRecord, number>();

  constructor(
    private readonly maximumAgeMs: number,
    private readonly begins: Choices['record-age'],
  ) {}

  polled(records: readonly TopicRecord[], nowMs: number): void {
    if (this.begins === 'since-timestamp' || this.maximumAgeMs === Number.POSITIVE_INFINITY) return;
    for (const record of records) this.#polledAtMs.set(record, nowMs);
  }

  /** The records that are older than the mapping allows. */
  expired(records: readonly TopicRecord[], nowMs: number): readonly TopicRecord[] {
    if (this.maximumAgeMs === Number.POSITIVE_INFINITY) return [];
    return records.filter((record) => nowMs - this.#beginsAtMs(record) > this.maximumAgeMs);
  }

  #beginsAtMs(record: TopicRecord): number {
    return this.begins === 'since-timestamp' ? record.timestamp : (this.#polledAtMs.get(record) ?? record.timestamp);
  }
}
