import type { RawRecord } from '../record/parse-event';
import type { LedgerState, OffsetRun } from './ledger-state';
import { RunWalk } from './offset-runs';

/** So many ranges are kept apart; beyond it neighbours are taken together, and a hole between them counts as delivered. */
const MAXIMUM_RANGES = 128;

/**
 * Where something was delivered that is not closed: what was known, and the open records of an array.
 *
 * @param runs what is closed after the array
 */
export function stillOpen(
  { delivered }: Pick<LedgerState, 'delivered'>,
  array: readonly Pick<RawRecord, 'offset'>[],
  runs: readonly OffsetRun[],
): readonly OffsetRun[] {
  const open = openOf(array, runs);
  if (open.length === 0 && delivered.length === 0) return [];
  const ranges = [...delivered, ...open].sort((a, b) => (a.first < b.first ? -1 : a.first > b.first ? 1 : 0));
  return bounded(joined(ranges, runs));
}

/** The open records of an array, neighbours together. */
function openOf(array: readonly Pick<RawRecord, 'offset'>[], runs: readonly OffsetRun[]): OffsetRun[] {
  const open: OffsetRun[] = [];
  const walk = new RunWalk(runs);
  let first = -1;
  let last = -1;
  for (const { offset } of array) {
    if (walk.holds(offset)) continue;
    if (first >= 0 && offset === last + 1) {
      last = offset;
      continue;
    }
    if (first >= 0) open.push({ first: BigInt(first), last: BigInt(last) });
    first = offset;
    last = offset;
  }
  if (first >= 0) open.push({ first: BigInt(first), last: BigInt(last) });
  return open;
}

/**
 * Sorted ranges without closed ends, those taken together between which everything is closed: closed offsets are in no
 * hole, so that it does not matter which ranges they are in.
 */
function joined(ranges: readonly OffsetRun[], runs: readonly OffsetRun[]): OffsetRun[] {
  const apart: OffsetRun[] = [];
  let next = 0;
  for (const range of ranges) {
    // The ranges ascend by their first offsets, and so does the walk over the runs.
    while (next < runs.length && (runs[next] as OffsetRun).last < range.first) next += 1;
    const closing = runs[next];
    const first = closing && closing.first <= range.first ? closing.last + 1n : range.first;
    if (first > range.last) continue;
    const previous = apart.at(-1);
    if (previous && (first <= previous.last + 1n || isClosedBetween(previous.last, first, runs, next))) {
      if (range.last > previous.last) apart[apart.length - 1] = { first: previous.first, last: range.last };
    } else {
      apart.push({ first, last: range.last });
    }
  }
  return apart.map((range) => withoutClosedEnd(range, runs)).filter(({ first, last }) => first <= last);
}

/** @param next index of the first run that does not end before the range's own first offset */
function isClosedBetween(last: bigint, first: bigint, runs: readonly OffsetRun[], next: number): boolean {
  for (const run of [runs[next - 1], runs[next]]) {
    if (run && run.first <= last + 1n && run.last >= first - 1n) return true;
  }
  return false;
}

function withoutClosedEnd({ first, last }: OffsetRun, runs: readonly OffsetRun[]): OffsetRun {
  let low = 0;
  let high = runs.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((runs[middle] as OffsetRun).last < last) low = middle + 1;
    else high = middle;
  }
  const run = runs[low];
  return run && run.first <= last ? { first, last: run.first - 1n } : { first, last };
}

/** Takes the nearest neighbours together until few enough are left. */
export function bounded(ranges: readonly OffsetRun[]): readonly OffsetRun[] {
  const surplus = ranges.length - MAXIMUM_RANGES;
  if (surplus <= 0) return ranges;
  const distances = ranges.map(({ first }, index) => ({ index, width: first - (ranges[index - 1]?.last ?? first) }));
  const dropped = new Set(
    distances
      .slice(1)
      .sort((a, b) => (a.width < b.width ? -1 : a.width > b.width ? 1 : 0))
      .slice(0, surplus)
      .map(({ index }) => index),
  );
  const together: OffsetRun[] = [];
  ranges.forEach((range, index) => {
    const previous = together.at(-1);
    if (previous && dropped.has(index)) together[together.length - 1] = { first: previous.first, last: range.last };
    else together.push(range);
  });
  return together;
}
