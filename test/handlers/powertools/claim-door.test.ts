import type { ClaimStore } from '../../../handlers/claims/claim-store';
import { ClaimDoor } from '../../../handlers/powertools/claim-door';

const LEASE_MS = 300;
const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** A store whose answers take their time. */
function slowStore(claimMs: number, renewalMs: number) {
  const released: string[] = [];
  const store: Partial<ClaimStore> = {
    claim: async (batch) => {
      await pause(claimMs);
      return batch.map((request) => ({ kind: 'claimed', claim: { ...request, attempts: 0 }, takeover: false }));
    },
    renew: async (batch) => {
      await pause(renewalMs);
      return batch.map(() => ({ kind: 'written' }));
    },
    release: async (batch) => {
      released.push(...batch.map(({ claim }) => claim.id));
      return batch.map(() => ({ kind: 'written' }));
    },
  };
  const door = new ClaimDoor({ store: store as ClaimStore, read: async () => [], leaseMs: LEASE_MS });
  const call = { id: 'x', validation: undefined, endsAtMs: Date.now() + 60_000 };
  return { answer: door.claim(call), released };
}

describe('C4: a function never starts after its lease', () => {
  test('a claim that took more than half its lease is renewed, and starts', async () => {
    const { answer, released } = slowStore(200, 1);

    expect(await answer).toMatchObject({ kind: 'claimed' });
    expect(released).toEqual([]);
  });

  test('a renewal that took longer than the lease itself is no renewal: the claim is given back', async () => {
    const { answer, released } = slowStore(200, 400);

    expect(await answer).toMatchObject({ kind: 'unknown' });
    expect(released).toEqual(['x']);
  });
});
