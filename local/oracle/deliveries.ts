import type { Effect, Evidence } from './evidence';
import type { Place } from './observation';
import type { TopicFact } from './promise';
import { laneOf, nameOf } from './units';

interface Delivery {
  readonly index: number;
  readonly records: readonly Place[];
  readonly names: ReadonlySet<string>;
  /** Filled where a lane is asked for. */
  lanes: ReadonlyMap<string, readonly TopicFact[]> | undefined;
}

/** Which records came together. */
export class Deliveries {
  readonly #evidence: Evidence;
  readonly #ofWorker = new Map<string, Delivery[]>();

  constructor(evidence: Evidence) {
    this.#evidence = evidence;
    evidence.observations.forEach((observation, index) => {
      if (observation.kind !== 'delivered') return;
      const { worker, records } = observation;
      const delivery = { index, records, names: new Set(records.map(nameOf)), lanes: undefined };
      const earlier = this.#ofWorker.get(worker);
      if (earlier) earlier.push(delivery);
      else this.#ofWorker.set(worker, [delivery]);
    });
  }

  /** What lay before a record in its lane when its worker was last given it before the effect. */
  laneBefore({ worker, index, fact }: Pick<Effect, 'worker' | 'index' | 'fact'>): readonly TopicFact[] {
    const name = nameOf(fact);
    const delivery = this.#ofWorker.get(worker)?.findLast((one) => one.index < index && one.names.has(name));
    if (delivery === undefined) return [];
    delivery.lanes ??= this.#lanesOf(delivery.records);
    const lane = delivery.lanes.get(laneOf(this.#evidence.promised, fact) ?? '') ?? [];
    return lane.filter(({ offset }) => offset < fact.offset);
  }

  #lanesOf(records: readonly Place[]): Map<string, TopicFact[]> {
    const lanes = new Map<string, TopicFact[]>();
    for (const place of records) {
      const fact = this.#evidence.factAt(place);
      if (fact === undefined) continue;
      const lane = laneOf(this.#evidence.promised, fact) ?? '';
      const others = lanes.get(lane);
      if (others) others.push(fact);
      else lanes.set(lane, [fact]);
    }
    return lanes;
  }
}
