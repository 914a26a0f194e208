import { claimId } from '../../../handlers/core/identity';
import { MortalStore } from '../../support/faulty-store';
import { event, failures, ids, orders, type World, world } from '../../support/virtual-world';

const stored = (w: World, id: string) => w.memory.items.get(claimId('shop-orders', 'orders', id));

describe('C5, P2: attempts', () => {
  test('each rejection counts one, over invocations and workers, and process is told', async () => {
    const w = world();
    const attempts: number[] = [];
    const handler = () =>
      w.handler(
        orders(({ attempt }) => {
          attempts.push(attempt);
          if (attempt < 4) throw new Error('no');
        }),
      );

    for (let delivery = 0; delivery < 5; delivery += 1) await handler()(event({ 0: ids('a') }), w.context());

    expect(attempts).toEqual([1, 2, 3, 4]);
  });

  test.each<[string, () => unknown]>([
    [
      'a synchronous throw',
      () => {
        throw new Error('no');
      },
    ],
    ['a rejection', () => Promise.reject(new Error('no'))],
    ['a rejection with nothing', () => Promise.reject()],
    [
      'a thrown string',
      () => {
        throw 'no';
      },
    ],
    ['a rejection after a while', () => new Promise((_, reject) => setImmediate(() => reject(new Error('no'))))],
  ])('%s is one', async (_, act) => {
    const w = world();

    const answer = await w.handler(orders(act))(event({ 0: ids('a') }), w.context());

    expect(failures(answer)).toEqual(['orders-0@0']);
    expect(stored(w, 'a')).toMatchObject({ attempts: 1, leaseUntilMs: 0 });
    expect(w.logged.some(({ message }) => message === 'orders-0@0 stays open')).toBe(true);
  });

  test('none is counted for a record behind a failing one', async () => {
    const w = world();
    const handler = w.handler(
      orders(() => {
        throw new Error('no');
      }),
    );

    for (let delivery = 0; delivery < 3; delivery += 1) await handler(event({ 0: ids('a', 'b') }), w.context());

    expect(stored(w, 'a')?.attempts).toBe(3);
    expect(stored(w, 'b')?.attempts).toBe(0);
  });

  test('none is counted for a run that was cut off before half of the budget', async () => {
    const w = world();
    const handler = w.handler(
      orders(async ({ value, signal }) => {
        if (value.id === 'a') return w.time.sleep(6_000);
        await w.time.sleep(60_000, signal);
        signal.throwIfAborted();
      }),
    );

    const answer = await handler(event({ 0: ids('a', 'b') }), w.context(10_000));

    expect(failures(answer)).toEqual(['orders-0@1']);
    expect(stored(w, 'b')).toMatchObject({ attempts: 0, leaseUntilMs: 0 });
  });

  test('one is counted for a run that was cut off after half of the budget: else it would never end', async () => {
    const w = world();
    const attempts: number[] = [];
    const handler = w.handler(
      orders(async ({ attempt, signal }) => {
        attempts.push(attempt);
        await w.time.sleep(60_000, signal);
        signal.throwIfAborted();
      }),
    );

    for (let delivery = 0; delivery < 3; delivery += 1) await handler(event({ 0: ids('a') }), w.context(10_000));

    expect(attempts).toEqual([1, 2, 3]);
  });

  test('half of the budget is the boundary', async () => {
    // 10 s less 1 s of reserve is a budget of 9 s.
    for (const [startsAtMs, counted] of [
      [4_499, 1],
      [4_500, 1],
      [4_501, 0],
    ] as const) {
      const w = world();
      const handler = w.handler(
        orders(async ({ value, signal }) => {
          if (value.id === 'a') return w.time.sleep(startsAtMs);
          await w.time.sleep(60_000, signal);
          signal.throwIfAborted();
        }),
      );

      await handler(event({ 0: ids('a', 'b') }), w.context(10_000));

      expect([startsAtMs, stored(w, 'b')?.attempts]).toEqual([startsAtMs, counted]);
    }
  });

  test('a failure of its own right before the deadline counts, however short the run was', async () => {
    const w = world();
    const handler = w.handler(
      orders(async ({ value }) => {
        if (value.id === 'a') return w.time.sleep(8_900);
        await w.time.sleep(50);
        throw new Error('no');
      }),
    );

    await handler(event({ 0: ids('a', 'b') }), w.context(10_000));

    expect(stored(w, 'b')?.attempts).toBe(1);
  });

  test('none is counted for the death of a worker yet, and none is lost by it', async () => {
    const w = world();
    const attempts: number[] = [];
    const failing = w.handler(
      orders(({ attempt }) => {
        attempts.push(attempt);
        throw new Error('no');
      }),
    );
    await failing(event({ 0: ids('a') }), w.context());
    const mortal = new MortalStore(w.store);
    const dying = w.handler(
      orders(({ attempt }) => {
        attempts.push(attempt);
        mortal.dead = true;
        return new Promise(() => undefined);
      }),
      { store: mortal },
    );
    await dying(event({ 0: ids('a') }), w.context(10_000)).catch(() => undefined);

    await failing(event({ 0: ids('a') }), w.context());

    expect(attempts).toEqual([1, 2, 2]);
  });

  test('what is remembered of an error is its name or code, never its text', async () => {
    const w = world();
    const fail = jest.spyOn(w.memory, 'fail');
    class CardRefused extends Error {
      override readonly name = 'CardRefused';
    }

    await w.handler(
      orders(() => {
        throw new CardRefused('card 4111111111111111');
      }),
    )(event({ 0: ids('a') }), w.context());

    expect(fail.mock.calls[0]?.[0]).toEqual([expect.objectContaining({ error: 'CardRefused' })]);
    expect(JSON.stringify(fail.mock.calls)).not.toContain('4111');
  });
});
