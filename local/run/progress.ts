import type { MappingLog } from './mapping-log';

/** How far a run is. */
export interface RunProgress {
  /** Records that the function has closed, or that were given up or filtered. */
  readonly resolved: number;
  /** Records that were handed to the function and come again. */
  readonly open: number;
  /** Records that this run wrote, once for each mapping that reads them. */
  readonly produced: number;
}

export function progressOf(logs: readonly MappingLog[]): RunProgress {
  const sum = (count: (log: MappingLog) => number) => logs.reduce((total, log) => total + count(log), 0);
  return {
    resolved: sum(({ records: { counts, filteredRecords } }) => {
      return counts.done + counts.duplicate + counts.parked + filteredRecords;
    }),
    open: sum(({ records }) => records.counts.open),
    produced: sum(({ produced }) => produced),
  };
}
