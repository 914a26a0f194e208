import type { StoredParked } from './judge-parked';
import type { Parked } from './parked';

/** Makes the items that do not exist, and leaves the others alone (protocol P5). */
export function parkInMemory(items: Map<string, StoredParked>, batch: readonly Parked[]): void {
  for (const { id, attempts, firstFailureMs, lastFailureMs } of batch) {
    if (items.has(id)) continue;
    items.set(id, {
      outcome: 'parked',
      attempts,
      firstFailureMs,
      lastFailureMs,
      owner: undefined,
      leaseUntilMs: undefined,
      expiration: undefined,
    });
  }
}
