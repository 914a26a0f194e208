import type { TopicRecord } from './broker';

/** One partition of a topic as Kafka keeps it: records by offset, with gaps where a reader sees nothing. */
export class PartitionLog {
  #records: TopicRecord[] = [];
  #start = 0;
  #end = 0;

  /** The lowest offset that can be read. */
  get start(): number {
    return this.#start;
  }

  /** The next offset to be written. */
  get end(): number {
    return this.#end;
  }

  get records(): readonly TopicRecord[] {
    return this.#records;
  }

  append(record: Omit<TopicRecord, 'offset'>): void {
    this.#records.push({ ...record, offset: this.#end });
    this.#end += 1;
  }

  /** Uses an offset for what no reader sees: an aborted record, the marker that ends a transaction. */
  appendInvisible(): void {
    this.#end += 1;
  }

  contains(offset: number): boolean {
    return offset >= this.#start && offset <= this.#end;
  }

  /** How many records stand at `offset` or behind it. */
  countFrom(offset: number): number {
    return this.#records.length - this.#indexOf(offset);
  }

  read(offset: number, max: number): TopicRecord[] {
    const from = this.#indexOf(offset);
    return this.#records.slice(from, from + max);
  }

  /** The offset of the first record that is not older, or the end. */
  offsetAt(timestampMs: number): number {
    return this.#records.find(({ timestamp }) => timestamp >= timestampMs)?.offset ?? this.#end;
  }

  /** Keeps the last record of each key, tombstones too. A record without a key does not survive a compaction. */
  compact(): void {
    const last = new Map(this.#records.map(({ key, offset }) => [key?.toString('base64'), offset]));
    this.#records = this.#records.filter(
      ({ key, offset }) => key !== null && last.get(key.toString('base64')) === offset,
    );
  }

  /** Retention: what stands below `offset` is gone. */
  deleteBefore(offset: number): void {
    this.#start = Math.min(Math.max(this.#start, offset), this.#end);
    this.#records = this.#records.slice(this.#indexOf(this.#start));
  }

  /** Of the first record at `offset` or behind it. */
  #indexOf(offset: number): number {
    let [low, high] = [0, this.#records.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#records[middle] as TopicRecord).offset < offset) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
