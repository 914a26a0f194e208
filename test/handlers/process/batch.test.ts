import { ERROR_CODES } from '../../../contract/error-codes';
import { claimId } from '../../../handlers/core/identity';
import { OutageError, PermanentError } from '../../../handlers/errors';
import { ledgerId } from '../../../handlers/ledger/ledger-id';
import type { BatchResult, ProcessedRecord } from '../../../handlers/options';
import { MortalStore } from '../../support/faulty-store';
import { Letters } from '../../support/letters';
import {
  batches,
  event,
  failures,
  ids,
  MAPPINGS,
  type Order,
  ProcessEnded,
  type World,
  world,
} from '../../support/virtual-world';

type Record_ = ProcessedRecord<Order>;
type Call = (
  records: readonly Record_[],
  batch: { readonly signal: AbortSignal },
) => BatchResult | Promise<BatchResult>;
type Options = Parameters<typeof batches>[1];

const identity = { identity: ({ value }: { readonly value: Order }) => value.id };
const WAYS: readonly (readonly [string, Options])[] = [
  ['ledger', {}],
  ['identity', identity],
];
/** Where nothing waits for anything. */
const FREE = { order: 'none' } as const;

/** Writes down which orders come in which call. */
function watched(call: Call) {
  const calls: string[] = [];
  const attempts: Record<string, number[]> = {};
  const processBatch: Call = (records, batch) => {
    calls.push(records.map(({ value }) => value.id).join(' '));
    for (const { value, attempt } of records) attempts[value.id] = [...(attempts[value.id] ?? []), attempt];
    return call(records, batch);
  };
  return { calls, attempts, processBatch };
}

const failing = (bad: readonly string[], error: () => Error = () => new Error('no')) =>
  watched((records) => ({
    failed: records.filter(({ value }) => bad.includes(value.id)).map((record) => ({ record, error: error() })),
  }));
const rejecting = (bad: readonly string[], error: () => Error = () => new Error('no')) =>
  watched((records) => {
    if (records.some(({ value }) => bad.includes(value.id))) throw error();
  });

/** Attempts of a record in the store, whichever way remembers it. */
function storedAttempts(w: World, id: string, offset: number, partition = 0): number {
  const claim = w.memory.items.get(claimId('shop-orders', 'orders', id));
  const mapping = MAPPINGS.Orders as Parameters<typeof ledgerId>[0];
  const stored = w.all.ledger.items.get(ledgerId(mapping, 'orders', partition));
  const known = stored?.state.attempts.find((each) => each.offset === BigInt(offset));
  return (claim?.attempts ?? 0) + (known?.count ?? 0);
}

const numbered = (count: number) => Array.from({ length: count }, (_, index) => `o${index}`);
const summary = (w: World) =>
  w.logged
    .filter(({ message }) => message === 'msk-once invocation')
    .map(({ fields: f }) => [f.done, f.duplicate, f.parked, f.open]);

describe.each(WAYS)('processBatch, remembering by %s', (_, options) => {
  test('gets the records of a partition in their order, at most maxRecordsPerCall in a call, and all are done', async () => {
    const w = world();
    const { calls, processBatch } = watched(() => undefined);
    const handler = w.handler(batches(processBatch, { ...options, maxRecordsPerCall: 3 }));
    const batch = event({ 0: ids('a', 'b', 'c', 'd', 'e', 'f', 'g'), 1: ids('x', 'y') });

    expect(failures(await handler(batch, w.context()))).toEqual([]);
    expect(failures(await handler(batch, w.context()))).toEqual([]);

    expect([...calls].sort()).toEqual(['a b c', 'd e f', 'g', 'x y']);
    expect(summary(w)).toEqual([
      [9, 0, 0, 0],
      [0, 9, 0, 0],
    ]);
  });

  test('100 records are in a call where nothing else is said', async () => {
    const w = world();
    const { calls, processBatch } = watched(() => undefined);

    await w.handler(batches(processBatch, options))(event({ 0: ids(...numbered(250)) }), w.context());

    expect(calls.map((call) => call.split(' ').length)).toEqual([100, 100, 50]);
  });

  test("O1: order 'key': the records of a call are of one key", async () => {
    const w = world();
    const { calls, processBatch } = watched(() => undefined);
    const records = ['k', 'l', 'k', 'l', 'k'].map((key, index) => ({ key, value: { id: `${key}${index}` } }));

    await w.handler(batches(processBatch, { ...options, order: 'key' }))(event({ 0: records }), w.context());

    expect([...calls].sort()).toEqual(['k0 k2 k4', 'l1 l3']);
  });

  test("order 'none': the calls of a partition run side by side, each in one of the slots", async () => {
    const w = world();
    let running = 0;
    let most = 0;
    const { calls, processBatch } = watched(async () => {
      running += 1;
      most = Math.max(most, running);
      await w.time.sleep(100);
      running -= 1;
    });
    const given = { ...options, ...FREE, concurrency: 2, maxRecordsPerCall: 10 };

    const answer = await w.handler(batches(processBatch, given))(event({ 0: ids(...numbered(50)) }), w.context());

    expect(failures(answer)).toEqual([]);
    expect(calls).toHaveLength(5);
    expect(most).toBe(2);
  });

  test('O1: in order: what is listed counts, what stands behind it is open with no attempt, however it ended', async () => {
    const w = world();
    const { calls, attempts, processBatch } = failing(['c', 'e']);
    const batch = event({ 0: ids('a', 'b', 'c', 'd', 'e') });

    expect(failures(await w.handler(batches(processBatch, options))(batch, w.context()))).toEqual([
      'orders-0@2',
      'orders-0@3',
      'orders-0@4',
    ]);

    expect(calls).toEqual(['a b c d e']);
    expect(['a', 'b', 'c', 'd', 'e'].map((id, offset) => storedAttempts(w, id, offset))).toEqual([0, 0, 1, 0, 0]);

    // What has failed before is in a call of its own; the others never are behind it.
    const later = watched(() => undefined);
    expect(failures(await w.handler(batches(later.processBatch, options))(batch, w.context()))).toEqual([]);
    expect(later.calls).toEqual(['c', 'd e']);
    expect({ ...attempts, ...later.attempts }).toMatchObject({ c: [2], d: [1], e: [1] });
  });

  test("order 'none': those that are listed are open, and the others are done", async () => {
    const w = world();
    const { processBatch } = failing(['b', 'd']);
    const batch = event({ 0: ids('a', 'b', 'c', 'd', 'e') });

    const answer = await w.handler(batches(processBatch, { ...options, ...FREE }))(batch, w.context());

    expect(failures(answer)).toEqual(['orders-0@1', 'orders-0@3']);
    expect(['a', 'b', 'c', 'd', 'e'].map((id, offset) => storedAttempts(w, id, offset))).toEqual([0, 1, 0, 1, 0]);
  });

  test.each([
    ['turns', (given: Record_[]) => given.reverse()],
    ['empties', (given: Record_[]) => given.splice(0)],
  ])('what a function that %s its array lists is of the records that it names, and of no others', async (_, change) => {
    const w = world();
    const deadLetters = new Letters();
    const processBatch: Call = (records) => ({
      failed: change(records as Record_[])
        .filter(({ value }) => value.id === 'b')
        .map((record) => ({ record, error: new PermanentError('never') })),
    });

    const answer = await w.handler(batches(processBatch, { ...options, ...FREE }), { deadLetters })(
      event({ 0: ids('a', 'b', 'c', 'd') }),
      w.context(),
    );

    expect(failures(answer)).toEqual([]);
    expect(deadLetters.offsets).toEqual([1]);
    expect(summary(w)).toEqual([[3, 0, 1, 0]]);
  });

  test('P1: what is listed is tried again in a call of its own, and those behind it run together when it is done', async () => {
    const w = world();
    let left = 2;
    const { calls, attempts, processBatch } = watched((records) => {
      const record = records.find(({ value }) => value.id === 'b' && left > 0);
      left -= record ? 1 : 0;
      return record && { failed: [{ record, error: new Error('no') }] };
    });

    const answer = await w.handler(batches(processBatch, { ...options, retries: 3 }))(
      event({ 0: ids('a', 'b', 'c', 'd') }),
      w.context(),
    );

    expect(failures(answer)).toEqual([]);
    expect(calls).toEqual(['a b c d', 'b', 'b', 'c d']);
    // Tries within an invocation are one attempt.
    expect(attempts).toEqual({ a: [1], b: [1, 1, 1], c: [1, 1], d: [1, 1] });
  });

  test('P1, P5: a permanent error that is listed parks its record at once, and the lane goes on behind it', async () => {
    const w = world();
    const deadLetters = new Letters();
    const { calls, processBatch } = failing(['b'], () => new PermanentError('never'));

    const answer = await w.handler(batches(processBatch, options), { deadLetters })(
      event({ 0: ids('a', 'b', 'c', 'd') }),
      w.context(),
    );

    expect(failures(answer)).toEqual([]);
    expect(calls).toEqual(['a b c d', 'c d']);
    expect(deadLetters.offsets).toEqual([1]);
    expect(deadLetters.all[0]).toMatchObject({ attempts: 1, error: { message: 'never' } });
    expect(summary(w)).toEqual([[3, 0, 1, 0]]);
  });

  test('P4: twenty letters of one kind of error; the rest of what is listed is open with no attempt, and nothing is stuck', async () => {
    const w = world();
    const deadLetters = new Letters();
    const { processBatch } = failing(numbered(45), () => new PermanentError('never'));
    const handler = () => w.handler(batches(processBatch, { ...options, ...FREE }), { deadLetters });
    const batch = event({ 0: ids(...numbered(45)) });

    for (const [left, letters] of [
      [25, 20],
      [5, 40],
      [0, 45],
    ]) {
      const open = failures(await handler()(batch, w.context()));
      expect([open.length, deadLetters.all.length]).toEqual([left, letters]);
      for (const name of open) {
        const offset = Number(name.split('@')[1]);
        expect(storedAttempts(w, `o${offset}`, offset)).toBe(0);
      }
    }
  });

  test.each([
    ['in order', {}],
    ['in any order', FREE],
  ])('P1: %s: an outage that is listed stops everything, with no attempt', async (_, order) => {
    const w = world();
    const { processBatch } = failing(['a'], () => new OutageError('down'));

    const answer = await w.handler(batches(processBatch, { ...options, ...order }))(
      event({ 0: ids('a', 'b') }),
      w.context(),
    );

    expect(failures(answer)).toEqual('order' in order ? ['orders-0@0'] : ['orders-0@0', 'orders-0@1']);
    expect(storedAttempts(w, 'a', 0)).toBe(0);
  });

  test.each([
    ['in order', {}],
    ['in any order', FREE],
  ])(
    'a call that rejects counts for nobody: its records run singly, and only the one that fails then counts (%s)',
    async (_, order) => {
      const w = world();
      const { calls, processBatch } = rejecting(['c']);
      const batch = event({ 0: ids('a', 'b', 'c', 'd') });

      const answer = await w.handler(batches(processBatch, { ...options, ...order }))(batch, w.context());

      const isFree = 'order' in order;
      expect(calls).toEqual(['a b c d', 'a', 'b', 'c', ...(isFree ? ['d'] : [])]);
      expect(failures(answer)).toEqual(isFree ? ['orders-0@2'] : ['orders-0@2', 'orders-0@3']);
      expect(['a', 'b', 'c', 'd'].map((id, offset) => storedAttempts(w, id, offset))).toEqual([0, 0, 1, 0]);
      expect(w.logged.map(({ fields }) => fields.code)).toContain(ERROR_CODES.batchFailed);
    },
  );

  test('what it returns is not readable: as a call that rejects, for nothing is known of its records', async () => {
    for (const wrong of [null, [], { batchItemFailures: [] }, { failed: [{ record: { offset: 99 } }] }, 'done']) {
      const w = world();
      const { calls, processBatch } = watched((records) => (records.length > 1 ? (wrong as never) : undefined));

      const answer = await w.handler(batches(processBatch, options))(event({ 0: ids('a', 'b') }), w.context());

      expect(failures(answer)).toEqual([]);
      expect(calls).toEqual(['a b', 'a', 'b']);
    }
  });

  test('P1: an outage that a call rejects with: nothing runs singly, nothing counts', async () => {
    const w = world();
    const { calls, processBatch } = rejecting(['a'], () => new OutageError('down'));

    const answer = await w.handler(batches(processBatch, options))(event({ 0: ids('a', 'b') }), w.context());

    expect(failures(answer)).toEqual(['orders-0@0', 'orders-0@1']);
    expect(calls).toEqual(['a b']);
    expect([storedAttempts(w, 'a', 0), storedAttempts(w, 'b', 1)]).toEqual([0, 0]);
  });

  test.each([
    ['in order', {}],
    ['in any order', FREE],
  ])(
    'P1, P5: a poison record among 100: no innocent ever has an attempt, and it is parked after maxAttempts (%s)',
    async (_, order) => {
      const w = world();
      const deadLetters = new Letters();
      const { attempts, processBatch } = rejecting(['o42']);
      const given = batches(processBatch, { ...options, ...order, maxAttempts: 3 });
      const batch = event({ 0: ids(...numbered(100)) });
      let left: string[] = ['any'];

      for (let delivery = 1; delivery <= 3; delivery += 1) {
        left = failures(await w.handler(given, { deadLetters })(batch, w.context()));
        numbered(100).forEach((id, offset) => {
          const expected = id === 'o42' && delivery < 3 ? delivery : 0;
          if (id !== 'o42') expect([id, storedAttempts(w, id, offset)]).toEqual([id, expected]);
        });
      }

      expect(left).toEqual([]);
      expect(deadLetters.offsets).toEqual([42]);
      expect(deadLetters.all[0]?.attempts).toBe(3);
      for (const [id, all] of Object.entries(attempts)) if (id !== 'o42') expect(new Set(all)).toEqual(new Set([1]));
    },
  );

  test('P2: a call that is cut off at the deadline counts for nobody, and its records run singly at the next delivery', async () => {
    const w = world();
    const { calls, attempts, processBatch } = watched(async (records, { signal }) => {
      await w.time.sleep(records.length * 10_000, signal);
      signal.throwIfAborted();
    });
    const batch = event({ 0: ids('a', 'b', 'c', 'd', 'e', 'f', 'g', 'h') });
    const open: number[] = [];

    for (let delivery = 1; delivery <= 4; delivery += 1) {
      open.push(failures(await w.handler(batches(processBatch, options))(batch, w.context(40_000))).length);
      expect(['a', 'b', 'c'].map((id, offset) => storedAttempts(w, id, offset))).toEqual([0, 0, 0]);
    }

    // Each invocation has 39 s, so three records of 10 s fit, and the fourth is cut off before half of them.
    expect(open).toEqual([8, 5, 2, 0]);
    expect(calls[0]).toBe('a b c d e f g h');
    expect(calls.slice(1).every((call) => call.length === 1)).toBe(true);
    for (const all of Object.values(attempts)) expect(new Set(all)).toEqual(new Set([1]));
  });

  test('A5, P2: a call that never settles ends the process; nobody gets an attempt, and it is found singly', async () => {
    const w = world();
    const deadLetters = new Letters();
    const { attempts, processBatch } = watched((records) =>
      records.some(({ value }) => value.id === 'b') ? new Promise<undefined>(() => undefined) : undefined,
    );
    const batch = event({ 0: ids('a', 'b', 'c') });
    let open: string[] | 'ended' = 'ended';

    for (let delivery = 1; delivery <= 12 && open.length > 0; delivery += 1) {
      const handler = w.handler(batches(processBatch, { ...options, maxAttempts: 2 }), { deadLetters });
      open = await handler(batch, w.context(100_000)).then(failures, (error: unknown) => {
        if (error instanceof ProcessEnded) return 'ended' as const;
        throw error;
      });
      expect([storedAttempts(w, 'a', 0), storedAttempts(w, 'c', 2)]).toEqual([0, 0]);
      await w.time.sleep(60_000);
    }

    expect(open).toEqual([]);
    expect(deadLetters.offsets).toEqual([1]);
    expect(deadLetters.all[0]).toMatchObject({ attempts: 2, error: { code: ERROR_CODES.unsettled } });
    expect(attempts.a).toEqual(attempts.a?.map(() => 1));
    expect(attempts.c).toEqual([1, 1].slice(0, attempts.c?.length));
  });

  test('D1: no call starts past the deadline, and what did not start has no attempt', async () => {
    const w = world();
    const { calls, processBatch } = watched(() => w.time.sleep(4_600));

    const answer = await w.handler(batches(processBatch, { ...options, maxRecordsPerCall: 2 }))(
      event({ 0: ids('a', 'b', 'c', 'd', 'e', 'f') }),
      w.context(10_000),
    );

    expect(calls).toEqual(['a b', 'c d']);
    expect(failures(answer)).toEqual(['orders-0@4', 'orders-0@5']);
    expect(storedAttempts(w, 'e', 4)).toBe(0);
  });

  test('an undecodable record is in no call, and those around it run without it', async () => {
    const w = world();
    const deadLetters = new Letters();
    const { calls, processBatch } = watched(() => undefined);
    const records = [...ids('a', 'b'), { bytes: Buffer.from('{"id": ') }, ...ids('d', 'e')];

    const answer = await w.handler(batches(processBatch, options), { deadLetters })(event({ 0: records }), w.context());

    expect(failures(answer)).toEqual([]);
    expect(calls).toEqual(['a b', 'd e']);
    expect(deadLetters.offsets).toEqual([2]);
  });

  test('every record has the signal of its call', async () => {
    const w = world();
    const seen: boolean[] = [];
    const { processBatch } = watched((records, { signal }) => {
      seen.push(...records.map((record) => record.signal === signal), signal.aborted);
    });

    await w.handler(batches(processBatch, options))(event({ 0: ids('a', 'b') }), w.context());

    expect(seen).toEqual([true, true, false]);
  });
});

describe.each(WAYS)('a process that dies in a call, remembering by %s', (_, options) => {
  test('P3: no innocent ever has an attempt, and what kills is found alone and parked', async () => {
    const w = world();
    const deadLetters = new Letters();
    const done = new Set<string>();
    const sizes: number[] = [];
    let open: string[] | 'died' = 'died';

    for (let delivery = 1; delivery <= 12 && open.length > 0; delivery += 1) {
      const mortal = new MortalStore(w.store);
      const { processBatch } = watched((records) => {
        sizes.push(records.length);
        for (const { value } of records) {
          if (value.id === 'o5') {
            mortal.dead = true;
            return new Promise<undefined>(() => undefined);
          }
          done.add(value.id);
        }
        return undefined;
      });
      const handler = w.handler(batches(processBatch, { ...options, maxAttempts: 2 }), { deadLetters, store: mortal });
      open = await handler(event({ 0: ids(...numbered(10)) }), w.context(50_000)).then(failures, () => 'died' as const);
      numbered(10).forEach((id, offset) => {
        if (id !== 'o5') expect([id, storedAttempts(w, id, offset)]).toEqual([id, 0]);
      });
      await w.time.sleep(60_000);
    }

    expect(open).toEqual([]);
    expect(done.size).toBe(9);
    expect(deadLetters.offsets).toEqual([5]);
    expect(deadLetters.all[0]).toMatchObject({ attempts: 2, error: { code: ERROR_CODES.processDied } });
    expect(sizes[0]).toBe(10);
  });
});

describe('twins', () => {
  test.each([
    ['in order', {}],
    ['in any order', FREE],
  ])('O3, C6: a twin never shares a call with its first, and is a duplicate of it (%s)', async (_, order) => {
    const w = world();
    const { calls, processBatch } = watched(() => w.time.sleep(100));
    const handler = w.handler(batches(processBatch, { ...identity, ...order }));

    const answer = await handler(event({ 0: ids('x', 'a', 'x', 'b'), 1: ids('c', 'x', 'd') }), w.context());

    expect(failures(answer)).toEqual([]);
    const ran = calls.flatMap((call) => call.split(' '));
    expect([...ran].sort()).toEqual(['a', 'b', 'c', 'd', 'x']);
    expect(summary(w)).toEqual([[5, 2, 0, 0]]);
  });

  test('O3: crossing twins in lanes of keys come to an end', async () => {
    const w = world();
    const { calls, processBatch } = watched(() => w.time.sleep(10));
    const record = (key: string, id: string) => ({ key, value: { id } });
    const handler = w.handler(batches(processBatch, { ...identity, order: 'key', concurrency: 1 }));
    const batch = event({
      0: [record('k', 'x'), record('l', 'y'), record('k', 'y'), record('l', 'x'), record('k', 'z')],
      1: [record('k', 'y'), record('l', 'x'), record('k', 'w')],
    });

    expect(failures(await handler(batch, w.context()))).toEqual([]);
    expect(calls.flatMap((call) => call.split(' ')).sort()).toEqual(['w', 'x', 'y', 'z']);
  });
});

test('C6: a record that another worker has waits without claims in hand; those before it run without it', async () => {
  const w = world();
  const slow = w.handler(batches(async () => w.time.sleep(8_000), identity));
  const other = slow(event({ 1: ids('b') }), w.context());
  await w.time.sleep(1_000);
  const { calls, processBatch } = watched(() => undefined);

  const answer = await w.handler(batches(processBatch, identity))(event({ 0: ids('a', 'b', 'c', 'd') }), w.context());

  expect(failures(answer)).toEqual([]);
  expect(calls).toEqual(['a', 'c d']);
  await other;
});

describe('leases', () => {
  test.each(WAYS)(
    'C4, L2: of a call that takes longer than a lease they are renewed, and nobody else gets its records (%s)',
    async (_, options) => {
      const w = world();
      const { calls, processBatch } = watched(() => w.time.sleep(100_000));
      const slow = w.handler(batches(processBatch, options))(event({ 0: ids('a', 'b') }), w.context(200_000));
      await w.time.sleep(90_000);
      const other = watched(() => undefined);

      const answer = await w.handler(batches(other.processBatch, options))(
        event({ 0: ids('a', 'b') }),
        w.context(5_000),
      );

      expect(failures(answer)).toEqual(['orders-0@0', 'orders-0@1']);
      expect(failures(await slow)).toEqual([]);
      expect([calls, other.calls]).toEqual([['a b'], []]);
    },
  );

  test('C4: when the claim of one record is lost, the signal of its call is aborted; nobody gets an attempt', async () => {
    const w = world();
    const lost = claimId('shop-orders', 'orders', 'b');
    w.store.faults = {
      faultOf: ({ operation, id }) => (operation === 'renew' && id === lost ? 'request lost' : undefined),
    };
    const startedAtMs = w.time.nowMs;
    const abortedMs: number[] = [];
    const { processBatch } = watched(async (records, { signal }) => {
      if (records.length === 1) return;
      await w.time.sleep(150_000, signal);
      abortedMs.push(w.time.nowMs - startedAtMs);
      signal.throwIfAborted();
    });

    const answer = await w.handler(batches(processBatch, identity))(
      event({ 0: ids('a', 'b', 'c') }),
      w.context(200_000),
    );

    // By its own clock the lease of 30 s is over then, and not before.
    expect(abortedMs).toEqual([30_000]);
    expect(failures(answer)).toEqual(['orders-0@1', 'orders-0@2']);
    expect(['a', 'b', 'c'].map((id, offset) => storedAttempts(w, id, offset))).toEqual([0, 0, 0]);
  });

  test('L3: when the partition is lost, the signal of its call is aborted, and its records are open', async () => {
    const w = world();
    const aborted: boolean[] = [];
    const { processBatch } = watched(async (_, { signal }) => {
      const mapping = MAPPINGS.Orders as Parameters<typeof ledgerId>[0];
      const id = ledgerId(mapping, 'orders', 0);
      const item = w.all.ledger.items.get(id);
      // Another worker has taken it over.
      if (item) w.all.ledger.items.set(id, { ...item, owner: 'other', seq: item.seq + 1 });
      await w.time.sleep(50_000, signal);
      aborted.push(signal.aborted);
      signal.throwIfAborted();
    });

    const answer = await w.handler(batches(processBatch))(event({ 0: ids('a', 'b') }), w.context());

    expect(aborted).toEqual([true]);
    expect(failures(answer)).toEqual(['orders-0@0', 'orders-0@1']);
  });
});

test.each(WAYS)('what is logged of a call that fails quotes nothing of its records (%s)', async (_, options) => {
  const w = world();
  const secret = 'card-4111111111111111';
  // The pause that it asks for does not fit in: the records stay open with this error.
  const error = () => Object.assign(new Error(`no: ${secret}`), { retryAfterMs: 600_000 });
  const { processBatch } = rejecting([secret], error);

  const answer = await w.handler(batches(processBatch, options))(event({ 0: ids('a', secret) }), w.context());

  expect(failures(answer)).toEqual(['orders-0@0', 'orders-0@1']);
  expect(JSON.stringify(w.logged)).toContain(ERROR_CODES.batchFailed);
  expect(JSON.stringify(w.logged)).not.toContain('4111');
});

test.each(WAYS)('P6: a redriven record is in a call of its own (%s)', async (_, options) => {
  const w = world();
  const deadLetters = new Letters();
  const bad = failing(['b'], () => new PermanentError('never'));
  await w.handler(batches(bad.processBatch, options), { deadLetters })(event({ 0: ids('a', 'b', 'c') }), w.context());
  const { calls, processBatch } = watched(() => undefined);
  const [letter] = deadLetters.all;
  const redrive = {
    ...event({ 0: [{ value: { id: 'b' }, offset: 1, timestamp: letter?.record.timestamp ?? 0 }] }),
    mskOnce: { redrive: { letters: [letter?.id] } },
  };

  const answer: unknown = await w.handler(batches(processBatch, options), { deadLetters })(redrive, w.context());

  expect(answer).toMatchObject({ mskOnce: { redriven: [{ id: letter?.id, outcome: 'done' }] } });
  expect(calls).toEqual(['b']);
});
