import type { GroupMember, TopicRecord } from '../broker/broker';
import { eventRecordBytes } from './event-size';
import type { FilterDecision, RecordFilter } from './filter/filter';
import type { OwnedPartition } from './owned-partition';
import type { PollerEvents } from './poller-events';
import type { PollerSettings } from './poller-settings';
import type { RecordAges } from './record-age';

export interface RecordIntakeOptions {
  readonly name: string;
  readonly settings: PollerSettings;
  readonly filter: RecordFilter;
  readonly ages: RecordAges;
  readonly events: PollerEvents;
}

/** Reads partitions ahead of the batches, at most one batch of each, and drops what the filter does not let pass. */
export class RecordIntake {
  readonly #options: RecordIntakeOptions;
  #hasWarned = false;

  constructor(options: RecordIntakeOptions) {
    this.#options = options;
  }

  /** `true`: there is more to be read at once. */
  read(member: GroupMember, free: readonly OwnedPartition[], nowMs: number): boolean {
    const { batchSize } = this.#options.settings;
    for (const owned of free) {
      const room = batchSize - owned.waiting.length;
      if (room > 0 && member.ready(owned.partition) > 0) this.#take(owned, member.take(owned.partition, room), nowMs);
    }
    return free.some(({ waiting, partition }) => waiting.length < batchSize && member.ready(partition) > 0);
  }

  #take(owned: OwnedPartition, records: readonly TopicRecord[], nowMs: number): void {
    const { name, settings, ages, events } = this.#options;
    owned.progress.take(records);
    ages.polled(records, nowMs);
    const dropped: TopicRecord[] = [];
    for (const record of records) {
      if (this.#passes(record)) owned.wait({ record, bytes: eventRecordBytes(record, settings.choices) });
      else dropped.push(record);
    }
    for (const record of dropped) owned.progress.resolve(record);
    if (dropped.length > 0) events.filtered(name, dropped);
  }

  /** Rows 25 and 26. */
  #passes(record: TopicRecord): boolean {
    const { filter, settings } = this.#options;
    const decision: FilterDecision = filter.decide(record.value);
    if (decision === 'tombstone') return settings.choices['filter-tombstone'] === 'delivered';
    if (decision !== 'not-comparable') return decision === 'match';
    if (settings.choices['filter-mismatch'] === 'dropped') return false;
    this.#warn(record);
    return true;
  }

  #warn({ topic, partition, offset }: TopicRecord): void {
    if (this.#hasWarned) return;
    this.#hasWarned = true;
    this.#options.events.complained(this.#options.name, {
      kind: 'warning',
      row: 25,
      text: `The value of ${topic}-${partition}@${offset} cannot be compared with the mapping's filters (JSON against text, or no UTF-8), so they do not apply: it is delivered, and so is every other one like it.`,
    });
  }
}
