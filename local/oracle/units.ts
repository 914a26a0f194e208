import type { Held, Place } from './observation';
import type { Promised, TopicFact } from './promise';

/** A record's name: `<partition>@<offset>`. */
export const nameOf = ({ partition, offset }: Place) => `${partition}@${offset}`;

/** What is to take effect once: the identity where identities are promised, else the record. */
export function unitOf(promised: Promised, fact: TopicFact): string {
  return isByIdentity(promised) && fact.identity !== undefined ? fact.identity : nameOf(fact);
}

export function isByIdentity({ remember, identity }: Promised): boolean {
  return remember === 'identity' || (remember === 'transaction' && identity === true);
}

/** What a worker has to hold while it runs the record: its identity, or its partition where offsets are remembered. */
export function holdOf({ remember }: Promised, { partition, identity }: TopicFact): string {
  return holdName(remember === 'identity' && identity !== undefined ? { identity } : { partition });
}

export function holdName({ identity, partition }: Held): string {
  return identity === undefined ? `partition ${partition}` : identity;
}

/** Within a lane first effects come in offset order; undefined: in any (protocol O1). */
export function laneOf({ order }: Promised, { partition, key }: TopicFact): string | undefined {
  if (order === 'none') return undefined;
  return order === 'partition' || key === undefined ? `${partition}` : `${partition} ${key}`;
}
