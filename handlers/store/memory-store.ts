import { MemoryClaimStore } from '../claims/memory-claim-store';
import { MemoryLedgerStore } from '../ledger/memory-ledger-store';
import type { StoredParked } from '../parking/judge-parked';
import { MemoryParkingStore } from '../parking/memory-parking-store';
import type { Clock } from '../ports';
import { MemoryRedriveStore } from '../transaction/memory-redrive-store';
import { type Apply, MemoryTransactionStore } from '../transaction/memory-transaction-store';
import type { Store } from './store';

export interface MemoryStoreOptions {
  readonly clock: Clock;
  readonly clockSkewMs: number;
  readonly rememberForSeconds: number;
  /** Carries out the writes of users' transactions. @default takes every one */
  readonly apply?: Apply;
}

/** Everything that is remembered, in this process's memory: for unit tests. */
export class MemoryStore implements Store {
  readonly table = 'memory';
  readonly claims: MemoryClaimStore;
  readonly ledger: MemoryLedgerStore;
  readonly transactions: MemoryTransactionStore;
  readonly parking: MemoryParkingStore;
  readonly redrives: MemoryRedriveStore;

  constructor(options: MemoryStoreOptions) {
    const parked = new Map<string, StoredParked>();
    this.claims = new MemoryClaimStore({ ...options, parked });
    this.ledger = new MemoryLedgerStore({ ...options, parked });
    this.parking = new MemoryParkingStore({ ...options, items: parked, claims: this.claims });
    this.transactions = new MemoryTransactionStore({ ...options, claims: this.claims, ledger: this.ledger });
    this.redrives = new MemoryRedriveStore({ ...options, ...this });
  }
}
