import { below, seededRandom, shuffled } from '../../local/seeded-random';
import type { FlightFact } from './flights';
import { MOVING_PARTITION, PARTITIONS, STAYING_PARTITION } from './partitions';
import type { Remember } from './remember';

export type FaultName =
  /** The database fails twice at the effect. */
  | 'failing-record'
  /** The worker is killed after the effect, before it knows of it. */
  | 'crash'
  /** The worker is killed as it sends the effect. */
  | 'crash-before'
  /** The worker stands still after the effect. */
  | 'time-out'
  /** The partition moves while the effect is on its way. */
  | 'rebalance'
  /** The worker is killed after the dead letter, before the mark that closes its record. */
  | 'crash-letter';

/** A fault, fixed to a record and not to a moment, so that a seed brings it back. */
export interface Fault {
  readonly name: FaultName;
  readonly partition: number;
  readonly offset: number;
  happened: boolean;
}

const FAILING_RECORDS = 3;

/**
 * Places each fault at a record that is the first of its identity: those that take a worker away or move a partition
 * in partitions of their own, one after the other, and the failing records anywhere else. A transaction has no place
 * between effect and mark: there the worker dies on both sides of it. One worker dies between a letter and its mark.
 */
export function scriptOf(facts: readonly FlightFact[], seed: number, remember: Remember): Fault[] {
  const random = seededRandom(seed + 1);
  const seen = new Set<string | undefined>();
  const originals = facts.filter(
    ({ doom, identity }) => doom === undefined && !seen.has(identity) && seen.add(identity),
  );
  const groups = Array.from({ length: PARTITIONS }, (_, wanted) =>
    originals.filter(({ partition }) => partition === wanted),
  );
  const moving = groups[MOVING_PARTITION] ?? [];
  const staying = groups[STAYING_PARTITION] ?? [];
  const [longest = [], second = []] = groups.filter((group) => group !== moving && group !== staying).sort(byLength);
  const used = new Set<FlightFact>();
  // Partitions go on side by side: what comes one after the other lies at rising places of all of them.
  const at = (name: FaultName, group: readonly FlightFact[], from: number, to: number): Fault[] => {
    const first = Math.floor(moving.length * from);
    const record = group[first + below(random, Math.max(1, Math.floor(moving.length * (to - from))))];
    if (!record) return [];
    used.add(record);
    return [{ name, partition: record.partition, offset: record.offset, happened: false }];
  };
  const faults = [
    ...at('crash', longest, 0.2, 0.35),
    ...at('time-out', staying, 0.45, 0.6),
    ...at('rebalance', moving, 0.75, 0.9),
    ...(remember === 'transaction' ? at('crash-before', second, 0.05, 0.15) : []),
  ];
  const doomed = facts.filter(({ doom }) => doom?.because === 'cannot be read');
  const letter = doomed[below(seededRandom(seed + 3), Math.max(1, doomed.length))];
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
    ...(letter
      ? [{ name: 'crash-letter' as const, partition: letter.partition, offset: letter.offset, happened: false }]
      : []),
  ];
}

const byLength = (a: readonly unknown[], b: readonly unknown[]) => b.length - a.length;
