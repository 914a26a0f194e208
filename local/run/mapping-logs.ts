import { ENVIRONMENT } from '../../contract/environment';
import type { KafkaMapping } from '../template/kafka-mapping';
import { MappingLog } from './mapping-log';
import { MarkWatch } from './mark-watch';

/** One log for each mapping, whatever reloads come. */
export class MappingLogs {
  readonly #keepsAll: boolean;
  readonly #logs = new Map<string, MappingLog>();

  constructor(mappings: readonly KafkaMapping[], keepsAll: boolean) {
    this.#keepsAll = keepsAll;
    for (const mapping of mappings) this.of(mapping);
  }

  get all(): readonly MappingLog[] {
    return [...this.#logs.values()];
  }

  of(mapping: KafkaMapping): MappingLog {
    const log = this.#logs.get(mapping.logicalId) ?? new MappingLog(mapping, this.#keepsAll);
    log.mapping = mapping;
    this.#logs.set(mapping.logicalId, log);
    return log;
  }

  produced(topic: string, records: number): void {
    for (const log of this.all) if (log.mapping.topic === topic) log.produced += records;
  }

  /** Tells each log which records the function's own memory names as those that ran. */
  markWatch(): MarkWatch {
    const tables = () => this.all.flatMap(({ mapping }) => mapping.function.environment[ENVIRONMENT.table] ?? []);
    return new MarkWatch(tables, {
      marked: (worker, { partition, offset }) => {
        const owner = this.#logs.size === 1 ? this.all[0] : this.#logs.get(worker.split('/poller-')[0] ?? '');
        owner?.records.marked(partition, offset);
      },
      parked: (topic, place) => {
        for (const log of this.all) if (log.mapping.topic === topic) log.records.parked(place);
      },
    });
  }
}
