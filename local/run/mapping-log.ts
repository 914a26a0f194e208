import type { Complaint } from '../event-source/complaint';
import type { KafkaMapping } from '../template/kafka-mapping';
import { RecordLog } from './record-log';
import { remedyOf } from './remedy';

export type MappingEnd = 'resolved' | 'blocked' | 'stopped';

/** What a mapping came to, over all reloads of a run. */
export class MappingLog {
  readonly records: RecordLog;
  /** Answers that the service would not have understood; in the order in which they came. */
  readonly refused: string[] = [];
  refusedCount = 0;
  /** Why its partitions stand still for good, each in words; none does if it is empty. */
  readonly blocked: string[] = [];
  /** Records that were given up and that no destination took. */
  lost = 0;
  /** Written to its topic by this run. */
  produced = 0;
  end: MappingEnd = 'stopped';

  constructor(
    public mapping: KafkaMapping,
    private readonly keepsAll: boolean,
  ) {
    this.records = new RecordLog(keepsAll);
  }

  /**
   * Which offset of each partition the mapping begins at: with AT_TIMESTAMP that of the first record that came, and
   * where none did although everything is resolved, the end of the partition.
   */
  starts(ends: ReadonlyMap<number, number>): ReadonlyMap<number, number> {
    if (this.mapping.startingPosition !== 'AT_TIMESTAMP') return new Map();
    const { lowest } = this.records;
    return new Map([...ends].map(([partition, end]) => [partition, lowest.get(partition) ?? this.#untouched(end)]));
  }

  /** What a person reads of it, with the place and the remedy. */
  complained({ kind, row, text }: Complaint): string {
    const { logicalId, function: lambda } = this.mapping;
    if (kind === 'warning') return text;
    const full = `${text} (${lambda.handler} of ${lambda.logicalId}, behind ${logicalId}) ${remedyOf(row)}`.trim();
    if (!isRefusal(row)) return full;
    this.refusedCount += 1;
    if (this.keepsAll || this.refused.length < KEPT) this.refused.push(full);
    return full;
  }

  #untouched(end: number): number {
    return this.end === 'resolved' ? end : 0;
  }
}

/** Of a run without an end. */
const KEPT = 100;

const isRefusal = (row: number) => row === 10 || row === 12 || row === 13;
