import fc from 'fast-check';
import { ERROR_CODES } from '../../../contract/error-codes';
import type { Claim } from '../../../handlers/claims/claim-store';
import { claimId } from '../../../handlers/core/identity';
import { MortalStore } from '../../support/faulty-store';
import { event, failures, ids, orders, type World, world } from '../../support/virtual-world';

const LEASE = 30_000;
const SKEW = 1_000;

/** A claim that some other worker holds, and what it may do with it. */
async function foreign(w: World, id: string, leaseMs = LEASE): Promise<Claim> {
  const [answer] = await w.store.claims.claim([
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

describe('C6: a live foreign claim', () => {
  test('is waited for at most about a lease; then the record is open, and no attempt is counted', async () => {
    const w = world();
    const claim = await foreign(w, 'a', 600_000);
    const attempts: number[] = [];
    const handler = w.handler(orders(({ attempt }) => void attempts.push(attempt)));
    const startedAtMs = w.time.nowMs;

    const answer = await handler(event({ 0: ids('a', 'b') }), w.context(300_000));
    const waitedMs = w.time.nowMs - startedAtMs;
    await w.store.claims.release([{ claim }]);
    await handler(event({ 0: ids('a', 'b') }), w.context());

    expect(failures(answer)).toEqual(['orders-0@0', 'orders-0@1']);
    expect(waitedMs).toBeGreaterThan(LEASE);
    expect(waitedMs).toBeLessThanOrEqual(LEASE + 3 * SKEW);
    expect(attempts).toEqual([1, 1]);
    expect(w.logged).toContainEqual(
      expect.objectContaining({ fields: expect.objectContaining({ code: ERROR_CODES.claimBusy }) }),
    );
  });

  test('is not waited for past the deadline', async () => {
    const w = world();
    await foreign(w, 'a', 600_000);
    const startedAtMs = w.time.nowMs;

    const answer = await w.handler(orders(() => undefined))(event({ 0: ids('a') }), w.context(10_000));

    expect(failures(answer)).toEqual(['orders-0@0']);
    expect(w.time.nowMs - startedAtMs).toBeLessThanOrEqual(9_000);
  });

  test('that is completed meanwhile makes the record a duplicate, and the lane goes on', async () => {
    const w = world();
    const claim = await foreign(w, 'a');
    const ran: string[] = [];
    void w.time.sleep(3_000).then(() => w.store.claims.complete([{ claim }]));

    const answer = await w.handler(orders(({ value }) => void ran.push(value.id)))(
      event({ 0: ids('a', 'b') }),
      w.context(),
    );

    expect(failures(answer)).toEqual([]);
    expect(ran).toEqual(['b']);
  });

  test('that fails meanwhile is taken over, and its attempt counts', async () => {
    const w = world();
    const claim = await foreign(w, 'a');
    const attempts: number[] = [];
    void w.time.sleep(3_000).then(() => w.store.claims.fail([{ claim, error: 'E', atMs: w.time.nowMs }]));

    await w.handler(orders(({ attempt }) => void attempts.push(attempt)))(event({ 0: ids('a') }), w.context());

    expect(attempts).toEqual([2]);
  });

  test('delays no other lane, and holds no slot', async () => {
    const w = world();
    await foreign(w, 'a', 20_000);
    const startedAtMs = w.time.nowMs;
    const ends: string[] = [];
    const handler = w.handler(
      orders(({ value }) => void ends.push(`${value.id} ${Math.floor((w.time.nowMs - startedAtMs) / 1_000)}`), {
        concurrency: 1,
      }),
    );

    const answer = await handler(event({ 0: ids('a', 'b'), 1: ids('c', 'd') }), w.context());

    expect(failures(answer)).toEqual([]);
    expect(ends.slice(0, 2)).toEqual(['c 0', 'd 0']);
    expect(ends.slice(2).map((end) => end.split(' ')[0])).toEqual(['a', 'b']);
  });

  test('makes its lane give back what it holds behind, so that others can go on', async () => {
    const w = world();
    await foreign(w, 'a', 600_000);
    const [first, second] = [[] as string[], [] as string[]];
    const waiting = w.handler(orders(({ value }) => void first.push(value.id)))(
      event({ 0: ids('a', 'b', 'c') }),
      w.context(40_000),
    );
    await w.time.sleep(2_000);

    const startedAtMs = w.time.nowMs;
    const answer = await w.handler(orders(({ value }) => void second.push(value.id)))(
      event({ 1: ids('b', 'c') }),
      w.context(),
    );
    const tookMs = w.time.nowMs - startedAtMs;

    expect(failures(answer)).toEqual([]);
    expect(second).toEqual(['b', 'c']);
    expect(tookMs).toBeLessThan(2_000);
    expect(failures(await waiting)).toHaveLength(3);
    expect(first).toEqual([]);
  });
});

describe('C3: taking over', () => {
  test('a crashed worker is taken over after its lease and 2 skews, never before', async () => {
    const w = world();
    const mortal = new MortalStore(w.store);
    const startedAtMs = w.time.nowMs;
    const dying = w.handler(
      orders(() => {
        mortal.dead = true;
        return new Promise(() => undefined);
      }),
      { store: mortal, exit: () => new Promise(() => undefined) as never },
    );
    void dying(event({ 0: ids('a') }), w.context(20_000)).catch(() => undefined);
    while (!mortal.dead) await w.time.sleep(1);
    const starts: number[] = [];

    const answer = await w.handler(orders(() => void starts.push(w.time.nowMs - startedAtMs)))(
      event({ 0: ids('a') }),
      w.context(),
    );

    expect(failures(answer)).toEqual([]);
    expect(starts).toHaveLength(1);
    expect(starts[0]).toBeGreaterThan(LEASE + 2 * SKEW);
    expect(starts[0]).toBeLessThan(LEASE + 3 * SKEW);
  });

  test('a worker that left no time for it is taken over at the next delivery', async () => {
    const w = world();
    await foreign(w, 'a');
    const ran: string[] = [];
    const handler = w.handler(orders(({ value }) => void ran.push(value.id)));
    const answers: string[][] = [];

    for (let delivery = 0; delivery < 4; delivery += 1) {
      answers.push(failures(await handler(event({ 0: ids('a') }), w.context(12_000))));
    }

    expect(answers).toEqual([['orders-0@0'], ['orders-0@0'], [], []]);
    expect(ran).toEqual(['a']);
  });
});

describe('C6: two workers whose lanes cross', () => {
  test('each has what the other waits for: both come to an end, each effect happens once', async () => {
    const w = world({ latencyMs: () => 5 });
    const effects: string[] = [];
    const handler = () =>
      w.handler(
        orders(async ({ value }) => {
          await w.time.sleep(50);
          effects.push(value.id);
        }),
      );
    const startedAtMs = w.time.nowMs;

    const answers = await Promise.all([
      handler()(event({ 0: ids('x', 'y', 'z') }), w.context()),
      handler()(event({ 1: ids('z', 'y', 'x') }), w.context()),
    ]);

    expect(answers.map(failures)).toEqual([[], []]);
    expect(effects.sort()).toEqual(['x', 'y', 'z']);
    expect(w.time.nowMs - startedAtMs).toBeLessThan(10_000);
  });

  test('whatever their batches: nothing waits for a lease to run out, each effect happens once', async () => {
    const lanes = fc.array(fc.array(fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f'), { maxLength: 6 }), {
      minLength: 1,
      maxLength: 3,
    });
    await fc.assert(
      fc.asyncProperty(
        fc.array(lanes, { minLength: 2, maxLength: 3 }),
        fc.integer({ min: 1, max: 3 }),
        fc.nat(20),
        fc.nat(60),
        async (workers, concurrency, latencyMs, workMs) => {
          const w = world({ latencyMs: () => latencyMs });
          const effects: string[] = [];
          const startedAtMs = w.time.nowMs;

          const answers = await Promise.all(
            workers.map((partitions, worker) => {
              const given = Object.fromEntries(partitions.map((lane, n) => [worker * 10 + n, ids(...lane)]));
              return w.handler(
                orders(
                  async ({ value }) => {
                    await w.time.sleep(workMs);
                    effects.push(value.id);
                  },
                  { concurrency },
                ),
              )(event(given), w.context());
            }),
          );

          expect(answers.flatMap(failures)).toEqual([]);
          expect(effects.sort()).toEqual([...new Set(workers.flat(2))].sort());
          expect(w.time.nowMs - startedAtMs).toBeLessThan(LEASE);
        },
      ),
      { numRuns: 80 },
    );
  });
});
