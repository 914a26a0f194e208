import type { Evidence } from './evidence';
import type { Rule, Violation } from './findings';
import type { Leased, Marked } from './observation';
import { holdName } from './units';

/**
 * Marks and leases that were accepted from a worker although the claim was someone else's by then, or its own newer
 * one, or nobody's because it had been given back. Whoever never claimed is not judged here.
 */
export function staleWrites({ observations, tenures }: Evidence): Violation[] {
  return observations.flatMap((observation, index): Violation[] => {
    if (observation.kind !== 'mark' && observation.kind !== 'lease') return [];
    const hold = holdName(observation);
    const tenure = tenures.before(hold, index);
    if (tenure === undefined) return [];
    const { worker, sentAtMs } = observation;
    const wrong =
      tenure.worker !== worker
        ? `whose claim had gone to ${tenure.worker}`
        : sentAtMs !== undefined && sentAtMs < tenure.sentAtMs
          ? 'sent under an earlier claim of its own'
          : tenure.givenBackAt !== undefined && tenure.givenBackAt < index && !givesBack(observation, tenure.atMs)
            ? 'after it had given the claim back or closed it'
            : undefined;
    if (wrong === undefined) return [];
    const rule: Rule = observation.kind === 'mark' ? 'stale-mark' : 'stale-lease';
    const text = `The database accepted a ${observation.kind} on ${hold} from ${worker}, ${wrong}`;
    return [{ rule, at: index, unit: hold, text }];
  });
}

/** Given back once more: nothing changes. */
function givesBack({ kind, leaseUntilMs, atMs }: Leased | Marked, claimedAtMs: number): boolean {
  return kind === 'lease' && leaseUntilMs <= (atMs ?? claimedAtMs);
}
