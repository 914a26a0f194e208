import type { TopicRecord } from './broker';

/**
 * Above this the partition is paused, below half of it reading goes on. A batch of the service holds at most 10,000
 * records and 6 MB: a full one fits below either mark, so a pause never keeps a batch from filling.
 */
export const HIGH_MARK = { records: 20_000, bytes: 16 * 1024 * 1024 } as const;

/** Records of one assignment of one partition that were read and not yet taken. */
export class PartitionBuffer {
  #records: TopicRecord[] = [];
  #bytes = 0;

  constructor(
    readonly partition: number,
    readonly epoch: number,
  ) {}

  get length(): number {
    return this.#records.length;
  }

  add(records: readonly TopicRecord[]): void {
    for (const record of records) {
      this.#records.push(record);
      this.#bytes += sizeOf(record);
    }
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
  const headerBytes = headers.reduce((sum, [name, bytes]) => sum + name.length + bytes.length, 0);
  return (key?.length ?? 0) + (value?.length ?? 0) + headerBytes;
}
