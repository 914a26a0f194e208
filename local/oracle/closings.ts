import type { Marked, Observation, Place } from './observation';
import type { Promised, TopicFact } from './promise';
import { isByIdentity, nameOf, unitOf } from './units';

/** An accepted mark, or a letter, as far as it concerns one unit. */
export interface Closing {
  readonly index: number;
  readonly worker: string;
  readonly sentAtMs: number | undefined;
  /** undefined: for good. */
  readonly rememberedUntilMs: number | undefined;
}

/** What closes records durably: marks of identities, marks of runs of offsets, and letters. */
export class Closings {
  readonly #promised: Promised;
  readonly #ofUnit = new Map<string, Closing[]>();
  /** By record, where it was parked. */
  readonly #parked = new Map<string, number>();

  constructor(promised: Promised, topic: readonly TopicFact[], observations: readonly Observation[]) {
    this.#promised = promised;
    const partitions = new Map<number, OpenFacts>();
    const parkedBy = promised.maxAttempts === undefined ? 'letter' : 'parked';
    observations.forEach((observation, index) => {
      if (observation.kind === parkedBy) {
        if (!this.#parked.has(nameOf(observation))) this.#parked.set(nameOf(observation), index);
      } else if (observation.kind !== 'mark') return;
      else if (observation.identity !== undefined) {
        if (isByIdentity(promised)) this.#add(observation.identity, closingOf(observation, index));
      } else {
        const { partition, closes } = observation;
        const open = partitions.get(partition) ?? new OpenFacts(topic.filter((fact) => fact.partition === partition));
        partitions.set(partition, open);
        for (const [first, last] of closes) {
          for (const fact of open.take(first, last)) {
            // The record is closed, and not every record of its identity.
            this.#add(nameOf(fact), closingOf(observation, index));
          }
        }
      }
    });
  }

  /** Every closing of the record, by its offset and by its identity, in order. */
  of(fact: TopicFact): readonly Closing[] {
    const byOffset = this.#ofUnit.get(nameOf(fact)) ?? [];
    const unit = unitOf(this.#promised, fact);
    const byIdentity = unit === nameOf(fact) ? [] : (this.#ofUnit.get(unit) ?? []);
    if (byOffset.length === 0) return byIdentity;
    return byIdentity.length === 0 ? byOffset : [...byOffset, ...byIdentity].sort((a, b) => a.index - b.index);
  }

  /** Whether a durable mark closes the record, or it is parked, when the observation at `index` comes. */
  isClosed(fact: TopicFact, index: number, atMs?: number): boolean {
    return this.isParked(fact, index) || this.of(fact).some((closing) => holds(closing, index, atMs));
  }

  isParked(fact: Place, index: number): boolean {
    return (this.parkedAt(fact) ?? index) < index;
  }

  /** Index of what parked the record itself. */
  parkedAt(fact: Place): number | undefined {
    return this.#parked.get(nameOf(fact));
  }

  #add(name: string, closing: Closing): void {
    const earlier = this.#ofUnit.get(name);
    if (earlier) earlier.push(closing);
    else this.#ofUnit.set(name, [closing]);
  }
}

/** Whether the mark was there, and its memory not over. */
function holds({ index: markedAt, rememberedUntilMs }: Closing, index: number, atMs: number | undefined): boolean {
  if (markedAt >= index) return false;
  return rememberedUntilMs === undefined || atMs === undefined || atMs < rememberedUntilMs;
}

function closingOf({ worker, sentAtMs, rememberedUntilMs }: Marked, index: number): Closing {
  return { index, worker, sentAtMs, rememberedUntilMs };
}

/** The records of one partition that no run of offsets has closed yet: each is taken once. */
class OpenFacts {
  readonly #facts: TopicFact[];

  constructor(facts: readonly TopicFact[]) {
    this.#facts = [...facts].sort((a, b) => a.offset - b.offset);
  }

  take(first: number, last: number): TopicFact[] {
    const from = this.#facts.findIndex(({ offset }) => offset >= first);
    if (from === -1) return [];
    const beyond = this.#facts.findIndex(({ offset }) => offset > last);
    return this.#facts.splice(from, (beyond === -1 ? this.#facts.length : beyond) - from);
  }
}
