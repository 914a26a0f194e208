import { ERROR_CODES } from '../../../contract/error-codes';
import { claimId } from '../../../handlers/core/identity';
import type { Call, StoreFault } from '../../support/faulty-store';
import { Letters } from '../../support/letters';
import { event, failures, ids, orders, type World, world } from '../../support/virtual-world';

const LEASE = 30_000;

/** A world whose items can be looked at, behind a connection that can be made bad. */
function leases(faultOf: (call: Call) => StoreFault | undefined = () => undefined) {
  const w = world({ faultOf });
  const key = (id: string) => claimId('shop-orders', 'orders', id);
  return {
    w,
    leaseLeft: (id: string) => (w.memory.items.get(key(id))?.leaseUntilMs ?? 0) - w.time.nowMs,
    attempts: (id: string) => w.memory.items.get(key(id))?.attempts,
    /** Another worker owns the claim from now on, however that came about. */
    steal: (id: string) => {
      const item = w.memory.items.get(key(id));
      if (item) w.memory.items.set(key(id), { ...item, owner: 'thief', leaseUntilMs: w.time.nowMs + LEASE });
    },
  };
}

/** Runs until the signal is aborted or the time is over, as a well-behaved handler does. */
async function work(w: World, ms: number, signal: AbortSignal): Promise<void> {
  await w.time.sleep(ms, signal);
  signal.throwIfAborted();
}

describe('C4: leases', () => {
  test('a long run keeps its claim against a second worker', async () => {
    const { w } = leases();
    const effects: string[] = [];
    const long = w.handler(
      orders(async ({ signal }) => {
        await work(w, 300_000, signal);
        effects.push('first');
      }),
    )(event({ 0: ids('a') }), w.context(600_000));
    await w.time.sleep(10_000);

    const others: string[] = [];
    for (let delivery = 0; delivery < 5; delivery += 1) {
      const answer = await w.handler(orders(() => void effects.push('second')))(event({ 0: ids('a') }), w.context());
      others.push(...failures(answer));
    }
    const answer = await long;

    expect(others).toHaveLength(5);
    expect(failures(answer)).toEqual([]);
    expect(effects).toEqual(['first']);
  });

  test('a running record never has less than a quarter of its lease left', async () => {
    const { w, leaseLeft } = leases();
    let least = Number.POSITIVE_INFINITY;
    const handler = w.handler(
      orders(async () => {
        for (let second = 0; second < 200; second += 1) {
          await w.time.sleep(1_000);
          least = Math.min(least, leaseLeft('a'));
        }
      }),
    );

    const answer = await handler(event({ 0: ids('a') }), w.context(600_000));

    expect(failures(answer)).toEqual([]);
    expect(least).toBeGreaterThanOrEqual(LEASE / 4);
  });

  test('a refused renewal aborts the signal with the reason, and the record is open without an attempt', async () => {
    const { w, steal, attempts } = leases();
    const reasons: unknown[] = [];
    const startedAtMs = w.time.nowMs;
    const handler = w.handler(
      orders(async ({ signal }) => {
        await w.time.sleep(1_000);
        steal('a');
        await w.time.sleep(120_000, signal);
        reasons.push(signal.reason);
        signal.throwIfAborted();
      }),
    );

    const answer = await handler(event({ 0: ids('a', 'b') }), w.context(600_000));

    expect(failures(answer)).toEqual(['orders-0@0', 'orders-0@1']);
    expect(reasons).toEqual([expect.objectContaining({ code: ERROR_CODES.claimLost })]);
    expect(w.time.nowMs - startedAtMs).toBeLessThan(LEASE);
    expect(attempts('a')).toBe(0);
  });

  test('a lease that runs out because no renewal is answered aborts the signal before anybody may take over', async () => {
    const { w } = leases(({ operation }) => (operation === 'renew' ? 'request lost' : undefined));
    const abortedAfterMs: number[] = [];
    const startedAtMs = w.time.nowMs;
    const handler = w.handler(
      orders(async ({ signal }) => {
        await w.time.sleep(120_000, signal);
        abortedAfterMs.push(w.time.nowMs - startedAtMs);
        signal.throwIfAborted();
      }),
    );

    const answer = await handler(event({ 0: ids('a') }), w.context(600_000));

    expect(failures(answer)).toEqual(['orders-0@0']);
    expect(abortedAfterMs).toEqual([LEASE]);
  });

  test('an effect of a worker that lost its claim is reported, and its record is open', async () => {
    const { w, steal } = leases();
    const handler = w.handler(orders(() => steal('a')));

    const answer = await handler(event({ 0: ids('a') }), w.context());

    expect(failures(answer)).toEqual(['orders-0@0']);
    expect(w.logged[0]).toMatchObject({
      level: 'error',
      message: 'The effect of orders-0@0 happened, and its mark was not saved',
    });
  });

  test('a record starts only with at least half its lease left', async () => {
    const { w, leaseLeft } = leases();
    const left: number[] = [];
    const handler = w.handler(
      orders(
        async ({ value }) => {
          left.push(leaseLeft(value.id));
          await w.time.sleep(20_000);
        },
        { order: 'none', concurrency: 1 },
      ),
    );

    const answer = await handler(event({ 0: ids('a', 'b', 'c', 'd') }), w.context(600_000));

    expect(failures(answer)).toEqual([]);
    expect(left).toHaveLength(4);
    for (const one of left) expect(one).toBeGreaterThanOrEqual(LEASE / 2);
  });

  test('a renewal that took longer than half a lease is followed by another before the start', async () => {
    const { w, leaseLeft } = leases();
    w.store.faults = { latencyMs: ({ operation, nth }) => (operation === 'renew' && nth === 0 ? 18_000 : 0) };
    const left: number[] = [];
    const handler = w.handler(
      orders(
        async ({ value }) => {
          left.push(leaseLeft(value.id));
          await w.time.sleep(value.id === 'a' ? 16_000 : 0);
        },
        { order: 'none', concurrency: 1 },
      ),
    );

    const answer = await handler(event({ 0: ids('a', 'b') }), w.context(600_000));

    expect(failures(answer)).toEqual([]);
    expect(left).toEqual([LEASE, LEASE]);
  });

  test('a claim that was taken over while its record waited for a slot is asked for anew', async () => {
    const { w, steal } = leases();
    const starts: string[] = [];
    const startedAtMs = w.time.nowMs;
    const handler = w.handler(
      orders(
        async ({ value }) => {
          starts.push(`${value.id} ${Math.floor((w.time.nowMs - startedAtMs) / 1_000)}`);
          if (value.id === 'a') {
            await w.time.sleep(20_000);
            steal('b');
          }
        },
        { order: 'none', concurrency: 1 },
      ),
    );

    const answer = await handler(event({ 0: ids('a', 'b') }), w.context(600_000));

    // The thief never does anything, so its lease has to run out.
    expect(failures(answer)).toEqual([]);
    expect(starts).toEqual(['a 0', 'b 52']);
  });

  test('a renewal whose answer is lost recognises itself', async () => {
    const { w } = leases(({ operation, nth }) => (operation === 'renew' && nth % 2 === 0 ? 'answer lost' : undefined));
    const handler = w.handler(orders(({ signal }) => work(w, 200_000, signal)));

    expect(failures(await handler(event({ 0: ids('a') }), w.context(600_000)))).toEqual([]);
  });

  test('a lease that is being renewed is not renewed again beside that', async () => {
    const { w } = leases();
    w.store.faults = { latencyMs: ({ operation }) => (operation === 'renew' ? 12_000 : 0) };
    const startedAtMs = w.time.nowMs;

    await w.handler(orders(() => w.time.sleep(60_000)))(event({ 0: ids('a') }), w.context(600_000));

    const renewals = w.store.calls.filter(({ operation }) => operation === 'renew');
    // Each at half of what the one before it has set.
    expect(renewals.map(({ atMs }) => atMs - startedAtMs)).toEqual([15_000, 30_000, 45_000]);
  });

  test('C8: a record whose renewals are throttled takes no lease away from another', async () => {
    const { w, leaseLeft } = leases(({ operation, partition }) =>
      operation === 'renew' && partition === 0 ? 'throttled' : undefined,
    );
    let least = Number.POSITIVE_INFINITY;
    const handler = w.handler(
      orders(async ({ value, partition, signal }) => {
        if (partition === 0) return work(w, 100_000, signal);
        for (let second = 0; second < 100; second += 1) {
          await work(w, 1_000, signal);
          least = Math.min(least, leaseLeft(value.id));
        }
      }),
    );

    const answer = await handler(event({ 0: ids('a'), 1: ids('b') }), w.context(600_000));

    // The throttled one runs out of its lease and is aborted; the other one never comes near that.
    expect(failures(answer)).toEqual(['orders-0@0']);
    expect(least).toBeGreaterThanOrEqual(LEASE / 4);
  });

  test('P5: a worker that knows that its claim is lost writes no letter, and counts nothing', async () => {
    const { w, attempts, steal } = leases();
    const deadLetters = new Letters();
    const handler = w.handler(
      orders(
        async ({ value: { id }, signal }) => {
          await w.time.sleep(1_000);
          steal(id);
          await work(w, 300_000, signal);
        },
        { maxAttempts: 1 },
      ),
      { deadLetters },
    );

    const answer = await handler(event({ 0: ids('a') }), w.context(30_000));

    expect(failures(answer)).toEqual(['orders-0@0']);
    expect(deadLetters.all).toEqual([]);
    expect(attempts('a')).toBe(0);
  });

  test('D1: a renewal before the start that takes until the deadline lets nothing start after it', async () => {
    const { w } = leases();
    const remainingMs = 60_000;
    const endsAtMs = w.time.nowMs + remainingMs;
    w.store.faults = { latencyMs: ({ operation }) => (operation === 'renew' ? 45_000 : 0) };
    const starts: string[] = [];
    const handler = w.handler(
      orders(
        async ({ value }) => {
          starts.push(value.id);
          if (value.id === 'a') await w.time.sleep(16_000);
          else expect(w.time.nowMs).toBeLessThan(endsAtMs - 1_000);
        },
        { order: 'none', concurrency: 1 },
      ),
    );

    const answer = await handler(event({ 0: ids('a', 'b') }), w.context(remainingMs));
    // A thawed sandbox goes on where it stood.
    await w.time.sleep(120_000);

    expect(failures(answer)).toEqual(['orders-0@1']);
    expect(starts).toEqual(['a']);
  });
});
