import type { RawRecord } from '../record/parse-event';
import { withAttempts } from './attempts';
import { stillOpen } from './delivered';
import { holesToClose, latestByBound } from './hole-bound';
import type { LedgerState, OffsetRun } from './ledger-state';
import { RunWalk, union } from './offset-runs';
import { withSamples } from './sample';
import { singlyAfter } from './singly';

/** What an invocation has done with an array so far. */
export interface Progress {
  /** Offsets of records that are done or parked. */
  readonly closed: ReadonlySet<number>;
  /** Of runs that ended without success, by the offset of their record. */
  readonly failed: ReadonlyMap<number, FailedRuns>;
  /** The record that is about to run alone (P3). */
  readonly suspect?: number | undefined;
  /** The first and the last of the records that are to run in calls of one record. */
  readonly singly?: NumberRange | undefined;
}

export interface NumberRange {
  readonly first: number;
  readonly last: number;
}

export interface FailedRuns {
  /** Code or name of the last error. */
  readonly error: string;
  readonly atMs: number;
  /** One in this invocation, and one more that an earlier one died of. @default 1 */
  readonly count?: number;
}

export interface Advanced {
  readonly state: LedgerState;
  /** Holes below the array that the bound closes. The same in every mark of an invocation: count them once. */
  readonly holesClosed: number;
  /** Those of them in which something was delivered: the service gave up on an open record. */
  readonly abandoned: readonly OffsetRun[];
}

/**
 * The state after an array of one partition (ascending offsets), always from the state as it was claimed: so the first
 * mark and every later one of an invocation are the same function of more progress (protocol L6).
 *
 * Closes what is done or parked, and the gaps between neighbours of the array that both lie above the claimed `high`:
 * nothing exists there for us. Every other gap stays a hole, until there are too many of them below the array.
 */
export function advance(claimed: LedgerState, array: readonly RawRecord[], progress: Progress): Advanced {
  const head = array[0];
  const tail = array.at(-1);
  if (head === undefined || tail === undefined) return { state: claimed, holesClosed: 0, abandoned: [] };

  const { holes, abandoned } = holesToClose(claimed, BigInt(head.offset));
  const closing = closingOf(array, progress.closed, Number(claimed.high));
  const runs = union(holes.length === 0 ? claimed.runs : union(claimed.runs, holes), closing.runs);
  const walk = new RunWalk(claimed.runs);
  const last = BigInt(tail.offset);
  const state: LedgerState = {
    runs,
    delivered: stillOpen(claimed, array, runs),
    high: last > claimed.high ? last : claimed.high,
    highTimestampMs: Math.max(claimed.highTimestampMs, closing.highTimestampMs),
    samples: withSamples(claimed.samples, array, (offset) => walk.holds(offset)),
    attempts: withAttempts(claimed.attempts, progress.failed, runs),
    closedByBound: latestByBound(claimed.closedByBound, holes),
    unclean: progress.closed.size > 0 ? 1 : claimed.unclean,
    suspect: suspectAfter(claimed.suspect, progress, runs),
    singly: singlyAfter(claimed.singly, progress.singly, runs),
    claimants: claimed.claimants,
  };
  return { state, holesClosed: holes.length, abandoned };
}

/** Walks over thousands of records with plain numbers, and makes exact runs of the few that are left. */
function closingOf(array: readonly RawRecord[], closed: ReadonlySet<number>, high: number) {
  const runs: OffsetRun[] = [];
  let highTimestampMs = -1;
  let first = -1;
  let last = -1;
  const add = (from: number, to: number) => {
    if (first >= 0 && from === last + 1) {
      last = to;
      return;
    }
    if (first >= 0) runs.push({ first: BigInt(first), last: BigInt(last) });
    first = from;
    last = to;
  };
  let previous = Number.POSITIVE_INFINITY;
  for (const { offset, timestamp } of array) {
    if (previous > high && previous + 1 < offset) add(previous + 1, offset - 1);
    if (closed.has(offset)) {
      add(offset, offset);
      if (timestamp > highTimestampMs) highTimestampMs = timestamp;
    }
    previous = offset;
  }
  if (first >= 0) runs.push({ first: BigInt(first), last: BigInt(last) });
  return { runs, highTimestampMs };
}

/** The record whose start is written; an earlier one stays until it is closed, or its cut was counted (P3). */
function suspectAfter(known: bigint | undefined, { suspect, failed }: Progress, runs: readonly OffsetRun[]) {
  if (suspect !== undefined) return BigInt(suspect);
  if (known === undefined || isIn(runs, known) || failed.has(Number(known))) return undefined;
  return known;
}

function isIn(runs: readonly OffsetRun[], offset: bigint): boolean {
  return runs.some(({ first, last }) => first <= offset && offset <= last);
}
