import type { LedgerStore } from '../../handlers/ledger/ledger-store';
import { MemoryLedgerStore, type MemoryLedgerStoreOptions } from '../../handlers/ledger/memory-ledger-store';
import type { OpenedLedger } from './ledger-store-laws';

/** A store in memory for the laws, changed where a mutant changes it. */
export function openMemoryLedger(
  options: MemoryLedgerStoreOptions,
  change: (right: MemoryLedgerStore) => Partial<LedgerStore> = () => ({}),
): OpenedLedger {
  const right = new MemoryLedgerStore(options);
  const changed: LedgerStore = {
    claim: (batch) => right.claim(batch),
    mark: (batch) => right.mark(batch),
    ...change(right),
  };
  const sent: (() => Promise<unknown>)[] = [];
  return {
    store: {
      claim: (batch) => {
        sent.push(() => changed.claim(batch));
        return changed.claim(batch);
      },
      mark: (batch) => {
        sent.push(() => changed.mark(batch));
        return changed.mark(batch);
      },
    },
    stored: async (id) => {
      const item = right.items.get(id);
      return item && { owner: item.owner, leaseUntilMs: item.leaseUntilMs, seq: item.seq, everything: item };
    },
    parked: async (id) => right.parked.get(id),
    lateCopies: async () => {
      for (const copy of [...sent]) await copy();
    },
  };
}
