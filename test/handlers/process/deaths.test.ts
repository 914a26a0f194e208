import { ERROR_CODES } from '../../../contract/error-codes';
import type { Call } from '../../support/faulty-store';
import { Letters } from '../../support/letters';
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

type Seen = { readonly value: { readonly id: string }; readonly attempt: number };

const WAYS = {
  ledger: (process: (record: Seen) => unknown, options = {}) => ledger((record) => process(record), options) as never,
  transaction: (process: (record: Seen) => unknown, options = {}) =>
    transactions(async (record) => {
      await process(record);
      return put(record.value);
    }, options) as never,
};

const NEVER = new Promise<never>(() => undefined);

interface Killer {
  readonly w: World;
  readonly way: (process: (record: Seen) => unknown, options?: object) => never;
  readonly options?: object;
  /** Whether the process dies of this record. */
  readonly kills: (id: string) => boolean;
  readonly deadLetters: Letters | undefined;
}

/** Delivers until everything is closed; a worker dies as soon as it runs a record that kills. */
async function deliverUntilDone(
  { w, way, options, kills, deadLetters }: Killer,
  batch: ReturnType<typeof event>,
  atMost: number,
): Promise<{ readonly attempts: [string, number][]; readonly besides: string[] }> {
  const attempts: [string, number][] = [];
  const besides: string[] = [];
  for (let delivery = 1; delivery <= atMost; delivery += 1) {
    let isDead = false;
    const running = new Set<string>();
    let died: () => void = () => undefined;
    const death = new Promise<'dead'>((resolve) => {
      died = () => resolve('dead');
    });
    const handler = w.handler(
      way(async ({ value: { id }, attempt }) => {
        attempts.push([id, attempt]);
        running.add(id);
        await w.time.sleep(5);
        if (isDead) return NEVER;
        if (kills(id)) {
          isDead = true;
          besides.push(...[...running].filter((other) => other !== id));
          died();
          return NEVER;
        }
        running.delete(id);
      }, options),
      {
        deadLetters,
        sleep: (ms, signal) => (isDead ? NEVER : w.time.sleep(ms, signal).then(() => (isDead ? NEVER : undefined))),
      },
    );
    const answer = await Promise.race([handler(batch, w.context()), death]);
    // The service delivers again when the function's time is over: the lease has run out by then.
    await w.time.sleep(30_000);
    if (answer !== 'dead' && failures(answer).length === 0) return { attempts, besides };
  }
  throw new Error(`not done after ${atMost} deliveries`);
}

describe.each(Object.entries(WAYS))('P3: a record that always kills its process, remembering by %s', (_, way) => {
  test.each(['partition', 'none'])('is parked alone, and no neighbour with it (order %s)', async (order) => {
    const w = world();
    const deadLetters = new Letters();
    const batch = event({ 0: ids('a', 'b', 'bad', 'd', 'e'), 1: ids('v', 'w', 'x'), 2: ids('y') });

    const killer = { w, way, options: { order, maxAttempts: 3 }, kills: (id: string) => id === 'bad', deadLetters };
    const { attempts } = await deliverUntilDone(killer, batch, 20);

    expect(deadLetters.all.map(({ record, error, attempts: counted }) => [record.offset, error.code, counted])).toEqual(
      [[2, ERROR_CODES.processDied, 3]],
    );
    // Whoever runs beside it may run again; what it died of is counted for itself only.
    expect(attempts.filter(([id, attempt]) => id !== 'bad' && attempt !== 1)).toEqual([]);
    expect(Math.max(...attempts.map(([, attempt]) => attempt))).toBe(3);
    for (const id of ['a', 'b', 'd', 'e', 'v', 'w', 'x', 'y']) {
      expect(attempts.some(([other]) => other === id)).toBe(true);
    }
  });

  test('after two ends without progress it runs beside nothing', async () => {
    const w = world();
    const batch = event({ 0: ids('bad'), 1: ids('v', 'w', 'x'), 2: ids('y', 'z') });

    const killer = {
      w,
      way,
      options: { maxAttempts: 4 },
      kills: (id: string) => id === 'bad',
      deadLetters: new Letters(),
    };
    const { besides } = await deliverUntilDone(killer, batch, 20);

    // The first three deaths may have had company, those that count have none.
    expect(besides.length).toBeLessThanOrEqual(3 * 2);
    expect(besides.slice(-1)).not.toEqual(['z']);
  });

  test('one that killed four times and then works is done, with its attempts told', async () => {
    const w = world();
    let deaths = 0;
    const kills = (id: string) => {
      if (id !== 'bad' || deaths >= 4) return false;
      deaths += 1;
      return true;
    };
    const deadLetters = new Letters();

    const { attempts } = await deliverUntilDone({ w, way, kills, deadLetters }, event({ 0: ids('bad', 'b') }), 20);

    expect(deadLetters.all).toEqual([]);
    // Two deaths that nobody can be blamed for, and two whose start was written first.
    expect(attempts.filter(([id]) => id === 'bad').map(([, attempt]) => attempt)).toEqual([1, 1, 1, 2, 3]);
    expect(attempts.filter(([id]) => id === 'b')).toEqual([['b', 1]]);
  });

  test('an innocent that ran alone is not blamed for the death of the next one, in a partition of its own', async () => {
    const w = world();
    const first = { w, way, kills: () => true, deadLetters: undefined };
    await expect(deliverUntilDone(first, event({ 0: ids('a') }), 2)).rejects.toThrow('not done');

    // The write that ends the suspicion is under way for long, and does not arrive.
    const isOfA = ({ operation, id }: Call) => ['mark', 'commit'].includes(operation) && id.endsWith('#0');
    let writes = 0;
    w.store.faults = {
      latencyMs: (call) => (isOfA(call) && ++writes === 2 ? 100 : 0),
      faultOf: (call) => (isOfA(call) && writes === 2 ? 'request lost' : undefined),
    };
    const kills = (id: string) => id === 'bad';
    const both = { w, way, kills, deadLetters: undefined };
    await expect(deliverUntilDone(both, event({ 0: ids('a'), 1: ids('v', 'bad') }), 1)).rejects.toThrow('not done');
    w.store.faults = {};

    const { attempts } = await deliverUntilDone(
      { ...both, kills: () => false },
      event({ 0: ids('a'), 1: ids('v', 'bad') }),
      3,
    );

    expect(Object.fromEntries(attempts)).toMatchObject({ bad: 1 });
    expect(attempts.filter(([id, attempt]) => id === 'a' && attempt > 1)).toEqual([]);
  });

  test('without dead letters it stays open, and its neighbours of other partitions are done', async () => {
    const w = world();
    const killer = { w, way, kills: (id: string) => id === 'bad', deadLetters: undefined };

    await expect(deliverUntilDone(killer, event({ 0: ids('bad'), 1: ids('v') }), 9)).rejects.toThrow('not done');

    const answer = await w.handler(way(() => undefined))(event({ 1: ids('v') }), w.context());
    expect(failures(answer)).toEqual([]);
    expect(w.logged.at(-1)?.fields).toMatchObject({ duplicate: 1 });
  });
});

describe.each(Object.entries(WAYS))('P2, P3: a record that never settles, remembering by %s', (_, way) => {
  test.each(['partition', 'none'])(
    'is counted each time it is cut off, parked, and no neighbour with it (order %s)',
    async (order) => {
      const w = world();
      const deadLetters = new Letters();
      const attempts: [string, number][] = [];
      const process = ({ value: { id }, attempt }: Seen) => {
        attempts.push([id, attempt]);
        return id === 'bad' ? NEVER : undefined;
      };
      const batch = event({ 0: ids('a', 'bad', 'c'), 1: ids('v', 'w') });
      const handler = () => w.handler(way(process, { order, maxAttempts: 3 }), { deadLetters });

      let answer: unknown;
      for (let delivery = 1; delivery <= 8 && answer === undefined; delivery += 1) {
        answer = await handler()(batch, w.context(20_000)).catch((error) => {
          if (!(error instanceof ProcessEnded)) throw error;
        });
        await w.time.sleep(15_000);
      }

      expect(answer).toEqual({ batchItemFailures: [] });
      expect(attempts.filter(([id]) => id === 'bad').map(([, attempt]) => attempt)).toEqual([1, 2, 3]);
      expect(attempts.filter(([id]) => id !== 'bad').sort()).toEqual(['a', 'c', 'v', 'w'].map((id) => [id, 1]));
      expect(deadLetters.all.map(({ record, attempts: counted }) => [record.offset, counted])).toEqual([[1, 3]]);
    },
  );
});
