import { event, failures, ids, ledger, type World, world } from '../../support/virtual-world';

const PARTITION = 'ledger#shop-orders#u-1#1#orders#0';
const stored = (w: World) => w.all.ledger.items.get(PARTITION);
const runs = (w: World) =>
  stored(w)
    ?.state.runs.map(({ first, last }) => `${first}-${last}`)
    .join(' ');

/** `early` ends while the first renewal waits for an answer that never comes; `late` long after the renewal was asked again. */
async function withLostRenewal(nthThatStands: number) {
  const w = world({
    faultOf: ({ operation, nth }) => (operation === 'mark' && nth !== nthThatStands ? 'request lost' : undefined),
    latencyMs: ({ operation }) => (operation === 'mark' ? 800 : 0),
  });
  let seen: string | undefined;
  let leaseUntilMs = 0;
  const handler = w.handler(
    ledger(
      async ({ value }) => {
        await w.time.sleep(value.id === 'early' ? 3_500 : 5_500);
        if (value.id === 'early') return;
        seen = runs(w);
        leaseUntilMs = stored(w)?.leaseUntilMs ?? 0;
      },
      { order: 'none' },
    ),
  );
  const startedAtMs = w.time.nowMs;

  const answer = await handler(event({ 0: ids('early', 'late') }), w.context());

  return { answer, seen, leaseEndsAfterMs: leaseUntilMs - startedAtMs };
}

describe('L2: a mark that is asked again', () => {
  test('says what has ended since it was asked first', async () => {
    const { answer, seen } = await withLostRenewal(1);

    // The renewal is asked for at a third of a lease of 10 s, and again 0.8 s later.
    expect(seen).toBe('0-0');
    // No mark after that one stands.
    expect(failures(answer)).toEqual(['orders-0@1']);
  });

  test('asks for a lease from then on', async () => {
    const { leaseEndsAfterMs } = await withLostRenewal(1);

    // A third of a lease, the answer that never came, and a whole lease.
    expect(leaseEndsAfterMs).toBeGreaterThanOrEqual(3_333 + 800 + 10_000);
  });
});
