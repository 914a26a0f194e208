import fc from 'fast-check';
import { ERROR_CODES } from '../../../contract/error-codes';
import type { Claim } from '../../../handlers/claims/claim-store';
import { claimId } from '../../../handlers/core/identity';
import {
  committed,
  event,
  failures,
  ids,
  type Order,
  orders,
  put,
  transactions,
  type World,
  world,
} from '../../support/virtual-world';

/** Of the worker that remembers by identity (C4). */
const CLAIM_LEASE = 30_000;
const LEDGER_LEASE = 10_000;
const SKEW = 1_000;
const BUSY_CAP = 1_050;

const identity = ({ value }: { readonly value: Order }) => value.id;
const ledgerOf = (w: World, partition = 0) => w.all.ledger.items.get(`ledger#shop-orders#u-1#1#orders#${partition}`);
const attempts = (w: World) => [...w.all.ledger.items.values()].flatMap(({ state }) => state.attempts);
const codes = (w: World) => w.logged.flatMap(({ fields }) => fields.code ?? []);
const keyed = (...names: readonly string[]) => names.map((id) => ({ key: id.slice(0, 1), value: { id } }));

/** A claim that a worker holds that remembers by identity alone. */
async function foreign(w: World, id: string, leaseMs = CLAIM_LEASE): Promise<Claim> {
  const [answer] = await w.all.claims.claim([
    {
      id: claimId('shop-orders', 'orders', id),
      token: `foreign-${id}`,
      partition: 9,
      offset: 9,
      payloadDigest: undefined,
      leaseUntilMs: w.time.nowMs + leaseMs,
    },
  ]);
  if (answer?.kind !== 'claimed') throw new Error(`not claimed: ${answer?.kind}`);
  return answer.claim;
}

/** The orders that each transaction was to store, and when it was asked for, by the clock of the test. */
function commits(w: World) {
  const startedAtMs = w.time.nowMs;
  const seen: { readonly ids: string; readonly atMs: number }[] = [];
  const { commit } = w.all.transactions;
  jest.spyOn(w.all.transactions, 'commit').mockImplementation((request) => {
    const stored = request.members.flatMap(({ writes }) => writes.map(({ item }) => item.Put?.Item?.id?.S ?? ''));
    seen.push({ ids: stored.join('+'), atMs: w.time.nowMs - startedAtMs });
    return commit.call(w.all.transactions, request);
  });
  return seen;
}

describe.each([false, true])('C6 in a transaction (independent: %p): a live foreign claim', (independent) => {
  function storing(w: World, options: Partial<Parameters<typeof transactions>[1]> = {}) {
    const ran: string[] = [];
    const handler = w.handler(
      transactions(
        ({ value, partition, offset, attempt }) => {
          ran.push(`${value.id}@${partition}-${offset} ${attempt}`);
          return put(value);
        },
        { identity, independent, ...options },
      ),
    );
    return { handler, ran };
  }

  test('is waited for at most about a lease; then the record is open, and no attempt is counted', async () => {
    const w = world();
    const claim = await foreign(w, 'x', 600_000);
    const { handler, ran } = storing(w);
    const startedAtMs = w.time.nowMs;

    const answer = await handler(event({ 0: ids('a', 'x', 'b') }), w.context(300_000));
    const waitedMs = w.time.nowMs - startedAtMs;
    const told = codes(w);
    const runs = [...ran];
    await w.all.claims.release([{ claim }]);
    const again = await handler(event({ 0: ids('a', 'x', 'b') }), w.context());

    expect(failures(answer)).toEqual(['orders-0@1', 'orders-0@2']);
    expect(waitedMs).toBeGreaterThan(CLAIM_LEASE);
    expect(waitedMs).toBeLessThanOrEqual(CLAIM_LEASE + 3 * SKEW);
    expect(told).toEqual([ERROR_CODES.claimBusy]);
    // It waits with what it ran for.
    expect(runs.filter((run) => run.startsWith('x'))).toEqual(['x@0-1 1']);
    expect(failures(again)).toEqual([]);
    expect(committed(w)).toEqual(['a', 'x', 'b']);
    expect(ran.filter((run) => run.startsWith('x')).at(-1)).toBe('x@0-1 1');
    expect(attempts(w)).toEqual([]);
  });

  test('is not waited for past the deadline', async () => {
    const w = world();
    await foreign(w, 'x', 600_000);
    const { handler } = storing(w);
    const startedAtMs = w.time.nowMs;

    const answer = await handler(event({ 0: ids('x', 'b'), 1: ids('c') }), w.context(10_000));

    expect(failures(answer)).toEqual(['orders-0@0', 'orders-0@1']);
    expect(w.time.nowMs - startedAtMs).toBeGreaterThan(7_000);
    expect(w.time.nowMs - startedAtMs).toBeLessThanOrEqual(9_000);
    expect(codes(w)).toEqual([ERROR_CODES.claimBusy]);
    expect(attempts(w)).toEqual([]);
    // L5: nobody has to wait for the partition's lease.
    expect(ledgerOf(w)?.leaseUntilMs).toBe(0);
  });

  test('that is completed meanwhile makes the record a duplicate, and its lane goes on', async () => {
    const w = world();
    const claim = await foreign(w, 'x');
    const { handler } = storing(w);
    const startedAtMs = w.time.nowMs;
    void w.time.sleep(3_000).then(() => w.all.claims.complete([{ claim }]));

    const answer = await handler(event({ 0: ids('x', 'b') }), w.context());

    expect(failures(answer)).toEqual([]);
    expect(committed(w)).toEqual(['b']);
    expect(w.time.nowMs - startedAtMs).toBeLessThanOrEqual(3_000 + 2 * BUSY_CAP);
    expect(w.logged.at(-1)?.fields).toMatchObject({ done: 1, duplicate: 1, open: 0 });
  });

  test('that is given back meanwhile: the record is committed in its place of the lane, and has run once', async () => {
    const w = world();
    const claim = await foreign(w, 'x');
    const { handler, ran } = storing(w);
    const startedAtMs = w.time.nowMs;
    void w.time.sleep(3_000).then(() => w.all.claims.fail([{ claim, error: 'E', atMs: w.time.nowMs }]));

    const answer = await handler(event({ 0: ids('a', 'x', 'b', 'c') }), w.context());

    expect(failures(answer)).toEqual([]);
    expect(committed(w)).toEqual(['a', 'x', 'b', 'c']);
    expect(ran).toEqual(['a@0-0 1', 'x@0-1 1', 'b@0-2 1', 'c@0-3 1']);
    expect(w.time.nowMs - startedAtMs).toBeLessThanOrEqual(3_000 + 2 * BUSY_CAP);
  });

  test('of a worker that died is waited for until it could be taken over', async () => {
    const w = world();
    await foreign(w, 'x');
    const { handler } = storing(w);
    const startedAtMs = w.time.nowMs;

    const answer = await handler(event({ 0: ids('x', 'b') }), w.context());

    expect(failures(answer)).toEqual([]);
    expect(committed(w)).toEqual(['x', 'b']);
    expect(w.time.nowMs - startedAtMs).toBeGreaterThan(CLAIM_LEASE + 2 * SKEW);
    expect(w.time.nowMs - startedAtMs).toBeLessThan(CLAIM_LEASE + 3 * SKEW);
  });

  test('delays no other lane, holds no slot, and is not in the group that is sent', async () => {
    const w = world({ latencyMs: ({ operation }) => (operation === 'commit' ? 50 : 0) });
    await foreign(w, 'x1', 600_000);
    const seen = commits(w);
    const { handler } = storing(w, { order: 'key', concurrency: 1 });

    const answer = await handler(event({ 0: keyed('x1', 'a1', 'x2', 'a2', 'b1', 'a3') }), w.context(20_000));

    expect(failures(answer)).toEqual(['orders-0@0', 'orders-0@2']);
    expect(committed(w).sort()).toEqual(['a1', 'a2', 'a3', 'b1']);
    const others = seen.slice(1).filter(({ ids: names }) => names !== 'x1');
    expect(others.map(({ ids: names }) => names.includes('x'))).not.toContain(true);
    expect(others.at(-1)?.atMs).toBeLessThan(1_000);
    // The pauses grow.
    expect(seen.length).toBeLessThan(50);
  });

  test('the lease of the partition is renewed all the while, and what is done meanwhile is marked', async () => {
    const w = world();
    await foreign(w, 'x1', 600_000);
    const { handler } = storing(w, { order: 'key' });
    const leases: number[] = [];
    const runs: string[] = [];
    const answered = handler(event({ 0: keyed('x1', 'a1') }), w.context(300_000));
    for (let second = 0; second < 30; second += 1) {
      await w.time.sleep(1_000);
      leases.push((ledgerOf(w)?.leaseUntilMs ?? 0) - w.time.nowMs);
      runs.push((ledgerOf(w)?.state.runs ?? []).map(({ first, last }) => `${first}-${last}`).join(' '));
    }

    expect(failures(await answered)).toEqual(['orders-0@0']);
    expect(Math.min(...leases)).toBeGreaterThanOrEqual(LEDGER_LEASE / 2);
    expect(new Set(runs)).toEqual(new Set(['1-1']));
  });

  test('a duplicate found meanwhile is marked by the checkpoint, and not only behind the wait', async () => {
    const w = world();
    await storing(w).handler(event({ 7: ids('a1') }), w.context());
    await foreign(w, 'x1', 600_000);
    const answered = storing(w, { order: 'key' }).handler(event({ 0: keyed('x1', 'a1') }), w.context());
    await w.time.sleep(2_000);

    expect(ledgerOf(w)?.state.runs).toEqual([{ first: 1n, last: 1n }]);
    await answered;
  });

  test('holds up the twins of its record, and no other record of another partition', async () => {
    const w = world();
    const claim = await foreign(w, 'x');
    const seen = commits(w);
    const { handler, ran } = storing(w, { concurrency: 1 });
    void w.time.sleep(5_000).then(() => w.all.claims.release([{ claim }]));

    const answer = await handler(event({ 0: ids('x', 'a'), 1: ids('b', 'c'), 2: ids('x', 'd') }), w.context());

    expect(failures(answer)).toEqual([]);
    expect(committed(w).sort()).toEqual(['a', 'b', 'c', 'd', 'x']);
    expect(ran.filter((run) => run.startsWith('x'))).toEqual(['x@0-0 1']);
    expect(seen.findLast(({ ids: names }) => /[bc]/.test(names))?.atMs).toBeLessThan(1_000);
  });

  test('an outage ends the wait', async () => {
    const w = world({
      faultOf: ({ operation, partition }) => (operation === 'commit' && partition === 1 ? 'refused' : undefined),
    });
    await foreign(w, 'x', 600_000);
    const startedAtMs = w.time.nowMs;
    const handler = w.handler(
      transactions(
        async ({ value }) => {
          if (value.id === 'late') await w.time.sleep(2_000);
          return put(value);
        },
        { identity, independent },
      ),
    );

    const answer = await handler(event({ 0: ids('x'), 1: ids('late') }), w.context());

    expect(failures(answer)).toEqual(['orders-0@0', 'orders-1@0']);
    expect(w.time.nowMs - startedAtMs).toBeLessThan(2_020);
  });

  test('a partition that is lost meanwhile ends the wait', async () => {
    const w = world();
    await foreign(w, 'x', 600_000);
    const { handler } = storing(w);
    const startedAtMs = w.time.nowMs;
    const answered = handler(event({ 0: ids('x', 'b'), 1: ids('c') }), w.context(300_000));
    await w.time.sleep(2_000);
    const item = ledgerOf(w);
    const leaseUntilMs = w.time.nowMs + 60_000;
    if (item) {
      const id = 'ledger#shop-orders#u-1#1#orders#0';
      w.all.ledger.items.set(id, { ...item, owner: 'thief', seq: item.seq + 1, leaseUntilMs });
    }

    expect(failures(await answered)).toEqual(['orders-0@0', 'orders-0@1']);
    expect(w.time.nowMs - startedAtMs).toBeLessThan(5_000);
    expect(committed(w)).toEqual(['c']);
    expect(codes(w)).toContain(ERROR_CODES.partitionLost);
  });

  test('T4: records that waited together and are no transaction together are split, and both are committed', async () => {
    const w = world();
    const claims = [await foreign(w, 'x1', 600_000), await foreign(w, 'y1', 600_000)];
    const error = new Error('Transaction request cannot include multiple operations on one item');
    w.apply = (writes) => {
      const names = writes.map(({ item }) => item.Put?.Item?.id?.S);
      return names.includes('x1') && names.includes('y1') ? { kind: 'invalid', error } : [];
    };
    const { handler } = storing(w, { order: 'key' });
    void w.time.sleep(3_000).then(() => w.all.claims.release(claims.map((claim) => ({ claim }))));

    const answer = await handler(event({ 0: keyed('x1', 'y1', 'a1', 'x2', 'y2') }), w.context(20_000));

    expect(failures(answer)).toEqual([]);
    expect(committed(w).sort()).toEqual(['a1', 'x1', 'x2', 'y1', 'y2']);
    expect(attempts(w)).toEqual([]);
  });

  test('T2: behind a record that waits for its claim, those of other lanes still go in whole groups', async () => {
    const w = world();
    await foreign(w, 'x', 600_000);
    const seen = commits(w);
    const handler = w.handler(
      transactions(
        async ({ value }) => {
          if (value.id !== 'x') await w.time.sleep(2_000 + 10 * Number(value.id.slice(1)));
          return put(value);
        },
        { identity, independent, order: 'none' },
      ),
    );
    const others = Array.from({ length: 20 }, (_, n) => `n${n}`);

    // Its twin hurries the queue, once.
    const answer = await handler(event({ 0: ids('x', 'x', ...others) }), w.context(20_000));

    expect(failures(answer)).toEqual(['orders-0@0', 'orders-0@1']);
    const groups = seen.map(({ ids: names }) => names).filter((names) => names.includes('n'));
    expect(groups.join('+').split('+').sort()).toEqual([...others].sort());
    if (independent) expect(groups).toHaveLength(1);
  });

  test('T2: what is held behind a record that waits fills no group', async () => {
    const w = world();
    await foreign(w, 'x', 600_000);
    const seen = commits(w);
    const handler = w.handler(
      transactions(
        async ({ value }) => {
          const [kind, n] = [value.id.slice(0, 1), Number(value.id.slice(1))];
          await w.time.sleep({ h: 10, n: 2_000 + 10 * n }[kind] ?? 0);
          return put(value);
        },
        { identity, independent, order: 'key' },
      ),
    );
    const held = Array.from({ length: 120 }, (_, n) => ({ key: 'x', value: { id: `h${n}` } }));
    const others = Array.from({ length: 20 }, (_, n) => ({ key: `n${n}`, value: { id: `n${n}` } }));

    const answer = await handler(
      event({ 0: [{ key: 'x', value: { id: 'x' } }, ...held, ...others] }),
      w.context(20_000),
    );

    expect(failures(answer)).toHaveLength(121);
    const groups = seen.map(({ ids: names }) => names).filter((names) => names.includes('n'));
    if (independent) expect(groups).toHaveLength(1);
    expect(attempts(w)).toEqual([]);
  });

  test('of several waiting records each goes on when its own claim is over', async () => {
    const w = world();
    const [x, y] = [await foreign(w, 'x1', 600_000), await foreign(w, 'y1', 600_000)];
    await foreign(w, 'z1', 600_000);
    const { handler } = storing(w, { order: 'key' });
    void w.time.sleep(4_000).then(() => w.all.claims.release([{ claim: y }]));
    void w.time.sleep(8_000).then(() => w.all.claims.complete([{ claim: x }]));

    const answer = await handler(event({ 0: keyed('x1', 'y1', 'z1', 'x2', 'y2', 'z2') }), w.context(20_000));

    expect(failures(answer)).toEqual(['orders-0@2', 'orders-0@5']);
    expect(committed(w)).toEqual(['y1', 'y2', 'x2']);
  });
});

test('C6 in a transaction: beside workers that remember by identity, each effect happens once, and nothing waits for a lease', async () => {
  const lanes = fc.array(fc.array(fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f'), { maxLength: 6 }), {
    minLength: 1,
    maxLength: 3,
  });
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.tuple(fc.constantFrom('identity', 'transaction', 'independent'), lanes), {
        minLength: 2,
        maxLength: 3,
      }),
      fc.constantFrom('partition' as const, 'key' as const, 'none' as const),
      fc.integer({ min: 1, max: 3 }),
      fc.nat(20),
      fc.nat(60),
      async (workers, order, concurrency, latencyMs, workMs) => {
        const w = world({ latencyMs: () => latencyMs });
        const effects: string[] = [];
        const startedAtMs = w.time.nowMs;

        const answers = await Promise.all(
          workers.map(([way, partitions], worker) => {
            const given = Object.fromEntries(partitions.map((lane, n) => [worker * 10 + n, ids(...lane)]));
            const shared = { identity, order, concurrency };
            const handler =
              way === 'identity'
                ? w.handler(
                    orders(async ({ value }) => {
                      await w.time.sleep(workMs);
                      effects.push(value.id);
                    }, shared),
                  )
                : w.handler(
                    transactions(
                      async ({ value }) => {
                        await w.time.sleep(workMs);
                        return put(value);
                      },
                      { ...shared, independent: way === 'independent' },
                    ),
                  );
            return handler(event(given), w.context());
          }),
        );

        expect(answers.flatMap(failures)).toEqual([]);
        const all = [...effects, ...committed(w)];
        expect(all.sort()).toEqual([...new Set(workers.flatMap(([, partitions]) => partitions.flat()))].sort());
        expect(w.time.nowMs - startedAtMs).toBeLessThan(CLAIM_LEASE);
      },
    ),
    { numRuns: 80 },
  );
});
