import fc from 'fast-check';
import { claimId } from '../../../handlers/core/identity';
import { event, failures, ids, orders, type RecordInput, world } from '../../support/virtual-world';

/** Effects that take a while, and how many run at once. */
function slow(w: ReturnType<typeof world>, msOf: (id: string) => number) {
  const startedAtMs = w.time.nowMs;
  const ends: { readonly id: string; readonly atMs: number }[] = [];
  let running = 0;
  let most = 0;
  const process = async ({ value }: { readonly value: { readonly id: string } }) => {
    running += 1;
    most = Math.max(most, running);
    await w.time.sleep(msOf(value.id));
    running -= 1;
    ends.push({ id: value.id, atMs: w.time.nowMs - startedAtMs });
  };
  return { process, ends, order: () => ends.map(({ id }) => id), most: () => most };
}

const keyed = (...given: readonly (readonly [key: string | undefined, id: string])[]): RecordInput[] =>
  given.map(([key, id]) => ({ key: key ?? null, value: { id } }));

describe('O1: lanes side by side', () => {
  test('a slow partition does not delay another', async () => {
    const w = world();
    const work = slow(w, (id) => (id.startsWith('slow') ? 5_000 : 10));

    await w.handler(orders(work.process))(event({ 0: ids('slow1', 'slow2'), 1: ids('a', 'b', 'c') }), w.context());

    expect(work.ends).toEqual([
      { id: 'a', atMs: 10 },
      { id: 'b', atMs: 20 },
      { id: 'c', atMs: 30 },
      { id: 'slow1', atMs: 5_000 },
      { id: 'slow2', atMs: 10_000 },
    ]);
  });

  test('a failing partition does not stop another', async () => {
    const w = world();
    const handler = w.handler(
      orders(({ partition }) => {
        if (partition === 0) throw new Error('no');
      }),
    );

    expect(failures(await handler(event({ 0: ids('a', 'b'), 1: ids('c', 'd') }), w.context()))).toEqual([
      'orders-0@0',
      'orders-0@1',
    ]);
  });

  test("order 'key': a slow key does not delay another of its partition, and keeps its own order", async () => {
    const w = world();
    const work = slow(w, (id) => (id.startsWith('k') ? 1_000 : 10));
    const batch = event({
      0: keyed(['k', 'k1'], ['l', 'l1'], ['k', 'k2'], [undefined, 'n1'], ['l', 'l2'], [undefined, 'n2']),
    });

    await w.handler(orders(work.process, { order: 'key' }))(batch, w.context());

    expect(work.order()).toEqual(['l1', 'n1', 'l2', 'n2', 'k1', 'k2']);
  });

  test("order 'key': a failing key stops itself alone", async () => {
    const w = world();
    const handler = w.handler(
      orders(
        ({ value }) => {
          if (value.id === 'k1') throw new Error('no');
        },
        { order: 'key' },
      ),
    );
    const batch = event({ 0: keyed(['k', 'k1'], ['l', 'l1'], ['k', 'k2'], [undefined, 'n1']) });

    expect(failures(await handler(batch, w.context()))).toEqual(['orders-0@0', 'orders-0@2']);
  });

  test("order 'none': every record runs on its own", async () => {
    const w = world();
    const work = slow(w, (id) => 100 - Number(id));

    await w.handler(orders(work.process, { order: 'none' }))(event({ 0: ids('1', '2', '3') }), w.context());

    expect(work.order()).toEqual(['3', '2', '1']);
  });

  test("order 'none': a failing record leaves every other one to run", async () => {
    const w = world();
    const handler = w.handler(
      orders(
        ({ value }) => {
          if (value.id === 'b') throw new Error('no');
        },
        { order: 'none' },
      ),
    );

    expect(failures(await handler(event({ 0: ids('a', 'b', 'c') }), w.context()))).toEqual(['orders-0@1']);
  });
});

describe('O1: concurrency', () => {
  test.each([1, 2, 7, 32])('%d at once is reached and never passed, over all lanes together', async (concurrency) => {
    const w = world();
    const work = slow(w, (id) => 10 + (Number(id) % 7));
    const partitions = Object.fromEntries(
      [0, 1, 2].map((partition) => [
        partition,
        ids(...Array.from({ length: 30 }, (_, n) => String(partition * 30 + n))),
      ]),
    );

    await w.handler(orders(work.process, { order: 'none', concurrency }))(event(partitions), w.context());

    expect(work.ends).toHaveLength(90);
    expect(work.most()).toBe(concurrency);
  });

  test('a slot is free as soon as process has ended: a mark on its way holds none', async () => {
    const w = world({ latencyMs: ({ operation }) => (operation === 'complete' ? 1_000 : 0) });
    const work = slow(w, () => 10);

    await w.handler(orders(work.process, { order: 'none', concurrency: 1 }))(
      event({ 0: ids('a', 'b', 'c') }),
      w.context(),
    );

    expect(work.ends.map(({ atMs }) => atMs)).toEqual([10, 20, 30]);
  });

  test('more lanes than concurrency all come to their end', async () => {
    const w = world();
    const work = slow(w, () => 5);
    const partitions = Object.fromEntries(
      Array.from({ length: 20 }, (_, partition) => [partition, ids(`${partition}a`, `${partition}b`)]),
    );

    const answer = await w.handler(orders(work.process, { concurrency: 3 }))(event(partitions), w.context());

    expect(failures(answer)).toEqual([]);
    expect(work.ends).toHaveLength(40);
    expect(work.most()).toBe(3);
  });

  test('whatever the lanes, the bound holds and every lane keeps its order', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.record({ partition: fc.nat(2), key: fc.constantFrom('k', 'l', undefined), ms: fc.nat(20) }), {
          maxLength: 25,
        }),
        fc.constantFrom('partition' as const, 'key' as const),
        fc.integer({ min: 1, max: 4 }),
        fc.nat(15),
        async (given, order, concurrency, latencyMs) => {
          const w = world({ latencyMs: () => latencyMs });
          const work = slow(w, (id) => given[Number(id)]?.ms ?? 0);
          const partitions: Record<number, RecordInput[]> = {};
          given.forEach(({ partition, key }, index) => {
            partitions[partition] = [
              ...(partitions[partition] ?? []),
              { key: key ?? null, value: { id: String(index) } },
            ];
          });

          await w.handler(orders(work.process, { order, concurrency }))(event(partitions), w.context());

          expect(work.most()).toBeLessThanOrEqual(concurrency);
          const lanes = new Map<string, number[]>();
          for (const id of work.order()) {
            const { partition, key } = given[Number(id)] as { partition: number; key: string | undefined };
            const lane = order === 'partition' ? `${partition}` : `${partition} ${key}`;
            lanes.set(lane, [...(lanes.get(lane) ?? []), Number(id)]);
          }
          expect([...lanes.values()].flat()).toHaveLength(given.length);
          for (const lane of lanes.values()) expect(lane).toEqual([...lane].sort((a, b) => a - b));
        },
      ),
      { numRuns: 60 },
    );
  });
});

describe('C3: the claim window', () => {
  const sizes = (w: ReturnType<typeof world>) =>
    w.store.batches.filter(({ operation }) => operation === 'claim').map((batch) => batch.ids.length);

  test('a lane of 2,000 records that start at once widens its window fourfold up to 800, and claims each record once', async () => {
    const w = world();
    const { store } = w;
    const answer = await w.handler(orders(() => undefined))(
      event({ 0: ids(...Array.from({ length: 2_000 }, (_, n) => String(n))) }),
      w.context(),
    );

    expect(failures(answer)).toEqual([]);
    expect(sizes(w)).toEqual([100, 400, 800, 700]);
    expect(store.called('claim')).toHaveLength(2_000);
    expect(new Set(store.called('claim')).size).toBe(2_000);
  });

  test('a lane whose records take their time claims 100 at a time: their leases stay fresh', async () => {
    const w = world();
    const answer = await w.handler(orders(() => w.time.sleep(1)))(
      event({ 0: ids(...Array.from({ length: 250 }, (_, n) => String(n))) }),
      w.context(),
    );

    expect(failures(answer)).toEqual([]);
    expect(sizes(w)).toEqual([100, 100, 50]);
  });

  test.each(['partition', 'key', 'none'] as const)(
    'by %s no record is claimed twice, however slow the store',
    async (order) => {
      const w = world({ latencyMs: ({ offset }) => 20 + (offset % 3) });
      const { store } = w;
      const work = slow(w, (id) => 3 + (Number(id) % 5));
      const partitions = Object.fromEntries(
        [0, 1, 2, 3].map((partition) => [
          partition,
          Array.from({ length: 60 }, (_, n) => ({ key: `k${n % 15}`, value: { id: String(partition * 60 + n) } })),
        ]),
      );

      const answer = await w.handler(orders(work.process, { order, concurrency: 3 }))(event(partitions), w.context());

      expect(failures(answer)).toEqual([]);
      expect([...store.called('claim')].sort()).toEqual([...new Set(store.called('claim'))].sort());
      expect(store.called('release')).toEqual([]);
      expect(store.called('complete')).toHaveLength(240);
    },
  );

  test('what is claimed ahead and does not start is released with no attempt counted', async () => {
    const w = world();
    const { store } = w;
    const attempts: string[] = [];
    const handler = w.handler(
      orders(({ value, attempt }) => {
        attempts.push(`${value.id}${attempt}`);
        if (value.id === 'a' && attempt === 1) throw new Error('no');
      }),
    );

    await handler(event({ 0: ids('a', 'b', 'c') }), w.context());
    const released = store.called('release');
    await handler(event({ 0: ids('a', 'b', 'c') }), w.context());

    expect(released).toEqual(['0@1', '0@2']);
    expect(attempts).toEqual(['a1', 'a2', 'b1', 'c1']);
  });

  test('a claim asked ahead whose answers were lost is known again by its token, without waiting for its lease', async () => {
    const w = world({
      faultOf: ({ operation, offset, nth }) =>
        operation === 'claim' && offset === 1 && nth < 3 ? 'answer lost' : undefined,
    });
    const work = slow(w, () => 5_000);

    const answer = await w.handler(orders(work.process))(event({ 0: ids('a', 'b') }), w.context());

    expect(failures(answer)).toEqual([]);
    expect(work.ends.map(({ atMs }) => atMs)).toEqual([5_000, 10_000]);
  });

  test('a claim asked ahead that arrives while its lane waits is given back at once (C6)', async () => {
    const w = world({
      faultOf: ({ operation, offset, nth }) =>
        operation === 'claim' && offset === 1 && nth < 5 ? 'throttled' : undefined,
    });
    const id = (name: string) => claimId('shop-orders', 'orders', name);
    const foreign = { token: 'foreign', partition: 9, offset: 9, payloadDigest: undefined };
    await w.memory.claim([{ ...foreign, id: id('a'), leaseUntilMs: w.time.nowMs + 600_000 }]);
    const waiting = w.handler(orders(() => undefined))(event({ 0: ids('a', 'b') }), w.context(20_000));

    await w.time.sleep(5_000);
    const held = w.memory.items.get(id('b'));
    await waiting;

    expect(held).toMatchObject({ status: 'INPROGRESS', leaseUntilMs: 0, attempts: 0 });
  });

  test('a claim asked ahead that arrives when its lane has ended is given back at once', async () => {
    const w = world({
      faultOf: ({ operation, partition, offset, nth }) =>
        operation === 'claim' && partition === 0 && offset === 1 && nth < 5 ? 'throttled' : undefined,
    });
    const handler = w.handler(
      orders(({ partition }) => (partition === 0 ? Promise.reject(new Error('no')) : w.time.sleep(20_000))),
    );
    const running = handler(event({ 0: ids('a', 'b'), 1: ids('c') }), w.context());

    await w.time.sleep(5_000);
    const held = w.memory.items.get(claimId('shop-orders', 'orders', 'b'));
    await running;

    expect(held).toMatchObject({ status: 'INPROGRESS', leaseUntilMs: 0, attempts: 0 });
  });
});
