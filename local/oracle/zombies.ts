import type { Evidence } from './evidence';
import type { Observation } from './observation';
import { holdName, holdOf } from './units';

export interface ZombieCounts {
  readonly zombieEffects: number;
  readonly zombieWrites: number;
}

/**
 * Counts what was accepted from a worker after it was dead, or after its claim or its partition had gone to another one.
 * That alone breaks no promise: what was on its way arrives.
 */
export function countZombies(evidence: Evidence): ZombieCounts {
  const owners = new Map<number, string>();
  let zombieEffects = 0;
  let zombieWrites = 0;
  evidence.observations.forEach((observation, index) => {
    if (observation.kind === 'delivered') {
      for (const { partition } of observation.records) owners.set(partition, observation.worker);
    } else if (!isWrite(observation) || !isZombie(evidence, owners, observation, index)) return;
    else if (observation.kind === 'effect') zombieEffects += 1;
    else zombieWrites += 1;
  });
  return { zombieEffects, zombieWrites };
}

type Write = Extract<Observation, { readonly kind: 'effect' | 'claim' | 'lease' | 'mark' | 'letter' }>;

function isWrite({ kind }: Observation): boolean {
  return kind === 'effect' || kind === 'claim' || kind === 'lease' || kind === 'mark' || kind === 'letter';
}

function isZombie(evidence: Evidence, owners: ReadonlyMap<number, string>, write: Observation, index: number): boolean {
  const { worker, kind } = write as Write;
  if ((evidence.deaths.get(worker)?.index ?? index) < index) return true;
  const { partition } = write as { readonly partition?: number };
  const owner = partition === undefined ? undefined : owners.get(partition);
  if (owner !== undefined && owner !== worker) return true;
  if (kind === 'claim') return false;
  const hold = holdFor(evidence, write as Write);
  const holder = hold === undefined ? undefined : evidence.tenures.before(hold, index)?.worker;
  return holder !== undefined && holder !== worker;
}

function holdFor(evidence: Evidence, write: Write): string | undefined {
  if (write.kind === 'lease' || write.kind === 'mark') return holdName(write);
  const fact = write.kind === 'claim' ? undefined : evidence.factAt(write);
  return fact && holdOf(evidence.promised, fact);
}
