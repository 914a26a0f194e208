import * as z from 'zod';
import { ERROR_CODES } from '../../../contract/error-codes';
import { json, PermanentError } from '../../../handlers';
import { deliverUntilDone } from '../../support/deliveries';
import { Letters } from '../../support/letters';
import { event, failures, ids, orders, ProcessEnded, world } from '../../support/virtual-world';

const numbered = (count: number) => ids(...Array.from({ length: count }, (_, n) => `n${n}`));

describe('D1: the deadline', () => {
  test('past it nothing starts, the rest is open, and the answer comes before the end', async () => {
    const w = world();
    const startedAtMs = w.time.nowMs;
    const starts: number[] = [];
    const handler = w.handler(
      orders(async ({ signal }) => {
        starts.push(w.time.nowMs - startedAtMs);
        await w.time.sleep(2_000, signal);
        signal.throwIfAborted();
      }),
    );

    const answer = await handler(event({ 0: numbered(10) }), w.context(10_000));

    // 2, 4, 6 and 8 s are done; what starts at 8 s is cut off at 9 s.
    expect(failures(answer)).toEqual([4, 5, 6, 7, 8, 9].map((offset) => `orders-0@${offset}`));
    expect(starts).toEqual([0, 2_000, 4_000, 6_000, 8_000]);
    expect(w.time.nowMs - startedAtMs).toBeLessThan(10_000);
  });

  test('a store that gets slower all the time gathers no listeners, of which Node would warn', async () => {
    const w = world();
    const deadLetters = new Letters();
    deadLetters.onPut = () => w.time.sleep(300 + 20 * deadLetters.all.length);
    const listeners = new Map<unknown, number>();
    const count = (step: number) =>
      function (this: AbortSignal, ...given: Parameters<AbortSignal['addEventListener']>) {
        listeners.set(this, (listeners.get(this) ?? 0) + step);
        (step > 0 ? add : remove).apply(this, given);
      };
    const { addEventListener: add, removeEventListener: remove } = AbortSignal.prototype;
    Object.assign(AbortSignal.prototype, { addEventListener: count(1), removeEventListener: count(-1) });
    try {
      const process = () => {
        throw new PermanentError('never');
      };
      await w.handler(orders(process), { deadLetters })(event({ 0: numbered(15) }), w.context(60_000));
    } finally {
      Object.assign(AbortSignal.prototype, { addEventListener: add, removeEventListener: remove });
    }

    expect(deadLetters.all).toHaveLength(15);
    expect(Math.max(...listeners.values())).toBeLessThan(10);
  });

  test('a batch that needs many invocations makes progress in each, and counts no attempt for what was cut off', async () => {
    for (const reading of ['listed', 'checkpoint', 'throw'] as const) {
      const w = world();
      const effects: string[] = [];
      const attempts = new Set<number>();
      const handler = w.handler(
        orders(async ({ value, attempt, signal }) => {
          attempts.add(attempt);
          await w.time.sleep(2_500, signal);
          signal.throwIfAborted();
          effects.push(value.id);
        }),
      );

      const deliveries = await deliverUntilDone(
        handler,
        event({ 0: numbered(20) }),
        () => w.context(10_000, reading === 'throw' ? 'Orders-throw' : 'Orders-partial'),
        reading,
      );

      expect(effects).toEqual(numbered(20).map(({ value }) => value.id));
      expect(deliveries.length).toBe(Math.ceil(20 / 3));
      expect([...attempts]).toEqual([1]);
    }
  });

  test('with no time at all nothing starts and nothing is claimed', async () => {
    for (const remainingMs of [0, -1, 1, 999]) {
      const w = world();
      const process = jest.fn();

      const answer = await w.handler(orders(process))(event({ 0: ids('a'), 1: ids('b') }), w.context(remainingMs));

      expect(failures(answer)).toEqual(['orders-0@0', 'orders-1@0']);
      expect(process).not.toHaveBeenCalled();
      expect(w.store.calls).toEqual([]);
    }
  });

  test('the answer is given as soon as nothing is left to do', async () => {
    const w = world();
    const startedAtMs = w.time.nowMs;

    await w.handler(orders(() => w.time.sleep(5)))(event({ 0: ids('a') }), w.context(900_000));

    expect(w.time.nowMs - startedAtMs).toBe(5);
  });

  test('a claim whose answer comes past the deadline is given back: the next invocation need not wait for it', async () => {
    const w = world({ latencyMs: ({ operation, offset }) => (operation === 'claim' && offset === 100 ? 300 : 0) });
    const starts: string[] = [];
    const handler = w.handler(
      orders(async ({ value, offset }) => {
        starts.push(value.id);
        if (offset === 99) await w.time.sleep(8_850);
      }),
    );
    // 100 claims are taken at once; the next one is asked for when the lane is there.
    const batch = event({ 0: numbered(101) });

    const first = await handler(batch, w.context(10_000));
    const secondAtMs = w.time.nowMs;
    const second = await handler(batch, w.context(10_000));

    expect([failures(first), failures(second)]).toEqual([['orders-0@100'], []]);
    expect(starts).toHaveLength(101);
    expect(w.time.nowMs - secondAtMs).toBeLessThan(1_000);
  });

  test('the answer does not wait for claims that cannot be given back', async () => {
    for (const fault of ['throttled', 'hang'] as const) {
      const w = world({ faultOf: ({ operation }) => (operation === 'release' ? fault : undefined) });
      const startedAtMs = w.time.nowMs;
      const handler = w.handler(
        orders(() => {
          throw new Error('no');
        }),
      );

      const answer = await handler(event({ 0: ids('a', 'b', 'c') }), w.context(600_000));

      expect(failures(answer)).toHaveLength(3);
      expect(w.time.nowMs - startedAtMs).toBeLessThan(5_000);
    }
  });

  test('the answer does not wait for a claim that was asked ahead and is throttled', async () => {
    const w = world({
      faultOf: ({ operation, offset }) => (operation === 'claim' && offset > 0 ? 'throttled' : undefined),
    });
    const startedAtMs = w.time.nowMs;
    const handler = w.handler(
      orders(() => {
        throw new Error('no');
      }),
    );

    const answer = await handler(event({ 0: ids('a', 'b', 'c') }), w.context(600_000));
    const answeredAtMs = w.time.nowMs;
    const calls = w.store.calls.length;
    await w.time.sleep(60_000);

    expect(failures(answer)).toHaveLength(3);
    expect(answeredAtMs - startedAtMs).toBeLessThan(5_000);
    // Nothing goes on beside the next invocation.
    expect(w.store.calls.length).toBe(calls);
  });

  test('the reserve is learned: after a slow answer of the store running records are cut off earlier', async () => {
    const w = world({ latencyMs: ({ operation }) => (operation === 'claim' ? 3_000 : 0) });
    const startedAtMs = w.time.nowMs;
    let cutOffAtMs = 0;
    const handler = w.handler(
      orders(async ({ signal }) => {
        await w.time.sleep(60_000, signal);
        cutOffAtMs = w.time.nowMs - startedAtMs;
        signal.throwIfAborted();
      }),
    );

    await handler(event({ 0: ids('a') }), w.context(30_000));

    // 500 ms of grace, twice 3 s for a mark, 100 ms for the answer.
    expect(cutOffAtMs).toBe(30_000 - 6_600);
  });

  test('marks that take as long as the slowest claim are still saved', async () => {
    const w = world({ latencyMs: () => 3_000 });
    const handler = w.handler(
      orders(async ({ signal }) => {
        await w.time.sleep(60_000, signal);
        // What has happened when the signal comes may be finished within the grace.
        await w.time.sleep(400);
      }),
    );

    const answer = await handler(event({ 0: ids('a') }), w.context(30_000));

    expect(failures(answer)).toEqual([]);
  });

  test('a store that never answers delays the answer until just before the end, not beyond', async () => {
    for (const hanging of ['claim', 'complete', 'fail', 'release'] as const) {
      const w = world({ faultOf: ({ operation }) => (operation === hanging ? 'hang' : undefined) });
      const startedAtMs = w.time.nowMs;
      const handler = w.handler(
        orders(({ value }) => {
          if (value.id === 'f') throw new Error('no');
        }),
      );

      const answer = await handler(event({ 0: ids('a'), 1: ids('f', 'g') }), w.context(20_000));

      expect(failures(answer)).toContain('orders-1@0');
      expect(w.time.nowMs - startedAtMs).toBeLessThan(20_000);
    }
  });

  test('an effect whose mark got no answer before the end is open, and reported', async () => {
    const w = world({ faultOf: ({ operation }) => (operation === 'complete' ? 'hang' : undefined) });

    const answer = await w.handler(orders(() => undefined))(event({ 0: ids('a') }), w.context(20_000));

    expect(failures(answer)).toEqual(['orders-0@0']);
    expect(w.logged).toContainEqual(
      expect.objectContaining({
        level: 'error',
        message: 'The effect of orders-0@0 happened, and its mark was not saved',
      }),
    );
  });
});

describe('A5: work that is still running at the edge', () => {
  test('gets its signal aborted, with the reason', async () => {
    const w = world();
    const reasons: unknown[] = [];
    const handler = w.handler(
      orders(async ({ signal }) => {
        await w.time.sleep(60_000, signal);
        reasons.push(signal.reason);
        throw signal.reason;
      }),
    );

    const answer = await handler(event({ 0: ids('a') }), w.context(10_000));

    expect(failures(answer)).toEqual(['orders-0@0']);
    expect(reasons).toEqual([expect.objectContaining({ code: ERROR_CODES.deadline })]);
  });

  test('that ends well within the grace is done', async () => {
    const w = world();
    const handler = w.handler(
      orders(async ({ signal }) => {
        await w.time.sleep(60_000, signal);
        await w.time.sleep(300);
      }),
    );

    expect(failures(await handler(event({ 0: ids('a') }), w.context(10_000)))).toEqual([]);
  });

  test('and ignores its signal ends the process instead of answering', async () => {
    const w = world();
    const exit = jest.fn(() => {
      throw new ProcessEnded();
    });
    const startedAtMs = w.time.nowMs;
    const handler = w.handler(
      orders(() => w.time.sleep(600_000)),
      { exit: exit as never },
    );

    await expect(handler(event({ 0: ids('a') }), w.context(10_000))).rejects.toThrow(ProcessEnded);

    expect(exit).toHaveBeenCalledTimes(1);
    expect(exit).toHaveBeenCalledWith(1);
    expect(w.time.nowMs - startedAtMs).toBeLessThan(10_000);
    expect(w.logged.at(-1)).toMatchObject({ level: 'error', fields: { code: ERROR_CODES.unsettled } });
    expect(w.logged.at(-1)?.message).toContain('orders-0@0');
  });

  test('the marks of others are saved before the process ends', async () => {
    const w = world({ latencyMs: ({ operation }) => (operation === 'complete' ? 200 : 0) });
    const ran: string[] = [];
    const options = orders(async ({ value, signal }) => {
      ran.push(value.id);
      if (value.id === 'stuck') await w.time.sleep(600_000);
      // Ends at the last moment: its mark is on its way when the grace is over.
      if (value.id === 'late') {
        await w.time.sleep(60_000, signal);
        await w.time.sleep(450);
      }
    });
    const batch = event({ 0: ids('stuck'), 1: ids('a'), 2: ids('late') });

    await expect(w.handler(options)(batch, w.context(10_000))).rejects.toThrow(ProcessEnded);
    const done = [...w.memory.items.values()].filter(({ status }) => status === 'COMPLETED').length;

    expect(ran).toEqual(['stuck', 'a', 'late']);
    expect(done).toBe(2);
  });

  test('its claim is not given back: its lease runs out, and a second process waits for that', async () => {
    const w = world();
    const startedAtMs = w.time.nowMs;
    await expect(
      w.handler(orders(() => new Promise(() => undefined)))(event({ 0: ids('a') }), w.context(10_000)),
    ).rejects.toThrow(ProcessEnded);
    const starts: number[] = [];

    await w.handler(orders(() => void starts.push(w.time.nowMs - startedAtMs)))(event({ 0: ids('a') }), w.context());

    expect(starts[0]).toBeGreaterThan(32_000);
  });

  test('a validation that never ends, ends the process; nothing was claimed', async () => {
    const w = world();
    const handler = w.handler({
      value: json(z.object({ id: z.string().refine(() => new Promise<boolean>(() => undefined)) })),
      identity: ({ value }) => value.id,
      process: () => undefined,
    });
    const startedAtMs = w.time.nowMs;

    await expect(handler(event({ 0: ids('a') }), w.context(10_000))).rejects.toThrow(ProcessEnded);

    expect(w.time.nowMs - startedAtMs).toBeLessThan(10_000);
    expect(w.store.calls).toEqual([]);
    expect(w.logged.at(-1)?.fields).toMatchObject({ code: ERROR_CODES.unsettled });
  });

  test('a slow validation shortens the time for work, and is no error', async () => {
    const w = world();
    const handler = w.handler({
      value: json(z.object({ id: z.string().refine(() => w.time.sleep(5_000).then(() => true)) })),
      identity: ({ value }) => value.id,
      process: ({ signal }) => w.time.sleep(3_000, signal).then(() => signal.throwIfAborted()),
    });

    expect(failures(await handler(event({ 0: ids('a', 'b') }), w.context(10_000)))).toEqual(['orders-0@1']);
  });
});
