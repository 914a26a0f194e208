import { isInConflict } from './conflict';
import type { Evidence } from './evidence';
import type { Violation } from './findings';
import type { Answered, Place } from './observation';
import { nameOf } from './units';

/**
 * What an accepted answer leaves out is closed by a durable mark at that moment; what it lists was delivered, each once
 * and per partition in offset order (protocol A1). Whatever the end of an invocation is, nothing of it still runs (A5).
 */
export function wrongAnswers(evidence: Evidence): Violation[] {
  const delivered = new Map<string, readonly Place[]>();
  return evidence.observations.flatMap((observation, index) => {
    const { kind, worker } = observation;
    if (kind === 'delivered') delivered.set(worker, observation.records);
    if (kind !== 'answered' && kind !== 'failed' && kind !== 'killed') return [];
    const records = delivered.get(worker) ?? [];
    delivered.delete(worker);
    if (kind === 'killed') return [];
    const alive = outlived(evidence, worker, index);
    if (kind === 'failed') return alive;
    return [...leftOut(evidence, records, observation, index), ...misreported(records, observation, index), ...alive];
  });
}

function leftOut(evidence: Evidence, records: readonly Place[], answer: Answered, index: number): Violation[] {
  const open = new Set(answer.open.map(nameOf));
  const isClosed = (place: Place) => {
    const fact = evidence.factAt(place);
    if (fact === undefined || fact.takesEffect === false || evidence.closings.isParked(fact, index)) return true;
    return evidence.closings.isClosed(fact, index) && !isInConflict(evidence, fact);
  };
  return records
    .filter((place) => !open.has(nameOf(place)) && !isClosed(place))
    .map((place): Violation => {
      const text = `${answer.worker} left ${nameOf(place)} out of its answer, and no mark closes it`;
      return { rule: 'left-out', at: index, unit: nameOf(place), text };
    });
}

function misreported(records: readonly Place[], { worker, open }: Answered, index: number): Violation[] {
  const delivered = new Set(records.map(nameOf));
  const highest = new Map<number, number>();
  return open.flatMap((place): Violation[] => {
    const before = highest.get(place.partition) ?? -1;
    highest.set(place.partition, Math.max(before, place.offset));
    const wrong = wrongPlace(place, before, delivered);
    const text = `${worker} lists ${nameOf(place)} as open, ${wrong}`;
    return wrong === undefined ? [] : [{ rule: 'misreported', at: index, unit: nameOf(place), text }];
  });
}

function wrongPlace(place: Place, before: number, delivered: ReadonlySet<string>): string | undefined {
  if (!delivered.has(nameOf(place))) return 'which was not delivered to it';
  if (place.offset === before) return 'for the second time';
  return place.offset < before ? 'behind a higher offset of its partition' : undefined;
}

function outlived({ runs }: Evidence, worker: string, index: number): Violation[] {
  return runs.all
    .filter(
      (run) => run.worker === worker && run.startedAt < index && (run.endedAt === undefined || run.endedAt > index),
    )
    .map((run): Violation => {
      const text = `${worker} ended its invocation while user code still ran over ${nameOf(run)}`;
      return { rule: 'outlived', at: index, unit: nameOf(run), text };
    });
}
