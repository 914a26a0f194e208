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
  return evidence.observations.some(({ kind }) => kind === 'delivered')
    ? passing(evidence, firstEffects)
    : late(evidence, firstEffects);
}

function passing(evidence: Evidence, firstEffects: readonly Effect[]): Violation[] {
  const deliveries = new Deliveries(evidence);
  const { promised, closings } = evidence;
  return firstEffects.flatMap((effect): Violation[] => {
    const unit = unitOf(promised, effect.fact);
    const isOpen = (earlier: TopicFact) => {
      if (earlier.takesEffect === false || unitOf(promised, earlier) === unit) return false;
      const [first] = evidence.effectsOf(earlier);
      const hasEffect = first !== undefined && first.index < effect.index;
      return !hasEffect && !closings.isClosed(earlier, effect.index, effect.atMs);
    };
    const passed = deliveries.laneBefore(effect).find(isOpen);
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
