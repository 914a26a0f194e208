import { below, seededRandom } from '../seeded-random';
import type { Fault } from './fault';
import { definitionOf, type FaultName } from './fault-definitions';

export interface Placement {
  /** Drawn from with equal chances; at least one. */
  readonly names: readonly FaultName[];
  readonly count: number;
  readonly seed: number;
  /** About how many requests the run makes: faults of requests and answers lie within them. */
  readonly requests: number;
  /** About how many deliveries the run makes. @default a tenth of the requests */
  readonly deliveries?: number;
  /** How many workers are started. @default 1 */
  readonly workers?: number;
}

/** Faults placed by a seed, in the order of their places; the same seed places the same ones. */
export function placeFaults(placement: Placement): Fault[] {
  const { names, count, seed, requests } = placement;
  const { deliveries = Math.ceil(requests / 10), workers = 1 } = placement;
  const random = seededRandom(seed);
  const most = {
    request: requests,
    answer: requests,
    invocation: deliveries,
    commit: deliveries,
    destination: 1,
    worker: workers,
  };
  const faults = Array.from({ length: count }, (): Fault => {
    const name = names[below(random, names.length)];
    if (name === undefined) throw new Error('No names of faults were given to place: report this bug');
    return { name, at: 1 + below(random, Math.max(1, most[definitionOf(name).place])), settings: {} };
  });
  return faults.sort((a, b) => a.at - b.at);
}
