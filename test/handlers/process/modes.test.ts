import { ERROR_CODES } from '../../../contract/error-codes';
import type { KafkaEvent } from '../../../contract/event';
import type { Order as LaneOrder } from '../../../handlers';
import { deliverUntilDone, type Reading } from '../../support/deliveries';
import type { StoreFault } from '../../support/faulty-store';
import {
  event,
  failures,
  ids,
  ledger,
  type Order,
  orders,
  ProcessEnded,
  put,
  transactions,
  type World,
  world,
} from '../../support/virtual-world';

interface Given {
  readonly value: Order;
  readonly attempt: number;
  readonly signal: AbortSignal;
}
type Process = (record: Given) => unknown;
interface Common {
  readonly order?: LaneOrder;
  readonly concurrency?: number;
  readonly leaseMs?: number;
  readonly clockSkewMs?: number;
}

const identity = ({ value }: { readonly value: Order }) => value.id;
const writing = (process: Process) => (record: Given) => {
  const result = process(record);
  return result instanceof Promise ? result.then(() => put(record.value)) : put(record.value);
};

/** Every way of remembering, with user code that knows nothing of it. */
const WAYS: Readonly<Record<string, (w: World, process: Process, common?: Common) => ReturnType<World['handler']>>> = {
  ledger: (w, process, common) => w.handler(ledger(process, common)),
  identity: (w, process, common) => w.handler(orders(process, common)),
  transaction: (w, process, common) => w.handler(transactions(writing(process), common)),
  'transaction, independent': (w, process, common) =>
    w.handler(transactions(writing(process), { ...common, independent: true })),
  'transaction with identity': (w, process, common) =>
    w.handler(transactions(writing(process), { ...common, identity })),
  'transaction with identity, independent': (w, process, common) =>
    w.handler(transactions(writing(process), { ...common, identity, independent: true })),
};

const numbered = (count: number, from = 0) => ids(...Array.from({ length: count }, (_, n) => `n${from + n}`));

describe.each(Object.entries(WAYS))('%s', (name, handlerOf) => {
  const isIdentity = name === 'identity';
  const isTransaction = name.startsWith('transaction');

  test.each<StoreFault>(['request lost', 'refused'])(
    'a store that is out from the start (%s): nothing starts, everything is open, and the answer does not wait',
    async (fault) => {
      const w = world({ faultOf: () => fault });
      const process = jest.fn();
      const startedAtMs = w.time.nowMs;

      const answer = await handlerOf(w, process)(event({ 0: ids('a', 'b'), 1: ids('c') }), w.context(600_000));

      expect(failures(answer)).toEqual(['orders-0@0', 'orders-0@1', 'orders-1@0']);
      expect(process).not.toHaveBeenCalled();
      expect([w.memory.items.size, w.all.ledger.items.size]).toEqual([0, 0]);
      expect(w.time.nowMs - startedAtMs).toBeLessThan(5_000);
      expect(w.logged).toContainEqual(
        expect.objectContaining({ level: 'error', message: expect.stringContaining(ERROR_CODES.storeUnavailable) }),
      );
    },
  );

  test('an outage of many deliveries counts no attempt, and everything is done once it is over', async () => {
    const w = world({ faultOf: () => 'request lost' });
    const attempts: number[] = [];
    const handler = handlerOf(w, ({ attempt }) => void attempts.push(attempt));

    for (let delivery = 0; delivery < 6; delivery += 1) await handler(event({ 0: ids('a', 'b') }), w.context());
    w.store.faults = {};
    const answer = await handler(event({ 0: ids('a', 'b') }), w.context());

    expect(failures(answer)).toEqual([]);
    expect(attempts).toEqual([1, 1]);
  });

  test('a store that is slow and throttles every third request is no outage', async () => {
    let asked = 0;
    const w = world({
      latencyMs: () => 40,
      faultOf: () => {
        asked += 1;
        return asked % 3 === 0 ? 'throttled' : undefined;
      },
    });
    const ran: string[] = [];

    const answer = await handlerOf(w, ({ value }) => void ran.push(value.id))(
      event({ 0: numbered(10), 1: numbered(10, 10) }),
      w.context(),
    );

    expect(failures(answer)).toEqual([]);
    expect(ran).toHaveLength(20);
  });

  test.each<Reading | 'throw'>(['listed', 'checkpoint', 'throw'])(
    'D1: a batch that needs many invocations makes progress in each, read as %s, with no attempt for what was cut off',
    async (reading) => {
      const w = world();
      const ended: string[] = [];
      const attempts = new Set<number>();
      const handler = handlerOf(w, async ({ value, attempt, signal }) => {
        attempts.add(attempt);
        await w.time.sleep(2_500, signal);
        signal.throwIfAborted();
        ended.push(value.id);
      });

      const deliveries = await deliverUntilDone(
        handler,
        event({ 0: numbered(20) }),
        () => w.context(10_000, reading === 'throw' ? 'Orders-throw' : 'Orders-partial'),
        reading,
      );

      expect(ended).toEqual(numbered(20).map(({ value }) => value.id));
      expect(deliveries.length).toBe(Math.ceil(20 / 3));
      expect([...attempts]).toEqual([1]);
    },
  );

  test('D1: with no time at all nothing starts and nothing is asked', async () => {
    for (const remainingMs of [0, -1, 1, 999]) {
      const w = world();
      const process = jest.fn();

      const answer = await handlerOf(w, process)(event({ 0: ids('a'), 1: ids('b') }), w.context(remainingMs));

      expect(failures(answer)).toEqual(['orders-0@0', 'orders-1@0']);
      expect(process).not.toHaveBeenCalled();
      expect(w.store.calls).toEqual([]);
    }
  });

  test('D1: the answer is given as soon as nothing is left to do, and nothing goes on behind it', async () => {
    const w = world();
    const startedAtMs = w.time.nowMs;

    await handlerOf(w, () => w.time.sleep(5))(event({ 0: ids('a') }), w.context(900_000));
    const tookMs = w.time.nowMs - startedAtMs;
    const calls = w.store.calls.length;
    await w.time.sleep(120_000);

    expect(tookMs).toBe(5);
    expect(w.store.calls.length).toBe(calls);
  });

  test('D1: the reserve is learned: after a slow answer of the store running records are cut off earlier', async () => {
    const w = world({ latencyMs: ({ nth, operation }) => (nth === 0 && operation.startsWith('claim') ? 3_000 : 0) });
    const startedAtMs = w.time.nowMs;
    let cutOffAtMs = 0;

    await handlerOf(w, async ({ signal }) => {
      await w.time.sleep(60_000, signal);
      cutOffAtMs = w.time.nowMs - startedAtMs;
      signal.throwIfAborted();
    })(event({ 0: ids('a') }), w.context(30_000));

    // 500 ms of grace, twice 3 s for a mark, 100 ms for the answer.
    expect(cutOffAtMs).toBe(30_000 - 6_600);
  });

  test('D1: marks that take as long as the slowest claim are still saved', async () => {
    const w = world({ latencyMs: () => 3_000 });
    const handler = handlerOf(w, async ({ signal }) => {
      await w.time.sleep(60_000, signal);
      // What has happened when the signal comes may be finished within the grace.
      await w.time.sleep(400);
    });

    const answer = await handler(event({ 0: ids('a'), 1: ids('b') }), w.context(30_000));

    expect(failures(answer)).toEqual([]);
  });

  test('two topics with partitions of the same number do not meet', async () => {
    const w = world();
    const ran: string[] = [];
    const handler = handlerOf(w, ({ value, attempt }) => {
      ran.push(value.id);
      if (value.id === 'b' && attempt === 1) throw new Error('no');
    });
    const batch = (): KafkaEvent => {
      const [orders, bills] = [event({ 0: ids('a', 'b', 'c') }), event({ 0: ids('a', 'd') }, 'bills')];
      return { ...orders, records: { ...orders.records, ...bills.records } };
    };

    const answers = [await handler(batch(), w.context()), await handler(batch(), w.context())].map(failures);

    expect(answers).toEqual([['orders-0@1', 'orders-0@2'], []]);
    expect(ran.sort()).toEqual(['a', 'a', 'b', 'b', 'c', 'd']);
  });

  test('a short lease holds, with a slow store and a long lane', async () => {
    const w = world({ latencyMs: () => 60 });
    const ran: string[] = [];
    const handler = handlerOf(
      w,
      async ({ value }) => {
        await w.time.sleep(50);
        ran.push(value.id);
      },
      { leaseMs: 1_500, clockSkewMs: 400 },
    );

    const answer = await handler(event({ 0: numbered(60) }), w.context());

    expect(failures(answer)).toEqual([]);
    expect(ran).toHaveLength(60);
  });

  test('A5: work that ignores its signal ends the process before the end, and the marks of others are saved', async () => {
    const w = world();
    const startedAtMs = w.time.nowMs;
    const ran: string[] = [];
    const handler = handlerOf(w, ({ value }) => {
      ran.push(value.id);
      return value.id === 'stuck' ? new Promise(() => undefined) : undefined;
    });

    await expect(handler(event({ 0: ids('a', 'stuck'), 1: ids('b') }), w.context(10_000))).rejects.toThrow(
      ProcessEnded,
    );
    const tookMs = w.time.nowMs - startedAtMs;
    await w.time.sleep(60_000);
    const again: string[] = [];
    await handlerOf(w, ({ value }) => void again.push(value.id))(
      event({ 0: ids('a', 'stuck'), 1: ids('b') }),
      w.context(),
    );

    expect(tookMs).toBeLessThan(10_000);
    expect(w.logged).toContainEqual(
      expect.objectContaining({ level: 'error', fields: { code: ERROR_CODES.unsettled } }),
    );
    expect(ran.sort()).toEqual(['a', 'b', 'stuck']);
    expect(again).toEqual(['stuck']);
  });

  test('A3: in throw mode any open record makes the invocation fail, and the marks hold', async () => {
    const w = world();
    const ran: string[] = [];
    const handler = handlerOf(w, ({ value, attempt }) => {
      ran.push(`${value.id}${attempt}`);
      if (value.id === 'n1' && attempt === 1) throw new Error('no');
    });
    const batch = event({ 0: numbered(3), 1: numbered(2, 5) });

    await expect(handler(batch, w.context(60_000, 'Orders-throw'))).rejects.toThrow(ERROR_CODES.recordsOpen);
    expect(await handler(batch, w.context(60_000, 'Orders-throw'))).toBeUndefined();

    expect(ran.sort()).toEqual(['n01', 'n11', 'n12', 'n21', 'n51', 'n61']);
  });

  test.each<LaneOrder>(['partition', 'key', 'none'])(
    'O1: concurrency 1 by %s ends, one at a time, in the order of its lanes',
    async (order) => {
      const w = world({ latencyMs: () => 7 });
      let running = 0;
      let most = 0;
      const ends: Order[] = [];
      const partitions = Object.fromEntries(
        [0, 1, 2].map((partition) => [
          partition,
          Array.from({ length: 12 }, (_, n) => ({ key: `k${n % 3}`, value: { id: `${partition}-${n}`, amount: n } })),
        ]),
      );

      const answer = await handlerOf(
        w,
        async ({ value }) => {
          running += 1;
          most = Math.max(most, running);
          await w.time.sleep(3);
          running -= 1;
          ends.push(value);
        },
        { order, concurrency: 1 },
      )(event(partitions), w.context());

      expect(failures(answer)).toEqual([]);
      expect([most, ends.length]).toEqual([1, 36]);
      const laneOf = ({ id, amount = 0 }: Order) => `${id.split('-')[0]} ${order === 'partition' ? '' : amount % 3}`;
      if (order === 'none') return;
      for (const lane of new Set(ends.map(laneOf))) {
        const offsets = ends.filter((value) => laneOf(value) === lane).map(({ amount }) => amount ?? 0);
        expect(offsets).toEqual([...offsets].sort((a, b) => a - b));
      }
    },
  );

  test('an event of 60 partitions is done, each record once', async () => {
    const w = world();
    const ran: string[] = [];
    const partitions = Object.fromEntries(
      Array.from({ length: 60 }, (_, partition) => [partition, numbered(3, 3 * partition)]),
    );

    const answer = await handlerOf(w, ({ value }) => void ran.push(value.id))(event(partitions), w.context());

    expect(failures(answer)).toEqual([]);
    expect([ran.length, new Set(ran).size]).toEqual([180, 180]);
  });

  test('an event whose records come in any order runs by offset', async () => {
    const w = world();
    const ran: string[] = [];
    const shuffled = [3, 0, 2, 1].map((offset) => ({ offset, value: { id: `n${offset}` } }));

    const answer = await handlerOf(w, ({ value }) => void ran.push(value.id))(event({ 0: shuffled }), w.context());

    expect(failures(answer)).toEqual([]);
    expect(ran).toEqual(['n0', 'n1', 'n2', 'n3']);
  });

  test('an event without records, and one with an empty partition, is answered', async () => {
    const w = world();

    expect(failures(await handlerOf(w, jest.fn())(event({}), w.context()))).toEqual([]);
    expect(failures(await handlerOf(w, jest.fn())(event({ 0: [], 1: ids('a') }), w.context()))).toEqual([]);
  });

  describe('requests', () => {
    /** As the service counts them: 25 statements, 100 keys, or one transaction in each. */
    const sentOf = (w: World) =>
      w.store.batches.reduce((sum, { operation, ids: { length } }) => {
        return sum + Math.ceil(length / (operation === 'lookUp' ? 100 : 25));
      }, 0);
    const RECORDS = 10_000;
    const batch = event(
      Object.fromEntries(
        [0, 1, 2, 3].map((partition) => [
          partition,
          Array.from({ length: RECORDS / 4 }, (_, n) => ({ key: `k${n % 500}`, value: { id: `${partition}-${n}` } })),
        ]),
      ),
    );

    test.each<LaneOrder>(['partition', 'key', 'none'])(
      'for 10,000 records by %s are few, and fewer for what is done',
      async (order) => {
        // By partition each record waits for the commit of the one before, unless their writes are independent.
        const isOneByOne = order === 'partition' && ['transaction', 'transaction with identity'].includes(name);
        const w = world();
        let effects = 0;
        const handler = handlerOf(
          w,
          () => {
            effects += 1;
          },
          { order },
        );

        const answer = await handler(batch, w.context(600_000));
        const requests = sentOf(w);
        const again = await handler(batch, w.context(600_000));
        const redelivered = sentOf(w) - requests;

        expect([failures(answer), failures(again)]).toEqual([[], []]);
        expect(effects).toBe(RECORDS);
        // Design, section 10.
        if (name === 'ledger') expect(requests / RECORDS).toBeLessThanOrEqual(0.003);
        if (isIdentity) expect(requests / RECORDS).toBeLessThanOrEqual(0.085);
        if (isTransaction) expect(requests / RECORDS).toBeLessThanOrEqual(isOneByOne ? 1.001 : 0.025);
        expect(redelivered / RECORDS).toBeLessThanOrEqual(isIdentity ? 0.015 : 0.003);
      },
    );
  });
});
