import { mayBeRefused } from './conflict';
import type { Evidence } from './evidence';
import type { Violation } from './findings';
import type { TopicFact } from './promise';
import type { Run } from './runs';
import { holdOf, nameOf, unitOf } from './units';

/**
 * What user code was told of earlier attempts (protocol P2): no more than there were invocations before it that may have
 * counted, no more than there may be before a record is parked (P1), and no fewer than claims that were given back after
 * a run of theirs had failed. Between the two stand runs that were cut short, and counts that a fault kept from the
 * database.
 */
export function wrongAttempts(evidence: Evidence): Violation[] {
  const { runs, promised, turns } = evidence;
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
    const most = Math.min(
      1 +
        (turns.areSeen
          ? turns.countedAtMost(evidence.sharing(fact), holdOf(promised, fact), run.startedAt)
          : before.length + deathsBefore(evidence, run)),
      mostBeforeParking(evidence, fact, before),
    );
    if (run.attempt >= least && run.attempt <= most) return [];
    const text = `${run.worker} was told that its run over ${nameOf(run)} is attempt ${run.attempt}, and it is ${least === most ? least : `from ${least} to ${most}`}`;
    return [{ rule: 'attempts', at: run.startedAt, unit, text }];
  });
}

/** Claims on the unit that were given back, with a last run of theirs that failed. */
function countedFailures(
  { tenures, promised }: Evidence,
  hold: string,
  before: readonly Run[],
  { since, until }: { readonly since: number; readonly until: number },
): number {
  return tenures.of(hold).filter(({ from, worker, givenBackAt }) => {
    if (from < since || givenBackAt === undefined || givenBackAt > until) return false;
    // Tries of one invocation are one attempt, and one that succeeds makes good for those before it.
    const last = before.findLast(
      (run) => run.worker === worker && run.startedAt > from && run.endedAt !== undefined && run.endedAt < givenBackAt,
    );
    return last?.result === 'rejected' && isCounted(last, promised.maxAttempts);
  }).length;
}

/**
 * At the last attempt the record is parked (P1). But whose lease is over by then, since it stood still, or may be since a
 * message was lost, may not park, and its count stands if nobody has taken the claim.
 */
function mostBeforeParking(evidence: Evidence, fact: TopicFact, before: readonly Run[]): number {
  const { maxAttempts = Number.POSITIVE_INFINITY, keepsLeases = false } = evidence.promised;
  if (mayBeRefused(evidence, fact)) return Number.POSITIVE_INFINITY;
  const isExcused = (run: Run) =>
    (run.attempt ?? 0) >= maxAttempts && (run.result === 'aborted' || !keepsLeases || stoodStillAfter(evidence, run));
  return maxAttempts + before.filter(isExcused).length;
}

function stoodStillAfter({ observations, turns }: Evidence, { worker, startedAt }: Run): boolean {
  const to = turns.of(worker, startedAt)?.to ?? observations.length;
  return observations.some(
    ({ kind, worker: who }, at) => kind === 'frozen' && who === worker && at > startedAt && at < to,
  );
}

/** Not what is everybody's error or nobody's, nor what is to be parked: while the letter cannot be written nothing counts. */
function isCounted({ says, attempt }: Run, maxAttempts: number | undefined): boolean {
  if (maxAttempts === undefined) return says !== 'outage' && says !== 'call';
  return says === undefined && attempt !== undefined && attempt < maxAttempts;
}

function deathsBefore({ deaths }: Evidence, { startedAt }: Run): number {
  return [...deaths.values()].filter(({ index }) => index < startedAt).length;
}
