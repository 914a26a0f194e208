import type { ClaimStore } from '../../handlers/claims/claim-store';
import type { LedgerStore } from '../../handlers/ledger/ledger-store';
import type { ParkingStore } from '../../handlers/parking/parking-store';
import { MemoryStore } from '../../handlers/store/memory-store';
import type { OpenedParking, ParkingOptions } from './parking-store-laws';

/** What a mutant changes. */
export interface Doors {
  readonly store?: Partial<ParkingStore>;
  readonly claims?: Partial<ClaimStore>;
  readonly ledger?: Partial<LedgerStore>;
}

type Batch = readonly never[];

/** The stores in memory for the laws, changed where a mutant changes them. */
export function openMemoryParking(
  options: ParkingOptions,
  change: (right: MemoryStore) => Doors = () => ({}),
): OpenedParking {
  const right = new MemoryStore(options);
  const changed = change(right);
  const sent: (() => Promise<unknown>)[] = [];
  /** Calls of the right store, or of what stands in its place; those that write can come late. */
  const door = <Store extends object>(from: Store, instead: Partial<Store> = {}): Store =>
    new Proxy(from, {
      get: (_, name) => {
        const call = (batch: Batch) =>
          ((instead as never)[name] as (some: Batch) => Promise<unknown>)?.(batch) ??
          ((from as never)[name] as (some: Batch) => Promise<unknown>).call(from, batch);
        return (batch: Batch) => {
          if (name !== 'lookUp') sent.push(() => call(batch));
          return call(batch);
        };
      },
    });
  return {
    store: door<ParkingStore>(right.parking, changed.store),
    claims: door<ClaimStore>(right.claims, changed.claims),
    ledger: door<LedgerStore>(right.ledger, changed.ledger),
    parked: async (id) => right.parking.items.get(id),
    identity: async (id) => right.claims.items.get(id),
    lateCopies: async (arrived) => {
      for (const copy of [...sent]) {
        await copy();
        await arrived();
      }
    },
  };
}
