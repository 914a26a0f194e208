import { ERROR_CODES } from '../../../contract/error-codes';
import type { Store } from '../../../handlers/store/store';
import type { Apply } from '../../../handlers/transaction/memory-transaction-store';
import type { PreparedWrite } from '../../../handlers/transaction/prepared-write';
import type { TransactionRequest, TransactionStore } from '../../../handlers/transaction/transaction-store';
import type { ConditionMeaning, TransactionWrite } from '../../../handlers/transaction/transaction-write';
import {
  committed,
  event,
  failures,
  ids,
  type Order,
  put,
  transactions,
  type World,
  world,
} from '../../support/virtual-world';

const LEASE = 10_000;
const idOf = (partition: number) => `ledger#shop-orders#u-1#1#orders#${partition}`;
const stored = (w: World, partition = 0) => w.all.ledger.items.get(idOf(partition));
const runs = (w: World, partition = 0) =>
  stored(w, partition)
    ?.state.runs.map(({ first, last }) => `${first}-${last}`)
    .join(' ');
const attempts = (w: World) =>
  stored(w)
    ?.state.attempts.map(({ offset, count }) => `${offset}:${count}`)
    .join(' ');
const codes = (w: World) => w.logged.flatMap(({ fields }) => fields.code ?? []);
const numbered = (count: number) => ids(...Array.from({ length: count }, (_, n) => `n${n}`));
const keyed = (...given: readonly (readonly [key: string, id: string])[]) =>
  given.map(([key, id]) => ({ key, value: { id } }));
const orderOf = ({ item }: PreparedWrite) => item.Put?.Item?.id?.S ?? item.Update?.Key?.id?.S ?? '';

interface Seen {
  readonly token: string;
  readonly partition: number;
  readonly ids: readonly string[];
  readonly atMs: number;
  readonly answer: string;
}

/** The store of the world, and what was asked of its transactions. */
function observed(w: World, commit: TransactionStore['commit'] = (request) => w.store.transactions.commit(request)) {
  const seen: Seen[] = [];
  const store: Store = {
    ...w.store,
    transactions: {
      commit: async (request: TransactionRequest) => {
        const atMs = w.time.nowMs;
        const answer = await commit(request);
        seen.push({
          token: request.requestToken,
          partition: Number(request.mark.id.split('#').at(-1)),
          ids: request.members.flatMap(({ writes }) => writes.map(orderOf)),
          atMs,
          answer: answer.kind,
        });
        return answer;
      },
    },
  };
  return { store, seen, groups: () => seen.map((one) => one.ids.join('+')) };
}

describe('T1: effects and marks', () => {
  test('take effect together, once; a redelivery is skipped', async () => {
    const w = world();
    const handler = w.handler(transactions(({ value }) => put(value)));
    const batch = event({ 0: ids('a', 'b', 'a'), 1: ids('a') });

    const answers = [await handler(batch, w.context()), await handler(batch, w.context())];

    expect(answers.map(failures)).toEqual([[], []]);
    // Without an identity a producer duplicate is a record of its own.
    expect(committed(w).sort()).toEqual(['a', 'a', 'a', 'b']);
    expect([runs(w, 0), runs(w, 1)]).toEqual(['0-2', '0-0']);
    expect(w.logged.at(-1)?.fields).toMatchObject({ duplicate: 4 });
  });

  test('a commit that is refused leaves neither', async () => {
    const w = world({ faultOf: ({ operation }) => (operation === 'commit' ? 'request lost' : undefined) });

    const answer = await w.handler(transactions(({ value }) => put(value)))(event({ 0: ids('a') }), w.context());

    expect(failures(answer)).toEqual(['orders-0@0']);
    expect([committed(w), runs(w)]).toEqual([[], '']);
  });

  test.each<[string, unknown]>([
    ['nothing', undefined],
    ['an empty list', []],
    ['a promise of nothing', Promise.resolve(undefined)],
  ])('a record for which process returns %s is closed without a write', async (_, returned) => {
    const w = world();
    const process = jest.fn(() => returned as undefined);
    const handler = w.handler(transactions(process));

    await handler(event({ 0: ids('a', 'b') }), w.context());
    const answer = await handler(event({ 0: ids('a', 'b') }), w.context());

    expect(failures(answer)).toEqual([]);
    expect(process).toHaveBeenCalledTimes(2);
    expect([committed(w), runs(w)]).toEqual([[], '0-1']);
  });

  test.each<[string, unknown]>([
    ['a string', 'Put'],
    ['null', null],
    ['a number', 1],
    ['an item without an action', { TableName: 'orders' }],
    ['a list with a hole', [undefined]],
    [
      'two actions in one',
      { Put: { TableName: 't', Item: { id: 'a' } }, Delete: { TableName: 't', Key: { id: 'a' } } },
    ],
    ['no such action', { Get: { TableName: 't', Key: { id: 'a' } } }],
    ['no such member', { Put: { TableName: 't', Item: { id: 'a' }, Condition: 'x' } }],
    ['no such meaning', { Put: { TableName: 't', Item: { id: 'a' } }, onConditionFailed: 'ignore' }],
    ['attribute values', { Update: { TableName: 't', Key: { id: { S: 'a' } }, UpdateExpression: 'SET a = b' } }],
    ['a list in a list', [[{ Put: { TableName: 't', Item: { id: 'a' } } }]]],
  ])('%s is an error of its record: nothing of it is written, an attempt is counted', async (_, returned) => {
    const w = world();
    const handler = w.handler(
      transactions(({ value }) => (value.id === 'bad' ? (returned as TransactionWrite) : put(value)), { order: 'key' }),
    );

    const answer = await handler(event({ 0: keyed(['k', 'bad'], ['k', 'behind'], ['l', 'good']) }), w.context());

    expect(failures(answer)).toEqual(['orders-0@0', 'orders-0@1']);
    expect(committed(w)).toEqual(['good']);
    expect(codes(w)).toEqual([ERROR_CODES.writeInvalid]);
    expect([attempts(w), runs(w)]).toEqual(['0:1', '2-2']);
  });

  test('objects that user code changes after it returned them are written as they were returned', async () => {
    const w = world({ latencyMs: ({ operation }) => (operation === 'commit' ? 100 : 0) });
    const item = { id: '' };
    const handler = w.handler(
      transactions(
        ({ value }) => {
          item.id = value.id;
          return { Put: { TableName: 'orders', Item: item } };
        },
        { independent: true },
      ),
    );

    await handler(event({ 0: ids('a', 'b', 'c') }), w.context());

    expect(committed(w)).toEqual(['a', 'b', 'c']);
  });
});

describe('T2: when the next record starts', () => {
  const order = ['partition', 'key', 'none'] as const;

  /** Starts and commits in the order in which they happened. */
  async function history(laneOrder: (typeof order)[number], independent: boolean) {
    const w = world({ latencyMs: ({ operation }) => (operation === 'commit' ? 50 : 0) });
    const happened: string[] = [];
    const { store, seen } = observed(w, async (request) => {
      const answer = await w.store.transactions.commit(request);
      for (const { writes } of request.members) happened.push(...writes.map((write) => `commit ${orderOf(write)}`));
      return answer;
    });
    const handler = w.handler(
      transactions(
        async ({ value }) => {
          happened.push(`start ${value.id}`);
          await w.time.sleep(10);
          return put(value);
        },
        { order: laneOrder, independent },
      ),
      { store },
    );
    const answer = await handler(
      event({ 0: keyed(['k', 'k1'], ['l', 'l1'], ['k', 'k2'], ['l', 'l2'], ['k', 'k3']) }),
      w.context(),
    );
    expect(failures(answer)).toEqual([]);
    return { happened, seen, at: (what: string) => happened.indexOf(what) };
  }

  const lanes: Record<(typeof order)[number], readonly (readonly string[])[]> = {
    partition: [['k1', 'l1', 'k2', 'l2', 'k3']],
    key: [
      ['k1', 'k2', 'k3'],
      ['l1', 'l2'],
    ],
    none: [['k1'], ['l1'], ['k2'], ['l2'], ['k3']],
  };

  test.each(order)('by %s: after the one before it in its lane is committed', async (laneOrder) => {
    const { happened, at } = await history(laneOrder, false);

    expect(happened).toHaveLength(10);
    for (const lane of lanes[laneOrder]) {
      lane.slice(1).forEach((id, index) => {
        expect(at(`commit ${lane[index]}`)).toBeLessThan(at(`start ${id}`));
      });
    }
  });

  test.each(order)(
    'by %s, independent: it does not wait, runs in order, and is committed in order',
    async (laneOrder) => {
      const { happened, seen, at } = await history(laneOrder, true);

      expect(happened).toHaveLength(10);
      expect(seen).toHaveLength(1);
      for (const lane of lanes[laneOrder]) {
        lane.slice(1).forEach((id, index) => {
          expect(at(`start ${lane[index]}`)).toBeLessThan(at(`start ${id}`));
          expect(at(`commit ${lane[index]}`)).toBeLessThan(at(`commit ${id}`));
        });
      }
      expect(at('commit k1')).toBeGreaterThan(Math.max(...lanes[laneOrder].flat().map((id) => at(`start ${id}`))));
    },
  );

  test('groups are formed across the lanes of a partition', async () => {
    const w = world();
    const { store, groups } = observed(w);
    const handler = w.handler(
      transactions(({ value }) => put(value), { order: 'key' }),
      { store },
    );

    await handler(event({ 0: keyed(['k', 'k1'], ['l', 'l1'], ['m', 'm1'], ['k', 'k2'], ['l', 'l2']) }), w.context());

    expect(groups()).toEqual(['k1+l1+m1', 'k2+l2']);
  });

  test.each([
    ['without an identity 99 records of one write', false, [99, 99, 52]],
    ['with an identity 49', true, [49, 49, 49, 49, 49, 5]],
  ])('a group holds at most 100 items: %s', async (_, hasIdentity, sizes) => {
    const w = world();
    const { store, seen } = observed(w);
    const identity = hasIdentity ? { identity: ({ value }: { value: Order }) => value.id } : {};
    const handler = w.handler(
      transactions(({ value }) => put(value), { independent: true, ...identity }),
      { store },
    );

    const answer = await handler(event({ 0: numbered(250) }), w.context());

    expect(failures(answer)).toEqual([]);
    expect(seen.map((one) => one.ids.length)).toEqual(sizes);
    expect(committed(w)).toEqual(numbered(250).map(({ value }) => value.id));
  });

  test('a group holds at most 4 MB', async () => {
    const w = world();
    const { store, seen } = observed(w);
    const process = ({ value }: { value: Order }): TransactionWrite => ({
      Put: { TableName: 'orders', Item: { id: value.id, text: 'x'.repeat(300_000) } },
    });
    const handler = w.handler(transactions(process, { independent: true }), { store });

    const answer = await handler(event({ 0: numbered(30) }), w.context());

    expect(failures(answer)).toEqual([]);
    // 4 MiB less 100 KiB for the mark hold 13 of 300 KB.
    expect(seen.map((one) => one.ids.length)).toEqual([13, 13, 4]);
  });

  test('commits of one partition go one at a time, those of two side by side', async () => {
    const w = world({ latencyMs: ({ operation }) => (operation === 'commit' ? 300 : 0) });
    const { store, seen } = observed(w);
    const startedAtMs = w.time.nowMs;
    const handler = w.handler(
      transactions(({ value }) => put(value)),
      { store },
    );

    await handler(event({ 0: numbered(5), 1: numbered(5) }), w.context());

    for (const partition of [0, 1]) {
      const at = seen.filter((one) => one.partition === partition).map(({ atMs }) => atMs - startedAtMs);
      expect(at).toEqual([0, 300, 600, 900, 1_200]);
    }
  });

  test('a record that waits for its commit holds no slot', async () => {
    const w = world({ latencyMs: ({ operation }) => (operation === 'commit' ? 1_000 : 0) });
    const startedAtMs = w.time.nowMs;
    const starts: string[] = [];
    const handler = w.handler(
      transactions(
        async ({ value }) => {
          starts.push(`${value.id} ${w.time.nowMs - startedAtMs}`);
          await w.time.sleep(10);
          return put(value);
        },
        { concurrency: 1 },
      ),
    );

    await handler(event({ 0: ids('a'), 1: ids('b'), 2: ids('c') }), w.context());

    expect(starts).toEqual(['a 0', 'b 10', 'c 20']);
  });

  test('independent: what ran waits at most a checkpoint for others of its partition', async () => {
    const w = world();
    const startedAtMs = w.time.nowMs;
    const { store, seen } = observed(w);
    const handler = w.handler(
      transactions(
        async ({ value }) => {
          await w.time.sleep(value.id === 'slow' ? 5_000 : 10);
          return put(value);
        },
        { independent: true, order: 'none' },
      ),
      { store },
    );

    await handler(event({ 0: ids('slow', 'a', 'b') }), w.context());

    expect(seen.map((one) => [one.ids.join('+'), one.atMs - startedAtMs])).toEqual([
      ['a+b', 260],
      ['slow', 5_000],
    ]);
  });

  test('a lane stops at its first open record, and nothing behind it is committed, independent or not', async () => {
    for (const independent of [false, true]) {
      const w = world();
      const handler = w.handler(
        transactions(
          ({ value }) => {
            if (value.id === 'n2') throw new Error('no');
            return put(value);
          },
          { independent },
        ),
      );

      const answer = await handler(event({ 0: numbered(5) }), w.context());

      expect(failures(answer)).toEqual(['orders-0@2', 'orders-0@3', 'orders-0@4']);
      expect(committed(w)).toEqual(['n0', 'n1']);
      expect([runs(w), attempts(w)]).toEqual(['0-1', '2:1']);
    }
  });
});

describe('L5: a transaction gives the partition back', () => {
  test('with its last commit, in no request of its own', async () => {
    for (const independent of [false, true]) {
      const w = world();

      await w.handler(transactions(({ value }) => put(value), { independent }))(event({ 0: numbered(5) }), w.context());

      expect(w.store.calls.filter(({ isRelease }) => isRelease).map(({ operation }) => operation)).toEqual(['commit']);
      expect(w.store.requests('mark')).toBe(0);
      expect(stored(w)).toMatchObject({ leaseUntilMs: 0, state: { unclean: 0 } });
    }
  });

  test('the lease is renewed while a slow record runs, between commits too', async () => {
    const w = world();
    let leastMs = Number.POSITIVE_INFINITY;
    const handler = w.handler(
      transactions(
        async ({ value }) => {
          for (let second = 0; second < 15; second += 1) {
            await w.time.sleep(1_000);
            leastMs = Math.min(leastMs, (stored(w)?.leaseUntilMs ?? 0) - w.time.nowMs);
          }
          return put(value);
        },
        { order: 'key' },
      ),
    );

    const answer = await handler(event({ 0: keyed(['k', 'a'], ['k', 'b'], ['l', 'c']) }), w.context());

    expect(failures(answer)).toEqual([]);
    expect(leastMs).toBeGreaterThanOrEqual(LEASE / 2);
  });
});

describe('T3: two writes on one item', () => {
  const add = (id: string): TransactionWrite => ({
    Update: {
      TableName: 'counters',
      Key: { id },
      UpdateExpression: 'ADD n :one',
      ExpressionAttributeValues: { ':one': 1 },
    },
  });

  test('of two records: the group is cut there, and each is committed in its order', async () => {
    const w = world();
    const { store, groups } = observed(w);
    const handler = w.handler(
      transactions(({ value }) => add(value.id), { independent: true }),
      { store },
    );

    const answer = await handler(event({ 0: ids('a', 'b', 'a', 'c', 'a') }), w.context());

    expect(failures(answer)).toEqual([]);
    expect(groups()).toEqual(['a+b', 'a+c', 'a']);
  });

  test('of one record: its permanent error; the others are committed', async () => {
    const w = world();
    const handler = w.handler(
      transactions(({ value }) => (value.id === 'bad' ? [add('x'), add('x')] : add(value.id)), { order: 'none' }),
    );

    const answer = await handler(event({ 0: ids('a', 'bad', 'b') }), w.context());

    expect(failures(answer)).toEqual(['orders-0@1']);
    expect(codes(w)).toEqual([ERROR_CODES.writesOnOneItem]);
    expect([runs(w), attempts(w)]).toEqual(['0-0 2-2', '1:1']);
  });

  test('more writes than a transaction holds: its permanent error', async () => {
    const w = world();
    const many = Array.from({ length: 100 }, (_, n) => add(String(n)));
    const handler = w.handler(transactions(({ value }) => (value.id === 'a' ? many : many.slice(1))));

    expect(failures(await handler(event({ 0: ids('b') }), w.context()))).toEqual([]);
    expect(failures(await handler(event({ 1: ids('a') }), w.context()))).toEqual(['orders-1@0']);
    expect(codes(w)).toEqual([ERROR_CODES.writesTooMany]);
  });
});

describe('T4: what the table refuses', () => {
  /** Writes of these orders are refused by their condition. */
  const conditionOf =
    (...refused: readonly string[]): Apply =>
    (writes) =>
      writes.map((write) => (refused.includes(orderOf(write)) ? { kind: 'condition' } : undefined));

  const writing =
    (meaning?: ConditionMeaning) =>
    (record: { readonly value: Order }): TransactionWrite => ({
      Put: { TableName: 'orders', Item: { id: record.value.id }, ConditionExpression: 'attribute_not_exists(id)' },
      ...(meaning && { onConditionFailed: meaning }),
    });

  test.each([undefined, 'transient', 'permanent'] as const)(
    'a failed condition (%s) is the error of its record alone; those behind it in its lane are not committed',
    async (meaning) => {
      for (const independent of [false, true]) {
        const w = world();
        w.apply = conditionOf('k2');
        const handler = w.handler(transactions(writing(meaning), { order: 'key', independent }));
        const batch = event({ 0: keyed(['k', 'k1'], ['l', 'l1'], ['k', 'k2'], ['k', 'k3'], ['l', 'l2']) });

        const answer = await handler(batch, w.context());

        expect(failures(answer)).toEqual(['orders-0@2', 'orders-0@3']);
        expect(committed(w).sort()).toEqual(['k1', 'l1', 'l2']);
        expect(codes(w)).toEqual([ERROR_CODES.conditionFailed]);
        expect([runs(w), attempts(w)]).toEqual(['0-1 4-4', '2:1']);

        w.apply = () => [];
        expect(failures(await handler(batch, w.context()))).toEqual([]);
        expect(committed(w).slice(3)).toEqual(['k2', 'k3']);
        expect(attempts(w)).toBe('');
      }
    },
  );

  test("'done' closes the record without its writes, and its lane goes on", async () => {
    for (const independent of [false, true]) {
      const w = world();
      w.apply = conditionOf('b');
      const handler = w.handler(transactions(writing('done'), { independent }));

      const answer = await handler(event({ 0: ids('a', 'b', 'c') }), w.context());
      const line = w.logged.at(-1)?.fields;
      const again = await handler(event({ 0: ids('a', 'b', 'c') }), w.context());

      expect([failures(answer), failures(again)]).toEqual([[], []]);
      expect(committed(w)).toEqual(['a', 'c']);
      expect(line).toMatchObject({ done: 3, open: 0 });
      expect(runs(w)).toBe('0-2');
    }
  });

  test("a batch of nothing but 'done' is closed by a mark", async () => {
    const w = world();
    w.apply = conditionOf('a', 'b');

    const answer = await w.handler(transactions(writing('done')))(event({ 0: ids('a', 'b') }), w.context());

    expect(failures(answer)).toEqual([]);
    expect([committed(w), runs(w), stored(w)?.leaseUntilMs]).toEqual([[], '0-1', 0]);
  });

  test('a transaction that is not valid as a whole is split down to the record it is for', async () => {
    for (const independent of [false, true]) {
      const w = world();
      const error = new Error('The document path provided in the update expression is invalid');
      w.apply = (writes) => (writes.some((write) => orderOf(write) === 'bad') ? { kind: 'invalid', error } : []);
      const { store, seen } = observed(w);
      const handler = w.handler(transactions(writing(), { order: 'none', independent }), { store });
      const records = numbered(64).map((record, n) => (n === 41 ? { value: { id: 'bad' } } : record));

      const answer = await handler(event({ 0: records }), w.context());

      expect(failures(answer)).toEqual(['orders-0@41']);
      expect(committed(w)).toHaveLength(63);
      expect(codes(w)).toEqual([ERROR_CODES.writeRefused]);
      expect(attempts(w)).toBe('41:1');
      // Each half of 64 once.
      expect(seen.length).toBeLessThanOrEqual(30);
    }
  });

  test('a write that the table names as not valid is the error of its record', async () => {
    const w = world();
    const error = new Error('no such table');
    w.apply = (writes) => writes.map((write) => (orderOf(write) === 'bad' ? { kind: 'invalid', error } : undefined));

    const answer = await w.handler(transactions(writing(), { order: 'none' }))(
      event({ 0: ids('a', 'bad', 'c') }),
      w.context(),
    );

    expect(failures(answer)).toEqual(['orders-0@1']);
    expect([committed(w), codes(w)]).toEqual([['a', 'c'], [ERROR_CODES.writeRefused]]);
  });

  test('a passing conflict or throttle is waited out, with no attempt counted', async () => {
    const w = world({
      faultOf: ({ operation, nth }) => (operation === 'commit' && nth < 6 ? 'throttled' : undefined),
    });

    const answer = await w.handler(transactions(writing()))(event({ 0: ids('a', 'b') }), w.context());

    expect(failures(answer)).toEqual([]);
    expect([committed(w), attempts(w)]).toEqual([['a', 'b'], '']);
  });

  test.each([false, true])(
    'a lost fence (independent: %p) refuses the effects of the stale worker',
    async (independent) => {
      const w = world();
      const handler = w.handler(
        transactions(
          async (record) => {
            if (record.value.id === 'b') {
              await w.time.sleep(300);
              const item = stored(w);
              if (item) {
                const leaseUntilMs = w.time.nowMs + LEASE;
                w.all.ledger.items.set(idOf(0), { ...item, owner: 'thief', seq: item.seq + 1, leaseUntilMs });
              }
            }
            return writing()(record);
          },
          { independent },
        ),
      );

      const answer = await handler(event({ 0: ids('a', 'b', 'c', 'd'), 1: ids('x') }), w.context());

      expect(failures(answer)).toEqual(['orders-0@1', 'orders-0@2', 'orders-0@3']);
      expect(committed(w).sort()).toEqual(['a', 'x']);
      expect(codes(w)).toContain(ERROR_CODES.partitionLost);
      expect(attempts(w)).toBe('');
    },
  );
});

describe('T5: lost answers and late copies', () => {
  test.each(['request lost', 'answer lost', 'late copy'] as const)(
    'a commit that meets %s goes again under the same request token, and takes effect once',
    async (fault) => {
      const w = world({
        faultOf: ({ operation, nth }) => (operation === 'commit' && nth % 3 < 2 ? fault : undefined),
      });
      const { store, seen } = observed(w);
      const process = jest.fn(({ value }: { value: Order }) => put(value));

      const answer = await w.handler(transactions(process), { store })(event({ 0: ids('a', 'b') }), w.context());
      await w.store.deliverLate();

      expect(failures(answer)).toEqual([]);
      expect(process).toHaveBeenCalledTimes(2);
      expect(committed(w)).toEqual(['a', 'b']);
      const tokens = seen.map(({ token }) => token);
      expect(tokens).toEqual([tokens[0], tokens[0], tokens[0], tokens[3], tokens[3], tokens[3]]);
      expect(tokens[0]).not.toBe(tokens[3]);
      for (const token of tokens) expect(token.length).toBeLessThanOrEqual(36);
    },
  );

  test('a commit whose answers are all lost: its records are open, and the next delivery finds them done', async () => {
    const w = world({ faultOf: ({ operation }) => (operation === 'commit' ? 'answer lost' : undefined) });
    const handler = w.handler(transactions(({ value }) => put(value)));

    const first = await handler(event({ 0: ids('a', 'b') }), w.context());
    w.store.faults = {};
    const second = await handler(event({ 0: ids('a', 'b') }), w.context());

    expect([failures(first), failures(second)]).toEqual([['orders-0@0', 'orders-0@1'], []]);
    expect(committed(w)).toEqual(['a', 'b']);
  });

  test('L3: a copy of a refused transaction that comes late and succeeds is adopted: its effects happen once', async () => {
    const w = world();
    let refused: TransactionRequest | undefined;
    w.apply = (writes) => writes.map((write) => (orderOf(write) === 'b' ? { kind: 'condition' } : undefined));
    const { store, seen } = observed(w, async (request) => {
      if (refused) {
        w.apply = () => [];
        await w.all.transactions.commit(refused);
        refused = undefined;
      }
      const answer = await w.all.transactions.commit(request);
      if (answer.kind === 'refused') refused = request;
      return answer;
    });
    const handler = w.handler(
      transactions(({ value }) => put(value), { order: 'none' }),
      { store },
    );

    const answer = await handler(event({ 0: ids('a', 'b', 'c') }), w.context());
    const again = await handler(event({ 0: ids('a', 'b', 'c') }), w.context());

    expect(seen.slice(0, 2).map((one) => one.answer)).toEqual(['refused', 'overtaken']);
    // b was told to have failed; its effect and its mark stand all the same.
    expect(failures(answer).filter((name) => name !== 'orders-0@1')).toEqual([]);
    expect(failures(again)).toEqual([]);
    expect(committed(w)).toEqual(['a', 'b', 'c']);
    expect(runs(w)).toBe('0-2');
  });
});

describe('A5, D1: the end of an invocation', () => {
  test('what ran within the grace is still committed; what ignores its signal ends the process', async () => {
    const w = world();
    const handler = w.handler(
      transactions(async ({ value, signal }) => {
        if (value.id === 'stuck') await new Promise(() => undefined);
        if (value.id === 'late') {
          await w.time.sleep(60_000, signal);
          await w.time.sleep(400);
        }
        return put(value);
      }),
    );

    await expect(
      handler(event({ 0: ids('a', 'stuck', 'b'), 1: ids('late', 'c') }), w.context(10_000)),
    ).rejects.toMatchObject({});

    expect(committed(w)).toEqual(['a', 'late']);
    expect(stored(w, 0)?.leaseUntilMs).toBeGreaterThan(w.time.nowMs);
    expect(stored(w, 1)?.leaseUntilMs).toBe(0);
  });

  test('a commit that is never answered delays the answer until just before the end, and its records are open', async () => {
    const w = world({ faultOf: ({ operation }) => (operation === 'commit' ? 'hang' : undefined) });
    const startedAtMs = w.time.nowMs;

    const answer = await w.handler(transactions(({ value }) => put(value)))(
      event({ 0: ids('a', 'b') }),
      w.context(20_000),
    );

    expect(failures(answer)).toEqual(['orders-0@0', 'orders-0@1']);
    expect(w.time.nowMs - startedAtMs).toBeLessThan(20_000);
    expect(w.logged.filter(({ level }) => level === 'error')).not.toEqual([]);
  });
});
