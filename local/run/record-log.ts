import type { TopicRecord } from '../broker/broker';

/** The design's words for what became of a record. */
export type RecordOutcome = 'done' | 'duplicate' | 'parked' | 'open';

export interface RecordEntry {
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
  /** How often it was handed to the function. */
  readonly deliveries: number;
  readonly outcome: RecordOutcome;
}

type RecordPlace = Pick<TopicRecord, 'partition' | 'offset'>;

interface Entry extends RecordPlace {
  deliveries: number;
  outcome: RecordOutcome;
  /** It was counted and forgotten before, and came again. */
  readonly isKnown: boolean;
}

/**
 * What became of each record of one mapping, as the event source saw it.
 *
 * `done` or `duplicate` is told by the marks that the function's own memory wrote: a record that was resolved while the
 * mark of its identity names another one had no run of its own. A function without such a memory has `done` only. What
 * the function parked is `parked`, as is what the service gave up.
 */
export class RecordLog {
  readonly #keepsAll: boolean;
  readonly #entries = new Map<string, Entry>();
  readonly #marked = new Set<string>();
  readonly #parked = new Set<string>();
  readonly #counts = { done: 0, duplicate: 0, parked: 0, open: 0 };
  /** The highest offset that was handed out, by partition: below it everything is known. */
  readonly #delivered = new Map<number, number>();
  readonly #lowest = new Map<number, number>();
  readonly #dropped = new Set<string>();
  #hasMarks = false;
  #deliveries = 0;
  #filtered = 0;
  /** Entries that are open and whose record is counted as closed, too. */
  #again = 0;

  /** @param keepsAll `false`: what is closed is counted and forgotten, so that a run without an end fits the memory. */
  constructor(keepsAll = true) {
    this.#keepsAll = keepsAll;
  }

  delivered(records: readonly TopicRecord[]): void {
    this.#deliveries += records.length;
    for (const record of records) this.#entry(record).deliveries += 1;
    for (const { partition, offset } of records) {
      this.#delivered.set(partition, Math.max(offset, this.#delivered.get(partition) ?? -1));
    }
  }

  /** The invocation over `batch` ended, and these of it are not closed. */
  answered(batch: readonly TopicRecord[], open: ReadonlySet<TopicRecord>): void {
    for (const record of batch) {
      if (open.has(record)) this.#set(this.#entry(record), 'open');
      else this.#close(record, this.#closedAs(record));
    }
  }

  /** Given up. Without a destination that took them they are nowhere: they stay open. */
  discarded(records: readonly TopicRecord[], taken: boolean): void {
    for (const record of records) {
      if (taken) this.#close(record, 'parked');
      else this.#set(this.#entry(record), 'open');
    }
  }

  /** The mapping's filter dropped them: they are none of the function's. */
  filtered(records: readonly RecordPlace[]): void {
    this.#filtered += records.length;
    for (const record of records) this.#reached(record);
    if (this.#keepsAll) for (const record of records) this.#dropped.add(nameOf(record));
  }

  /** A mark of the function's memory names this record as the one that ran. */
  marked(partition: number, offset: number): void {
    this.#hasMarks = true;
    this.#marked.add(nameOf({ partition, offset }));
    const entry = this.#entries.get(nameOf({ partition, offset }));
    // A mark that came after the answer, from a worker that nobody waited for.
    if (entry?.outcome === 'duplicate') this.#set(entry, 'done');
  }

  /** The function gave this record up: its parked item is there, and its mark with it. */
  parked(place: RecordPlace): void {
    this.#parked.add(nameOf(place));
  }

  /** Records handed to the function, repeats included. */
  get deliveries(): number {
    return this.#deliveries;
  }

  /** Records that were handed out at least once. */
  get size(): number {
    const { done, duplicate, parked, open } = this.#counts;
    return done + duplicate + parked + open - this.#again;
  }

  /** Records that the mapping's filter dropped. */
  get filteredRecords(): number {
    return this.#filtered;
  }

  /** How many records came to what. */
  get counts(): Readonly<Record<RecordOutcome, number>> {
    return this.#counts;
  }

  /** The lowest offset of each partition that came to the mapping, whatever became of it. */
  get lowest(): ReadonlyMap<number, number> {
    return this.#lowest;
  }

  /**
   * Those that were handed out, by partition and offset; with `ends`, the offset behind the last record of each
   * partition, also those that were not: for a topic without gaps.
   *
   * @param starts the offset of each partition that the mapping begins at. @default 0
   */
  entries(
    topic: string,
    ends: ReadonlyMap<number, number> = new Map(),
    starts: ReadonlyMap<number, number> = new Map(),
  ): RecordEntry[] {
    const all = new Map<string, Pick<Entry, 'partition' | 'offset' | 'deliveries' | 'outcome'>>(this.#entries);
    for (const [partition, end] of ends) {
      for (let offset = starts.get(partition) ?? 0; offset < end; offset += 1) {
        const name = nameOf({ partition, offset });
        if (all.has(name) || this.#dropped.has(name)) continue;
        all.set(name, { partition, offset, deliveries: 0, outcome: 'open' });
      }
    }
    return [...all.values()]
      .map(({ partition, offset, deliveries, outcome }) => ({ topic, partition, offset, deliveries, outcome }))
      .sort((a, b) => a.partition - b.partition || a.offset - b.offset);
  }

  #closedAs(record: RecordPlace): RecordOutcome {
    if (this.#parked.has(nameOf(record))) return 'parked';
    return !this.#hasMarks || this.#marked.has(nameOf(record)) ? 'done' : 'duplicate';
  }

  #close(record: RecordPlace, outcome: RecordOutcome): void {
    this.#set(this.#entry(record), outcome);
    if (this.#keepsAll) return;
    this.#entries.delete(nameOf(record));
    this.#marked.delete(nameOf(record));
  }

  #set(entry: Entry, outcome: RecordOutcome): void {
    this.#counts[entry.outcome] -= 1;
    entry.outcome = outcome;
    // Closed for the second time: the first one is counted already.
    if (!entry.isKnown || outcome === 'open') this.#counts[outcome] += 1;
    else this.#again -= 1;
  }

  #reached({ partition, offset }: RecordPlace): void {
    this.#lowest.set(partition, Math.min(offset, this.#lowest.get(partition) ?? offset));
  }

  #entry({ partition, offset }: RecordPlace): Entry {
    const name = nameOf({ partition, offset });
    const there = this.#entries.get(name);
    if (there) return there;
    this.#reached({ partition, offset });
    // The record itself, with its value, is not kept.
    const isKnown = !this.#keepsAll && offset <= (this.#delivered.get(partition) ?? -1);
    const entry: Entry = { partition, offset, deliveries: 0, outcome: 'open', isKnown };
    this.#entries.set(name, entry);
    this.#counts.open += 1;
    if (isKnown) this.#again += 1;
    return entry;
  }
}

const nameOf = ({ partition, offset }: RecordPlace) => `${partition}@${offset}`;
