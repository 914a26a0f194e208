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
