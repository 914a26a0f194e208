import type { Operation } from '../../support/faulty-store';
import {
  event,
  failures,
  ids,
  ledger,
  ProcessEnded,
  put,
  transactions,
  type World,
  world,
} from '../../support/virtual-world';

const attemptsIn = (w: World, partition = 0) =>
  w.all.ledger.items
    .get(`ledger#shop-orders#u-1#1#orders#${partition}`)
    ?.state.attempts.map(({ offset, count }) => `${offset}:${count}`)
    .join(' ');

type Process = (record: {
  readonly value: { readonly id: string };
  readonly attempt: number;
  readonly signal: AbortSignal;
}) => unknown;

/** Both ways that remember in the ledger; in a transaction a run that works stores its order. */
const WAYS: readonly (readonly [
  name: string,
  handler: (w: World, process: Process, order?: 'none') => ReturnType<World['handler']>,
])[] = [
  ['ledger', (w, process, order) => w.handler(ledger(process, order ? { order } : {}))],
  [
    'transaction',
    (w, process, order) =>
      w.handler(
        transactions(
          async (record) => {
            await process(record);
            return put(record.value);
          },
          order ? { order } : {},
        ),
      ),
  ],
];

const no = () => {
  throw new Error('no');
};

describe.each(WAYS)('P2: attempts in the %s', (_, handlerOf) => {
  test('each run that fails counts one, over invocations and workers, and process is told; success forgets them', async () => {
    const w = world();
    const attempts: number[] = [];
    const seen: (string | undefined)[] = [];

    for (let delivery = 0; delivery < 5; delivery += 1) {
      const handler = handlerOf(w, ({ attempt }) => {
        attempts.push(attempt);
        if (attempt < 4) no();
      });
      await handler(event({ 0: ids('a') }), w.context());
      seen.push(attemptsIn(w));
    }

    expect(attempts).toEqual([1, 2, 3, 4]);
    expect(seen).toEqual(['0:1', '0:2', '0:3', '', '']);
  });

  test('none is counted for a record behind a failing one', async () => {
    const w = world();
    const handler = handlerOf(w, no);

    for (let delivery = 0; delivery < 3; delivery += 1) await handler(event({ 0: ids('a', 'b') }), w.context());

    expect(attemptsIn(w)).toBe('0:3');
  });

  test('several records of one array keep their own counts', async () => {
    const w = world();
    const handler = handlerOf(
      w,
      ({ value, attempt }) => {
        if (value.id === 'b' || (value.id === 'a' && attempt < 2)) no();
      },
      'none',
    );
    const batch = event({ 0: ids('a', 'b', 'c') });

    await handler(batch, w.context());
    const first = attemptsIn(w);
    await handler(batch, w.context());

    expect([first, attemptsIn(w)]).toEqual(['0:1 1:1', '1:2']);
  });

  test('half of the budget is the boundary for a run that was cut off', async () => {
    // 10 s less 1 s of reserve is a budget of 9 s.
    for (const [startsAtMs, counted] of [
      [4_499, '1:1'],
      [4_500, '1:1'],
      [4_501, ''],
    ] as const) {
      const w = world();
      const handler = handlerOf(w, async ({ value, signal }) => {
        if (value.id === 'a') return w.time.sleep(startsAtMs);
        await w.time.sleep(60_000, signal);
        signal.throwIfAborted();
      });

      const answer = await handler(event({ 0: ids('a', 'b', 'c') }), w.context(10_000));

      expect(failures(answer)).toEqual(['orders-0@1', 'orders-0@2']);
      expect([startsAtMs, attemptsIn(w)]).toEqual([startsAtMs, counted]);
    }
  });

  test('a failure of its own right before the deadline counts, however short the run was', async () => {
    const w = world();
    const handler = handlerOf(w, async ({ value }) => {
      if (value.id === 'a') return w.time.sleep(8_900);
      await w.time.sleep(50);
      no();
    });

    await handler(event({ 0: ids('a', 'b') }), w.context(10_000));

    expect(attemptsIn(w)).toBe('1:1');
  });

  const operations: readonly Operation[] = ['claimPartition', 'mark'];
  const faults = ['request lost', 'answer lost', 'late copy', 'throttled'] as const;
  test.each(operations.flatMap((operation) => faults.map((fault) => [operation, fault] as const)))(
    'lost answers neither lose nor double a count: the first two of every %s meet %s',
    async (wanted, fault) => {
      const w = world();
      const attempts: number[] = [];
      const handler = handlerOf(w, async ({ attempt }) => {
        attempts.push(attempt);
        // Long enough for marks in the middle of the run.
        await w.time.sleep(8_000);
        no();
      });

      for (let delivery = 0; delivery < 3; delivery += 1) {
        let met = 0;
        w.store.faults = {
          faultOf: ({ operation }) => {
            if (operation !== wanted || met === 2) return undefined;
            met += 1;
            return fault;
          },
        };
        await handler(event({ 0: ids('a') }), w.context());
        await w.store.deliverLate();
      }

      expect(attempts).toEqual([1, 2, 3]);
      expect(attemptsIn(w)).toBe('0:3');
    },
  );

  test('a failed record is counted once, though many marks follow in its invocation', async () => {
    const w = world();
    const handler = handlerOf(
      w,
      async ({ value }) => {
        if (value.id === 'a') no();
        await w.time.sleep(Number(value.id.slice(1)) * 700);
      },
      'none',
    );

    await handler(event({ 0: ids('a', 'b1', 'b2', 'b3', 'b4') }), w.context());

    expect(
      w.store.calls.filter(({ operation }) => operation === 'mark' || operation === 'commit').length,
    ).toBeGreaterThan(3);
    expect(attemptsIn(w)).toBe('0:1');
  });

  test('a run that never settles ends the process, and the counts of others are saved before', async () => {
    const w = world();
    const attempts: string[] = [];
    const handler = handlerOf(
      w,
      ({ value, attempt }) => {
        attempts.push(`${value.id}${attempt}`);
        if (value.id === 'stuck') return new Promise(() => undefined);
        if (value.id === 'a') no();
      },
      'none',
    );
    const batch = event({ 0: ids('a', 'stuck') });

    await expect(handler(batch, w.context(10_000))).rejects.toThrow(ProcessEnded);
    await w.time.sleep(20_000);
    await expect(handler(batch, w.context(10_000))).rejects.toThrow(ProcessEnded);
    await w.time.sleep(20_000);
    await expect(handler(batch, w.context(10_000))).rejects.toThrow(ProcessEnded);

    // It had the whole invocation each time, so each time counts for it too.
    expect(attempts).toEqual(['a1', 'stuck1', 'a2', 'stuck2', 'a3', 'stuck3']);
    expect(attemptsIn(w)).toBe('0:3 1:3');
  });

  test('what is remembered of an error is its name or code, never its text', async () => {
    const w = world();
    class CardRefused extends Error {
      override readonly name = 'CardRefused';
    }

    await handlerOf(w, () => {
      throw new CardRefused('card 4111111111111111');
    })(event({ 0: ids('a') }), w.context());

    const [item] = [...w.all.ledger.items.values()];
    expect(item?.state.attempts).toEqual([
      { offset: 0n, count: 1, firstFailureMs: w.time.nowMs, lastError: 'CardRefused' },
    ]);
  });
});
