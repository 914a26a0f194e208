/**
 * The ledger once more, as sets of single offsets, slow and plain: what the runs, ranges and marks of the real one are
 * compared with. Shares nothing with the code under test.
 */
import type { LedgerState, OffsetRun } from '../../../handlers/ledger/ledger-state';
import { Headers } from '../../../handlers/record/headers';
import type { RawRecord } from '../../../handlers/record/parse-event';

export const START_MS = 1_790_000_000_000;

export function rawRecord(offset: number, changes: Partial<RawRecord> = {}): RawRecord {
  const delivered = {
    topic: 'orders',
    partition: 0,
    offset,
    timestamp: START_MS + offset,
    timestampType: 'CREATE_TIME',
  } as const;
  return {
    ...delivered,
    delivered,
    key: Buffer.from('key'),
    value: Buffer.from(`value ${offset}`),
    headers: new Headers([]),
    ...changes,
  };
}

export interface Delivery {
  /** Ascending. */
  readonly offsets: readonly number[];
  readonly closes: ReadonlySet<number>;
  readonly fails: ReadonlyMap<number, { readonly error: string; readonly atMs: number }>;
}

export class NaiveLedger {
  readonly closed = new Set<number>();
  readonly delivered = new Set<number>();
  readonly attempts = new Map<number, { count: number; firstFailureMs: number; lastError: string }>();
  high = -1;
  highTimestampMs = -1;

  deliver({ offsets, closes, fails }: Delivery): void {
    const { high } = this;
    for (const offset of offsets) {
      this.delivered.add(offset);
      this.high = Math.max(this.high, offset);
      if (closes.has(offset)) {
        this.closed.add(offset);
        this.highTimestampMs = Math.max(this.highTimestampMs, START_MS + offset);
      }
    }
    for (let index = 1; index < offsets.length; index += 1) {
      const [before, after] = [offsets[index - 1] as number, offsets[index] as number];
      if (before <= high) continue;
      for (let offset = before + 1; offset < after; offset += 1) this.closed.add(offset);
    }
    for (const [offset, { error, atMs }] of fails) {
      const before = this.attempts.get(offset);
      this.attempts.set(offset, {
        count: (before?.count ?? 0) + 1,
        firstFailureMs: before?.firstFailureMs ?? atMs,
        lastError: error,
      });
    }
    for (const offset of this.closed) this.attempts.delete(offset);
  }
}

/** Single offsets of runs, small ones only. */
export function offsetsOf(runs: readonly OffsetRun[]): Set<number> {
  const offsets = new Set<number>();
  for (const { first, last } of runs)
    for (let offset = first; offset <= last; offset += 1n) offsets.add(Number(offset));
  return offsets;
}

/** What is wrong with the form of a list of runs: sorted, disjoint, not touching. */
export function flawOf(runs: readonly OffsetRun[]): string | undefined {
  for (const [index, { first, last }] of runs.entries()) {
    if (first < 0n || last < first) return `the run ${first}-${last} is none`;
    const before = runs[index - 1];
    if (before && first <= before.last + 1n) return `${before.first}-${before.last} reaches ${first}-${last}`;
  }
  return undefined;
}

/** The stretches of offsets below `end` that are not closed. */
export function naiveHoles(closed: ReadonlySet<number>, end: number): { first: number; last: number }[] {
  const holes: { first: number; last: number }[] = [];
  for (let offset = 0; offset < end; offset += 1) {
    if (closed.has(offset)) continue;
    const hole = holes.at(-1);
    if (hole && hole.last === offset - 1) hole.last = offset;
    else holes.push({ first: offset, last: offset });
  }
  return holes;
}

export const big = (runs: readonly { readonly first: number; readonly last: number }[]): OffsetRun[] =>
  runs.map(({ first, last }) => ({ first: BigInt(first), last: BigInt(last) }));

export const attemptsOf = ({ attempts }: LedgerState) =>
  new Map(
    attempts.map(({ offset, count, firstFailureMs, lastError }) => [
      Number(offset),
      { count, firstFailureMs, lastError },
    ]),
  );
