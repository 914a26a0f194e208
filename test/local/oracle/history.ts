import type { Findings } from '../../../local/oracle/findings';
import type { Ended, Held, Observation, OffsetRun, Place, WriteLost } from '../../../local/oracle/observation';
import { judgeRun } from '../../../local/oracle/oracle';
import type { Promised, TopicFact } from '../../../local/oracle/promise';

export const LEASE_MS = 5_000;

export const IDENTITY: Promised = { remember: 'identity', order: 'key' };
export const LEDGER: Promised = { remember: 'ledger', order: 'partition' };
export const TRANSACTION: Promised = { remember: 'transaction', order: 'partition' };

/** What a claim stands on: an identity by its name, a partition by its number. */
type Hold = string | number;

const held = (hold: Hold): Held => (typeof hold === 'string' ? { identity: hold } : { partition: hold });

/** `0@41` as a place. */
export function at(name: string): Place {
  const [partition, offset] = name.split('@').map(Number);
  return { partition: partition ?? Number.NaN, offset: offset ?? Number.NaN };
}

/** Writes a run down as the pass-through would have seen it, with a clock that only moves when told. */
export class History {
  readonly observations: Observation[] = [];
  nowMs = 1_790_000_000_000;

  claim(worker: string, hold: Hold, leaseMs = LEASE_MS): this {
    return this.add({ kind: 'claim', worker, ...held(hold), atMs: this.nowMs, leaseUntilMs: this.nowMs + leaseMs });
  }

  renew(worker: string, hold: Hold, leaseMs = LEASE_MS): this {
    return this.add({ kind: 'lease', worker, ...held(hold), leaseUntilMs: this.nowMs + leaseMs });
  }

  /** Failed or given back: the lease lies in the past. */
  release(worker: string, hold: Hold): this {
    return this.add({ kind: 'lease', worker, ...held(hold), leaseUntilMs: 0 });
  }

  effect(worker: string, partition: number, offset: number, run?: number): this {
    return this.add({ kind: 'effect', worker, partition, offset, atMs: this.nowMs, ...(run !== undefined && { run }) });
  }

  mark(worker: string, identity: string): this {
    return this.add({ kind: 'mark', worker, identity });
  }

  close(worker: string, partition: number, ...closes: OffsetRun[]): this {
    return this.add({ kind: 'mark', worker, partition, closes });
  }

  kill(worker: string, cause = 'crash'): this {
    return this.add({ kind: 'killed', worker, cause, atMs: this.nowMs });
  }

  deliver(worker: string, ...records: string[]): this {
    return this.add({ kind: 'delivered', worker, records: records.map(at) });
  }

  answer(worker: string, ...open: string[]): this {
    return this.add({ kind: 'answered', worker, open: open.map(at) });
  }

  fail(worker: string): this {
    return this.add({ kind: 'failed', worker });
  }

  start(worker: string, record: string, attempt?: number, run?: number): this {
    return this.add({
      kind: 'started',
      worker,
      ...at(record),
      atMs: this.nowMs,
      ...(attempt !== undefined && { attempt }),
      ...(run !== undefined && { run }),
    });
  }

  end(worker: string, record: string, result: Ended['result'] = 'resolved', run?: number): this {
    return this.add({
      kind: 'ended',
      worker,
      ...at(record),
      atMs: this.nowMs,
      result,
      ...(run !== undefined && { run }),
    });
  }

  lose(worker: string, hold: Hold, write: WriteLost['write'] = 'mark'): this {
    return this.add({ kind: 'write-lost', worker, ...held(hold), write });
  }

  letter(worker: string, record: string): this {
    return this.add({ kind: 'letter', worker, ...at(record) });
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

export interface HistoryFact extends TopicFact {
  readonly key: string;
  readonly identity: string;
}

export const fact = (partition: number, offset: number, identity: string, key = 'ATL'): HistoryFact => ({
  partition,
  offset,
  key,
  identity,
});

export const nothingOpen = () => false;

/** What breaks the promise, as `rule unit`, with everything committed but what `open` names. */
export function broken(
  promised: Promised,
  topic: readonly TopicFact[],
  { observations }: History,
  ...open: readonly string[]
): string[] {
  const findings = judgedBy(promised, topic, observations, open);
  return findings.violations.map(({ rule, unit }) => `${rule} ${unit}`);
}

export function judgedBy(
  promised: Promised,
  topic: readonly TopicFact[],
  observations: readonly Observation[],
  open: readonly string[] = [],
): Findings {
  return judgeRun(promised, topic, observations, ({ partition, offset }) => open.includes(`${partition}@${offset}`));
}
