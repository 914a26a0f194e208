import type { TopicFact } from '../../local/oracle/oracle';
import { below, seededRandom, shuffled } from '../../local/seeded-random';

export type FaultName = 'failing-record' | 'crash' | 'time-out' | 'rebalance';

/** A fault, fixed to a record and not to a moment, so that a seed brings it back. */
export interface Fault {
  readonly name: FaultName;
  readonly partition: number;
  readonly offset: number;
  happened: boolean;
}

const FAILING_RECORDS = 3;

/**
 * Places each fault at a record that is the first of its identity: the three that take a worker away or move a
 * partition in the longest partitions, one after the other, and the failing records anywhere else.
 */
export function scriptOf(facts: readonly TopicFact[], seed: number): Fault[] {
  const random = seededRandom(seed + 1);
  const seen = new Set<string>();
  const originals = facts.filter(({ identity }) => !seen.has(identity) && seen.add(identity));
  const byPartition = new Map<number, TopicFact[]>();
  for (const fact of originals) {
    const group = byPartition.get(fact.partition);
    if (group) group.push(fact);
    else byPartition.set(fact.partition, [fact]);
  }
  const longest = [...byPartition.entries()].sort((a, b) => b[1].length - a[1].length || a[0] - b[0]);
  // A second poller takes the partitions with odd numbers.
  const moving = longest.find(([partition]) => partition % 2 === 1);
  const others = longest.filter((entry) => entry !== moving);
  const used = new Set<TopicFact>();
  const at = (name: FaultName, group: readonly TopicFact[] | undefined, from: number, to: number): Fault[] => {
    if (!group || group.length === 0) return [];
    const first = Math.floor(group.length * from);
    const record = group[first + below(random, Math.max(1, Math.floor(group.length * (to - from))))];
    if (!record) return [];
    used.add(record);
    return [{ name, partition: record.partition, offset: record.offset, happened: false }];
  };
  const faults = [
    ...at('crash', others[0]?.[1], 0.2, 0.4),
    ...at('time-out', others[1]?.[1] ?? others[0]?.[1], 0.45, 0.6),
    ...at('rebalance', moving?.[1], 0.65, 0.85),
  ];
  const failing = shuffled(
    originals.filter((fact) => !used.has(fact)),
    random,
  ).slice(0, FAILING_RECORDS);
  return [
    ...failing.map(({ partition, offset }) => ({
      name: 'failing-record' as const,
      partition,
      offset,
      happened: false,
    })),
    ...faults,
  ];
}
