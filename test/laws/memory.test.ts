import { MemoryClaimStore } from '../../handlers/claims/memory-claim-store';
import { testLaws } from './claim-store-laws';

describe('the claim store in memory keeps the laws', () => {
  testLaws((options) => {
    const store = new MemoryClaimStore(options);
    return { store, stored: async (id) => store.items.get(id), parked: async (id) => store.parked.get(id) };
  });
});
