import { EMPTY_LEDGER, type LedgerState } from '../../handlers/ledger/ledger-state';
import type { Store } from '../../handlers/store/store';

/** Agrees to everything at once and checks nothing: what is left is the engine's own work. It keeps the ledgers' states. */
export function instantStore(): Store {
  const ledgers = new Map<string, { readonly state: LedgerState; readonly seq: number }>();
  const written = { kind: 'written' } as const;
  const mark = ({ id, state, seq }: { readonly id: string; readonly state: LedgerState; readonly seq: number }) => {
    ledgers.set(id, { state, seq: seq + 1 });
    return written;
  };
  return {
    table: 'Idempotency',
    claims: {
      lookUp: async (batch) => batch.map(() => ({ kind: 'open' })),
      claim: async (batch) =>
        batch.map((request) => ({ kind: 'claimed', claim: { ...request, attempts: 0 }, takeover: false })),
      renew: async (batch) => batch.map(() => written),
      complete: async (batch) => batch.map(() => written),
      park: async (batch) => batch.map(() => written),
      fail: async (batch) => batch.map(() => written),
      release: async (batch) => batch.map(() => written),
      suspect: async (batch) => batch.map(() => written),
      cutOff: async (batch) => batch.map(() => written),
    },
    ledger: {
      claim: async (batch) =>
        batch.map(({ id, leaseUntilMs }) => {
          const { state, seq } = ledgers.get(id) ?? { state: EMPTY_LEDGER, seq: 0 };
          return { kind: 'claimed', claim: { state, seq: seq + 1, leaseUntilMs } };
        }),
      mark: async (batch) => batch.map(mark),
    },
    transactions: {
      commit: async ({ mark: closing }) => {
        mark(closing);
        return { kind: 'committed' };
      },
    },
    parking: {
      lookUp: async (ids) => ids.map(() => ({ kind: 'absent' })),
      park: async (batch) => batch.map(() => written),
      claim: async (batch) => batch.map(() => ({ kind: 'absent' })),
      renew: async (batch) => batch.map(() => written),
      complete: async (batch) => batch.map(() => written),
      fail: async (batch) => batch.map(() => written),
      release: async (batch) => batch.map(() => written),
    },
    redrives: { commit: async () => ({ kind: 'committed' }) },
  };
}
