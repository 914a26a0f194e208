import type { Progress } from './advance';
import type { Attempts, LedgerState, OffsetRun } from './ledger-state';

/** As many records as a batch can hold (`LIMITS.batchSize`); of more, those with the highest offsets keep theirs. */
const MAXIMUM_ATTEMPTS = 10_000;

/** One more attempt for each failed record, the first failure kept; none for closed ones. Sorted by offset. */
export function withAttempts(
  known: readonly Attempts[],
  failed: Progress['failed'],
  runs: LedgerState['runs'],
): readonly Attempts[] {
  if (known.length === 0 && failed.size === 0) return [];
  const all = new Map(known.map((attempts) => [attempts.offset, attempts]));
  for (const [number, { error, atMs, count: more = 1 }] of failed) {
    const offset = BigInt(number);
    const before = all.get(offset);
    const count = (before?.count ?? 0) + more;
    all.set(offset, { offset, count, firstFailureMs: before?.firstFailureMs ?? atMs, lastError: error });
  }
  const sorted = [...all.values()].sort((a, b) => (a.offset < b.offset ? -1 : 1));
  return notIn(runs, sorted).slice(-MAXIMUM_ATTEMPTS);
}

function notIn(runs: readonly OffsetRun[], sorted: readonly Attempts[]): Attempts[] {
  let next = 0;
  return sorted.filter(({ offset }) => {
    while (next < runs.length && (runs[next] as OffsetRun).last < offset) next += 1;
    const run = runs[next];
    return run === undefined || offset < run.first;
  });
}
