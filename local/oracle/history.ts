import type { Findings } from './findings';
import type { Observation } from './observation';
import { judgeRun } from './oracle';
import type { Promised, TopicFact } from './promise';

/** A whole run, as `readHistory` reads it: what was promised, what lay on the topic, what was seen, what is committed. */
export interface History {
  readonly promised: Promised;
  readonly topic: readonly TopicFact[];
  /** In the order in which they took effect. */
  readonly observations: readonly Observation[];
  /** By partition the next offset; where there is none, nothing is committed. */
  readonly committed: ReadonlyMap<number, number>;
}

export function judgeHistory({ promised, topic, observations, committed }: History): Findings {
  return judgeRun(promised, topic, observations, ({ partition, offset }) => offset >= (committed.get(partition) ?? 0));
}
