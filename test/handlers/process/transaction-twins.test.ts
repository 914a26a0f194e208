import { ERROR_CODES } from '../../../contract/error-codes';
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

const identity = ({ value }: { readonly value: Order }) => value.id;
const codes = (w: World) => w.logged.flatMap(({ fields }) => fields.code ?? []);
const marked = (w: World, id: string) => w.memory.items.get(claimId('shop-orders', 'orders', id));

describe.each([false, true])('O3: twins in transactions (independent: %p)', (independent) => {
  /** Stores each order, and tells whom it was called for. */
  function storing(w: World, fails: (id: string) => boolean = () => false) {
    const ran: string[] = [];
    const handler = w.handler(
      transactions(
        ({ value, partition, offset }) => {
          ran.push(`${value.id}@${partition}-${offset}`);
          if (fails(value.id)) throw new Error('no');
          return put(value);
        },
        { identity, independent },
      ),
    );
    return { handler, ran };
  }

  test('in one partition: one effect, the others are duplicates with marks of their own', async () => {
    const w = world();
    const { handler } = storing(w);
    const batch = event({ 0: ids('a', 'a', 'b', 'a') });

    const answer = await handler(batch, w.context());
    const line = w.logged.at(-1)?.fields;
    const again = await handler(batch, w.context());

    expect([failures(answer), failures(again)]).toEqual([[], []]);
    expect(committed(w)).toEqual(['a', 'b']);
    expect(line).toMatchObject({ done: 2, duplicate: 2, open: 0 });
    expect(w.logged.at(-1)?.fields).toMatchObject({ duplicate: 4 });
  });

  test('behind one that the ledger has closed, it still waits for the one before that', async () => {
    const w = world();
    const running = { now: 0, most: 0 };
    const handler = w.handler(
      transactions(
        async ({ value }) => {
          running.now += 1;
          running.most = Math.max(running.most, running.now);
          await w.time.sleep(10);
          running.now -= 1;
          return put(value);
        },
        { identity, independent, order: 'none' },
      ),
    );
    const at = (offset: number) => ({ offset, timestamp: 1_000, value: { id: 'x' } });
    await handler(event({ 0: [at(1)] }), w.context());
    running.most = 0;

    const answer = await handler(event({ 0: [at(0), at(1), at(2)] }), w.context());

    expect(failures(answer)).toEqual([]);
    expect(running.most).toBe(1);
    expect(committed(w)).toEqual(['x']);
  });

  test('in two partitions: one effect', async () => {
    const w = world();
    const { handler } = storing(w);

    const answer = await handler(event({ 0: ids('x', 'a'), 1: ids('b', 'x', 'c'), 2: ids('x') }), w.context());

    expect(failures(answer)).toEqual([]);
    expect(committed(w).sort()).toEqual(['a', 'b', 'c', 'x']);
  });

  test('the mark of the identity stands beside the effect, and holds against every later delivery', async () => {
    const w = world();
    const { handler } = storing(w);
    await handler(event({ 0: ids('x') }), w.context());

    const answer = await handler(
      event({
        5: [
          { offset: 70, value: { id: 'x' } },
          { offset: 71, value: { id: 'y' } },
        ],
      }),
      w.context(),
    );

    expect(failures(answer)).toEqual([]);
    expect(committed(w)).toEqual(['x', 'y']);
    expect(marked(w, 'x')).toMatchObject({ status: 'COMPLETED', outcome: 'done', partition: 0, offset: 0 });
  });

  test('a twin whose first was closed by the ledger asks the identity record', async () => {
    const w = world();
    const { handler } = storing(w);
    await handler(event({ 0: ids('x') }), w.context());

    const answer = await handler(event({ 0: ids('x', 'a'), 1: ids('x', 'b') }), w.context());
    expect(failures(answer)).toEqual([]);
    expect(committed(w).sort()).toEqual(['a', 'b', 'x']);

    // Where its memory has run out, the effect of the twin is its own.
    w.memory.items.clear();
    const later = await handler(event({ 0: ids('x'), 2: ids('x') }), w.context());
    expect(failures(later)).toEqual([]);
    expect(committed(w).filter((id) => id === 'x')).toHaveLength(2);
  });

  test('the first fails: every twin is open with it, none of them runs, and one attempt is counted', async () => {
    const w = world();
    const { handler, ran } = storing(w, (id) => id === 'x');

    const answer = await handler(event({ 0: ids('x'), 1: ids('a', 'x'), 2: ids('x', 'b') }), w.context());

    expect(failures(answer)).toEqual(['orders-0@0', 'orders-1@1', 'orders-2@0', 'orders-2@1']);
    expect(ran.sort()).toEqual(['a@1-0', 'x@0-0']);
    const counted = [...w.all.ledger.items.values()].flatMap(({ state }) => state.attempts.map(({ count }) => count));
    expect(counted).toEqual([1]);
  });

  test('C7: another payload is a conflict of the later record, in one batch and later', async () => {
    const w = world();
    const { handler } = storing(w);
    const batch = event({ 0: [{ value: { id: 'x', amount: 1 } }], 1: [{ value: { id: 'x', amount: 2 } }] });

    const answer = await handler(batch, w.context());
    const later = await handler(event({ 2: [{ value: { id: 'x', amount: 3 } }] }), w.context());

    expect([failures(answer), failures(later)]).toEqual([['orders-1@0'], ['orders-2@0']]);
    expect(committed(w)).toEqual(['x']);
    expect(codes(w)).toEqual([ERROR_CODES.identityConflict, ERROR_CODES.identityConflict]);
  });

  test('C7, O3: another payload in one batch is a conflict before process runs for it, and no attempt is counted', async () => {
    for (const second of [0, 1]) {
      const w = world();
      const { handler, ran } = storing(w);
      const [first, later] = [1, 2].map((amount) => ({ value: { id: 'x', amount } }));
      const batch = second === 0 ? { 0: [first, later, ...ids('b')] } : { 0: [first], 1: [later, ...ids('b')] };

      const answer = await handler(event(batch as Record<number, object[]>), w.context());

      expect(failures(answer)).toEqual(second === 0 ? ['orders-0@1', 'orders-0@2'] : ['orders-1@0', 'orders-1@1']);
      expect(ran).toEqual(['x@0-0']);
      expect(committed(w)).toEqual(['x']);
      expect(codes(w)).toEqual([ERROR_CODES.identityConflict]);
      expect([...w.all.ledger.items.values()].flatMap(({ state }) => state.attempts)).toEqual([]);
    }
  });

  test('C7, O3: another payload while the first stays open is a conflict of its own; neither runs twice', async () => {
    const w = world();
    const { handler, ran } = storing(w, () => true);

    await handler(
      event({ 0: [{ value: { id: 'x', amount: 1 } }], 1: [{ value: { id: 'x', amount: 2 } }] }),
      w.context(),
    );

    expect(ran).toEqual(['x@0-0']);
    expect(w.logged.filter(({ level }) => level === 'error').map(({ fields }) => fields.code ?? fields.error)).toEqual([
      'Error',
      ERROR_CODES.identityConflict,
    ]);
  });

  test('C7, O3: behind one that the ledger has closed the identity record judges, before process runs', async () => {
    const w = world();
    const { handler, ran } = storing(w);
    const first = { value: { id: 'x', amount: 1 } };
    await handler(event({ 0: [first] }), w.context());

    const batch = event({ 0: [first], 1: [{ value: { id: 'x', amount: 2 } }], 2: [first] });
    const answer = await handler(batch, w.context());
    expect(failures(answer)).toEqual(['orders-1@0']);
    expect(ran).toEqual(['x@0-0']);

    // Where its memory has run out nothing proves a conflict.
    w.memory.items.clear();
    const later = await handler(batch, w.context());
    expect(failures(later)).toEqual([]);
    expect(ran).toEqual(['x@0-0', 'x@1-0']);
  });

  test('O3: the store judges: behind a conflict, a twin that fits what is stored is a duplicate', async () => {
    const w = world();
    const { handler, ran } = storing(w);
    await handler(event({ 7: [{ value: { id: 'x', amount: 1 } }] }), w.context());

    const answer = await handler(
      event({ 0: [{ value: { id: 'x', amount: 2 } }], 1: [{ value: { id: 'x', amount: 1 } }, ...ids('b')] }),
      w.context(),
    );

    expect(failures(answer)).toEqual(['orders-0@0']);
    expect(ran.filter((run) => run.startsWith('x'))).toEqual(['x@7-0', 'x@0-0']);
  });

  test('O3: payload: false lets twins differ in what is not compared', async () => {
    const w = world();
    const process = jest.fn(({ value }: { value: Order }) => put(value));
    const handler = w.handler(transactions(process, { identity, independent, payload: false }));

    const answer = await handler(
      event({ 0: [{ value: { id: 'x', amount: 1 } }, { value: { id: 'x', amount: 2 } }] }),
      w.context(),
    );

    expect(failures(answer)).toEqual([]);
    expect(process).toHaveBeenCalledTimes(1);
  });

  test('O3: a twin whose lane is behind an open record says nothing: the next one runs', async () => {
    const w = world();
    const { handler, ran } = storing(w, (id) => id === 'p');

    const answer = await handler(event({ 0: ids('p', 'x'), 1: ids('x', 'b'), 2: ids('x', 'c') }), w.context());

    expect(failures(answer)).toEqual(['orders-0@0', 'orders-0@1']);
    expect(ran.sort()).toEqual(['b@1-1', 'c@2-1', 'p@0-0', 'x@1-0']);
  });

  test('O3: twins that wake together ask together', async () => {
    const w = world({ latencyMs: () => 3 });
    const startedAtMs = w.time.nowMs;
    const names = Array.from({ length: 20 }, (_, n) => `n${n}`);
    const records = ids(...names, ...names).map((record, n) => ({ ...record, key: `k${n}` }));
    const handler = w.handler(transactions(({ value }) => put(value), { identity, independent, order: 'key' }));

    const answer = await handler(event({ 0: records }), w.context());

    expect(failures(answer)).toEqual([]);
    expect(committed(w)).toEqual(names);
    expect(w.store.requests('lookUp')).toBe(1);
    expect(w.time.nowMs - startedAtMs).toBeLessThan(100);
  });

  test('O3, L2: the mark of a twin is written by the checkpoint, whatever runs behind it', async () => {
    const w = world();
    const handler = w.handler(
      transactions(
        async ({ value }) => {
          if (value.id === 'slow') await w.time.sleep(5_000);
          return put(value);
        },
        { identity, independent },
      ),
    );
    const answered = handler(event({ 0: ids('x'), 1: ids('x', 'slow') }), w.context());
    await w.time.sleep(1_000);

    expect(w.all.ledger.items.get('ledger#shop-orders#u-1#1#orders#1')?.state.runs).toEqual([{ first: 0n, last: 0n }]);
    expect(failures(await answered)).toEqual([]);
  });

  test('O3, L1: a twin on a partition that is not ours asks nothing', async () => {
    const w = world();
    const id = 'ledger#shop-orders#u-1#1#orders#1';
    const leaseUntilMs = w.time.nowMs + 600_000;
    await w.all.ledger.claim([{ id, token: 'foreign', leaseUntilMs, first: 0n, last: 0n }]);
    const { handler, ran } = storing(w);

    const answer = await handler(event({ 0: ids('x'), 1: ids('x') }), w.context(30_000));

    expect(failures(answer)).toEqual(['orders-1@0']);
    expect(ran).toEqual(['x@0-0']);
    expect(w.store.requests('lookUp')).toBe(0);
  });

  test('O3, L3: a partition that is lost while a twin asks: it is open, and holds up nobody', async () => {
    const w = world({ latencyMs: ({ operation }) => (operation === 'lookUp' ? 9_000 : 0) });
    const startedAtMs = w.time.nowMs;
    const { handler } = storing(w);
    const answered = handler(event({ 0: ids('x', 'x'), 1: ids('x') }), w.context(60_000));
    await w.time.sleep(1_000);
    const id = 'ledger#shop-orders#u-1#1#orders#0';
    const item = w.all.ledger.items.get(id);
    const leaseUntilMs = w.time.nowMs + 60_000;
    if (item) w.all.ledger.items.set(id, { ...item, owner: 'thief', seq: item.seq + 1, leaseUntilMs });

    expect(failures(await answered)).toEqual(['orders-0@1']);
    expect(committed(w)).toEqual(['x']);
    expect(w.time.nowMs - startedAtMs).toBeLessThan(20_000);
  });

  test.each(['request lost', 'refused', 'throttled'] as const)(
    'C8: what cannot be read (%s) is not absent: the twin is open, and does not run',
    async (fault) => {
      const w = world({ faultOf: ({ operation }) => (operation === 'lookUp' ? fault : undefined) });
      const { handler, ran } = storing(w);

      const answer = await handler(event({ 0: ids('x'), 1: ids('x', 'b') }), w.context(10_000));

      expect(failures(answer)).toEqual(['orders-1@0', 'orders-1@1']);
      expect(ran).toEqual(['x@0-0']);
      expect([...w.all.ledger.items.values()].flatMap(({ state }) => state.attempts)).toEqual([]);
    },
  );

  test('C9: no transaction names one identity twice', async () => {
    const w = world({ latencyMs: () => 3 });
    const seen: string[][] = [];
    const { commit } = w.all.transactions;
    jest.spyOn(w.all.transactions, 'commit').mockImplementation((request) => {
      seen.push(request.members.flatMap((member) => member.identity?.id ?? []));
      return commit.call(w.all.transactions, request);
    });
    const { handler } = storing(w);

    await handler(event({ 0: ids('a', 'b', 'a', 'c'), 1: ids('c', 'b', 'a'), 2: ids('a', 'a', 'b') }), w.context());

    expect(committed(w).sort()).toEqual(['a', 'b', 'c']);
    expect(seen.length).toBeGreaterThan(1);
    for (const names of seen) expect(new Set(names).size).toBe(names.length);
  });

  test('a record without writes is remembered by its identity all the same', async () => {
    const w = world();
    const process = jest.fn(() => undefined);
    const handler = w.handler(transactions(process, { identity, independent }));

    await handler(event({ 0: ids('x', 'y') }), w.context());
    const answer = await handler(event({ 1: ids('x') }), w.context());

    expect(failures(answer)).toEqual([]);
    expect(w.logged.at(-1)?.fields).toMatchObject({ done: 0, duplicate: 1 });
    expect(marked(w, 'y')?.status).toBe('COMPLETED');
  });

  test('twins wait without a slot and without the checkpoint', async () => {
    const w = world();
    const startedAtMs = w.time.nowMs;
    const ends: string[] = [];
    const handler = w.handler(
      transactions(
        async ({ value }) => {
          await w.time.sleep(value.id === 'x' ? 1_000 : 10);
          ends.push(`${value.id} ${w.time.nowMs - startedAtMs}`);
          return put(value);
        },
        { identity, independent, concurrency: 2, checkpointMs: 60_000 },
      ),
    );

    const answer = await handler(
      event({ 0: ids('x', 'p'), 1: ids('x', 'q'), 2: ids('x', 'r'), 3: ids('a', 'b') }),
      w.context(30_000),
    );

    expect(failures(answer)).toEqual([]);
    expect(ends.slice(0, 2)).toEqual(['a 10', 'b 20']);
    expect(ends.filter((end) => end.startsWith('x'))[0]).toBe('x 1000');
    expect(w.time.nowMs - startedAtMs).toBeLessThan(5_000);
  });

  test('a live claim of a function that remembers by identity alone: the record is open, no attempt is counted', async () => {
    const w = world();
    const { handler } = storing(w);
    const running = w.handler(orders(() => w.time.sleep(90_000)))(event({ 9: ids('x') }), w.context(200_000));
    await w.time.sleep(10);

    const answer = await handler(event({ 0: ids('a', 'x', 'b') }), w.context(20_000));

    expect(failures(answer)).toEqual(['orders-0@1', 'orders-0@2']);
    expect(committed(w)).toEqual(['a']);
    expect([...w.all.ledger.items.values()].flatMap(({ state }) => state.attempts)).toEqual([]);
    await running;
    expect(failures(await handler(event({ 0: ids('a', 'x', 'b') }), w.context()))).toEqual([]);
    expect(committed(w)).toEqual(['a', 'b']);
  });
});

test('C1: the identity is fixed before process can touch the record', async () => {
  const w = world();
  const handler = w.handler(
    transactions(
      ({ value }) => {
        const writes = put(value);
        Object.assign(value as { id: string }, { id: 'changed' });
        return writes;
      },
      { identity },
    ),
  );

  await handler(event({ 0: ids('a') }), w.context());

  expect([...w.memory.items.keys()]).toEqual([claimId('shop-orders', 'orders', 'a')]);
});
