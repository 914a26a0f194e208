import type { OffsetRun } from './ledger-state';

/**
 * Answers for ascending offsets of an event, one after the other, whether they lie inside a run: together in one walk
 * over the runs. Offsets of an event are below 2^53; the ends of a run that are not stay above all of them when they are
 * rounded.
 */
export class RunWalk {
  readonly #runs: readonly OffsetRun[];
  #next = 0;
  #first = Number.POSITIVE_INFINITY;
  #last = -1;

  constructor(runs: readonly OffsetRun[]) {
    this.#runs = runs;
  }

  holds(offset: number): boolean {
    while (this.#last < offset) {
      const run = this.#runs[this.#next];
      if (run === undefined) return false;
      this.#next += 1;
      this.#first = Number(run.first);
      this.#last = Number(run.last);
    }
    return this.#first <= offset;
  }
}

/** All offsets of both: sorted, disjoint, not touching. Both are sorted. */
export function union(a: readonly OffsetRun[], b: readonly OffsetRun[]): OffsetRun[] {
  const joined: OffsetRun[] = [];
  let open: OffsetRun | undefined;
  for (let i = 0, j = 0; i < a.length || j < b.length; ) {
    const left = a[i];
    const right = b[j];
    const next = right === undefined || (left !== undefined && left.first <= right.first) ? left : right;
    if (next === undefined) break;
    if (next === left) i += 1;
    else j += 1;
    if (open === undefined) {
      open = next;
    } else if (next.first > open.last + 1n) {
      joined.push(open);
      open = next;
    } else if (next.last > open.last) {
      open = { first: open.first, last: next.last };
    }
  }
  if (open) joined.push(open);
  return joined;
}

/** What lies between the runs, from offset 0 up to and without `end`. */
export function holesBelow(runs: readonly OffsetRun[], end: bigint): OffsetRun[] {
  const holes: OffsetRun[] = [];
  let start = 0n;
  for (const { first, last } of runs) {
    if (first >= end) break;
    if (first > start) holes.push({ first: start, last: first - 1n });
    start = last + 1n;
  }
  if (start < end) holes.push({ first: start, last: end - 1n });
  return holes;
}

/** Whether two lists of sorted, disjoint runs share an offset, for each run of the first. */
export function meets(runs: readonly OffsetRun[], others: readonly OffsetRun[]): boolean[] {
  let index = 0;
  return runs.map(({ first, last }) => {
    while (index < others.length && (others[index] as OffsetRun).last < first) index += 1;
    const other = others[index];
    return other !== undefined && other.first <= last;
  });
}
