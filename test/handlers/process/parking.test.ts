import { ERROR_CODES } from '../../../contract/error-codes';
import { claimId } from '../../../handlers/core/identity';
import { type ErrorClass, letterTooLarge } from '../../../handlers/errors';
import { Letters } from '../../support/letters';
import {
  committed,
  event,
  failures,
  ids,
  ledger,
  orders,
  put,
  type RecordInput,
  transactions,
  type World,
  world,
} from '../../support/virtual-world';

type Record_ = { readonly value: { readonly id: string }; readonly attempt: number };
type Process = (record: Record_) => unknown;

const WAYS: Record<string, (process: Process, options?: object) => never> = {
  ledger: (process, options) => ledger((record) => void process(record), options) as never,
  identity: (process, options) => orders((record) => void process(record), options) as never,
  transaction: (process, options) =>
    transactions((record) => (process(record) as never) ?? put(record.value), options) as never,
  'transaction with identity': (process, options) =>
    transactions((record) => (process(record) as never) ?? put(record.value), {
      identity: ({ value }) => value.id,
      ...options,
    }) as never,
};

const poison = (bad: readonly string[], ran: string[] = [], error = () => new Error('never')) => ({
  ran,
  process: ({ value: { id } }: Record_) => {
    ran.push(id);
    if (bad.includes(id)) throw error();
  },
});

const outcomes = (w: World) => {
  const { fields } = w.logged.filter(({ message }) => message === 'msk-once invocation').at(-1) ?? { fields: {} };
  const { done, duplicate, parked, open } = fields as Record<string, number>;
  return { done, duplicate, parked, open };
};

const undecodable: RecordInput = { bytes: Buffer.from('{"id": ') };

describe.each(Object.entries(WAYS))('dead letters, remembering by %s', (name, way) => {
  // A run of the ledger closes an offset; whether it was parked is known to its letter and its parked item.
  const again = name === 'identity' ? { duplicate: 2, parked: 1 } : { duplicate: 3, parked: 0 };

  test('P1, P5: a permanent error is a letter and a mark, and the lane goes on; what comes again is not run', async () => {
    const w = world();
    const deadLetters = new Letters();
    const { ran, process } = poison(['b']);
    const handler = () => w.handler(way(process, { classify: () => 'permanent' }), { deadLetters });

    for (const expected of [
      { done: 2, duplicate: 0, parked: 1, open: 0 },
      { done: 0, ...again, open: 0 },
    ]) {
      expect(failures(await handler()(event({ 0: ids('a', 'b', 'c') }), w.context()))).toEqual([]);
      expect(outcomes(w)).toEqual(expected);
    }

    expect(ran).toEqual(['a', 'b', 'c']);
    expect(deadLetters.offsets).toEqual([1]);
    expect(deadLetters.all[0]).toMatchObject({
      mskOnce: 'letter/1',
      attempts: 1,
      error: { name: 'Error', message: 'never' },
    });
  });

  test('P1: what keeps failing is parked at maxAttempts, and its letter says so', async () => {
    const w = world();
    const deadLetters = new Letters();
    const { ran, process } = poison(['b']);
    const open: string[][] = [];

    for (let delivery = 1; delivery <= 4; delivery += 1) {
      const handler = w.handler(way(process, { maxAttempts: 3 }), { deadLetters });
      open.push(failures(await handler(event({ 0: ids('a', 'b', 'c') }), w.context())));
    }

    const both = ['orders-0@1', 'orders-0@2'];
    expect(open).toEqual([both, both, [], []]);
    expect(ran).toEqual(['a', 'b', 'b', 'b', 'c']);
    expect(deadLetters.all.map(({ attempts, record }) => ({ attempts, offset: record.offset }))).toEqual([
      { attempts: 3, offset: 1 },
    ]);
  });

  test('P1: an undecodable value is a letter, with the record as it was delivered', async () => {
    const w = world();
    const deadLetters = new Letters();
    const { ran, process } = poison([]);
    const records = [...ids('a'), undecodable, ...ids('c')];

    for (let delivery = 1; delivery <= 2; delivery += 1) {
      const handler = w.handler(way(process), { deadLetters });
      expect(failures(await handler(event({ 0: records }), w.context()))).toEqual([]);
    }

    expect(ran).toEqual(['a', 'c']);
    expect(outcomes(w)).toEqual({ done: 0, ...again, open: 0 });
    expect(deadLetters.all).toHaveLength(1);
    expect(deadLetters.all[0]).toMatchObject({ error: { code: ERROR_CODES.valueUndecodable } });
    expect(deadLetters.all[0]?.record).toEqual(event({ 0: records }).records['orders-0']?.[1]);
  });

  test('without dead letters a record stays open, whatever its error and however often', async () => {
    const w = world();
    const { process } = poison(['a']);
    const handler = () => w.handler(way(process, { maxAttempts: 1, classify: (): ErrorClass => 'permanent' }));

    for (let delivery = 1; delivery <= 3; delivery += 1) {
      expect(failures(await handler()(event({ 0: [...ids('a'), undecodable] }), w.context()))).toEqual([
        'orders-0@0',
        'orders-0@1',
      ]);
    }
  });

  test('dead letters that are out are an outage: nothing is parked, lost or counted', async () => {
    const w = world();
    const deadLetters = new Letters();
    const attempts: number[] = [];
    const handler = () =>
      w.handler(
        way(
          ({ attempt }) => {
            attempts.push(attempt);
            throw new Error('never');
          },
          { classify: () => 'permanent' },
        ),
        { deadLetters },
      );

    deadLetters.isOut = true;
    for (let delivery = 1; delivery <= 2; delivery += 1) {
      expect(failures(await handler()(event({ 0: ids('a', 'b') }), w.context()))).toEqual(['orders-0@0', 'orders-0@1']);
    }
    expect(w.logged.some(({ message }) => message.includes(ERROR_CODES.deadLettersUnavailable))).toBe(true);
    deadLetters.isOut = false;
    expect(failures(await handler()(event({ 0: ids('a', 'b') }), w.context()))).toEqual([]);

    expect(attempts).toEqual([1, 1, 1, 1]);
    expect(deadLetters.all.map(({ attempts: counted }) => counted)).toEqual([1, 1]);
  });

  test('P4: twenty letters of one kind of error, and then it is an outage for this invocation; nothing is stuck', async () => {
    const w = world();
    const deadLetters = new Letters();
    const { process } = poison([]);
    const records = Array.from({ length: 45 }, () => undecodable);
    const letters: number[] = [];

    for (let delivery = 1; delivery <= 3; delivery += 1) {
      const answer = await w.handler(way(process), { deadLetters })(event({ 0: records }), w.context());
      expect(failures(answer)).toHaveLength(Math.max(0, 45 - 20 * delivery));
      letters.push(deadLetters.all.length);
    }

    expect(letters).toEqual([20, 40, 45]);
    expect(w.logged.some(({ message }) => message.includes(ERROR_CODES.massErrors))).toBe(true);
    expect(new Set(deadLetters.offsets).size).toBe(45);
  });

  test('P5: a crash between letter and mark writes the letter again under its id, and parks once', async () => {
    const w = world();
    const deadLetters = new Letters();
    const { ran, process } = poison(['a']);
    const options = way(process, { classify: () => 'permanent' });
    // The worker dies with its letter on the way: its partition or claim is free when the lease has run out.
    deadLetters.onPut = () => new Promise(() => undefined);
    void w.handler(options, { deadLetters, sleep: () => new Promise(() => undefined) })(
      event({ 0: ids('a', 'b') }),
      w.context(),
    );
    while (deadLetters.all.length === 0) await new Promise((resolve) => setImmediate(resolve));
    deadLetters.onPut = () => undefined;
    await w.time.sleep(60_000);

    const answer = await w.handler(options, { deadLetters })(event({ 0: ids('a', 'b') }), w.context());

    expect(failures(answer)).toEqual([]);
    expect(outcomes(w)).toEqual({ done: 1, duplicate: 0, parked: 1, open: 0 });
    expect(ran).toEqual(['a', 'a', 'b']);
    expect(deadLetters.offsets).toEqual([0, 0]);
    expect(new Set(deadLetters.all.map(({ id }) => id)).size).toBe(1);
  });

  test('P5: a successor never runs before the closing mark of a parked record is durable', async () => {
    const w = world();
    const deadLetters = new Letters();
    const { ran, process } = poison(['a']);
    deadLetters.onPut = () => {
      w.store.faults = { faultOf: () => 'request lost' };
    };

    const answer = await w.handler(way(process, { classify: () => 'permanent' }), { deadLetters })(
      event({ 0: ids('a', 'b') }),
      w.context(),
    );

    expect(failures(answer)).toEqual(['orders-0@0', 'orders-0@1']);
    expect(ran).toEqual(['a']);
  });
});

test('a letter that its queue cannot take keeps its own record open, and nothing else', async () => {
  const w = world();
  const error = letterTooLarge({
    record: 'orders-0@7',
    bytes: 1_500_000,
    maximumBytes: 1_048_576,
    store: 'the queue https://x',
  });
  const deadLetters = {
    put: async (letters: readonly unknown[]) =>
      letters.map(() => ({ kind: 'unknown', reason: 'refused', error }) as const),
  };
  const handler = w.handler(
    ledger(
      ({ value }) => {
        if (value.id === 'bad') throw new Error('never');
      },
      { classify: () => 'permanent', concurrency: 1 },
    ),
    { deadLetters },
  );

  const answer = await handler(event({ 0: ids('bad', 'behind'), 1: ids('a', 'b') }), w.context());

  expect(failures(answer)).toEqual(['orders-0@0', 'orders-0@1']);
  expect(outcomes(w)).toEqual({ done: 2, duplicate: 0, parked: 0, open: 2 });
});

test.each(Object.keys(WAYS))(
  '%s: dead letters that never answer: the record stays open, and its line says why',
  async (way) => {
    const w = world();
    const process: Process = () => {
      throw new Error('never');
    };
    const deadLetters = { put: () => new Promise<never>(() => {}) };
    const handler = w.handler(WAYS[way]?.(process, { classify: () => 'permanent' }) as never, { deadLetters });

    const answer = await handler(event({ 0: ids('bad') }), w.context(5_000));

    expect(failures(answer)).toEqual(['orders-0@0']);
    expect(w.logged).toContainEqual({
      level: 'error',
      message: 'orders-0@0 stays open',
      fields: expect.objectContaining({ reason: 'never' }),
    });
  },
);

describe('C7, P5: a conflict of identities', () => {
  test.each(['identity', 'transaction with identity'])(
    'is a letter of the later record and its parked item, and the stored identity stays as it is (%s)',
    async (name) => {
      const w = world();
      const deadLetters = new Letters();
      const way = WAYS[name] as (process: Process, options?: object) => never;
      const { ran, process } = poison([]);
      const records = [...ids('a'), { value: { id: 'a', amount: 7 } }, ...ids('c')];

      for (let delivery = 1; delivery <= 2; delivery += 1) {
        const handler = w.handler(way(process), { deadLetters });
        expect(failures(await handler(event({ 0: records }), w.context()))).toEqual([]);
      }

      expect(ran).toEqual(['a', 'c']);
      expect(deadLetters.offsets).toEqual([1]);
      expect(deadLetters.all[0]).toMatchObject({ error: { code: ERROR_CODES.identityConflict } });
      const item = w.memory.items.get(claimId('shop-orders', 'orders', 'a'));
      expect(item).toMatchObject({ status: 'COMPLETED' });
      expect(item?.outcome).not.toBe('parked');
    },
  );
});

describe.each(['transaction', 'transaction with identity'])('P1, P5: writes that are refused (%s)', (name) => {
  const way = WAYS[name] as (process: Process, options?: object) => never;

  test('for good are parked, and the lane goes on', async () => {
    const w = world();
    const deadLetters = new Letters();
    w.apply = (writes) => writes.map(({ item }) => (item.Put?.Item?.id?.S === 'b' ? { kind: 'condition' } : undefined));
    const ran: string[] = [];
    const options = way(({ value }) => {
      ran.push(value.id);
      return { ...put(value), onConditionFailed: 'permanent' };
    }, {});

    const answer = await w.handler(options, { deadLetters })(event({ 0: ids('a', 'b', 'c') }), w.context());

    expect(failures(answer)).toEqual([]);
    expect(ran).toEqual(['a', 'b', 'c']);
    expect(committed(w)).toEqual(['a', 'c']);
    expect(deadLetters.offsets).toEqual([1]);
  });
});
