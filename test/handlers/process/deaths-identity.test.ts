import fc from 'fast-check';
import { ERROR_CODES } from '../../../contract/error-codes';
import { MortalStore } from '../../support/faulty-store';
import { Letters } from '../../support/letters';
import { TableWorld, type WorkerOptions } from '../../support/table-world';
import { event, failures, ids, orders, ProcessEnded, type World, world } from '../../support/virtual-world';

type Seen = { readonly value: { readonly id: string }; readonly offset: number; readonly attempt: number };
type Batch = ReturnType<typeof event>;

const NEVER = new Promise<never>(() => undefined);
const numbered = (count: number) => Array.from({ length: count }, (_, index) => `i-${index}`);

interface Killer {
  readonly w: World;
  readonly options?: object;
  /** Whether the process dies of this record. */
  readonly kills: (record: Seen) => boolean;
  readonly deadLetters?: Letters | undefined;
  /** A request to the store that the process dies at. It arrives all the same: it was under way. */
  readonly diesAt?: (operation: string) => boolean;
  /** The first completion of a record is under way for long, and does not arrive. */
  readonly losesFirstMark?: boolean;
  /** Every third answer of the store for a record is lost. */
  readonly losesAnswers?: boolean;
}

interface Told {
  /** Every start, with the attempt that `process` was told. */
  readonly starts: [string, number][];
  /** What ran in the process when it died, beside what it died of. */
  readonly beside: string[][];
}

/** Delivers until everything is closed. A worker dies as soon as it runs a record that kills, and says nothing more. */
async function deliverUntilDone(killer: Killer, batch: Batch, atMost: number): Promise<Told> {
  const { w, options, kills, deadLetters } = killer;
  const told: Told = { starts: [], beside: [] };
  for (let delivery = 1; delivery <= atMost; delivery += 1) {
    const store = new MortalStore(w.store);
    const running = new Set<string>();
    let died: () => void = () => undefined;
    const death = new Promise<'dead'>((resolve) => {
      died = () => {
        store.dead = true;
        resolve('dead');
      };
    });
    w.store.faults = {
      latencyMs: ({ operation }) => {
        if (killer.diesAt?.(operation)) died();
        return killer.losesFirstMark && operation === 'complete' ? 100 : 0;
      },
      faultOf: ({ nth, operation }) => {
        if (killer.losesFirstMark && operation === 'complete' && nth === 0) return 'request lost';
        return killer.losesAnswers && nth % 3 === 0 ? 'answer lost' : undefined;
      },
    };
    const process = async (record: Seen) => {
      const { id } = record.value;
      told.starts.push([id, record.attempt]);
      running.add(id);
      await w.time.sleep(5);
      if (store.dead) return NEVER;
      if (kills(record)) {
        told.beside.push([...running].filter((other) => other !== id));
        died();
        return NEVER;
      }
      running.delete(id);
      return undefined;
    };
    const handler = w.handler(orders(process as never, options), { deadLetters, store });
    const answer = await Promise.race([handler(batch, w.context()), death]);
    // The service delivers again when the function's time is over: the leases have run out by then.
    await w.time.sleep(90_000);
    if (answer !== 'dead' && failures(answer).length === 0) return told;
  }
  throw new Error(`not done after ${atMost} deliveries`);
}

const condemned = ({ all }: Letters) =>
  all.map(({ record, error, attempts }) => [record.partition, record.offset, error.code, attempts]);
const attemptsOf = ({ starts }: Told, id: string) => starts.filter(([other]) => other === id).map(([, told]) => told);
const storedAttempts = (w: World) => [...w.memory.items.values()].map(({ attempts }) => attempts);
const tainted = (w: World) =>
  [...w.memory.items.values()].filter(({ unclean, suspect }) => unclean !== undefined || suspect !== undefined);

describe('P3: a record that always kills its process, remembering by identity', () => {
  test.each(['partition', 'key', 'none'])(
    'is parked alone among 100 innocents, which never get an attempt (order %s)',
    async (order) => {
      const w = world();
      const deadLetters = new Letters();
      const innocents = numbered(100);
      const batch = event({
        0: ids(...innocents.slice(0, 40), 'bad', ...innocents.slice(40, 60)),
        1: ids(...innocents.slice(60)),
      });

      const killer = { w, options: { order, maxAttempts: 3 }, kills: ({ value }: Seen) => value.id === 'bad' };
      const told = await deliverUntilDone({ ...killer, deadLetters }, batch, 20);

      expect(condemned(deadLetters)).toEqual([[0, 40, ERROR_CODES.processDied, 3]]);
      expect(attemptsOf(told, 'bad')).toEqual([1, 1, 1, 2, 3]);
      for (const id of innocents) expect([...new Set(attemptsOf(told, id))]).toEqual([1]);
      expect(storedAttempts(w).filter((attempts) => attempts !== 0)).toEqual([3]);
      expect(tainted(w)).toEqual([]);
    },
  );

  test('after two ends it runs beside nothing, and last once a death is its own', async () => {
    const w = world();
    const batch = event({ 0: ids('bad', 'b'), 1: ids('v', 'w', 'x'), 2: ids('y', 'z') });

    const killer = { w, options: { maxAttempts: 4 }, kills: ({ value }: Seen) => value.id === 'bad' };
    const told = await deliverUntilDone({ ...killer, deadLetters: new Letters() }, batch, 20);

    // Two deaths with company, four alone.
    expect(told.beside.map((others) => others.length > 0)).toEqual([true, true, false, false, false, false]);
    const ownDeath = told.starts.findIndex(([id, attempt]) => id === 'bad' && attempt === 2);
    expect(told.starts.slice(ownDeath).map(([id]) => id)).toEqual(['bad', 'bad', 'bad', 'b']);
  });

  test('what it dies beside is nothing: others are done, marked and given back before its written start', async () => {
    const w = world();
    const kills = ({ value }: Seen) => value.id === 'bad';
    await expect(deliverUntilDone({ w, kills }, event({ 0: ids('bad') }), 2)).rejects.toThrow('not done');

    const killer = { w, kills, options: { concurrency: 2 } };
    const both = event({ 0: ids('bad'), 1: ids('u', 'v', 'x', 'y', 'z') });
    await expect(deliverUntilDone(killer, both, 1)).rejects.toThrow('not done');

    const others = [...w.memory.items.values()].filter(({ partition }) => partition === 1);
    expect(others.length).toBeGreaterThan(1);
    for (const { status, leaseUntilMs, unclean } of others) {
      expect([status, unclean]).toEqual([leaseUntilMs === 0 ? 'INPROGRESS' : 'COMPLETED', undefined]);
    }
    const { beside } = await deliverUntilDone({ ...killer, kills: () => false }, both, 1);
    expect(beside).toEqual([]);
  });

  test('an innocent that ran alone is not blamed for the death of the next one, whoever that is', async () => {
    const w = world();
    await expect(deliverUntilDone({ w, kills: () => true }, event({ 0: ids('a') }), 2)).rejects.toThrow('not done');

    const kills = ({ value }: Seen) => value.id === 'bad';
    const batch = event({ 0: ids('a'), 1: ids('v', 'bad') });
    await expect(deliverUntilDone({ w, kills, losesFirstMark: true }, batch, 1)).rejects.toThrow('not done');

    const [first] = [...w.memory.items.values()];
    expect(first).toMatchObject({ partition: 0, status: 'COMPLETED', attempts: 0 });
  });

  test('one that killed four times and then works is done, with its attempts told', async () => {
    const w = world();
    const deadLetters = new Letters();
    let deaths = 0;
    const kills = ({ value }: Seen) => value.id === 'bad' && ++deaths <= 4;

    const told = await deliverUntilDone({ w, kills, deadLetters }, event({ 0: ids('bad', 'b') }), 20);

    expect(deadLetters.all).toEqual([]);
    // Two deaths that nobody can be blamed for, and two whose start was written first.
    expect(attemptsOf(told, 'bad')).toEqual([1, 1, 1, 2, 3]);
    expect(attemptsOf(told, 'b')).toEqual([1]);
    expect(tainted(w)).toEqual([]);
  });

  test.each(['partition', 'none'])('two of them are both found, and nothing else (order %s)', async (order) => {
    const w = world();
    const deadLetters = new Letters();
    const batch = event({ 0: ids('a', 'bad', 'b'), 1: ids('v', 'worse', 'w') });

    const kills = ({ value }: Seen) => ['bad', 'worse'].includes(value.id);
    const told = await deliverUntilDone({ w, options: { order, maxAttempts: 2 }, kills, deadLetters }, batch, 30);

    expect(condemned(deadLetters).sort()).toEqual([
      [0, 1, ERROR_CODES.processDied, 2],
      [1, 1, ERROR_CODES.processDied, 2],
    ]);
    for (const id of ['a', 'b', 'v', 'w']) expect([...new Set(attemptsOf(told, id))]).toEqual([1]);
  });

  test('its twin is parked with it, and has not run', async () => {
    const w = world();
    const deadLetters = new Letters();
    const offsets = new Set<number>();
    const kills = ({ value, offset }: Seen) => {
      if (value.id !== 'bad') return false;
      offsets.add(offset);
      return true;
    };

    const batch = event({ 0: ids('bad', 'a', 'bad', 'b') });
    const told = await deliverUntilDone({ w, options: { maxAttempts: 2 }, kills, deadLetters }, batch, 20);

    expect(condemned(deadLetters)).toEqual([[0, 0, ERROR_CODES.processDied, 2]]);
    expect([...offsets]).toEqual([0]);
    expect(attemptsOf(told, 'a')).toEqual([1]);
    expect(w.logged.at(-1)?.fields).toMatchObject({ parked: 2 });
  });

  test('P2: a death between its written start and the start counts for it, and nobody else', async () => {
    const w = world();
    let asked = 0;
    const diesAt = (operation: string) => operation === 'suspect' && asked++ === 0;
    let deaths = 0;
    const kills = ({ value }: Seen) => value.id === 'bad' && ++deaths <= 2;

    const told = await deliverUntilDone({ w, kills, diesAt }, event({ 0: ids('bad', 'b') }), 20);

    expect(attemptsOf(told, 'bad')).toEqual([1, 1, 2]);
    expect(attemptsOf(told, 'b')).toEqual([1]);
  });

  test('without dead letters it stays open, and its neighbours are done', async () => {
    const w = world();
    const batch = event({ 0: ids('a', 'bad'), 1: ids('v', 'w') });

    await expect(deliverUntilDone({ w, kills: ({ value }) => value.id === 'bad' }, batch, 9)).rejects.toThrow(
      'not done',
    );

    const done = [...w.memory.items.values()].filter(({ status }) => status === 'COMPLETED');
    expect(done).toHaveLength(3);
    expect(storedAttempts(w).sort()).toEqual([0, 0, 0, 6]);
  });
});

describe('P2, P3: a record that never settles, remembering by identity', () => {
  const hanging = (w: World, starts: [string, number][], order: string, deadLetters?: Letters) => {
    const process = ({ value: { id }, attempt }: Seen) => {
      starts.push([id, attempt]);
      return id === 'bad' ? NEVER : undefined;
    };
    return w.handler(orders(process as never, { order, maxAttempts: 3 } as never), { deadLetters });
  };
  const ended = (error: unknown) => {
    if (!(error instanceof ProcessEnded)) throw error;
  };

  test.each(['partition', 'none'])(
    'is counted each time it is cut off, parked, and no neighbour with it (order %s)',
    async (order) => {
      const w = world();
      const deadLetters = new Letters();
      const starts: [string, number][] = [];
      const batch = event({ 0: ids('a', 'bad', 'c'), 1: ids('v', 'w') });

      let answer: unknown;
      for (let delivery = 1; delivery <= 8 && answer === undefined; delivery += 1) {
        answer = await hanging(w, starts, order, deadLetters)(batch, w.context(20_000)).catch(ended);
        await w.time.sleep(40_000);
      }

      expect(answer).toEqual({ batchItemFailures: [] });
      expect(starts.filter(([id]) => id === 'bad').map(([, attempt]) => attempt)).toEqual([1, 2, 3]);
      expect(starts.filter(([id]) => id !== 'bad').sort()).toEqual(['a', 'c', 'v', 'w'].map((id) => [id, 1]));
      expect(condemned(deadLetters)).toEqual([[0, 1, ERROR_CODES.unsettled, 3]]);
      expect(tainted(w)).toEqual([]);
    },
  );

  test('what was claimed ahead and did not start is given back before the process ends', async () => {
    const w = world();
    const batch = event({ 0: ids('bad', 'b', 'c') });

    await hanging(w, [], 'partition')(batch, w.context(20_000)).catch(ended);

    const stored = [...w.memory.items.values()].map(({ offset, attempts, leaseUntilMs }) => [
      offset,
      attempts,
      (leaseUntilMs ?? 0) > 0,
    ]);
    expect(stored.sort()).toEqual([
      [0, 1, true],
      [1, 0, false],
      [2, 0, false],
    ]);
  });

  test('a cut before half of the budget counts nothing', async () => {
    const w = world();
    const process = async ({ value: { id } }: Seen) => (id === 'first' ? w.time.sleep(12_000) : NEVER);
    const handler = w.handler(orders(process as never));

    await handler(event({ 0: ids('first', 'second') }), w.context(20_000)).catch(ended);

    expect(storedAttempts(w)).toEqual([0, 0]);
  });

  test('P2: neither a lost answer nor a late copy makes two attempts of one cut', async () => {
    const w = world();
    const starts: [string, number][] = [];
    let lost = 0;
    w.store.faults = {
      faultOf: ({ operation, nth }) => {
        if (operation !== 'cutOff' || nth > 1) return undefined;
        lost += 1;
        return nth === 0 ? 'late copy' : 'answer lost';
      },
    };

    await hanging(w, starts, 'partition')(event({ 0: ids('bad') }), w.context(20_000)).catch(ended);
    await w.store.deliverLate();
    await w.time.sleep(40_000);
    await hanging(w, starts, 'partition')(event({ 0: ids('bad') }), w.context(20_000)).catch(ended);
    await w.store.deliverLate();

    expect(lost).toBeGreaterThanOrEqual(2);
    expect(starts).toEqual([
      ['bad', 1],
      ['bad', 2],
    ]);
  });
});

type Fate = 'works' | 'kills once' | 'kills twice' | 'always kills';
const KILLS: Readonly<Record<Fate, number>> = { works: 0, 'kills once': 1, 'kills twice': 2, 'always kills': Infinity };

const batches = fc.record({
  records: fc.array(
    fc.record({
      fate: fc.oneof(
        { weight: 6, arbitrary: fc.constant<Fate>('works') },
        { weight: 1, arbitrary: fc.constantFrom<Fate>('kills once', 'kills twice', 'always kills') },
      ),
      partition: fc.nat(2),
      key: fc.constantFrom('k', 'l'),
    }),
    { minLength: 1, maxLength: 20 },
  ),
  order: fc.constantFrom('partition', 'key', 'none'),
  concurrency: fc.constantFrom(1, 3, 32),
  losesAnswers: fc.boolean(),
});

test('P2, P3: of any batch each record is done, or parked by its own deaths, and no innocent gets an attempt', async () => {
  await fc.assert(
    fc.asyncProperty(batches, async ({ records, order, concurrency, losesAnswers }) => {
      const w = world();
      const deadLetters = new Letters();
      const deaths = new Map<string, number>();
      const partitions: Record<number, { value: { id: string; fate: Fate }; key: string }[]> = {};
      for (const { fate, partition, key } of records) {
        partitions[partition] ??= [];
        const array = partitions[partition];
        array.push({ value: { id: `${partition}/${array.length}`, fate }, key });
      }
      const kills = ({ value }: Seen) => {
        const { id, fate } = value as { id: string; fate: Fate };
        const sofar = deaths.get(id) ?? 0;
        if (sofar >= KILLS[fate]) return false;
        deaths.set(id, sofar + 1);
        return true;
      };

      const killer = { w, options: { order, concurrency, maxAttempts: 3 }, kills, deadLetters, losesAnswers };
      const told = await deliverUntilDone(killer, event(partitions), 100);

      const all = Object.values(partitions).flatMap((array) => array.map(({ value }) => value));
      const meant = all.filter(({ fate }) => fate === 'always kills').map(({ id }) => id);
      expect(
        condemned(deadLetters)
          .map(([partition, offset]) => `${partition}/${offset}`)
          .sort(),
      ).toEqual(meant.sort());
      for (const { id, fate } of all) {
        // A record that kills twice may have done so before anybody was blamed.
        const most = fate === 'always kills' ? 3 : KILLS[fate] + 1;
        expect([id, Math.max(...attemptsOf(told, id)) <= most]).toEqual([id, true]);
        if (fate === 'works') expect([id, [...new Set(attemptsOf(told, id))]]).toEqual([id, [1]]);
      }
      expect(tainted(w)).toEqual([]);
    }),
    { numRuns: 60 },
  );
});

describe('P3: over the table', () => {
  const batch = event({ 0: ids('a', 'bad', 'b', 'c'), 1: ids('v', 'w') });
  const kills: WorkerOptions['before'] = ({ value }, worker) => (value.id === 'bad' ? worker.die() : undefined);
  const attempts = async (w: TableWorld) => {
    const claims = (await w.items()).filter(({ id }) => !id?.S?.startsWith('parked#'));
    return claims.map(({ attempts: counted }) => Number(counted?.N)).sort();
  };
  const deliver = async (w: TableWorld, options: WorkerOptions, atMost: number) => {
    let open: string[] | 'died' = 'died';
    for (let delivery = 0; delivery < atMost && open !== undefined && open.length > 0; delivery += 1) {
      open = await w.deliver(batch, options);
      await w.time.sleep(90_000);
    }
    return open;
  };

  test('a record that always kills its process is parked alone, and nothing of its deaths is left', async () => {
    const w = await TableWorld.start('identity');
    const deadLetters = new Letters();

    const open = await deliver(w, { before: kills, deadLetters: () => deadLetters }, 12);

    expect(open).toEqual([]);
    expect(condemned(deadLetters)).toEqual([[0, 1, ERROR_CODES.processDied, 5]]);
    expect(await attempts(w)).toEqual([0, 0, 0, 0, 0, 5]);
    for (const item of await w.items()) expect(Object.keys(item)).not.toContain('suspect');
  });

  const places = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11].flatMap((place) => [
    ['dead before' as const, place] as const,
    ['dead after' as const, place] as const,
  ]);

  test.each(places)(
    'P2: %s request %i of the first one that runs records alone counts for one at most',
    async (fate, place) => {
      const w = await TableWorld.start('identity');
      const deadLetters = new Letters();
      await deliver(w, { before: kills }, 2);
      let sent = 0;
      const fateOf = () => (sent++ === place ? fate : 'arrives');

      await deliver(w, { before: kills, deadLetters: () => deadLetters, fateOf }, 1);
      const open = await deliver(w, { before: kills, deadLetters: () => deadLetters }, 15);

      expect(open).toEqual([]);
      expect(condemned(deadLetters)).toEqual([[0, 1, ERROR_CODES.processDied, 5]]);
      const counted = await attempts(w);
      expect(counted.slice(-1)).toEqual([5]);
      expect(counted.slice(0, -1).reduce((sum, each) => sum + each, 0)).toBeLessThanOrEqual(1);
    },
  );
});
