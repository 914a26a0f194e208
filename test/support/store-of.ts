import type { ClaimStore } from '../../handlers/claims/claim-store';
import type { Store } from '../../handlers/store/store';

/** A store of claims alone, for tests of what remembers by identity; the other doors fail whoever knocks. */
export function storeOf(claims: ClaimStore): Store {
  const closed = (): never => {
    throw new Error('this test remembers by identity');
  };
  const parking = {
    lookUp: closed,
    park: closed,
    claim: closed,
    renew: closed,
    complete: closed,
    fail: closed,
    release: closed,
  };
  return {
    table: 'memory',
    claims,
    ledger: { claim: closed, mark: closed },
    transactions: { commit: closed },
    parking,
    redrives: { commit: closed },
  };
}
