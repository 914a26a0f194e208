import { MemoryClaimStore } from '../claims/memory-claim-store';
import { MemoryLedgerStore } from '../ledger/memory-ledger-store';
import type { Clock } from '../ports';
import { MemoryTransactionStore } from '../transaction/memory-transaction-store';
import type { Store } from './store';

export interface MemoryStoreOptions {
  readonly clock: Clock;
  readonly clockSkewMs: number;
  readonly rememberForSeconds: number;
}

/** Everything that is remembered, in this process's memory: for unit tests. */
export class MemoryStore implements Store {
  readonly table = 'memory';
  readonly claims: MemoryClaimStore;
  readonly ledger: MemoryLedgerStore;
  readonly transactions: MemoryTransactionStore;

  constructor(options: MemoryStoreOptions) {
    this.claims = new MemoryClaimStore(options);
    this.ledger = new MemoryLedgerStore(options);
    this.transactions = new MemoryTransactionStore({ ...options, claims: this.claims, ledger: this.ledger });
  }
}
