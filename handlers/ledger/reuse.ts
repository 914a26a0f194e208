import type { RawRecord } from '../record/parse-event';
import type { LedgerState } from './ledger-state';
import { RunWalk } from './offset-runs';
import { digestOfRecord } from './sample';

/** A closed offset came again as another record: its topic was made anew, or has lost records (protocol L7). */
export interface Reuse {
  readonly offset: number;
  /** `sample`: it was another record. `newer`: it is newer than everything that was ever closed. */
  readonly why: 'sample' | 'newer';
  /** The offset lies in a hole that the bound closed: it may be a record that was given up before. */
  readonly closedByBound: boolean;
}

/** The first record of an array (ascending offsets) that cannot be the one that was closed at its offset. */
export function findReuse(
  { runs, samples, highTimestampMs, closedByBound }: LedgerState,
  array: readonly RawRecord[],
): Reuse | undefined {
  if (runs.length === 0) return undefined;
  const walk = new RunWalk(runs);
  const sampleAt = new Map(samples.map((sample) => [Number(sample.offset), sample]));
  for (const record of array) {
    const { offset, timestamp } = record;
    if (!walk.holds(offset)) continue;
    const sample = sampleAt.get(offset);
    const isOther = sample && (sample.timestamp !== timestamp || sample.digest !== digestOfRecord(record));
    if (!isOther && timestamp <= highTimestampMs) continue;
    return {
      offset,
      why: isOther ? 'sample' : 'newer',
      closedByBound: closedByBound.some(({ first, last }) => first <= offset && offset <= last),
    };
  }
  return undefined;
}
