import { Deliveries } from './deliveries';
import type { Effect, Evidence } from './evidence';
import type { Violation } from './findings';
import type { TopicFact } from './promise';
import { laneOf, nameOf, unitOf } from './units';

/**
 * Within a lane first effects come in offset order (protocol O1, O2). Across invocations that holds only as far as the
 * service holds the partition, so where deliveries were observed two records are compared only if one invocation had
 * both: then a first effect must not pass a record that is open. Neither a rewind nor a second worker with the same
 * records is out of order. Where no delivery was observed, first effects are compared as if all came in order.
 */
export function outOfOrder(evidence: Evidence): Violation[] {
  if (evidence.promised.order === 'none') return [];
  const firstEffects = [...evidence.effects.values()].flatMap(([first]) => (first ? [first] : []));
  if (!evidence.observations.some(({ kind }) => kind === 'delivered')) return late(evidence, firstEffects);
  const deliveries = new Deliveries(evidence);
  const isDependent = evidence.promised.remember === 'transaction' && evidence.promised.independent === false;
  return [...passing(evidence, deliveries, firstEffects), ...(isDependent ? early(evidence, deliveries) : [])];
}

/** With transactions a run sees what those before it have done: it begins when they are committed (protocol T2). */
function early(evidence: Evidence, deliveries: Deliveries): Violation[] {
  return evidence.runs.all.flatMap((run): Violation[] => {
    const fact = evidence.factAt(run);
    if (fact === undefined) return [];
    const moment = { worker: run.worker, index: run.startedAt, atMs: run.startedAtMs, fact };
    const passed = openBefore(evidence, deliveries, moment);
    if (passed === undefined) return [];
    const text = `${run.worker} ran ${nameOf(fact)} before ${nameOf(passed)}, which was delivered with it, was committed`;
    return [{ rule: 'order', at: run.startedAt, unit: nameOf(fact), text }];
  });
}

type Moment = Pick<Effect, 'worker' | 'index' | 'atMs' | 'fact'>;

/** The first record of the lane that is open at this moment. */
function openBefore(evidence: Evidence, deliveries: Deliveries, moment: Moment): TopicFact | undefined {
  const { promised, closings } = evidence;
  const unit = unitOf(promised, moment.fact);
  return deliveries.laneBefore(moment).find((earlier) => {
    if (earlier.takesEffect === false || unitOf(promised, earlier) === unit) return false;
    const effects = [...evidence.effectsOf(earlier), ...evidence.redrivenOf(earlier)];
    const hasEffect = effects.some(({ index }) => index < moment.index);
    return !hasEffect && !closings.isClosed(earlier, moment.index, moment.atMs);
  });
}

function passing(evidence: Evidence, deliveries: Deliveries, firstEffects: readonly Effect[]): Violation[] {
  return firstEffects.flatMap((effect): Violation[] => {
    const passed = openBefore(evidence, deliveries, effect);
    if (passed === undefined) return [];
    const text = `${nameOf(effect.fact)} took its first effect by ${effect.worker} before ${nameOf(passed)}, which was delivered with it and is open`;
    return [{ rule: 'order', at: effect.index, unit: nameOf(effect.fact), text }];
  });
}

function late({ promised }: Evidence, firstEffects: readonly Effect[]): Violation[] {
  const furthest = new Map<string, TopicFact>();
  return firstEffects.flatMap(({ index, worker, fact }): Violation[] => {
    const lane = laneOf(promised, fact) ?? '';
    const last = furthest.get(lane);
    if (last === undefined || fact.offset > last.offset) furthest.set(lane, fact);
    if (last === undefined || fact.offset >= last.offset) return [];
    const text = `${nameOf(fact)} took its first effect by ${worker} after ${nameOf(last)}`;
    return [{ rule: 'order', at: index, unit: nameOf(fact), text }];
  });
}
