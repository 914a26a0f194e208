import type { Observation, TopicFact } from '../../../local/oracle/oracle';

export const LEASE_MS = 5_000;

/** Writes a run down as the pass-through would have seen it, with a clock that only moves when told. */
export class History {
  readonly observations: Observation[] = [];
  nowMs = 1_790_000_000_000;

  claim(worker: string, identity: string, leaseMs = LEASE_MS): this {
    return this.add({ kind: 'claim', worker, identity, atMs: this.nowMs, leaseUntilMs: this.nowMs + leaseMs });
  }

  renew(worker: string, identity: string, leaseMs = LEASE_MS): this {
    return this.add({ kind: 'lease', worker, identity, leaseUntilMs: this.nowMs + leaseMs });
  }

  /** Failed or given back: the lease lies in the past. */
  release(worker: string, identity: string): this {
    return this.add({ kind: 'lease', worker, identity, leaseUntilMs: 0 });
  }

  effect(worker: string, partition: number, offset: number): this {
    return this.add({ kind: 'effect', worker, partition, offset });
  }

  mark(worker: string, identity: string): this {
    return this.add({ kind: 'mark', worker, identity });
  }

  kill(worker: string, cause = 'crash'): this {
    return this.add({ kind: 'killed', worker, cause });
  }

  pass(ms: number): this {
    this.nowMs += ms;
    return this;
  }

  add(observation: Observation): this {
    this.observations.push(observation);
    return this;
  }
}

export const fact = (partition: number, offset: number, identity: string, key = 'ATL'): TopicFact => ({
  partition,
  offset,
  key,
  identity,
});

export const nothingOpen = () => false;
