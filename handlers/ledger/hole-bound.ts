import type { LedgerState, OffsetRun } from './ledger-state';
import { holesBelow, meets } from './offset-runs';

/** So many holes may lie below the first offset of an array (protocol L6). */
const MAXIMUM_HOLES = 256;
/** So many of the holes that the bound closed are remembered. */
const REMEMBERED = 16;

/**
 * The holes below an array that are too many: the narrowest of them, among equals those in which nothing was ever
 * delivered, then the lowest. What lies right below the array counts as a hole that ends there, so that the choice
 * depends on nothing that the invocation does.
 */
export function holesToClose(
  { runs, delivered }: Pick<LedgerState, 'runs' | 'delivered'>,
  firstOfArray: bigint,
): { readonly holes: readonly OffsetRun[]; readonly abandoned: readonly OffsetRun[] } {
  // Each hole ends at a run, but for the one right below the array.
  if (runs.length < MAXIMUM_HOLES) return NONE;
  const holes = holesBelow(runs, firstOfArray);
  if (holes.length <= MAXIMUM_HOLES) return NONE;
  const wasDelivered = meets(holes, delivered);
  const closing = holes
    .map(({ first, last }, index) => ({ index, width: last - first, isDelivered: wasDelivered[index] === true }))
    .sort((a, b) => sign(a.width - b.width) || Number(a.isDelivered) - Number(b.isDelivered) || a.index - b.index)
    .slice(0, holes.length - MAXIMUM_HOLES)
    .sort((a, b) => a.index - b.index);
  const isHole = (hole: OffsetRun | undefined) => hole !== undefined;
  return {
    holes: closing.map(({ index }) => holes[index]).filter(isHole),
    abandoned: closing.flatMap(({ index, isDelivered }) => (isDelivered ? [holes[index]] : [])).filter(isHole),
  };
}

const NONE = { holes: [], abandoned: [] };

/** The holes that the bound closed, the latest of them, oldest first. */
export function latestByBound(known: readonly OffsetRun[], holes: readonly OffsetRun[]): readonly OffsetRun[] {
  return holes.length === 0 ? known : [...known, ...holes].slice(-REMEMBERED);
}

const sign = (value: bigint) => (value < 0n ? -1 : value > 0n ? 1 : 0);
