import type { ClaimStore } from '../claims/claim-store';
import type { LedgerStore } from '../ledger/ledger-store';
import type { ParkingStore } from '../parking/parking-store';
import type { RedriveStore } from '../transaction/redrive-store';
import type { TransactionStore } from '../transaction/transaction-store';

/** Everything that is remembered in one idempotency table. One suite of laws holds every implementation of it. */
export interface Store {
  /** Name of the table. */
  readonly table: string;
  readonly claims: ClaimStore;
  readonly ledger: LedgerStore;
  readonly transactions: TransactionStore;
  readonly parking: ParkingStore;
  readonly redrives: RedriveStore;
}
