import type { Place } from '../oracle/observation';
import type { MemoryWatch } from './memory-watch';
import type { Plan } from './plan';
import { factsOf, type SimulatedFact } from './topic';

const UNWRITABLE: readonly unknown[] = ['refused', 'invalid', 'colliding'];

/**
 * What is still to be done: every record is to be closed by a durable mark and committed, but for those that never can
 * be, and what waits behind them for a good reason.
 */
export class Resolution {
  readonly #plan: Plan;
  readonly #watch: MemoryWatch;
  readonly #committed = new Map<number, number>();
  /** By partition, the records of its last delivery. */
  readonly #delivered = new Map<number, ReadonlySet<number>>();
  #facts: readonly SimulatedFact[] = [];
  #isExpecting = false;

  constructor(plan: Plan, watch: MemoryWatch) {
    this.#plan = plan;
    this.#watch = watch;
  }

  /** From now on these are to be resolved. */
  expect(facts: readonly SimulatedFact[]): void {
    this.#facts = facts;
    this.#isExpecting = true;
  }

  /** Whether the mapping has begun, and everybody knows where. */
  get isExpecting(): boolean {
    return this.#isExpecting;
  }

  get facts(): readonly SimulatedFact[] {
    return this.#facts;
  }

  delivered(records: readonly Place[]): void {
    for (const partition of new Set(records.map((record) => record.partition))) {
      const offsets = records.filter((record) => record.partition === partition).map(({ offset }) => offset);
      this.#delivered.set(partition, new Set(offsets));
    }
  }

  committed(partition: number, nextOffset: number): void {
    this.#committed.set(partition, nextOffset);
  }

  /** 0 where nothing is committed. */
  committedOffset(partition: number): number {
    return this.#committed.get(partition) ?? 0;
  }

  /** From an earlier offset on: somebody has set the group back to before the start. */
  expectFrom(partition: number, offset: number): void {
    this.#facts = factsOf(this.#plan).filter(
      (fact) =>
        (fact.partition === partition && fact.offset >= offset) ||
        this.#facts.some((known) => known.partition === fact.partition && known.offset === fact.offset),
    );
  }

  /** Whether no durable mark closes it. */
  isOpen(fact: SimulatedFact): boolean {
    if (this.#plan.remember !== 'identity') return !this.#watch.isOffsetClosed(fact);
    return !this.#watch.isIdentityClosed(fact) && !this.#watch.isParked(fact);
  }

  isUncommitted({ partition, offset }: Place): boolean {
    return offset >= this.committedOffset(partition);
  }

  /** What has to be closed or committed yet. */
  pending(): readonly SimulatedFact[] {
    const blocked = this.#blocked();
    if (blocked.size === 0) {
      return this.#facts.filter((fact) => this.isOpen(fact) || this.isUncommitted(fact));
    }
    // A batch that is retried on and on holds its partitions: what lies behind it is not delivered at all.
    return this.#facts.filter(
      (fact) => this.isOpen(fact) && !blocked.has(fact) && this.#delivered.get(fact.partition)?.has(fact.offset),
    );
  }

  /** What can never be closed, and what is behind it in its lane. */
  #blocked(): ReadonlySet<SimulatedFact> {
    const lanes = new Set<string>();
    const blocked = new Set<SimulatedFact>();
    for (const fact of this.#facts) {
      if (!this.isOpen(fact)) continue;
      const lane = this.#laneOf(fact);
      if (!lanes.has(lane) && !this.#isHopeless(fact)) continue;
      blocked.add(fact);
      lanes.add(lane);
    }
    return blocked;
  }

  #isHopeless(fact: SimulatedFact): boolean {
    const { planned, payload } = fact;
    const { work, remember, identity, deadLetters } = this.#plan;
    // Whatever cannot work is parked.
    if (deadLetters) return false;
    const { failures = 0, kills = 0, hangs = 0, writes } = work[planned.id] ?? {};
    if (planned.isGarbage || failures < 0 || kills < 0 || hangs < 0) return true;
    if (remember === 'transaction' && UNWRITABLE.includes(writes)) return true;
    if (!identity) return false;
    const stored = this.#watch.payloadDigest(fact);
    return stored !== undefined && stored !== payload;
  }

  #laneOf({ partition, offset, key }: SimulatedFact): string {
    const { order } = this.#plan;
    if (order === 'none') return `${partition}@${offset}`;
    return order === 'partition' || key === undefined ? `${partition}` : `${partition} ${key}`;
  }
}
