import type { Evidence } from './evidence';
import type { Violation } from './findings';
import type { Run } from './runs';
import { isRightful } from './tenures';
import { holdName, holdOf, nameOf, unitOf } from './units';

/**
 * Two workers on one partition, or on one identity: the second waits until the first one's lease is over. Only a worker
 * that stood still for longer can run beside it. Nothing runs twice at once in one worker either.
 */
export function overlaps(evidence: Evidence): Violation[] {
  return [...stolenClaims(evidence), ...overlappingRuns(evidence)];
}

/** Claims that were accepted while the lease of another worker, which lived, was live. */
function stolenClaims({ observations, tenures, deaths }: Evidence): Violation[] {
  return observations.flatMap((observation, index): Violation[] => {
    if (observation.kind !== 'claim') return [];
    const hold = holdName(observation);
    const before = tenures.before(hold, index);
    const taken = tenures.before(hold, index + 1);
    if (before === undefined || taken === undefined || before.worker === taken.worker) return [];
    const isDead = (deaths.get(before.worker)?.index ?? index) < index;
    if (isDead || isRightful(before, taken)) return [];
    const text = `${taken.worker} claimed ${hold} ${before.endMs - taken.atMs} ms before the lease of ${before.worker} was over`;
    return [{ rule: 'overlap', at: index, unit: hold, text }];
  });
}

function overlappingRuns(evidence: Evidence): Violation[] {
  const going = new Map<string, Run[]>();
  return evidence.runs.all.flatMap((run): Violation[] => {
    const fact = evidence.factAt(run);
    if (fact === undefined) return [];
    const hold = holdOf(evidence.promised, fact);
    const others = (going.get(hold) ?? []).filter(({ endedAt }) => endedAt === undefined || endedAt > run.startedAt);
    going.set(hold, [...others, run]);
    const beside = others.find((other) => excludes(evidence, other, run, hold));
    if (beside === undefined) return [];
    const text = `${run.worker} ran ${nameOf(run)} while ${nameOf(beside)} ran in ${beside.worker} under a live lease`;
    return [{ rule: 'overlap', at: run.startedAt, unit: unitOf(evidence.promised, fact), text }];
  });
}

/** Whether a run that goes on is under a live lease, and the next one is another worker's, or of the same unit. */
function excludes(evidence: Evidence, going: Run, next: Run, hold: string): boolean {
  const [one, other] = [going, next].map((run) => unitOf(evidence.promised, evidence.factAt(run) ?? run));
  if (going.worker === next.worker && one !== other) return false;
  const tenure = evidence.tenures.before(hold, going.startedAt, going.worker);
  return tenure !== undefined && next.startedAtMs !== undefined && next.startedAtMs < tenure.endMs;
}
