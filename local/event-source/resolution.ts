import type { Poller } from './poller';

/** `blocked`: every partition that still has work is blocked. */
export type Resolution = 'resolved' | 'blocked' | 'open';

export type ObservedPoller = Pick<Poller, 'inFlight' | 'resolvedUpTo' | 'blocked'>;

/**
 * How far a mapping is with everything below `ends`, the offset for each partition: resolved is what was committed, or
 * what the partition's owner has read past and resolved. As long as an invocation with such a record runs, an old
 * owner's included, nothing is decided.
 */
export function resolutionOf(
  ends: ReadonlyMap<number, number>,
  committed: ReadonlyMap<number, number>,
  pollers: readonly ObservedPoller[],
): Resolution {
  const isWanted = (partition: number, offset: number) => offset < (ends.get(partition) ?? 0);
  if (pollers.some(({ inFlight }) => inFlight.some(({ partition, offset }) => isWanted(partition, offset))))
    return 'open';
  const unresolved = [...ends.keys()].filter((partition) => {
    const upTo = pollers.map((poller) => poller.resolvedUpTo(partition) ?? 0);
    return isWanted(partition, Math.max(committed.get(partition) ?? 0, ...upTo));
  });
  if (unresolved.length === 0) return 'resolved';
  const isBlocked = (partition: number) => pollers.some(({ blocked }) => blocked.has(partition));
  return unresolved.every(isBlocked) ? 'blocked' : 'open';
}
