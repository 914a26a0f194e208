import { ERROR_CODES } from '../../../contract/error-codes';
import { event, failures, ids, orders, world } from '../../support/virtual-world';

describe('O3: twins in one batch', () => {
  test('in one partition: the first runs, the others are duplicates of it', async () => {
    const w = world();
    const ran: string[] = [];
    const handler = w.handler(orders(({ value, offset }) => void ran.push(`${value.id}@${offset}`)));

    const answer = await handler(event({ 0: ids('a', 'a', 'b', 'a') }), w.context());

    expect(failures(answer)).toEqual([]);
    expect(ran).toEqual(['a@0', 'b@2']);
    expect(w.logged.at(-1)?.fields).toMatchObject({ done: 2, duplicate: 2, open: 0 });
  });

  test('in another partition: it waits for the first, and the rest of its lane waits behind it', async () => {
    const w = world();
    const ran: string[] = [];
    const startedAtMs = w.time.nowMs;
    const handler = w.handler(
      orders(async ({ value, partition }) => {
        if (value.id === 'x') await w.time.sleep(1_000);
        ran.push(`${value.id}@${partition} ${w.time.nowMs - startedAtMs}`);
      }),
    );

    const answer = await handler(event({ 0: ids('x'), 1: ids('x', 'b') }), w.context());

    expect(failures(answer)).toEqual([]);
    // The twin does not wait for others to travel with the mark of the first.
    expect(ran).toEqual(['x@0 1000', 'b@1 1000']);
  });

  test('in another partition: it does not wait for the checkpoint, however far that is', async () => {
    const w = world();
    const startedAtMs = w.time.nowMs;
    const handler = w.handler(orders(() => w.time.sleep(1_000), { checkpointMs: 60_000 }));

    const answer = await handler(event({ 0: ids('x'), 1: ids('x', 'b'), 2: ids('x') }), w.context(30_000));

    expect(failures(answer)).toEqual([]);
    expect(w.time.nowMs - startedAtMs).toBe(2_000);
  });

  test('the first fails: every twin is open with it, and none of them runs', async () => {
    const w = world();
    const ran: string[] = [];
    const handler = w.handler(
      orders(({ value, partition, attempt }) => {
        ran.push(`${value.id}@${partition} ${attempt}`);
        if (value.id === 'x') throw new Error('no');
      }),
    );

    const answer = await handler(event({ 0: ids('x'), 1: ids('a', 'x'), 2: ids('x', 'b') }), w.context());

    expect(failures(answer)).toEqual(['orders-0@0', 'orders-1@1', 'orders-2@0', 'orders-2@1']);
    expect(ran.sort()).toEqual(['a@1 1', 'x@0 1']);
  });

  test('the first fails once: at the next delivery it runs as attempt 2, and its twins are duplicates', async () => {
    const w = world();
    const ran: string[] = [];
    const handler = w.handler(
      orders(({ partition, attempt }) => {
        ran.push(`${partition} ${attempt}`);
        if (attempt === 1) throw new Error('no');
      }),
    );
    const batch = event({ 0: ids('x'), 1: ids('x') });

    await handler(batch, w.context());
    const answer = await handler(batch, w.context());

    expect(failures(answer)).toEqual([]);
    expect(ran).toEqual(['0 1', '0 2']);
  });

  test('C7: another payload: the later one is a conflict, the first is done', async () => {
    const w = world();
    const ran: number[] = [];
    const handler = w.handler(orders(({ offset }) => void ran.push(offset)));
    const batch = event({ 0: [{ value: { id: 'x', amount: 1 } }, { value: { id: 'x', amount: 2 } }, ...ids('b')] });

    const answer = await handler(batch, w.context());

    expect(failures(answer)).toEqual(['orders-0@1', 'orders-0@2']);
    expect(ran).toEqual([0]);
    expect(w.logged).toContainEqual(
      expect.objectContaining({ fields: expect.objectContaining({ code: ERROR_CODES.identityConflict }) }),
    );
  });

  test('C7: another payload while the first stays open: the later one is a conflict of its own', async () => {
    const w = world();
    const handler = w.handler(
      orders(() => {
        throw new TypeError('no');
      }),
    );
    const batch = event({ 0: [{ value: { id: 'x', amount: 1 } }], 1: [{ value: { id: 'x', amount: 2 } }] });

    await handler(batch, w.context());

    const lines = w.logged.filter(({ level }) => level === 'error');
    expect(lines.map(({ message, fields }) => [message, fields.code ?? fields.error])).toEqual([
      ['orders-0@0 stays open', 'TypeError'],
      ['orders-1@0 stays open', ERROR_CODES.identityConflict],
    ]);
  });

  test('the first is a conflict with what is stored: a twin that fits what is stored is a duplicate', async () => {
    const w = world();
    const ran: unknown[] = [];
    const handler = w.handler(orders(({ value }) => void ran.push(value.amount)));
    await handler(event({ 0: [{ value: { id: 'x', amount: 1 } }] }), w.context());

    const answer = await handler(
      event({ 0: [{ value: { id: 'x', amount: 2 }, offset: 5 }], 1: [{ value: { id: 'x', amount: 1 } }] }),
      w.context(),
    );

    expect(failures(answer)).toEqual(['orders-0@5']);
    expect(ran).toEqual([1]);
  });

  describe('a twin that its lane never came to, behind a record that is open, holds up no other partition', () => {
    const failing = (w: ReturnType<typeof world>) => {
      const ran: string[] = [];
      const handler = w.handler(
        orders(({ value, partition }) => {
          ran.push(`${value.id}@${partition}`);
          if (value.id === 'p') throw new Error('no');
        }),
      );
      return { handler, ran };
    };

    test('when the record is done already', async () => {
      const w = world();
      const { handler, ran } = failing(w);
      await handler(event({ 7: ids('x') }), w.context());

      const answer = await handler(event({ 0: ids('p', 'x'), 1: ids('x', 'b') }), w.context());

      // C2: the probe finds both twins closed, so the one behind p is no open record either (A1).
      expect(failures(answer)).toEqual(['orders-0@0']);
      expect(ran).toEqual(['x@7', 'p@0', 'b@1']);
    });

    test('when an earlier twin of both is done in this batch', async () => {
      const w = world();
      const { handler, ran } = failing(w);

      const answer = await handler(event({ 0: ids('x', 'p', 'x'), 1: ids('x', 'b') }), w.context());

      expect(failures(answer)).toEqual(['orders-0@1', 'orders-0@2']);
      expect(ran.sort()).toEqual(['b@1', 'p@0', 'x@0']);
    });

    test('when nobody has done it: the next twin is the first', async () => {
      const w = world();
      const { handler, ran } = failing(w);

      const answer = await handler(event({ 0: ids('p', 'x'), 1: ids('x', 'b'), 2: ids('x', 'c') }), w.context());

      expect(failures(answer)).toEqual(['orders-0@0', 'orders-0@1']);
      expect(ran.sort()).toEqual(['b@1', 'c@2', 'p@0', 'x@1']);
    });
  });

  test('payload: false and a narrowing payload let twins differ in what is not compared', async () => {
    for (const payload of [false as const, ({ value }: { value: { id: string } }) => value.id]) {
      const w = world();
      const process = jest.fn();
      const handler = w.handler(orders(process, { payload }));
      const batch = event({ 0: [{ value: { id: 'x', amount: 1 } }, { value: { id: 'x', amount: 2 } }] });

      expect(failures(await handler(batch, w.context()))).toEqual([]);
      expect(process).toHaveBeenCalledTimes(1);
    }
  });

  test('three in a chain over three lanes: one runs, two wait and are duplicates', async () => {
    const w = world();
    const process = jest.fn(() => w.time.sleep(500));
    const handler = w.handler(orders(process));

    const answer = await handler(event({ 0: ids('x'), 1: ids('x', 'b'), 2: ids('c', 'x') }), w.context());

    expect(failures(answer)).toEqual([]);
    expect(process).toHaveBeenCalledTimes(3);
  });

  test('more twins than slots: the waiting ones hold none, so others go on', async () => {
    const w = world();
    const startedAtMs = w.time.nowMs;
    const ends: string[] = [];
    const handler = w.handler(
      orders(
        async ({ value }) => {
          await w.time.sleep(value.id === 'x' ? 1_000 : 10);
          ends.push(`${value.id} ${w.time.nowMs - startedAtMs}`);
        },
        { concurrency: 2, order: 'none' },
      ),
    );

    const answer = await handler(event({ 0: ids('x', 'x', 'x', 'x', 'a', 'b', 'c') }), w.context());

    expect(failures(answer)).toEqual([]);
    expect(ends).toEqual(['a 10', 'b 20', 'c 30', 'x 1000']);
  });

  test('C9: no request asks for one identity twice', async () => {
    const w = world({ latencyMs: () => 3 });
    const handler = w.handler(
      orders(({ value }) => {
        if (value.id === 'b') throw new Error('no');
      }),
    );

    await handler(event({ 0: ids('a', 'a', 'b', 'a'), 1: ids('b', 'a', 'c'), 2: ids('c', 'a', 'a') }), w.context());

    expect(w.store.batches.length).toBeGreaterThan(3);
    for (const batch of w.store.batches) expect(new Set(batch.ids).size).toBe(batch.ids.length);
  });

  test('the mark decides: a twin whose first took effect and was not saved stays open', async () => {
    const w = world({ faultOf: ({ operation }) => (operation === 'complete' ? 'request lost' : undefined) });
    const process = jest.fn();
    const handler = w.handler(orders(process));

    const answer = await handler(event({ 0: ids('x'), 1: ids('x') }), w.context());

    expect(failures(answer)).toEqual(['orders-0@0', 'orders-1@0']);
    expect(process).toHaveBeenCalledTimes(1);
  });

  test('crossing twins in lanes of both kinds come to an end', async () => {
    for (const order of ['partition', 'key', 'none'] as const) {
      const w = world();
      const process = jest.fn();
      const handler = w.handler(orders(process, { order, concurrency: 1 }));
      const record = (key: string, id: string) => ({ key, value: { id } });
      const batch = event({
        0: [record('k', 'x'), record('l', 'y'), record('k', 'y'), record('l', 'x')],
        1: [record('k', 'y'), record('l', 'x'), record('k', 'z')],
      });

      expect(failures(await handler(batch, w.context()))).toEqual([]);
      expect(process).toHaveBeenCalledTimes(3);
    }
  });
});

test('A1, C2: a twin of what the look-up found done is not listed, though its lane never came to it', async () => {
  const w = world();
  await w.handler(orders(() => undefined))(event({ 0: ids('a') }), w.context());
  const handler = w.handler(
    orders(() => {
      throw new Error('no');
    }),
  );

  const answer = await handler(
    event({ 0: ids('a', 'bad', 'c', 'a').map((each, index) => ({ ...each, offset: index + 10 })) }),
    w.context(),
  );

  expect(failures(answer)).toEqual(['orders-0@11', 'orders-0@12']);
});
