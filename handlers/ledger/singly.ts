import type { NumberRange } from './advance';
import type { LedgerState, OffsetRun } from './ledger-state';

/**
 * The one range around everything that is to run in calls of one record, without what is closed at its ends. It may hold
 * records that no call has failed with: running those one at a time costs time and nothing else.
 */
export function singlyAfter(
  known: LedgerState['singly'],
  added: NumberRange | undefined,
  runs: readonly OffsetRun[],
): LedgerState['singly'] {
  const [before] = known ?? [];
  if (before === undefined && added === undefined) return known;
  const firsts = [before?.first, added && BigInt(added.first)].filter((first) => first !== undefined);
  const lasts = [before?.last, added && BigInt(added.last)].filter((last) => last !== undefined);
  let first = firsts.reduce((lowest, each) => (each < lowest ? each : lowest));
  let last = lasts.reduce((highest, each) => (each > highest ? each : highest));
  for (const run of runs) if (run.first <= first && first <= run.last) first = run.last + 1n;
  for (const run of runs.toReversed()) if (run.first <= last && last <= run.last) last = run.first - 1n;
  return first <= last ? [{ first, last }] : [];
}
