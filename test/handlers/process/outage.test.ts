import { ERROR_CODES } from '../../../contract/error-codes';
import { claimId } from '../../../handlers/core/identity';
import type { Operation, StoreFault } from '../../support/faulty-store';
import { event, failures, ids, orders, world } from '../../support/virtual-world';

const item = (w: ReturnType<typeof world>, id: string) => w.memory.items.get(claimId('shop-orders', 'orders', id));

describe('an outage of the store', () => {
  test.each<StoreFault>(['request lost', 'refused'])(
    'from the start (%s): nothing starts, everything is open, nothing is counted, and the answer does not wait',
    async (fault) => {
      const w = world({ faultOf: () => fault });
      const process = jest.fn();
      const startedAtMs = w.time.nowMs;

      const answer = await w.handler(orders(process))(event({ 0: ids('a', 'b'), 1: ids('c') }), w.context(600_000));

      expect(failures(answer)).toEqual(['orders-0@0', 'orders-0@1', 'orders-1@0']);
      expect(process).not.toHaveBeenCalled();
      expect(w.memory.items.size).toBe(0);
      expect(w.time.nowMs - startedAtMs).toBeLessThan(5_000);
      expect(w.logged).toContainEqual(
        expect.objectContaining({ level: 'error', message: expect.stringContaining(ERROR_CODES.storeUnavailable) }),
      );
    },
  );

  test('in the middle: once a mark has failed nothing more starts, what runs ends, and effects without a mark are reported', async () => {
    const w = world();
    const ran: string[] = [];
    const handler = w.handler(
      orders(async ({ value }) => {
        ran.push(value.id);
        await w.time.sleep(1_000);
        if (value.id === 'b') w.store.faults = { faultOf: () => 'request lost' };
      }),
    );

    const answer = await handler(event({ 0: ids('a', 'b', 'c', 'd'), 1: ids('x', 'y', 'z') }), w.context(600_000));

    expect(failures(answer)).toEqual(['orders-0@1', 'orders-0@2', 'orders-0@3', 'orders-1@1', 'orders-1@2']);
    // The marks of b and y go 250 ms behind their effects, when c and z run already; d never starts.
    expect(ran).toEqual(['a', 'x', 'b', 'y', 'c', 'z']);
    const unsaved = w.logged.filter(({ message }) => message.includes('its mark was not saved'));
    expect(unsaved.map(({ message }) => message.match(/orders-\d@\d/)?.[0]).sort()).toEqual([
      'orders-0@1',
      'orders-0@2',
      'orders-1@1',
      'orders-1@2',
    ]);
  });

  test('that is over at the next delivery has counted no attempt', async () => {
    const w = world({ faultOf: () => 'request lost' });
    const attempts: number[] = [];
    const handler = w.handler(orders(({ attempt }) => void attempts.push(attempt)));

    for (let delivery = 0; delivery < 6; delivery += 1) await handler(event({ 0: ids('a', 'b') }), w.context());
    w.store.faults = {};
    const answer = await handler(event({ 0: ids('a', 'b') }), w.context());

    expect(failures(answer)).toEqual([]);
    expect(attempts).toEqual([1, 1]);
  });

  test('while lanes wait for a foreign claim ends their waiting', async () => {
    const w = world();
    await w.memory.claim([
      {
        id: claimId('shop-orders', 'orders', 'x'),
        token: 'foreign',
        partition: 9,
        offset: 9,
        payloadDigest: undefined,
        leaseUntilMs: w.time.nowMs + 600_000,
      },
    ]);
    const startedAtMs = w.time.nowMs;
    const handler = w.handler(
      orders(async () => {
        await w.time.sleep(3_000);
        w.store.faults = { faultOf: ({ operation }) => (operation === 'complete' ? 'request lost' : undefined) };
      }),
    );

    const answer = await handler(event({ 0: ids('a'), 1: ids('x') }), w.context(600_000));

    expect(failures(answer)).toEqual(['orders-0@0', 'orders-1@0']);
    // 3 s of work, 250 ms until its mark is sent, and three tries.
    expect(w.time.nowMs - startedAtMs).toBeLessThan(3_500);
  });

  test('throws in throw mode, as for every open record', async () => {
    const w = world({ faultOf: () => 'request lost' });

    await expect(
      w.handler(orders(() => undefined))(event({ 0: ids('a') }), w.context(60_000, 'Orders-throw')),
    ).rejects.toThrow(ERROR_CODES.recordsOpen);
  });
});

describe('C8: throttled members', () => {
  test('are asked again alone until it works', async () => {
    const w = world({ faultOf: ({ offset, nth }) => (offset === 1 && nth < 4 ? 'throttled' : undefined) });
    const ran: string[] = [];

    const answer = await w.handler(orders(({ value }) => void ran.push(value.id)))(
      event({ 0: ids('a', 'b', 'c') }),
      w.context(),
    );

    expect(failures(answer)).toEqual([]);
    expect(ran).toEqual(['a', 'b', 'c']);
    expect(
      w.store.batches.filter(({ operation }) => operation === 'claim').map(({ ids: { length } }) => length),
    ).toEqual([3, 1, 1, 1, 1]);
  });

  test.each<Operation>(['claim', 'complete'])(
    'O1: a record whose %s is throttled until the deadline keeps no other lane from its work',
    async (throttled) => {
      const w = world({
        faultOf: ({ operation, partition }) => (operation === throttled && partition === 0 ? 'throttled' : undefined),
      });
      const startedAtMs = w.time.nowMs;
      const ends: string[] = [];
      const handler = w.handler(
        orders(async ({ value }) => {
          await w.time.sleep(100);
          ends.push(`${value.id} ${w.time.nowMs - startedAtMs}`);
        }),
      );

      const answer = await handler(event({ 0: ids('x', 'y'), 1: ids('a', 'b', 'c'), 2: ids('d') }), w.context(30_000));

      expect(failures(answer)).toEqual(['orders-0@0', 'orders-0@1']);
      expect(ends.filter((end) => !/^[xy]/.test(end))).toEqual(['a 100', 'd 100', 'b 200', 'c 300']);
      expect(w.time.nowMs - startedAtMs).toBeLessThan(30_000);
    },
  );

  test('a record behind in its lane whose claim is throttled does not hold back those before it', async () => {
    const w = world({
      faultOf: ({ operation, offset }) => (operation === 'claim' && offset === 2 ? 'throttled' : undefined),
    });

    const answer = await w.handler(orders(() => undefined))(event({ 0: ids('a', 'b', 'c') }), w.context(30_000));

    expect(failures(answer)).toEqual(['orders-0@2']);
  });

  test('are no outage: what is not throttled is done, and no attempt is counted for the others', async () => {
    const w = world({ faultOf: ({ partition }) => (partition === 0 ? 'throttled' : undefined) });
    const attempts: string[] = [];
    const handler = w.handler(orders(({ value, attempt }) => void attempts.push(`${value.id}${attempt}`)));

    const answer = await handler(event({ 0: ids('x'), 1: ids('a', 'b') }), w.context(20_000));
    w.store.faults = {};
    await handler(event({ 0: ids('x') }), w.context());

    expect(failures(answer)).toEqual(['orders-0@0']);
    expect(attempts).toEqual(['a1', 'b1', 'x1']);
    expect(w.logged.filter(({ message }) => message.startsWith('The idempotency table'))).toEqual([]);
  });
});

describe('C8: lost requests and answers, and late copies', () => {
  const faults: readonly StoreFault[] = ['request lost', 'answer lost', 'late copy'];
  const operations: readonly Operation[] = ['claim', 'complete', 'renew'];
  const table = faults.flatMap((fault) => operations.map((operation) => [operation, fault] as const));

  test.each(table)('of a %s (%s): the effect happens once and the record is done', async (wanted, fault) => {
    const w = world({ faultOf: ({ operation, nth }) => (operation === wanted && nth === 0 ? fault : undefined) });
    const attempts: number[] = [];
    const handler = w.handler(
      orders(async ({ attempt }) => {
        attempts.push(attempt);
        await w.time.sleep(20_000);
      }),
    );

    const answer = await handler(event({ 0: ids('a') }), w.context());
    await w.store.deliverLate();
    const again = await handler(event({ 0: ids('a') }), w.context());

    expect([failures(answer), failures(again)]).toEqual([[], []]);
    expect(attempts).toEqual([1]);
    expect(item(w, 'a')).toMatchObject({ status: 'COMPLETED', attempts: 0 });
  });

  test.each(faults)('of a fail (%s): the attempt is counted once', async (fault) => {
    const w = world({ faultOf: ({ operation, nth }) => (operation === 'fail' && nth === 0 ? fault : undefined) });
    const attempts: number[] = [];
    const handler = w.handler(
      orders(({ attempt }) => {
        attempts.push(attempt);
        throw new Error('no');
      }),
    );

    await handler(event({ 0: ids('a') }), w.context());
    await w.store.deliverLate();
    await handler(event({ 0: ids('a') }), w.context());

    expect(attempts).toEqual([1, 2]);
    expect(item(w, 'a')).toMatchObject({ status: 'INPROGRESS', attempts: 2, leaseUntilMs: 0 });
  });

  test.each(faults)('of a release (%s): the next worker need not wait, and no attempt is counted', async (fault) => {
    const w = world({ faultOf: ({ operation, nth }) => (operation === 'release' && nth === 0 ? fault : undefined) });
    const attempts: string[] = [];
    const handler = w.handler(
      orders(({ value, attempt }) => {
        attempts.push(`${value.id}${attempt}`);
        if (value.id === 'a' && attempt === 1) throw new Error('no');
      }),
    );
    const startedAtMs = w.time.nowMs;

    await handler(event({ 0: ids('a', 'b') }), w.context());
    await w.store.deliverLate();
    const answer = await handler(event({ 0: ids('a', 'b') }), w.context());

    expect(failures(answer)).toEqual([]);
    expect(attempts).toEqual(['a1', 'a2', 'b1']);
    expect(w.time.nowMs - startedAtMs).toBeLessThan(2_000);
  });

  test('a claim that nobody heard of is given back, so that the next worker need not wait', async () => {
    const w = world({ faultOf: ({ operation }) => (operation === 'claim' ? 'answer lost' : undefined) });
    const ran: string[] = [];
    const handler = w.handler(orders(({ value }) => void ran.push(value.id)));
    const startedAtMs = w.time.nowMs;

    const first = await handler(event({ 0: ids('a') }), w.context());
    w.store.faults = {};
    const second = await handler(event({ 0: ids('a') }), w.context());

    expect([failures(first), failures(second)]).toEqual([['orders-0@0'], []]);
    expect(ran).toEqual(['a']);
    expect(w.time.nowMs - startedAtMs).toBeLessThan(5_000);
  });

  test('a completion that arrives after its worker has answered closes the record for the next delivery', async () => {
    const w = world({ faultOf: ({ operation }) => (operation === 'complete' ? 'late copy' : undefined) });
    const process = jest.fn();
    const handler = w.handler(orders(process));

    const first = await handler(event({ 0: ids('a') }), w.context());
    w.store.faults = {};
    await w.store.deliverLate();
    const second = await handler(event({ 0: ids('a') }), w.context());

    expect([failures(first), failures(second)]).toEqual([['orders-0@0'], []]);
    expect(process).toHaveBeenCalledTimes(1);
  });
});
