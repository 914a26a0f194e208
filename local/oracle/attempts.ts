import type { Evidence } from './evidence';
import type { Violation } from './findings';
import type { Run } from './runs';
import { holdOf, nameOf, unitOf } from './units';

/**
 * What user code was told of earlier attempts (protocol P2): no more than there were runs and deaths before it, and no
 * fewer than claims that were given back after a run of theirs had failed. Between the two stand runs that were cut
 * short, and counts that a fault kept from the database.
 */
export function wrongAttempts(evidence: Evidence): Violation[] {
  const { runs, promised } = evidence;
  const earlier = new Map<string, Run[]>();
  return runs.all.flatMap((run): Violation[] => {
    const fact = evidence.factAt(run);
    if (fact === undefined) return [];
    // Where offsets are remembered, their attempts are too, also beside identities (T1).
    const unit = promised.remember === 'identity' ? unitOf(promised, fact) : nameOf(fact);
    const before = earlier.get(unit) ?? [];
    earlier.set(unit, [...before, run]);
    if (run.attempt === undefined) return [];
    // Where a mark had closed the unit it begins anew: that it ran at all is another matter.
    const marks = evidence.closings.of(fact).filter(({ index }) => index < run.startedAt);
    const since = marks.at(-1)?.index ?? -1;
    const least = 1 + countedFailures(evidence, holdOf(promised, fact), before, { since, until: run.startedAt });
    const most = 1 + before.length + deathsBefore(evidence, run);
    if (run.attempt >= least && run.attempt <= most) return [];
    const text = `${run.worker} was told that its run over ${nameOf(run)} is attempt ${run.attempt}, and it is ${least === most ? least : `from ${least} to ${most}`}`;
    return [{ rule: 'attempts', at: run.startedAt, unit, text }];
  });
}

/** Claims on the unit that were given back, with a failed run of theirs before. */
function countedFailures(
  { tenures }: Evidence,
  hold: string,
  before: readonly Run[],
  { since, until }: { readonly since: number; readonly until: number },
): number {
  return tenures.of(hold).filter(({ from, worker, givenBackAt }) => {
    if (from < since || givenBackAt === undefined || givenBackAt > until) return false;
    return before.some(
      (run) =>
        run.worker === worker &&
        run.startedAt > from &&
        run.result === 'rejected' &&
        run.endedAt !== undefined &&
        run.endedAt < givenBackAt,
    );
  }).length;
}

function deathsBefore({ deaths }: Evidence, { startedAt }: Run): number {
  return [...deaths.values()].filter(({ index }) => index < startedAt).length;
}
