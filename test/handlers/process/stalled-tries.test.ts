import { event, failures, ids, ledger, orders, world } from '../../support/virtual-world';

const LONGER_THAN_A_LEASE_MS = 40_000;

describe('C4, L4: no try starts after the end of a lease that ran out while the process stood still', () => {
  test.each([
    ['identities are remembered', orders],
    ['offsets are remembered', ledger],
  ] as const)('where %s', async (_, options) => {
    const w = world();
    let runs = 0;
    const handler = w.handler(
      options(
        () => {
          runs += 1;
          if (runs > 1) return;
          // It stands still in the pause before the next try.
          void w.time.sleep(1_000).then(() => {
            w.time.nowMs += LONGER_THAN_A_LEASE_MS;
          });
          throw Object.assign(new Error('not now'), { retryAfterMs: 1_500 });
        },
        { retries: 1 },
      ),
    );
    const batch = event({ 0: ids('a') });

    const answer = await handler(batch, w.context(120_000));

    expect(runs).toBe(1);
    expect(failures(answer)).toEqual(['orders-0@0']);
  });
});
