import type { Outcome } from '../core/answer';
import type { TopicMetrics } from './metrics';
import { COUNTED, type Counted, TopicNotes } from './topic-notes';

/** A number of the summary line for everything that is counted, over all topics. */
export type Noticed = Readonly<Record<Counted | 'holesClosed', number>> & {
  /** Age of the oldest record at its start, and the longest wait for another worker; absent where there was none. */
  readonly oldestMs?: number;
  readonly longestWaitMs?: number;
};

/** What one invocation notices, topic by topic. Told by the engine as it happens; costs nanoseconds and never throws. */
export class Observer {
  readonly #notes = new Map<string, TopicNotes>();
  #holesClosed = 0;
  #lastTopic: string | undefined;
  #last: TopicNotes | undefined;

  /** A record is about to run. */
  started({ topic, timestamp }: { readonly topic: string; readonly timestamp: number }, nowMs: number): void {
    // Kafka writes -1 where there is no timestamp; a producer's clock may be ahead.
    if (timestamp > 0) this.#of(topic).ages.add(Math.max(0, nowMs - timestamp));
  }

  /** @param times how often it happened; of `abandoned`, how many offsets */
  noticed(what: Counted, topic: string, times = 1): void {
    this.#of(topic).counts[what] += times;
  }

  /** A hole of the ledger was closed by its bound (L6): steady noise on a transactional topic, so no metric. */
  holesClosed(times: number): void {
    this.#holesClosed += times;
  }

  /** A lane goes on after it waited for another worker's claim or partition. */
  laneWaited(topic: string, ms: number): void {
    this.#of(topic).waits.add(Math.max(0, ms));
  }

  /** Called for each record at the end. */
  ended(topic: string, outcome: Outcome): void {
    this.#of(topic).outcomes[outcome] += 1;
  }

  get outcomes(): Readonly<Record<Outcome, number>> {
    const sums: Record<Outcome, number> = { done: 0, duplicate: 0, parked: 0, open: 0 };
    for (const { outcomes } of this.#notes.values()) {
      for (const outcome of Object.keys(sums) as Outcome[]) sums[outcome] += outcomes[outcome];
    }
    return sums;
  }

  get summary(): Noticed {
    const notes = [...this.#notes.values()];
    const counts = Object.fromEntries(
      Object.keys(COUNTED).map((name) => [name, notes.reduce((sum, { counts }) => sum + counts[name as Counted], 0)]),
    ) as Record<Counted, number>;
    const oldestMs = highest(notes.map(({ ages }) => ages.highest));
    const longestWaitMs = highest(notes.map(({ waits }) => waits.highest));
    return {
      ...counts,
      holesClosed: this.#holesClosed,
      ...(oldestMs !== undefined && { oldestMs }),
      ...(longestWaitMs !== undefined && { longestWaitMs }),
    };
  }

  metrics(consumer: string): TopicMetrics[] {
    return [...this.#notes].map(([topic, notes]) => ({ consumer, topic, values: notes.values }));
  }

  /** Neighbours in a batch are mostly of one topic. */
  #of(topic: string): TopicNotes {
    if (topic === this.#lastTopic && this.#last) return this.#last;
    let notes = this.#notes.get(topic);
    if (notes === undefined) {
      notes = new TopicNotes();
      this.#notes.set(topic, notes);
    }
    this.#lastTopic = topic;
    this.#last = notes;
    return notes;
  }
}

function highest(values: readonly (number | undefined)[]): number | undefined {
  const known = values.filter((value) => value !== undefined);
  return known.length > 0 ? Math.max(...known) : undefined;
}
