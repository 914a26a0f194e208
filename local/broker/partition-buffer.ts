import type { TopicRecord } from './broker';
import type { Generation } from './kafka-tap';

/**
 * Above this the partition is paused, below half of it reading goes on. A batch of the service holds at most 10,000
 * records and 6 MB: a full one fits below either mark, so a pause never keeps a batch from filling.
 */
export const HIGH_MARK = { records: 20_000, bytes: 16 * 1024 * 1024 } as const;

/** Records of one assignment of one partition that were read and not yet taken. */
export class PartitionBuffer {
  #records: TopicRecord[] = [];
  #bytes = 0;
  #position: number | undefined;

  constructor(
    readonly partition: number,
    readonly epoch: number,
    /** Under which this assignment commits. */
    readonly generation: Generation,
  ) {}

  get length(): number {
    return this.#records.length;
  }

  /** Everything below was added, taken, or can be seen by nobody. undefined: it is not known yet where to begin. */
  get position(): number | undefined {
    return this.#position;
  }

  begin(offset: number): void {
    this.#position = offset;
  }

  /** Takes over what was read from `from` to `next`, without what is here already. Refuses it if that left a gap. */
  add(records: readonly TopicRecord[], from: number, next: number): boolean {
    const position = this.#position;
    if (position === undefined || from > position) return false;
    for (const record of records) {
      if (record.offset < position) continue;
      this.#records.push(record);
      this.#bytes += sizeOf(record);
    }
    this.#position = Math.max(position, next);
    return true;
  }

  take(max: number): TopicRecord[] {
    const taken = this.#records.slice(0, max);
    this.#records = this.#records.slice(taken.length);
    for (const record of taken) this.#bytes -= sizeOf(record);
    return taken;
  }

  isAboveHighMark(): boolean {
    return this.#records.length > HIGH_MARK.records || this.#bytes > HIGH_MARK.bytes;
  }

  isBelowLowMark(): boolean {
    return this.#records.length <= HIGH_MARK.records / 2 && this.#bytes <= HIGH_MARK.bytes / 2;
  }
}

function sizeOf({ key, value, headers }: TopicRecord): number {
  const headerBytes = headers.reduce((sum, [name, bytes]) => sum + name.length + (bytes?.length ?? 0), 0);
  return (key?.length ?? 0) + (value?.length ?? 0) + headerBytes;
}
