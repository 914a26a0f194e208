import type { RawRecord } from '../record/parse-event';
import { withAttempts } from './attempts';
import { stillOpen } from './delivered';
import { holesToClose, latestByBound } from './hole-bound';
import type { LedgerState, OffsetRun } from './ledger-state';
import { RunWalk, union } from './offset-runs';
import { withSamples } from './sample';

/** What an invocation has done with an array so far. */
export interface Progress {
  /** Offsets of records that are done or parked. */
  readonly closed: ReadonlySet<number>;
  /** Runs that ended without success, counted once in an invocation: code or name of the error, and when. */
  readonly failed: ReadonlyMap<number, { readonly error: string; readonly atMs: number }>;
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
    suspect: claimed.suspect !== undefined && isIn(runs, claimed.suspect) ? undefined : claimed.suspect,
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

function isIn(runs: readonly OffsetRun[], offset: bigint): boolean {
  return runs.some(({ first, last }) => first <= offset && offset <= last);
}
